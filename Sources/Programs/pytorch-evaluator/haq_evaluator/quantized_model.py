"""A model whose layers round their weights and inputs while it runs."""
import contextlib

import torch
from torch import nn

from .layers import apply_layer, as_the_module_has_it, channel_axis, outputs_first
from .learned_ranges import LearnedClip, LearnedStep
from .network import Network
from .number_formats import Formatted, precision
from .protocol import Failure
from .quantizers import Quantizers
from .rounding import FakeQuantize

# What fine-tuning may learn beside weights: nothing, the clips of activations (PACT), or all step sizes (LSQ).
LEARNED = (None, "clips", "steps")


class QuantizedLayer:
    """A layer's forward function with rounded weights and inputs. Both roundings are functions of a tensor."""

    def __init__(self, module: nn.Module, weights, inputs, cast: torch.dtype | None):
        self.module, self.weights, self.inputs, self.cast = module, weights, inputs, cast
        self.known, self.version = None, None

    def rounded(self) -> torch.Tensor:
        """The weights as the module has them; rounded again only after they or their steps have changed."""
        weight = self.module.weight
        if torch.is_grad_enabled() and weight.requires_grad:
            return as_the_module_has_it(self.module, self.weights(outputs_first(self.module, weight)))
        version = (weight._version, weight.data_ptr(), getattr(self.weights, "version", None))
        if version != self.version:
            with torch.no_grad():
                rounded = as_the_module_has_it(self.module, self.weights(outputs_first(self.module, weight)))
            self.known, self.version = rounded if self.cast is None else rounded.to(self.cast), version
        return self.known

    def __call__(self, x, output_size=None):
        return apply_layer(self.module, self.inputs(x), self.rounded(), output_size)


class Step:
    """Rounds with a step that fine-tuning moves."""

    def __init__(self, step: nn.Parameter, low: int, high: int, per_sample: bool):
        self.step, self.low, self.high, self.per_sample = step, low, high, per_sample

    @property
    def version(self):
        return self.step._version

    def __call__(self, x):
        shared = x[0].numel() if self.per_sample or self.step.numel() > 1 else x.numel()
        return LearnedStep.apply(x, self.step, self.low, self.high, shared)


class QuantizedModel:
    """The layers of a network under a policy.

    `learned`: by name, the parameters that fine-tuning moves beside weights.
    """

    def __init__(
        self, network: Network, policy: list[dict], quantizers: Quantizers, fake_quantize: FakeQuantize,
        learned: str | None = None
    ):
        names = [name for name, _ in network.layers]
        if [entry["layer"] for entry in policy] != names:
            raise Failure("illegal", "the policy does not name the layers of the network in order")
        self.quantizers, self.fake_quantize, self.kind = quantizers, fake_quantize, learned
        self.learned: dict[str, nn.Parameter] = {}
        # The ends of learned ranges, lowest and highest quantized value, by the same names.
        self.ends: dict[str, tuple[int, int]] = {}
        cast = torch.bfloat16 if network.options.amp == "bf16" else None
        self.layers = [
            (module, QuantizedLayer(
                module, self.rounding(name, module, "weights", precision(entry, "weight")),
                self.rounding(name, module, "activations", precision(entry, "activation")), cast))
            for (name, module), entry in zip(network.layers, policy)]
        if learned and not self.learned:
            raise Failure("illegal", "no layer has integers whose range could be learned")

    def rounding(self, name: str, module: nn.Module, role: str, form: int | str):
        """A function that rounds weights, outputs first, or inputs."""
        if isinstance(form, str):
            return self.format_rounding(name, module, role, form)
        scale, low, high = self.quantizers.integers(name, module, role, form)
        key = f"{name}.{role}"
        if self.kind == "steps":
            self.learned[key], self.ends[key] = nn.Parameter(scale.clone()), (low, high)
            return Step(self.learned[key], low, high, per_sample=role == "activations")
        if self.kind == "clips" and role == "activations":
            if low < 0 and low != -high:
                raise Failure(
                    "illegal", f"layer {name} reads values of both signs with a zero point (--activation-range "
                    "asymmetric), and PACT learns one clip for both; leave out --pact, or the option")
            clip = self.learned[key] = nn.Parameter((scale * high).reshape(1).clone())
            self.ends[key] = (low, high)
            return lambda x: LearnedClip.apply(x, clip, low, high)
        return lambda x: self.fake_quantize(x, scale, low, high)

    def format_rounding(self, name: str, module: nn.Module, role: str, form: str):
        if form == "fp32":
            return lambda x: x
        scale = self.quantizers.format_scale(name, module, role, form)
        if role == "weights":
            # The scale of a tensor of weights follows the weights.
            return lambda x: Formatted.apply(
                x.flatten(1), form, x.detach().abs().amax() if form == "nvfp4" else scale).reshape(x.shape)
        axis = channel_axis(module)

        def inputs(x):
            last = x.float().movedim(axis, -1)
            rounded = Formatted.apply(last.reshape(-1, last.shape[-1]), form, scale).reshape(last.shape)
            return rounded.movedim(-1, axis).to(x.dtype)

        return inputs

    def quantizer(self, name: str, module: nn.Module, role: str, bits: int) -> tuple[torch.Tensor, int, int]:
        """Scale, lowest and highest quantized value that the layer rounds with now."""
        key = f"{name}.{role}"
        if key not in self.learned:
            return self.quantizers.integers(name, module, role, bits)
        low, high = self.ends[key]
        learned = self.learned[key].detach()
        return (learned if self.kind == "steps" else learned / high), low, high

    def rounding_now(self, name: str, module: nn.Module) -> torch.Tensor:
        """The weights of a layer, rounded, with a row for each output."""
        layer = next(layer for found, layer in self.layers if found is module)
        return layer.weights(outputs_first(module, module.weight))

    def require_ranges(self):
        """Raises an error where a learned range has come to nothing."""
        for key, parameter in self.learned.items():
            if not (torch.isfinite(parameter) & (parameter > 0)).all():
                raise Failure(
                    "failed",
                    f"{key}: the range that fine-tuning learned is no longer above 0; take a lower learning rate")

    def clamps(self) -> dict[str, tuple[float, float]]:
        """The learned ranges of inputs, lowest and highest, by the names of layers."""
        found = {}
        for key, parameter in self.learned.items():
            layer, role = key.rsplit(".", 1)
            if role == "activations":
                low, high = self.ends[key]
                step = parameter.item() if self.kind == "steps" else parameter.item() / high
                found[layer] = (low * step, high * step)
        return found

    @contextlib.contextmanager
    def running(self):
        """While this lasts, the network's model runs quantized."""
        try:
            for module, layer in self.layers:
                module.forward = layer
            yield self
        finally:
            for module, _ in self.layers:
                module.__dict__.pop("forward", None)
