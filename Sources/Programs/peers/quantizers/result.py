"""What a quantizer gives to run.py."""

from dataclasses import dataclass
from typing import Callable

import numpy


class Unsupported(Exception):
    """The peer cannot do what the row asks for; the text says why."""


@dataclass
class Quantized:
    # Class scores of images: count x channels x height x width to count x classes.
    scores: Callable[[numpy.ndarray], numpy.ndarray]
    # What computes them, such as "onnxruntime".
    evaluated_by: str
    # Bits of weights and of the input of each layer in the order of the ONNX file; of a search alone.
    policy: list[tuple[int, int]] | None = None


def batches(images: numpy.ndarray, size: int | None = None):
    """In order, of about as many numbers: 250 images of 28 x 28, 20 of 3 x 224 x 224."""
    size = size or (250 if images[0].size < 10_000 else 20)
    return [images[start : start + size] for start in range(0, len(images), size)]


def by_onnxruntime(path: str) -> Callable[[numpy.ndarray], numpy.ndarray]:
    """Scores of an ONNX file with its operators one by one, so that every processor rounds alike."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: numpy.concatenate([session.run(None, {name: batch})[0] for batch in batches(images)])


def by_torch(model) -> Callable[[numpy.ndarray], numpy.ndarray]:
    """Scores of a PyTorch module, whose quantizers round in floats."""
    import torch

    def scores(images: numpy.ndarray) -> numpy.ndarray:
        model.eval()
        with torch.no_grad():
            found = [model(torch.from_numpy(batch)) for batch in batches(images)]
        # Some libraries give a tensor of their own with its scale.
        return torch.cat([getattr(each, "value", each) for each in found]).numpy()

    return scores
