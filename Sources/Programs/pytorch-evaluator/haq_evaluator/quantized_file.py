"""The quantizers and quantized weights of a network, for `haq export`: section 4.5 of the protocol."""
import torch
from torch import nn
from torch.nn import functional as F

from .layers import outputs_first
from .network import Network
from .number_formats import FLOATS, GROUPS, bits_and_length, group_scales, precision
from .protocol import Failure
from .quantized_model import QuantizedModel


def folded(network: Network, name: str, module: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
    """What a layer's outputs are multiplied by, and its bias, when the batch normalization behind it is part of it."""
    outputs = len(outputs_first(module, module.weight))
    bias = torch.zeros(outputs, device=network.device) if module.bias is None else module.bias
    found = network.normalizations.get(name, [])
    if len(found) > 1:
        raise Failure(
            "illegal",
            f"layer {name} runs before {len(found)} batch normalizations; there are no single weights to hand out")
    if not found:
        return torch.ones_like(bias), bias
    mean, variance, weight, shift, epsilon = found[0]
    if mean is None or variance is None:
        raise Failure(
            "illegal", f"layer {name} runs before a batch normalization without running statistics; it cannot be part "
            "of the weights")
    factor = (1 if weight is None else weight) / torch.sqrt(variance + epsilon)
    return factor, (bias - mean) * factor + (0 if shift is None else shift)


def encoding(bits: int, scale: torch.Tensor, low: int, high: int) -> dict:
    """The quantizer as the protocol has it; `low` and `high` are less the zero point."""
    # All 2^bits quantized values begin at 0. Symmetric ones are one less.
    zero_point = -low if high - low + 1 == 2**bits else 0
    return {
        "bits": bits, "lowest": low + zero_point, "highest": high + zero_point, "zero_point": zero_point,
        "scales": scale.flatten().tolist()}


@torch.no_grad()
def write_quantized(network: Network, quantized: QuantizedModel, policy: list[dict], path: str) -> list[dict]:
    """Writes weights and biases, batch normalizations folded in as haq folds them; the quantizers of every layer."""
    encodings, numbers = [], []
    for (name, module), entry in zip(network.layers, policy):
        factor, bias = folded(network, name, module)
        form, inputs = precision(entry, "weight"), precision(entry, "activation")
        rounded = quantized.rounding_now(name, module)
        numbers += [rounded * factor.reshape([-1] + [1] * (rounded.dim() - 1)), bias]
        if isinstance(form, str):
            weight = weight_format(quantized, name, module, form, factor)
        else:
            scale, low, high = quantized.quantizer(name, module, "weights", form)
            # A channel that the normalization multiplies by zero keeps its scale; all of its quantized values are zero.
            scales = torch.where(factor == 0, scale.flatten(), scale.flatten() * factor.abs())
            weight = encoding(form, scales, low, high)
        activation = (
            activation_format(quantized, name, module, inputs) if isinstance(inputs, str)
            else encoding(inputs, *quantized.quantizer(name, module, "activations", inputs)))
        encodings.append({"layer": name, "weight": weight, "activation": activation})
    with open(path, "wb") as file:
        for values in numbers:
            file.write(values.float().cpu().contiguous().numpy().astype("<f4").tobytes())
    return encodings


def weight_format(quantized: QuantizedModel, name: str, module: nn.Module, form: str, factor: torch.Tensor) -> dict:
    """The format of weights that a batch normalization multiplies by `factor`, one number for each output."""
    if form in FLOATS or form in GROUPS:
        if form in FLOATS:
            scales = quantized.quantizers.format_scale(name, module, "weights", form)
        else:
            bits, length = bits_and_length(form)
            rows = outputs_first(module, module.weight).flatten(1)
            largest = F.pad(rows, (0, -rows.shape[1] % length)).reshape(len(rows), -1, length).abs().amax(dim=2)
            scales = group_scales(largest, 2 ** (bits - 1) - 1)
            scales = torch.where(scales > 0, scales, torch.ones_like(scales))
        # A channel that the normalization multiplies by zero keeps its scales; all of its numbers are zero.
        scales = torch.where(factor[:, None] == 0, scales, scales * factor[:, None].abs())
        return {"format": form, "scales": scales.flatten().tolist()}
    if form != "fp32" and not (factor == 1).all():
        raise Failure(
            "illegal", f"layer {name}: a batch normalization behind it multiplies its {form} weights, which are then no "
            f"{form} numbers; make it part of the layer first, as torch.nn.utils.fusion does")
    return {"format": form}


def activation_format(quantized: QuantizedModel, name: str, module: nn.Module, form: str) -> dict:
    if form in FLOATS:
        scales = quantized.quantizers.format_scale(name, module, "activations", form)
        return {"format": form, "scales": scales.flatten().tolist()}
    return {"format": form}
