"""An ONNX file of a network's weights in floats."""
import os

import torch

from .network import Network


def write_onnx(network: Network, path: str, clamps: dict[str, tuple[float, float]]):
    """Writes the model as it is now, with a clamp before each layer that has an entry in `clamps`."""
    # Newer versions of torch would take an exporter that needs more packages.
    options = {"opset_version": 13, "input_names": ["inputs"], "output_names": ["scores"]}
    if "dynamo" in torch.onnx.export.__code__.co_varnames:
        options["dynamo"] = False
    changed = []
    try:
        for name, module in network.layers:
            if name in clamps:
                module.forward = clamped(module.forward, *clamps[name])
                changed.append(module)
        torch.onnx.export(
            network.model, network.example, path + ".new",
            dynamic_axes={"inputs": {0: "batch"}, "scores": {0: "batch"}}, **options)
    finally:
        for module in changed:
            del module.forward
    os.replace(path + ".new", path)


def clamped(forward, lowest: float, highest: float):
    return lambda x, *more: forward(torch.clamp(x, lowest, highest), *more)
