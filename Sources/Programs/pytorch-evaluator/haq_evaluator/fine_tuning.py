"""Training of a quantized network by gradient descent with Nesterov momentum."""
import copy
import math

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from .batches import shared
from .network import Network
from .parallel import Alone
from .protocol import Failure
from .quantized_model import QuantizedModel
from .schedule import rate, seed_everything

# The decay of learned clips: that of weights in the networks of the paper on PACT, section 3.1.
CLIP_DECAY = 1e-4


def distillation_loss(
    scores: torch.Tensor, labels: torch.Tensor, teacher: torch.Tensor | None, share: float, temperature: float
) -> torch.Tensor:
    """The mean loss of a batch: cross-entropy with labels, and with a share the divergence from the teacher's softmax.

    Source: Hinton et al., "Distilling the knowledge in a neural network", 2015: both softmaxes at a temperature, the
    loss times its square.
    """
    hard = F.cross_entropy(scores, labels) if share < 1 else None
    if teacher is None:
        return hard
    soft = F.kl_div(
        F.log_softmax(scores / temperature, 1), F.log_softmax(teacher / temperature, 1), reduction="none",
        log_target=True).sum(1).mean() * temperature**2
    return soft if hard is None else (1 - share) * hard + share * soft


class Training:
    """Steps of gradient descent on the training split. Batch normalizations keep their statistics; dropout is off."""

    def __init__(self, network: Network, loader: DataLoader, ranks: Alone):
        self.network, self.loader, self.ranks = network, loader, ranks
        self.teacher = None
        self.descend_on(None)

    def descend_on(self, loss: str | None):
        """Chooses the loss of the steps to come; without one it is that of the options."""
        if loss not in (None, "labels", "distillation"):
            raise Failure("illegal", f"the loss is \"{loss}\"; it is \"labels\" or \"distillation\"")
        self.share = {"labels": 0.0, "distillation": 1.0}.get(loss, self.network.options.distillation)
        if self.share > 0 and self.teacher is None:
            self.teacher = copy.deepcopy(self.network)
            self.teacher.model.requires_grad_(False)

    def optimizer(self, quantized: QuantizedModel, learning_rate: float, weight_decay: float = 0):
        weights = [module.weight for _, module in self.network.layers]
        others = [p for p in self.network.model.parameters() if all(p is not weight for weight in weights)]
        groups = [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0}]
        if quantized.learned:
            decay = CLIP_DECAY if quantized.kind == "clips" else 0
            groups.append({"params": list(quantized.learned.values()), "weight_decay": decay})
        return torch.optim.SGD(groups, lr=learning_rate, momentum=0.9, nesterov=True)

    def step(self, batch, share: float, optimizer) -> torch.Tensor:
        """One step; the loss of this rank's part, times its share of the batch, on the device."""
        inputs, labels = self.network.placed(batch)
        teacher = None
        if self.share > 0:
            with torch.no_grad():
                teacher = self.teacher.scores(inputs)
        loss = share * distillation_loss(
            self.network.scores(inputs), labels, teacher, self.share, self.network.options.temperature)
        optimizer.zero_grad()
        loss.backward()
        self.ranks.add_gradients([p for group in optimizer.param_groups for p in group["params"]])
        optimizer.step()
        return loss.detach()

    def samples(self, quantized: QuantizedModel, count: int, learning_rate: float, seed: int):
        """Trains on a number of samples, repetitions included, while the rate falls along a cosine to 0."""
        optimizer = self.optimizer(quantized, learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, -(-count // self.loader.batch_size)))
        seen, passes = 0, 0
        while seen < count:
            seed_everything(seed, passes)
            for batch, share, size in shared(self.loader, self.ranks.rank, self.ranks.world):
                if seen >= count:
                    break
                self.step(batch, share, optimizer)
                schedule.step()
                seen += size
            passes += 1
        quantized.require_ranges()

    def epoch(self, loader: DataLoader, optimizer, job: dict, epoch: int) -> float:
        """One pass over the training split, and the mean loss of its batches."""
        # An epoch's draws depend on the seed and its number alone, so that a resumed training is the same.
        seed_everything(job["seed"], epoch)
        losses = []
        for step, (batch, share, _) in enumerate(shared(loader, self.ranks.rank, self.ranks.world)):
            for group in optimizer.param_groups:
                group["lr"] = rate(job, epoch * len(loader) + step, len(loader))
            losses.append(self.step(batch, share, optimizer))
        total = sum(self.ranks.gathered(sum(torch.stack(losses).tolist()))) / len(losses)
        if not math.isfinite(total):
            raise Failure(
                "failed",
                f"the training loss of epoch {epoch + 1} is infinite or not a number; take a lower learning rate")
        return total
