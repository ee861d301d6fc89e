"""Ranges of integers that fine-tuning moves with the weights: clips of activations (PACT), and step sizes (LSQ)."""
import math

import torch


class LearnedClip(torch.autograd.Function):
    """PACT: the greatest quantized value stands for `clip`, a tensor of one element.

    Source: Choi et al., "PACT: Parameterized clipping activation for quantized neural networks", 2018, equation 3:
    where x is at least the clip, the gradient goes to the clip instead of to x; with negative quantized values, it
    goes there with the other sign where x is at most minus the clip.
    """

    @staticmethod
    def forward(context, x, clip, low, high):
        scale = clip / high
        above, below = x >= clip, (x <= -clip) if low < 0 else torch.zeros_like(x, dtype=torch.bool)
        context.save_for_backward(above, below, ~above & (~below if low < 0 else x >= 0))
        return (torch.clamp(torch.round(x.float() / scale), low, high) * scale).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        above, below, inside = context.saved_tensors
        clip = (gradient * above).float().sum() - (gradient * below).float().sum()
        return gradient * inside, clip.reshape(1), None, None


class LearnedStep(torch.autograd.Function):
    """LSQ: the step between quantized values, one for all of x or for each of its rows.

    Source: Esser et al., "Learned step size quantization", ICLR 2020, equations 1 to 3 and section 2.2: the gradient of
    the step is round(x / s) - x / s inside the range and its end outside, times 1 / sqrt(N * high), where N counts what
    shares the step: weights, or the features of one sample.
    """

    @staticmethod
    def forward(context, x, step, low, high, shared):
        ratio = x.float() / step
        values = torch.clamp(torch.round(ratio), low, high)
        inside = (ratio > low) & (ratio < high)
        context.save_for_backward(torch.where(inside, values - ratio, values), inside)
        context.factor = 1 / math.sqrt(shared * high)
        context.step = step.shape
        return (values * step).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        slope, inside = context.saved_tensors
        step = (gradient.float() * slope * context.factor).sum_to_size(context.step)
        return gradient * inside, step, None, None, None
