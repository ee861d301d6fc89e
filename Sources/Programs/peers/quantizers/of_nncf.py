"""OpenVINO's NNCF: `nncf.quantize`. Quantizers round in floats in OpenVINO, at 8 bits too."""

import nncf
import numpy
import openvino
from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix, QuantizationParameters

from result import Quantized, batches

PACKAGES = ["nncf", "openvino"]


def quantize(job: dict, calibration) -> Quantized:
    widths = {}
    if (job["weight_bits"], job["activation_bits"]) != (8, 8):
        widths = {
            "weights_quantization_params": QuantizationParameters(num_bits=job["weight_bits"]),
            "activations_quantization_params": QuantizationParameters(num_bits=job["activation_bits"])}
    model = openvino.Core().read_model(job["network"])
    method, _, preset = job["method"].partition("-")
    quantized = nncf.quantize(
        model, nncf.Dataset([image[None] for image in calibration]), subset_size=len(calibration),
        preset=nncf.QuantizationPreset.MIXED if preset else nncf.QuantizationPreset.PERFORMANCE,
        fast_bias_correction=method == "fast",
        # The fix takes a bit of the first layer's weights for processors whose sums overflow; floats do not.
        advanced_parameters=AdvancedQuantizationParameters(overflow_fix=OverflowFix.DISABLE, **widths))
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "LP_TRANSFORMS_MODE": "NO"}
    compiled = openvino.compile_model(quantized, "CPU", options)
    return Quantized(lambda images: numpy.concatenate([compiled(batch)[0] for batch in batches(images)]), "OpenVINO, in floats")
