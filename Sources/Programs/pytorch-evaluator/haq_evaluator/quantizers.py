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


def shifted(lowest: float, highest: float, levels: int) -> tuple[float, int, int]:
    """The scale whose `levels` steps reach from one end to the other, and the quantized values less the zero point.

    The zero point is rounded, so that 0 is among the numbers (Jacob et al., CVPR 2018, section 3). 0 is one end or
    between them.
    """
    scale = max((highest - lowest) / levels, 1e-12)
    zero_point = min(round(-lowest / scale), levels)
    return scale, -zero_point, levels - zero_point


@torch.no_grad()
def best_range(x: torch.Tensor, levels: int) -> tuple[torch.Tensor, int, int]:
    """The scale and range by which the values of x are rounded with the least square error.

    Both ends are shares of those of x: a coarse grid of pairs first, and finer ones around the best.
    """
    ends = min(x.min().item(), 0.0), max(x.max().item(), 0.0)
    best, least, tried = (CANDIDATES, CANDIDATES), None, set()

    def attempt(pair: tuple[int, int]):
        nonlocal best, least
        if pair in tried or not all(0 <= share <= CANDIDATES for share in pair) or not any(pair):
            return
        tried.add(pair)
        scale, low, high = shifted(*(end * share / CANDIDATES for end, share in zip(ends, pair)), levels)
        error = rounded(x, torch.tensor([scale], device=x.device), low, high).sub_(x).square_().sum().item()
        if least is None or error < least:
            best, least = pair, error

    step = CANDIDATES // 8
    for lower in range(CANDIDATES, -1, -step):
        for upper in range(CANDIDATES, -1, -step):
            attempt((lower, upper))
    while step > 1:
        step //= 2
        centre = best
        for lower in (2, 1, 0, -1, -2):
            for upper in (2, 1, 0, -1, -2):
                attempt((centre[0] + lower * step, centre[1] + upper * step))
    scale, low, high = shifted(*(end * share / CANDIDATES for end, share in zip(ends, best)), levels)
    return torch.tensor([scale], device=x.device), low, high


class Quantizers:
    """Scales for the original weights and for the inputs in calibration; nothing is found twice."""

    def __init__(self, calibration: Calibration, activation_range: str = "symmetric"):
        self.calibration, self.activation_range = calibration, activation_range
        self.scales = {}

    def integers(self, name: str, module: nn.Module, role: str, bits: int) -> tuple[torch.Tensor, int, int]:
        """Scale, lowest and highest quantized value of a layer's `weights` or `activations`, less the zero point.

        Weights are signed, with one scale for each output and as many axes as the weights; inputs have one scale.
        """
        key = (name, role, bits)
        if key not in self.scales:
            signed = role == "weights" or self.calibration.negative[name]
            if bits > 16 or (signed and bits < 2):
                raise Failure(
                    "illegal",
                    f"layer {name}: {bits}-bit {role} are not possible; they take {2 if signed else 1} to 16 bits")
            if signed and role == "activations" and self.activation_range == "asymmetric":
                self.scales[key] = best_range(self.calibration.values[name], 2**bits - 1)
                return self.scales[key]
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
