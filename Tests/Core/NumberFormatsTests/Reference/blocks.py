"""Blocks that share a scale, quantized by other programs than haq."""

import gfloat
import ml_dtypes
import numpy
from gfloat import formats

from random_floats import block, fingerprint, words

MICROSCALING = {
    "mxfp8-e4m3": (formats.format_info_mxfp8_e4m3, ml_dtypes.float8_e4m3fn),
    "mxfp8-e5m2": (formats.format_info_mxfp8_e5m2, ml_dtypes.float8_e5m2),
    "mxfp6-e2m3": (formats.format_info_mxfp6_e2m3, ml_dtypes.float6_e2m3fn),
    "mxfp6-e3m2": (formats.format_info_mxfp6_e3m2, ml_dtypes.float6_e3m2fn),
    "mxfp4": (formats.format_info_mxfp4_e2m1, ml_dtypes.float4_e2m1fn),
}
GROUPS = {f"int{bits}-g{length}": (bits, length) for bits, length in ((2, 32), (4, 128), (8, 64), (16, 32))}
LARGEST = numpy.finfo(numpy.float32).max


def tensors(seed, count, blocks, length):
    """Tensors of one row each: a word for the tensor's largest exponent field, then for each block its own and elements'."""
    drawn = iter(words(seed, count * (1 + blocks * (1 + length))))
    for _ in range(count):
        top = int(next(drawn) % numpy.uint64(255))
        row = []
        for _ in range(blocks):
            base = max(0, top - int(next(drawn) % numpy.uint64(14)))
            row.append(block(numpy.array([next(drawn) for _ in range(length)], numpy.uint64), base))
        yield row


def microscaling(name, row):
    """By gfloat; and ml_dtypes, as a second opinion, gives the same elements."""
    info, type = MICROSCALING[name]
    for values in row:
        scale = gfloat.compute_scale_amax(info.etype.emax, values.astype(numpy.float64))
        scaled = values.astype(numpy.float64) / scale
        encoded = list(gfloat.encode_block(info, scale, scaled))
        largest = float(ml_dtypes.finfo(type).max)
        other = numpy.clip(scaled, -largest, largest).astype(numpy.float32).astype(type).view(numpy.uint8)
        assert encoded[1:] == other.tolist(), (name, values)
        yield encoded


def nvfp4(row):
    """In the order of operations of Transformer Engine's reference quantizer."""
    single = numpy.float32
    largest = max(numpy.abs(values).max() for values in row)
    global_encode = min(single(448 * 6) / largest, LARGEST)
    if not global_encode > 0:
        global_encode = single(1)
    global_decode = single(1) / global_encode
    for values in row:
        wanted = min(numpy.abs(values).max() / single(6) * global_encode, LARGEST)
        scale = numpy.clip(wanted, single(-448), single(448)).astype(ml_dtypes.float8_e4m3fn)
        inverse = min(single(1) / (scale.astype(single) * global_decode), LARGEST)
        elements = numpy.clip(values * inverse, single(-6), single(6)).astype(ml_dtypes.float4_e2m1fn)
        yield [int(scale.view(numpy.uint8))] + elements.view(numpy.uint8).tolist()


def groups(name, row):
    """A scale in fp16, nearest to the greatest magnitude / levels, above 0 where a value is; symmetric integers."""
    bits, _ = GROUPS[name]
    levels = numpy.float32((1 << bits - 1) - 1)
    for values in row:
        largest = numpy.abs(values).max()
        scale = numpy.minimum(largest / levels, numpy.float32(65504)).astype(numpy.float16)
        if largest > 0:
            scale = max(scale, numpy.float16(2**-24))
        whole = numpy.clip(numpy.rint(values / numpy.float32(scale)), -levels, levels) if largest > 0 else 0 * values
        yield [int(scale.view(numpy.uint16))] + (whole.astype(numpy.int64) & (1 << bits) - 1).tolist()


def fingerprints(tensor_count=60, block_count=8):
    """A line for each format."""
    work = [(name, 32, lambda row, name=name: microscaling(name, row)) for name in MICROSCALING]
    work += [("nvfp4", 16, nvfp4)]
    work += [(name, GROUPS[name][1], lambda row, name=name: groups(name, row)) for name in GROUPS]
    lines = []
    for seed, (name, length, quantize) in enumerate(work, 201):
        codes = [
            code
            for row in tensors(seed, tensor_count, block_count, length)
            for encoded in quantize(row)
            for code in encoded
        ]
        lines.append(f"blocks {name} {tensor_count} {block_count} {seed} {fingerprint(codes, 2)}")
    return lines
