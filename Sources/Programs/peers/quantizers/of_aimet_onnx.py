"""AIMET on ONNX: cross-layer equalization, AdaRound, sequential MSE, and automatic mixed precision (AMP)."""

import aimet_onnx
import numpy
import onnx
from aimet_onnx.cross_layer_equalization import equalize_model

from network import layers
from result import Quantized, batches

PACKAGES = ["aimet-onnx", "onnxruntime"]
# Of each layer; AIMET recommends 10,000, and 15,000 below 8 bits.
ADAROUND_ITERATIONS = 10_000


def quantize(job: dict, calibration) -> Quantized:
    model = onnx.load(job["network"])
    name = model.graph.input[0].name
    equalize_model(model)
    wide = job["budget"] != ""
    # Sequential MSE refuses `tf_enhanced`.
    scheme = "min_max" if job["method"] == "seq-mse" else "tf_enhanced"
    sim = aimet_onnx.QuantizationSimModel(
        model, param_type=aimet_onnx.qtype.int(8 if wide else job["weight_bits"]),
        activation_type=aimet_onnx.qtype.int(8 if wide else job["activation_bits"]), quant_scheme=scheme,
        config_file="default", providers=["CPUExecutionProvider"])
    inputs = [{name: batch} for batch in batches(calibration, 32)]
    if job["method"] == "adaround":
        sim.compute_encodings(inputs)
        aimet_onnx.apply_adaround(sim, inputs, num_iterations=ADAROUND_ITERATIONS)
    if job["method"] == "seq-mse":
        aimet_onnx.apply_seq_mse(sim, inputs)
    policy = None
    if wide:
        from aimet_search import narrow

        policy = narrow(sim, job, layers(job["network"]), inputs)
    sim.compute_encodings(inputs)
    return Quantized(
        lambda images: numpy.concatenate([sim.session.run(None, {name: batch})[0] for batch in batches(images)]),
        "AIMET in onnxruntime", policy)
