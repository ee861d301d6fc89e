"""OpenVINO's NNCF: `nncf.quantize`. Quantizers round in floats in OpenVINO, at 8 bits too."""

import nncf
import numpy
import openvino
from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix, QuantizationParameters

from result import Quantized, Unsupported, batches

PACKAGES = ["nncf", "openvino"]


def quantize(job: dict, calibration) -> Quantized:
    widths, device = {}, nncf.TargetDevice.ANY
    if job["weight_bits"] == 6:
        raise Unsupported("none of its descriptions of devices has 6 bits")
    if job["activation_bits"] == 4:
        raise Unsupported("none of its descriptions of devices has 4-bit inputs of depthwise convolutions")
    if job["weight_bits"] == 4:
        # The only device whose description has 4-bit weights; nothing else of it is used.
        device = nncf.TargetDevice.NPU
        widths = {"weights_quantization_params": QuantizationParameters(num_bits=4)}
    model = openvino.Core().read_model(job["network"])
    method, _, preset = job["method"].partition("-")
    quantized = nncf.quantize(
        model, nncf.Dataset([image[None] for image in calibration]), subset_size=len(calibration), target_device=device,
        preset=nncf.QuantizationPreset.MIXED if preset else nncf.QuantizationPreset.PERFORMANCE,
        fast_bias_correction=method == "fast",
        # The fix takes a bit of the first layer's weights for processors whose sums overflow; floats do not.
        advanced_parameters=AdvancedQuantizationParameters(overflow_fix=OverflowFix.DISABLE, **widths))
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "LP_TRANSFORMS_MODE": "NO"}
    compiled = openvino.compile_model(quantized, "CPU", options)
    return Quantized(lambda images: numpy.concatenate([compiled(batch)[0] for batch in batches(images)]), "OpenVINO, in floats")
