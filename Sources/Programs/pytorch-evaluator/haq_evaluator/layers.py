"""The modules that can be quantized, and what they compute with other weights."""
import torch
from torch import nn
from torch.nn import functional as F

TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d)
LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear, *TRANSPOSED)


def outputs_first(module: nn.Module, weight: torch.Tensor) -> torch.Tensor:
    """A layer's weights with a row for each output: transposed convolutions have a row for each input, by groups."""
    if not isinstance(module, TRANSPOSED):
        return weight
    groups, inputs = module.groups, len(weight) // module.groups
    rows = weight.reshape(groups, inputs, weight.shape[1], *weight.shape[2:])
    return rows.transpose(1, 2).reshape(-1, inputs, *weight.shape[2:])


def as_the_module_has_it(module: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """The inverse of `outputs_first`."""
    if not isinstance(module, TRANSPOSED):
        return rows
    groups, outputs = module.groups, len(rows) // module.groups
    weight = rows.reshape(groups, outputs, rows.shape[1], *rows.shape[2:])
    return weight.transpose(1, 2).reshape(-1, outputs, *rows.shape[2:])


def channel_axis(module: nn.Module) -> int:
    """The axis of a layer's inputs that it sums over: channels of a map, the last axis of a linear layer."""
    return -1 if isinstance(module, nn.Linear) else 1 - (len(module.stride) + 2)


def open_size(module: nn.Module, x: torch.Tensor, output_size) -> tuple[int, ...]:
    """What the stride of a transposed convolution leaves open, so that the output has the size that the model wants."""
    sides = list(output_size)[-len(module.stride):]
    return tuple(
        side - ((length - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1)
        for side, length, stride, padding, dilation, kernel in zip(
            sides, x.shape[-len(sides):], module.stride, module.padding, module.dilation, module.kernel_size))


def apply_layer(module: nn.Module, x: torch.Tensor, weight: torch.Tensor, output_size=None) -> torch.Tensor:
    """What the module computes, with other weights."""
    if isinstance(module, nn.Linear):
        return F.linear(x, weight, module.bias)
    if not isinstance(module, TRANSPOSED):
        return module._conv_forward(x, weight, module.bias)
    function = F.conv_transpose1d if isinstance(module, nn.ConvTranspose1d) else F.conv_transpose2d
    extra = module.output_padding if output_size is None else open_size(module, x, output_size)
    return function(x, weight, module.bias, module.stride, module.padding, extra, module.groups, module.dilation)
