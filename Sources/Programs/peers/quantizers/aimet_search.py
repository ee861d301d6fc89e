"""AIMET's automatic mixed precision within a budget.

AMP orders groups of quantizers by how much each narrower width alone loses, and narrows them in this order for as long as an
accuracy holds. Its interface has no budget. So AMP narrows all of them, and the list that it gives is followed until
the budget holds. Its measure is the fidelity to the float network on the calibration images, exp of minus the divergence.
"""

import itertools

import numpy
from aimet_onnx.common.amp.utils import AMPSearchAlgo
from aimet_onnx.common.defs import CallbackFunc, QuantizationDataType
from aimet_onnx.mixed_precision import choose_mixed_precision

from run import cost


def probabilities(scores: numpy.ndarray) -> numpy.ndarray:
    powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fidelity(wanted: numpy.ndarray, scores: numpy.ndarray) -> float:
    """exp(-D), D the mean Kullback-Leibler divergence from `wanted`, the float network's probabilities, in nats."""
    found = probabilities(scores)
    return float(numpy.exp(-(wanted * numpy.log(numpy.maximum(wanted, 1e-30) / numpy.maximum(found, 1e-30))).sum(axis=1).mean()))


def narrow(sim, job: dict, layers: list, inputs: list) -> list[tuple[int, int]]:
    """Sets the widths of the simulation; gives them by layer."""
    integer = QuantizationDataType.int
    candidates = [
        ((activation, integer), (weight, integer))
        for weight, activation in itertools.product(
            sorted(job["weight_widths"], reverse=True), sorted(job["activation_widths"], reverse=True))]

    def scores(session) -> numpy.ndarray:
        return numpy.concatenate([session.run(None, batch)[0] for batch in inputs])

    enabled = [quantizer for quantizer in sim.qc_quantize_op_dict.values() if quantizer.enabled]
    for quantizer in enabled:
        quantizer.enabled = False
    wanted = probabilities(scores(sim.session))
    for quantizer in enabled:
        quantizer.enabled = True

    def measure(session) -> float:
        return fidelity(wanted, scores(session))

    steps = choose_mixed_precision(
        sim, candidates, measure, measure, None, results_dir="amp", clean_start=True,
        forward_pass_callback=CallbackFunc(lambda session, _: scores(session), None), use_all_amp_candidates=True,
        amp_search_algo=AMPSearchAlgo.BruteForce)
    for quantizer in enabled:
        quantizer.bitwidth = 8
    for _, _, group, candidate in itertools.chain([(None, None, None, None)], steps or []):
        if group:
            group.set_quantizers_to_candidate(sim.qc_quantize_op_dict, candidate)
        policy = policy_of(sim, layers)
        if cost(layers, policy, job["budget"]) <= job["limit"]:
            return policy
    raise RuntimeError("AMP's list ends before the budget holds")


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
