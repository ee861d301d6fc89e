#!/usr/bin/env python3
"""Writes what the tests of number formats compare with, from ml_dtypes, numpy and gfloat.

    pip install -r requirements.txt
    ./write_reference.py            writes codes.txt, roundings.txt and fingerprints.txt here
    ./write_reference.py --check    says whether they are what it would write, exit code 1 where not

codes.txt         the value of every code of at most 8 bits, as the bits of a 32-bit float
roundings.txt     floats and their codes: midpoints between neighbours, the floats beside them, overflow, NaN
fingerprints.txt  FNV-1a over the codes of a million random floats, the values of all 16-bit codes, and many blocks

Elements are by ml_dtypes (fp16 by numpy, integers by numpy's rint and clip), microscaling blocks by gfloat, and NVFP4
by the formulas of NVIDIA's reference quantizer in numpy's single precision. A NaN is written as the quiet one.
"""

import pathlib
import sys

import ml_dtypes
import numpy

import blocks
from random_floats import fingerprint, floats

HERE = pathlib.Path(__file__).resolve().parent
COUNT = 1_000_000

TYPES = {
    "fp16": numpy.float16,
    "bf16": ml_dtypes.bfloat16,
    "fp8-e4m3": ml_dtypes.float8_e4m3fn,
    "fp8-e5m2": ml_dtypes.float8_e5m2,
    "fp6-e2m3": ml_dtypes.float6_e2m3fn,
    "fp6-e3m2": ml_dtypes.float6_e3m2fn,
    "fp4-e2m1": ml_dtypes.float4_e2m1fn,
}
BITS = {"fp16": 16, "bf16": 16, "fp8-e4m3": 8, "fp8-e5m2": 8, "fp6-e2m3": 6, "fp6-e3m2": 6, "fp4-e2m1": 4}
INTEGERS = {
    f"{prefix}{bits}": (bits, getattr(ml_dtypes, f"{prefix}{bits}")) for prefix in ("int", "uint") for bits in (1, 2, 4)
}


def quiet(values):
    """Bits of 32-bit floats, each NaN as the quiet one of its sign."""
    bits = values.view(numpy.uint32)
    return numpy.where(numpy.isnan(values), bits & 0x80000000 | 0x7FC00000, bits)


def decoded(name):
    """The value of every code."""
    codes = numpy.arange(1 << BITS[name], dtype=f"u{(BITS[name] + 7) // 8}")
    return codes.view(TYPES[name]).astype(numpy.float32)


def encoded(name, values, is_saturating=False):
    """The code of every value. numpy keeps the payload of a NaN in fp16; here it becomes the quiet one."""
    if is_saturating:
        largest = numpy.float32(ml_dtypes.finfo(TYPES[name]).max)
        values = numpy.clip(values, -largest, largest)
    codes = values.astype(TYPES[name]).view(f"u{(BITS[name] + 7) // 8}").astype(numpy.uint16)
    if name == "fp16":
        codes = numpy.where(numpy.isnan(values), numpy.where(numpy.signbit(values), 0xFE00, 0x7E00), codes)
    return codes


def finite(name):
    """Every finite number that is not negative, ascending."""
    values = decoded(name)
    return numpy.unique(values[numpy.isfinite(values) & (values >= 0)])


def interesting(name):
    """Midpoints and the floats beside them, of formats of 16 bits only where they overflow, and special values."""
    numbers = finite(name).astype(numpy.float64)
    numbers = numpy.append(numbers[-4:] if BITS[name] == 16 else numbers, 2 * numbers[-1] - numbers[-2])
    # Exact, since a midpoint has one bit more than the format.
    middle = ((numbers[:-1] + numbers[1:]) / 2).astype(numpy.float32)
    infinity = numpy.float32(numpy.inf)
    near = numpy.concatenate([numpy.nextafter(middle, -infinity), middle, numpy.nextafter(middle, infinity)])
    special = numpy.array([0, 1, 0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00000, 0x7FFFFFFF], numpy.uint32)
    positive = numpy.concatenate([near.view(numpy.uint32), special])
    return numpy.concatenate([positive, positive | 0x80000000]).view(numpy.float32)


def rows(cells, length):
    return [" ".join(cells[start:start + length]) for start in range(0, len(cells), length)]


def codes_text():
    lines = ["# The value of each code in order, as the bits of a 32-bit float."]
    for name in (name for name in TYPES if BITS[name] <= 8):
        lines += [f"format {name}"] + rows([f"{bits:08x}" for bits in quiet(decoded(name))], 8)
    for name, (bits, type) in INTEGERS.items():
        values = numpy.arange(1 << bits, dtype=numpy.uint8).view(type).astype(numpy.float32)
        lines += [f"format {name}"] + rows([f"{bits:08x}" for bits in quiet(values)], 8)
    return lines


def roundings_text():
    lines = ["# Floats and their codes in hexadecimal, as casts round them and as quantizers that saturate do."]
    for name in TYPES:
        values = interesting(name)
        columns = zip(values.view(numpy.uint32), encoded(name, values), encoded(name, values, True))
        lines += [f"format {name}"] + rows([f"{bits:08x}:{code:x}:{saturated:x}" for bits, code, saturated in columns], 6)
    return lines


def field_range(name):
    """The exponent fields of floats between far below the smallest and twice above the largest number of a format."""
    numbers = finite(name)
    smallest, largest = int(numpy.frexp(numbers[1])[1]) - 1, int(numpy.frexp(numbers[-1])[1]) - 1
    return max(0, smallest + 127 - 3), min(255, largest + 127 + 2)


def fingerprints_text():
    lines = ["# decode FORMAT FINGERPRINT: the values of all codes, as bits of 32-bit floats."]
    lines += [f"decode {name} {fingerprint(quiet(decoded(name)), 4)}" for name in TYPES]
    lines += ["# encode FORMAT COUNT SEED LOWEST HIGHEST FINGERPRINT SATURATING: codes of random floats."]
    for seed, name in enumerate(TYPES, 1):
        lowest, highest = field_range(name)
        values = floats(seed, COUNT, lowest, highest)
        prints = [fingerprint(encoded(name, values, is_saturating), 2) for is_saturating in (False, True)]
        lines.append(f"encode {name} {COUNT} {seed} {lowest} {highest} {prints[0]} {prints[1]}")
    lines += ["# integer FORMAT COUNT SEED LOWEST HIGHEST FINGERPRINT: codes of random floats."]
    for bits in range(1, 17):
        for prefix, smallest in (("int", -(1 << bits - 1)), ("uint", 0)):
            values = floats(100 + bits, COUNT // 10, 120, 127 + bits)
            whole = numpy.nan_to_num(numpy.clip(numpy.rint(values), smallest, smallest + (1 << bits) - 1), nan=0)
            codes = whole.astype(numpy.int64) & (1 << bits) - 1
            lines.append(f"integer {prefix}{bits} {COUNT // 10} {100 + bits} 120 {127 + bits} {fingerprint(codes, 2)}")
    lines += ["# blocks FORMAT TENSORS BLOCKS SEED FINGERPRINT: scale and elements of each block of random tensors."]
    return lines + blocks.fingerprints()


def main():
    texts = {"codes.txt": codes_text(), "roundings.txt": roundings_text(), "fingerprints.txt": fingerprints_text()}
    stale = []
    for name, lines in texts.items():
        text = "\n".join(lines) + "\n"
        if "--check" not in sys.argv[1:]:
            (HERE / name).write_text(text)
        elif (HERE / name).read_text() != text:
            stale.append(name)
    print("\n".join(f"{name} is not what ml_dtypes, numpy and gfloat give" for name in stale) or "as the reference")
    return 1 if stale else 0


if __name__ == "__main__":
    with numpy.errstate(all="ignore"):
        sys.exit(main())
