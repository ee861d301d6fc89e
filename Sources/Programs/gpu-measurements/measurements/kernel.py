"""One layer in one number format, ready to be launched."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from .layer import Layer

FLOATS = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
FORMATS = (*FLOATS, "int8", "fp8")
BYTES = {"fp32": 4, "tf32": 4, "bf16": 2, "fp16": 2, "int8": 1, "fp8": 1}
OUTPUT_BYTES = BYTES | {"int8": 4, "fp8": 2}


class Unsupported(Exception):
    """PyTorch has no kernel for this layer in this format."""


@dataclass
class Kernel:
    launch: Callable
    how: str


def allow_tf32(format: str) -> None:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = format == "tf32"


def working_set(layer: Layer, batch: int, format: str) -> int:
    """Bytes that one launch reads and writes at least; the H200 has 60 MB of L2."""
    into, weights, out = layer.elements(batch)
    return (into + weights) * BYTES[format] + out * OUTPUT_BYTES[format]


def kernel(layer: Layer, batch: int, format: str, device: str) -> Kernel:
    """The layer on random data, channels last, without bias. Raises Unsupported."""
    if layer.is_product:
        return Kernel(_product(layer, batch, format, device), "product")
    if format not in FLOATS:
        raise Unsupported(f"PyTorch has no convolution in {format}")
    like = {"device": device, "dtype": FLOATS[format]}
    x = torch.randn(batch, layer.in_channels, *layer.input, **like).to(memory_format=torch.channels_last)
    w = torch.randn(layer.out_channels, layer.in_channels // layer.groups, *layer.kernel, **like)
    w = w.to(memory_format=torch.channels_last)
    window = (layer.stride, layer.padding, layer.dilation, layer.groups)
    return Kernel(lambda: F.conv2d(x, w, None, *window), "convolution")


def _product(layer: Layer, batch: int, format: str, device: str) -> Callable:
    rows, inner, columns = batch * layer.input[0] * layer.input[1], layer.in_channels, layer.out_channels
    if format in FLOATS:
        a = torch.randn(rows, inner, device=device, dtype=FLOATS[format])
        b = torch.randn(columns, inner, device=device, dtype=FLOATS[format])
        return lambda: F.linear(a, b)
    if format == "int8":
        if rows <= 16 or inner % 8 or columns % 8:
            raise Unsupported("_int_mm needs more than 16 rows, and channels that are multiples of 8")
        a = torch.randint(-127, 128, (rows, inner), device=device, dtype=torch.int8)
        b = torch.randint(-127, 128, (columns, inner), device=device, dtype=torch.int8)
        return lambda: torch._int_mm(a, b.t())
    if inner % 16 or columns % 16:
        raise Unsupported("_scaled_mm needs channels that are multiples of 16")
    a = torch.randn(rows, inner, device=device).to(torch.float8_e4m3fn)
    b = torch.randn(columns, inner, device=device).to(torch.float8_e4m3fn)
    return scaled_product(a, b, torch.ones((), device=device))


def scaled_product(a, b, scale, bias=None) -> Callable:
    settings = {"scale_a": scale, "scale_b": scale, "out_dtype": torch.bfloat16, "use_fast_accum": True}
    return lambda: torch._scaled_mm(a, b.t(), bias=bias, **settings)
