"""Which layers read the output of which, found by running a network with values that know where they come from."""

import torch
import torch.nn as nn


class Traced(torch.Tensor):
    """A tensor with the positions of the layers that it comes from, without a layer between."""

    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        result = super().__torch_function__(function, types, arguments, keywords or {})
        sources = set()
        note(arguments, sources)
        note((keywords or {}).values(), sources)
        mark(result, sources)
        return result


def note(values, sources: set) -> None:
    for value in values:
        if isinstance(value, Traced):
            sources |= getattr(value, "sources", set())
        elif isinstance(value, (list, tuple)):
            note(value, sources)


def mark(value, sources: set) -> None:
    if isinstance(value, Traced):
        value.sources = set(sources)
    elif isinstance(value, (list, tuple)):
        for part in value:
            mark(part, sources)


def readers(model: nn.Module, names: list[str], shape: tuple) -> list[list[int]]:
    """For each layer, by its position in `names`, the positions of those that read what is made of its output."""
    found, position = [set() for _ in names], {name: index for index, name in enumerate(names)}

    def read(index, given):
        for source in getattr(given[0], "sources", set()):
            found[source].add(index)

    hooks = []
    for name, module in model.named_modules():
        if name in position:
            index = position[name]
            hooks.append(module.register_forward_pre_hook(lambda module, given, index=index: read(index, given)))
            hooks.append(module.register_forward_hook(lambda module, given, result, index=index: mark(result, {index})))
    with torch.no_grad():
        model(torch.zeros(shape).as_subclass(Traced))
    for hook in hooks:
        hook.remove()
    return [sorted(ones) for ones in found]
