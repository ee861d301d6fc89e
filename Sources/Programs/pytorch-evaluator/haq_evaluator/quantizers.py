"""The scales of each layer's weights and inputs, found once for each width or format."""
import torch
from torch import nn

from .calibration import Calibration
from .layers import outputs_first
from .number_formats import FLOATS
from .protocol import Failure
from .rounding import rounded

CANDIDATES = 64


@torch.no_grad()
def best_scale(x: torch.Tensor, scale_of_clip, low: int, high: int, candidates: int = CANDIDATES) -> torch.Tensor:
    """The scale whose rounded values lie nearest to x in the mean square, one for each row of x."""
    top = x.abs().amax(dim=1).clamp(min=1e-12)
    best, least = None, None
    for step in range(1, candidates + 1):
        scale = scale_of_clip(top * step / candidates)
        error = rounded(x, scale[:, None], low, high).sub_(x).square_().sum(dim=1)
        if best is None:
            best, least = scale, error
        else:
            best = torch.where(error < least, scale, best)
            least = torch.minimum(error, least)
    return best


class Quantizers:
    """Scales for the original weights and for the inputs in calibration; nothing is found twice."""

    def __init__(self, calibration: Calibration):
        self.calibration = calibration
        self.scales = {}

    def integers(self, name: str, module: nn.Module, role: str, bits: int) -> tuple[torch.Tensor, int, int]:
        """Scale, lowest and highest quantized value of a layer's `weights` or `activations`.

        Weights are signed, with one scale for each output and as many axes as the weights; inputs have one scale.
        """
        key = (name, role, bits)
        if key not in self.scales:
            signed = role == "weights" or self.calibration.negative[name]
            if bits > 16 or (signed and bits < 2):
                raise Failure(
                    "illegal",
                    f"layer {name}: {bits}-bit {role} are not possible; they take {2 if signed else 1} to 16 bits")
            high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
            low = -high if signed else 0
            values = self.rows(name, module, role)
            scale = best_scale(values, lambda clip: clip / high, low, high)
            if role == "weights":
                scale = scale.reshape([-1] + [1] * (module.weight.dim() - 1))
            self.scales[key] = (scale, low, high)
        return self.scales[key]

    def rows(self, name: str, module: nn.Module, role: str) -> torch.Tensor:
        """Weights with a row for each output, or one row of inputs."""
        if role == "weights":
            return outputs_first(module, module.weight.detach()).flatten(1)
        return self.calibration.values[name][None]

    def format_scale(self, name: str, module: nn.Module, role: str, form: str) -> torch.Tensor:
        """What `Formatted` takes as scale.

        Floats of few bits reach the greatest magnitude of a row of weights, or in calibration.
        """
        key = (name, role, form)
        if key not in self.scales:
            if role == "weights":
                top = self.rows(name, module, role).abs().amax(dim=1, keepdim=True)
            else:
                top = self.calibration.tops[name].reshape(1, 1)
            if form in FLOATS:
                smallest = torch.finfo(torch.float32).tiny
                scale = torch.where(top > 0, (top / FLOATS[form][2]).clamp(min=smallest), torch.ones_like(top))
                self.scales[key] = scale if role == "weights" else scale.flatten()
            else:
                self.scales[key] = top.amax()
        return self.scales[key]
