"""The number formats of docs/formats.md that are no integers with scales of their own, in eager PyTorch."""
import math
import re

import torch
from torch.nn import functional as F

from .protocol import Failure

# Floats of few bits: bits of the fraction, exponent of the smallest normal number, largest number, and its exponent.
FLOATS = {
    "fp8-e4m3": (3, -6, 448.0, 8), "fp8-e5m2": (2, -14, 57344.0, 15), "fp6-e2m3": (3, 0, 7.5, 2),
    "fp6-e3m2": (2, -2, 28.0, 4), "fp4-e2m1": (1, 0, 6.0, 2),
}
MICROSCALING = {
    "mxfp8-e4m3": "fp8-e4m3", "mxfp8-e5m2": "fp8-e5m2", "mxfp6-e2m3": "fp6-e2m3", "mxfp6-e3m2": "fp6-e3m2",
    "mxfp4": "fp4-e2m1",
}
HALVES = {"fp16": torch.float16, "bf16": torch.bfloat16}
GROUPS = [f"int{bits}-g{length}" for bits in range(2, 17) for length in (32, 64, 128)]
# What signed and unsigned values both take, and floats.
FORMATS = [f"int{bits}" for bits in range(2, 17)] + ["fp32", *HALVES, *FLOATS, *MICROSCALING, "nvfp4", *GROUPS]
MOST = torch.finfo(torch.float32).max


def nearest(x: torch.Tensor, name: str) -> torch.Tensor:
    """The nearest numbers of a format, ties to even; beyond the largest that one."""
    fraction, smallest, largest, _ = FLOATS[name]
    clamped = x.clamp(-largest, largest)
    # frexp's mantissa is below 1, so that its exponent is one more than the power of two.
    exponent = (torch.frexp(clamped.abs())[1] - 1).clamp(min=smallest) - fraction
    step = torch.ldexp(torch.ones_like(x), exponent)
    return torch.copysign(torch.round(clamped / step) * step, x)


def in_blocks(rows: torch.Tensor, length: int, rounded) -> torch.Tensor:
    """Rounds blocks of neighbours in each row; `rounded` gets blocks x length and the greatest magnitude of each."""
    count, width = rows.shape
    blocks = F.pad(rows, (0, -width % length)).reshape(-1, length)
    return rounded(blocks, blocks.abs().amax(dim=1, keepdim=True)).reshape(count, -1)[:, :width]


def microscaled(blocks: torch.Tensor, largest: torch.Tensor, name: str) -> torch.Tensor:
    """Blocks with a power of two for each, as the OCP microscaling formats have them."""
    exponent = (torch.frexp(largest)[1] - 1 - FLOATS[name][3]).clamp(-127, 127)
    exponent = torch.where(largest > 0, exponent, torch.full_like(exponent, -127))
    one = torch.ones_like(largest)
    rounded = nearest(blocks * torch.ldexp(one, -exponent), name) * torch.ldexp(one, exponent)
    return torch.where(largest.isfinite(), rounded, torch.full_like(rounded, math.nan))


def nvfp4_scale(largest: torch.Tensor) -> torch.Tensor:
    """What a block's scale is multiplied by, for a tensor whose greatest magnitude is `largest`."""
    one = torch.ones_like(largest)
    scale = one * (448.0 * 6) / largest
    return torch.where(scale.isfinite() & (scale > 0), scale, torch.where(scale > 0, one * MOST, one))


def nvfp4(blocks: torch.Tensor, largest: torch.Tensor, encoding: torch.Tensor) -> torch.Tensor:
    """Blocks of fp4-e2m1 with an fp8-e4m3 scale for each."""
    scale = nearest((largest / 6 * encoding).clamp(max=MOST), "fp8-e4m3") * (1 / encoding)
    rounded = nearest(blocks * (1 / scale).clamp(max=MOST), "fp4-e2m1") * scale
    return torch.where(largest.isfinite(), rounded, torch.full_like(rounded, math.nan))


def group_scales(largest: torch.Tensor, high: int) -> torch.Tensor:
    """fp16 numbers; the smallest one for what would be less, and 0 for a group of zeros."""
    scale = (largest / high).clamp(max=65504).half().float()
    return torch.where(largest > 0, scale.clamp(min=2.0**-24), torch.zeros_like(scale))


def grouped(blocks: torch.Tensor, largest: torch.Tensor, high: int) -> torch.Tensor:
    """Blocks of integers from -high to high, with an fp16 scale for each."""
    scale = group_scales(largest, high)
    codes = torch.where(
        scale > 0, torch.clamp(torch.round(blocks / scale), -high, high), torch.zeros_like(blocks))
    # A zero of integers has no sign.
    return (codes + 0.0) * scale


def bits_and_length(name: str) -> tuple[int, int]:
    """4 and 128 of `int4-g128`."""
    bits, length = re.fullmatch(r"int(\d+)-g(\d+)", name).groups()
    return int(bits), int(length)


class Formatted(torch.autograd.Function):
    """Numbers as a format has them; the gradient passes within its range.

    `rows` are what a layer sums over: blocks lie along them. `scale`: of 8-bit floats and fewer, for all or for
    each row; of `nvfp4` the greatest magnitude that the tensor's scale is chosen for.
    """

    @staticmethod
    def forward(context, rows, name, scale):
        limit = scale * FLOATS[name][2] if name in FLOATS else math.inf
        context.save_for_backward(rows.abs() <= limit)
        if name == "fp32":
            return rows.clone()
        if name in HALVES:
            return rows.to(HALVES[name]).float()
        if name in FLOATS:
            return nearest(rows / scale, name) * scale
        if name in MICROSCALING:
            return in_blocks(rows, 32, lambda blocks, largest: microscaled(blocks, largest, MICROSCALING[name]))
        if name == "nvfp4":
            return in_blocks(rows, 16, lambda blocks, largest: nvfp4(blocks, largest, nvfp4_scale(scale)))
        bits, length = bits_and_length(name)
        return in_blocks(rows, length, lambda blocks, largest: grouped(blocks, largest, 2 ** (bits - 1) - 1))

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None


def precision(entry: dict, role: str) -> int | str:
    """The format of a layer's weights or activations in a policy: a number of bits, or a name; 32 bits are floats."""
    name = entry.get(f"{role}_format")
    if name is None:
        bits = entry[f"{role}_bits"]
        return "fp32" if bits == 32 else bits
    if entry.get(f"{role}_bits") is not None:
        raise Failure("malformed", f"{role}_bits and {role}_format exclude each other")
    whole = re.fullmatch(r"int(\d+)", name)
    if whole and int(whole[1]) in range(1, 17):
        return int(whole[1])
    if name not in FORMATS:
        raise Failure("malformed", f"\"{name}\" is no number format")
    return name
