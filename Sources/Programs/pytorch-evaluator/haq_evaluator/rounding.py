"""Rounding to integers with scales of their own: one function, whose eager form is the reference."""
import sys

import torch

from .triton_rounding import triton_can_run, triton_rounded

ROUNDINGS = ("auto", "eager", "compile", "triton")
# Values in a part that stays in a core's cache while several operations pass over it: 128 KiB of float32.
PART = 1 << 15


class Rounded(torch.autograd.Function):
    """scale * clamp(round(x / scale), low, high), ties to even; the gradient passes inside the range.

    The reference that all other forms are compared with. x has any shape and is float32, or bfloat16 that is computed in float32;
    `scale` has one element, or as many dimensions as x and one element for each of its rows.
    """

    @staticmethod
    def forward(context, x, scale, low, high):
        values = torch.round(x.float() / scale)
        context.save_for_backward((values >= low) & (values <= high))
        return (torch.clamp(values, low, high) * scale).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None, None


def in_memory_order(x: torch.Tensor) -> torch.Tensor | None:
    """All elements as one axis, without a copy; None where there are gaps between them."""
    if x.is_contiguous():
        return x.view(-1)
    if x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last):
        return x.permute(0, 2, 3, 1).view(-1)
    return None


def parts(*tensors: torch.Tensor) -> list[tuple[torch.Tensor, ...]]:
    """Parts of tensors that a core's cache holds, without copies; the tensors as they are where that cannot be."""
    flat = [in_memory_order(x) for x in tensors]
    same = all(x.stride() == tensors[0].stride() and x.device.type == "cpu" for x in tensors)
    return list(zip(*(x.split(PART) for x in flat))) if same and all(x is not None for x in flat) else [tensors]


def rounded(x: torch.Tensor, scale: torch.Tensor, low: int, high: int) -> torch.Tensor:
    """What `Rounded` gives, without a gradient and without intermediate tensors; on a CPU part by part."""
    y = torch.empty_like(x, dtype=torch.float32)
    whole = scale.numel() == 1
    for source, result in parts(x, y) if whole else [(x, y)]:
        step = scale.reshape(1) if whole else scale
        torch.div(source, step, out=result).round_().clamp_(low, high).mul_(step)
    return y.to(x.dtype)


def rounded_with_range(x: torch.Tensor, scale: torch.Tensor, low: int, high: int):
    """The same, and what lies inside the range."""
    y, inside = torch.empty_like(x, dtype=torch.float32), torch.empty_like(x, dtype=torch.bool)
    whole = scale.numel() == 1
    for source, result, flags in parts(x, y, inside) if whole else [(x, y, inside)]:
        step = scale.reshape(1) if whole else scale
        values = torch.div(source, step).round_()
        torch.clamp(values, low, high, out=result)
        # Inside is what the range leaves as it is.
        torch.eq(values, result, out=flags)
        result.mul_(step)
    return y.to(x.dtype), inside


class RoundedByKernel(torch.autograd.Function):
    """What `Rounded` gives, by a function of (x, scale, low, high) that returns it and what lies inside the range."""

    @staticmethod
    def forward(context, x, scale, low, high, kernel):
        y, inside = kernel(x, scale, low, high)
        context.save_for_backward(inside)
        return y

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        if gradient.device.type != "cpu":
            return gradient * inside, None, None, None, None
        # On a CPU, numbers times truth values are slow, and copies of truth values as numbers are not.
        passed = torch.empty_like(gradient)
        for result, source, flags in parts(passed, gradient, inside):
            result.copy_(flags).mul_(source)
        return passed, None, None, None, None


def formula(x: torch.Tensor, scale: torch.Tensor, low: torch.Tensor, high: torch.Tensor):
    """`Rounded` as a formula to compile: the values, and whether they lie inside the range."""
    values = torch.round(x.float() / scale)
    return (torch.clamp(values, low, high) * scale).to(x.dtype), (values >= low) & (values <= high)


def values_of(x: torch.Tensor, scale: torch.Tensor, low: torch.Tensor, high: torch.Tensor):
    """The first part of `formula`."""
    return formula(x, scale, low, high)[:1]


class CompiledRounding:
    """`formula` by torch.compile: one program for one axis and one for rows, whatever the shape, layout and width."""

    def __init__(self):
        self.functions = {ranged: torch.compile(formula if ranged else values_of, dynamic=True) for ranged in (True, False)}
        self.bounds = {}

    def __call__(self, x, scale, low, high, ranged=True):
        key = (low, high, x.device)
        if key not in self.bounds:
            # Numbers would be part of the program; as tensors they are not.
            self.bounds[key] = [torch.tensor(float(bound), device=x.device) for bound in (low, high)]
        x = x.detach()
        if scale.numel() > 1 or in_memory_order(x) is None:
            x = x.contiguous()
        values, steps = (
            (in_memory_order(x), scale.reshape(1)) if scale.numel() == 1 else (x.flatten(1), scale.reshape(-1, 1)))
        with torch.no_grad():
            results = self.functions[ranged](values, steps, *self.bounds[key])
        y, *inside = (torch.as_strided(result, x.shape, x.stride()) for result in results)
        return y, inside[0] if inside else None


class FakeQuantize:
    """Rounds tensors to integers, by the fastest form that works on a device.

    `form` is `eager`, `compile` (torch.compile), `triton` (a kernel for GPUs), or `auto`: Triton on a GPU where it
    works, and otherwise eager. A form that does not give what the eager one gives is not used, and stderr says so once.
    """

    def __init__(self, form: str, device: torch.device):
        self.kernel, self.form = None, "eager"
        wanted = form if form != "auto" else ("triton" if device.type == "cuda" else "eager")
        if wanted == "eager":
            return
        try:
            kernel = self.made(wanted, device)
            self.check(kernel, device)
            self.kernel, self.form = kernel, wanted
        except Exception as problem:
            reason = " ".join(str(problem).split())[:300]
            print(f"haq_evaluator: fused rounding by {wanted} does not work here, so PyTorch rounds step by step "
                  f"({type(problem).__name__}: {reason})", file=sys.stderr)

    @staticmethod
    def made(form: str, device: torch.device):
        if form == "triton":
            triton_can_run(device)
            return triton_rounded
        if not hasattr(torch, "compile"):
            raise RuntimeError(f"torch {torch.__version__} has no torch.compile; it came with 2.0")
        return CompiledRounding()

    @staticmethod
    def check(kernel, device: torch.device):
        """Compares a form with the eager one, ties and both ends included."""
        values = torch.arange(-40, 41, device=device).float()[None] * torch.tensor([[0.125], [0.3]], device=device)
        scales = torch.tensor([[0.25], [0.7]], device=device)
        cases = [(values, scales, -7, 7), (values, scales[1:], 0, 15), (values, scales[:1], -3, 3)]
        # Triton's interpreter on a CPU cuts float32 to bf16, where GPUs round.
        cases += [(x.bfloat16(), *rest) for x, *rest in cases] if device.type == "cuda" else []
        for x, scale, low, high in cases:
            y, inside = kernel(x, scale, low, high)
            expected, within = formula(x, scale, torch.tensor(low, device=device), torch.tensor(high, device=device))
            alone, _ = kernel(x, scale, low, high, ranged=False)
            if not (torch.equal(y, expected) and torch.equal(alone, expected) and torch.equal(inside, within)):
                raise RuntimeError("its numbers differ from those of the eager form")

    def __call__(self, x: torch.Tensor, scale: torch.Tensor, low: int, high: int) -> torch.Tensor:
        if torch.is_grad_enabled() and x.requires_grad:
            return RoundedByKernel.apply(x, scale, low, high, self.kernel or rounded_with_range)
        return rounded(x, scale, low, high) if self.kernel is None else self.kernel(x, scale, low, high, ranged=False)[0]
