"""The random floats that the tests make again: SplitMix64 and integer arithmetic alone, so that each bit is the same."""

import numpy

GOLDEN = numpy.uint64(0x9E3779B97F4A7C15)


def words(seed, count):
    """The first `count` numbers of SplitMix64."""
    with numpy.errstate(over="ignore"):
        mixed = numpy.uint64(seed) + GOLDEN * numpy.arange(1, count + 1, dtype=numpy.uint64)
        mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> numpy.uint64(31))


def floats(seed, count, lowest, highest):
    """Half of them any 32 bits, the others with exponent fields `lowest...highest`, where a format has its numbers."""
    drawn = words(seed, count)
    spread = numpy.uint64(highest - lowest + 1)
    field = numpy.uint64(lowest) + ((drawn >> numpy.uint64(33)) & numpy.uint64(0x3FFFFFFF)) % spread
    near = (drawn & numpy.uint64(0x7FFFFF)) | field << numpy.uint64(23) | (drawn & numpy.uint64(1 << 32)) >> numpy.uint64(1)
    bits = numpy.where(drawn >> numpy.uint64(63) == 0, drawn & numpy.uint64(0xFFFFFFFF), near)
    return bits.astype(numpy.uint32).view(numpy.float32)


def block(drawn, base):
    """A block from a word for each element: exponent fields `base - 11...base`, and a zero of each sixteen."""
    field = numpy.maximum(0, numpy.int64(base) - ((drawn >> numpy.uint64(40)) % numpy.uint64(12)).astype(numpy.int64))
    bits = (drawn & numpy.uint64(0x7FFFFF)) | field.astype(numpy.uint64) << numpy.uint64(23)
    bits |= (drawn & numpy.uint64(1 << 32)) >> numpy.uint64(1)
    bits = numpy.where((drawn >> numpy.uint64(33)) & numpy.uint64(15) == 0, 0, bits)
    return bits.astype(numpy.uint32).view(numpy.float32)


def fingerprint(numbers, size):
    """FNV-1a of 64 bits over numbers of `size` bytes each, the lowest byte first."""
    state = 0xCBF29CE484222325
    for byte in numpy.asarray(numbers).astype(f"<u{size}").tobytes():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{state:016x}"
