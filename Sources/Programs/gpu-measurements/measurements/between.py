"""What lies between layers: activations, sums, normalization, casts, pooling; on tensors that are channels last."""

import torch
import torch.nn.functional as F

from .kernel import FLOATS

# batch, channels, rows, columns: from what one launch costs at least to far more than the L2 holds.
SHAPES = [(1, 16, 7, 7), (1, 64, 14, 14), (1, 256, 14, 14), (1, 64, 56, 56), (16, 64, 14, 14), (16, 96, 28, 28)]
SHAPES += [(16, 64, 56, 56), (16, 1024, 14, 14), (16, 256, 56, 56), (64, 256, 56, 56), (64, 64, 112, 112), (64, 512, 7, 7)]
ROWS = [(1, 197, 768), (16, 197, 768), (64, 197, 768), (16, 49, 384), (16, 1024, 96), (64, 1024, 96)]
HEADS = [(1, 12, 197, 64), (16, 12, 197, 64), (64, 12, 197, 64)]
NARROW = ("bf16", "fp16")


def operations() -> list[tuple[str, str, tuple]]:
    """Every (operation, format, shape) that is measured."""
    found = [(name, format, shape) for name in IMAGES for format in ("fp32", *NARROW) for shape in SHAPES]
    found += [(name, format, shape) for name in TOKENS for format in ("fp32", *NARROW) for shape in ROWS]
    found += [("attention", format, shape) for format in ("fp32", *NARROW) for shape in HEADS]
    return found + [(name, format, shape) for (name, format) in CHANGES for shape in SHAPES]


def operation(name: str, format: str, shape: tuple, device: str):
    """What to launch, and how many bytes it reads and writes at least."""
    if (name, format) in CHANGES:
        return _change(name, format, shape, device)
    dtype = FLOATS[format]
    make = lambda *size: torch.randn(*size, device=device, dtype=dtype)
    x = make(*shape)
    width = x.element_size()
    if name == "attention":
        return lambda: F.scaled_dot_product_attention(x, x, x), 4 * x.numel() * width
    if name in TOKENS:
        return TOKENS[name](x, make(shape[-1])), 2 * x.numel() * width
    x = x.contiguous(memory_format=torch.channels_last)
    reads, act = IMAGES[name](x, make)
    return act, int((x.numel() * reads + act().numel()) * width)


def _bias(x, make):
    b = make(1, x.shape[1], 1, 1)
    return 1, lambda: x + b


def _bias_relu(x, make):
    b = make(1, x.shape[1], 1, 1)
    return 1, lambda: torch.relu_(x + b)


def _add(x, make):
    y = torch.randn_like(x)
    return 2, lambda: x + y


def _add_relu(x, make):
    y = torch.randn_like(x)
    return 2, lambda: torch.relu_(x + y)


def _scale(x, make):
    s = make(x.shape[0], x.shape[1], 1, 1)
    return 1, lambda: x * s


def _normalize(x, make):
    mean, variance, weight, bias = make(x.shape[1]), make(x.shape[1]).abs() + 1, make(x.shape[1]), make(x.shape[1])
    return 1, lambda: F.batch_norm(x, mean, variance, weight, bias, False, 0.0, 1e-5)


def _concatenate(x, make):
    y = torch.randn_like(x)
    return 2, lambda: torch.cat((x, y), 1)


IMAGES = {
    "copy": lambda x, make: (1, lambda: x.clone()),
    "bias": _bias,
    "relu": lambda x, make: (1, lambda: torch.relu(x)),
    "bias-relu": _bias_relu,
    "residual-sum": _add,
    "residual-sum-relu": _add_relu,
    "channel-scale": _scale,
    "batch-norm": _normalize,
    "concatenate": _concatenate,
    "hardswish": lambda x, make: (1, lambda: F.hardswish(x)),
    "silu": lambda x, make: (1, lambda: F.silu(x)),
    "gelu": lambda x, make: (1, lambda: F.gelu(x)),
    "global-average-pool": lambda x, make: (1, lambda: F.adaptive_avg_pool2d(x, 1)),
    "max-pool-3x3-stride-2": lambda x, make: (1, lambda: F.max_pool2d(x, 3, 2, 1)),
}
TOKENS = {
    "layer-norm": lambda x, w: lambda: F.layer_norm(x, (x.shape[-1],), w, w),
    "softmax": lambda x, w: lambda: torch.softmax(x, -1),
    "gelu-rows": lambda x, w: lambda: F.gelu(x),
}
# Operation and format of the input: format of the output.
CHANGES = {
    ("cast", "fp32"): "bf16",
    ("cast", "bf16"): "fp32",
    ("cast-to-fp16", "fp32"): "fp16",
    ("quantize-fp8", "bf16"): "fp8",
    ("quantize-fp8", "fp32"): "fp8",
    ("quantize-int8", "bf16"): "int8",
    ("quantize-int8", "fp32"): "int8",
    ("requantize", "int32"): "int8",
    ("dequantize", "int32"): "bf16",
}
TYPES = FLOATS | {"int32": torch.int32, "int8": torch.int8, "fp8": torch.float8_e4m3fn}


def _change(name: str, format: str, shape: tuple, device: str):
    """Casts and quantizers as eager PyTorch runs them: one kernel for each step, not fused."""
    target = TYPES[CHANGES[name, format]]
    x = torch.randn(*shape, device=device).contiguous(memory_format=torch.channels_last)
    x = (x * 100).to(torch.int32) if format == "int32" else x.to(TYPES[format])
    scale = torch.full((), 0.05, device=device)
    acts = {
        "quantize-fp8": lambda: (x * scale).to(target),
        "quantize-int8": lambda: torch.clamp_(torch.round_(x * scale), -127, 127).to(target),
        "requantize": lambda: torch.clamp_(torch.round_(x * scale), -127, 127).to(target),
        "dequantize": lambda: (x * scale).to(target),
    }
    act = acts.get(name, lambda: x.to(target))
    return act, x.numel() * (x.element_size() + act().element_size())
