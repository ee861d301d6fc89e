"""The figures of a batch, as tensors on its device: nothing waits for the device before the end."""
import torch
from torch.nn import functional as F


def log_probabilities(scores: torch.Tensor) -> torch.Tensor:
    """Natural logarithms of the class probabilities; classes are the second axis."""
    return F.log_softmax(scores, dim=1)


def divergence(reference: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """The Kullback-Leibler divergence of class probabilities from a reference's, in nats, added over a batch.

    Both arguments are class scores. Over further axes than samples and classes it is the mean, so that a sample
    counts once. Float64, one element.
    """
    reference, ours = log_probabilities(reference.double()), log_probabilities(scores.double())
    total = (reference.exp() * (reference - ours)).sum(1)
    return total.flatten(1).mean(1).sum() if total.dim() > 1 else total.sum()


class BatchFigures:
    """Sums over one batch.

    `scores`: N x classes with N labels, or N x classes x positions with N x positions labels; a label of -100 counts
    nowhere, as in PyTorch's losses. `right`: for each labelled position whether its class has the greatest score.
    """

    def __init__(self, scores: torch.Tensor, labels: torch.Tensor, reference: torch.Tensor | None, top5: bool):
        self.samples = len(labels)
        losses = F.cross_entropy(scores, labels, reduction="none")
        counted = labels != -100
        best = scores.topk(min(5, scores.shape[1]) if top5 else 1, dim=1).indices == labels.unsqueeze(1)
        self.right = best[:, 0][counted]
        finite = torch.isfinite(losses).flatten(1).all(1) if losses.dim() > 1 else torch.isfinite(losses)
        # The first sample whose loss is not finite, or -1.
        first_bad = torch.where(finite.all(), -1, finite.to(torch.int8).argmin())
        none = torch.zeros((), device=scores.device, dtype=torch.float64)
        self.sums = torch.stack([
            losses.sum().double(), self.right.sum().double(), counted.sum().double(),
            best.any(1)[counted].sum().double() if top5 else none,
            none if reference is None else divergence(reference, scores), first_bad.double()])
