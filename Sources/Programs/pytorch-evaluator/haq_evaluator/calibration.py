"""What the inputs of layers are like, from some batches of training data."""
from dataclasses import dataclass

import torch
from torch.utils.data import DataLoader

from .batches import output_of
from .network import Network
from .protocol import Failure
from .schedule import seed_everything

# One value in seven is kept, and of each batch no more than this.
STRIDE, MOST_VALUES = 7, 100_000


@dataclass
class Calibration:
    """For the name of each layer: some of its input values, their greatest magnitude, and whether any is negative."""

    values: dict[str, torch.Tensor]
    tops: dict[str, torch.Tensor]
    negative: dict[str, bool]


@torch.no_grad()
def calibration(network: Network, loader: DataLoader, batches: int) -> Calibration:
    """One pass over some batches with the original weights. All that it finds stays on the device until the end."""
    names = [name for name, _ in network.layers]
    values = {name: [] for name in names}
    tops = {name: torch.zeros((), device=network.device) for name in names}
    # A row for each run of a layer: which batch and layer, and on the device whether all inputs are finite.
    runs, finite = [], []

    def keep(name: str):
        def hook(_, inputs):
            x = inputs[0].detach().float()
            lowest, highest = torch.aminmax(x)
            runs.append((number, name))
            # Both ends are finite only where all values are: whatever is not a number makes them not a number.
            finite.append(torch.isfinite(lowest) & torch.isfinite(highest))
            tops[name] = torch.maximum(tops[name], torch.maximum(highest, -lowest))
            values[name].append(x.flatten()[::STRIDE][:MOST_VALUES].clone())
        return hook

    hooks = [module.register_forward_pre_hook(keep(name)) for name, module in network.layers]
    # The same inputs whatever was asked before.
    seed_everything(0)
    try:
        for number, batch in enumerate(loader):
            if number == batches:
                break
            output_of(network.model, network.placed(batch)[0])
    finally:
        for hook in hooks:
            hook.remove()
    bad = (~torch.stack(finite)).nonzero().flatten().tolist()
    if bad:
        number, name = runs[bad[0]]
        raise Failure(
            "failed",
            f"calibration batch {number} (counted from 0): the input of layer {name} is infinite or not a number")
    kept = {name: torch.cat(parts) for name, parts in values.items()}
    negative = torch.stack([(kept[name] < 0).any() for name in names]).tolist()
    return Calibration(kept, tops, dict(zip(names, negative)))
