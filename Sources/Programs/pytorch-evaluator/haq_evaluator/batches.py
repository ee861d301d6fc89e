"""Batches of loaders: which part is input and which label, on which device, and what a model makes of them."""
from collections.abc import Iterator, Mapping

import torch
from torch.utils.data import DataLoader

from .protocol import Failure


def inputs_and_labels(batch):
    """The two parts of a batch: a pair, or a mapping whose `labels` are the labels and whose rest is the input."""
    if isinstance(batch, Mapping):
        if "labels" not in batch:
            raise Failure("failed", f"a batch has {', '.join(map(str, batch))}, and no labels")
        return {key: value for key, value in batch.items() if key != "labels"}, batch["labels"]
    return batch[0], batch[1]


def first_of(value, count: int):
    """The first `count` samples of inputs: of a tensor, or of each tensor in a mapping or sequence."""
    if torch.is_tensor(value):
        return value[:count]
    if isinstance(value, Mapping):
        return {key: first_of(part, count) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [first_of(part, count) for part in value]
    return value


def moved(value, device: torch.device, channels_last: bool = False):
    """Inputs on a device; images with the channels last where that is asked for."""
    if torch.is_tensor(value):
        if channels_last and value.dim() == 4:
            return value.to(device, non_blocking=True, memory_format=torch.channels_last)
        return value.to(device, non_blocking=True)
    if isinstance(value, Mapping):
        return {key: moved(part, device, channels_last) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [moved(part, device, channels_last) for part in value]
    return value


def output_of(model: torch.nn.Module, inputs):
    """What a model gives for a tensor, for a mapping of named inputs, or for a list of inputs in order."""
    if isinstance(inputs, Mapping):
        return model(**inputs)
    return model(*inputs) if isinstance(inputs, (list, tuple)) else model(inputs)


def scores_in(output) -> torch.Tensor:
    """The class scores in what a model gives: a tensor, `logits` or `out` by name, or the first of a sequence."""
    if torch.is_tensor(output):
        return output
    for name in ("logits", "out"):
        if isinstance(output, Mapping) and name in output:
            return output[name]
        if not isinstance(output, Mapping) and hasattr(output, name):
            return getattr(output, name)
    if isinstance(output, (list, tuple)) and output:
        return scores_in(output[0])
    raise Failure(
        "failed", f"the model gives {type(output).__name__}, which has no logits; name its class scores with "
        "outputs=, a function of what the model gives")


def numbered(loader: DataLoader, rank: int = 0, world: int = 1) -> Iterator[tuple[int, int, object]]:
    """A rank's batches of a loader in fixed order: its number, the position of its first sample, and the batch."""
    if world == 1:
        first = 0
        for number, batch in enumerate(loader):
            yield number, first, batch
            first += len(inputs_and_labels(batch)[1])
        return
    plan = list(loader.batch_sampler)
    starts = [sum(map(len, plan[:number])) for number in range(len(plan))]
    part = loader_of(loader, plan[rank::world])
    yield from ((number, starts[number], batch) for number, batch in zip(range(rank, len(plan), world), part))


def shared(loader: DataLoader, rank: int = 0, world: int = 1) -> Iterator[tuple[object, float, int]]:
    """A rank's part of every batch for training: the part, its share of the whole batch, and the size of that.

    A rank that gets none of a small last batch runs one sample of it with a share of 0, so that all ranks keep step.
    """
    if world == 1:
        yield from ((batch, 1.0, len(inputs_and_labels(batch)[1])) for batch in loader)
        return
    # A loader draws one number before its sampler draws the order; so does this, and all ranks have the order of one.
    torch.empty((), dtype=torch.int64).random_(generator=loader.generator)
    plan = list(loader.batch_sampler)
    parts = [indices[rank::world] for indices in plan]
    loaded = loader_of(loader, [part or indices[:1] for part, indices in zip(parts, plan)])
    yield from ((batch, len(part) / len(whole), len(whole)) for batch, part, whole in zip(loaded, parts, plan))


def loader_of(loader: DataLoader, batches: list[list[int]]) -> DataLoader:
    """A loader of the same data set with other batches."""
    return DataLoader(
        loader.dataset, batch_sampler=batches, collate_fn=loader.collate_fn, num_workers=loader.num_workers,
        pin_memory=loader.pin_memory, worker_init_fn=loader.worker_init_fn)
