"""Learning rates and random numbers of fine-tuning."""
import math
import random

import torch


def seed_everything(seed: int, stream: int = 0):
    """Whatever loaders and augmentations draw from; a stream of its own for each epoch."""
    torch.manual_seed((seed + stream * 0x9E3779B97F4A7C15) % 2**63)
    random.seed(f"{seed} {stream}")


def rate(job: dict, step: int, steps_per_epoch: int) -> float:
    """The learning rate of a step of `finetune`, counted from 0 over all epochs."""
    warm_up, steps = job["warm_up_epochs"] * steps_per_epoch, job["epochs"] * steps_per_epoch
    if step < warm_up:
        return job["learning_rate"] * (step + 1) / warm_up
    if job["schedule"] == "step":
        return job["learning_rate"] * 0.1 ** ((step >= steps // 2) + (step >= steps * 3 // 4))
    if job["schedule"] == "cosine":
        return job["learning_rate"] * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))
    return job["learning_rate"]
