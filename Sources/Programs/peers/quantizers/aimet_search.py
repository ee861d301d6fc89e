"""AIMET's automatic mixed precision (AMP) within a budget.

AMP measures what each group of quantizers loses at each pair of widths, orders all steps by it, and takes as many as a function
accepts. It has no budget. So the function accepts a fidelity to the float network on the calibration images (exp of
minus the divergence), and the highest one whose policy is within the budget is found by bisection.
"""

import itertools

import numpy
from aimet_onnx import qtype
from aimet_onnx.mixed_precision import analyze_mixed_precision_sensitivity, apply_amp
from aimet_onnx.utils import disable_quantizers

from run import cost

BISECTIONS = 8
# AMP reads widths back from their names, and only these have one.
NAMED = {2, 4, 8, 16}


def probabilities(scores: numpy.ndarray) -> numpy.ndarray:
    powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fidelity(wanted: numpy.ndarray, scores: numpy.ndarray) -> float:
    """exp(-D), D the mean Kullback-Leibler divergence from `wanted`, the float network's probabilities, in nats."""
    ratios = numpy.maximum(wanted, 1e-30) / numpy.maximum(probabilities(scores), 1e-30)
    return float(numpy.exp(-(wanted * numpy.log(ratios)).sum(axis=1).mean()))


def narrow(sim, job: dict, layers: list, inputs: list) -> list[tuple[int, int]]:
    """Sets the widths of the simulation, and gives them by layer."""
    widths = [sorted(NAMED.intersection(job[name]), reverse=True) for name in ("weight_widths", "activation_widths")]

    def scores(session) -> numpy.ndarray:
        return numpy.concatenate([session.run(None, batch)[0] for batch in inputs])

    with disable_quantizers(sim, set(sim.qc_quantize_op_dict)):
        wanted = probabilities(scores(sim.session))

    def measure(session) -> float:
        return fidelity(wanted, scores(session))

    losses = analyze_mixed_precision_sensitivity(sim, [(qtype.int(w), qtype.int(a)) for w, a in itertools.product(*widths)], measure, inputs)

    def policy(least: float) -> list[tuple[int, int]]:
        apply_amp(sim, losses, lambda session: measure(session) >= least)
        return policy_of(sim, layers)

    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if cost(layers, policy(middle), job["budget"]) <= job["limit"]:
            low = middle
        else:
            high = middle
    return policy(low)


def policy_of(sim, layers: list) -> list[tuple[int, int]]:
    """Bits of the weights of each layer, and of the nearest quantizer before its input."""
    producers = {output: node for node in sim.model.model.graph.node for output in node.output}

    def bits(tensor: str) -> int:
        quantizer = sim.qc_quantize_op_dict.get(tensor)
        if quantizer and quantizer.enabled:
            return quantizer.bitwidth
        if tensor not in producers:
            raise RuntimeError(f"no quantizer lies before {tensor}")
        return bits(producers[tensor].input[0])

    return [(sim.qc_quantize_op_dict[layer.weight].bitwidth, bits(layer.input)) for layer in layers]
