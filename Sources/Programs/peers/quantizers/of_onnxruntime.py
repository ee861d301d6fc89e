"""onnxruntime's own static quantizer, with each of its calibrators: unsigned activations, signed weights by channel."""

from onnxruntime import quantization
from onnxruntime.quantization import CalibrationMethod, QuantType

from result import Quantized, Unsupported, batches, by_onnxruntime

PACKAGES = ["onnxruntime", "onnx"]
CALIBRATORS = {
    "minmax": CalibrationMethod.MinMax, "entropy": CalibrationMethod.Entropy, "percentile": CalibrationMethod.Percentile,
    "distribution": CalibrationMethod.Distribution}
WEIGHTS = {8: QuantType.QInt8, 4: QuantType.QInt4}
ACTIVATIONS = {8: QuantType.QUInt8, 4: QuantType.QUInt4}


class Reader(quantization.CalibrationDataReader):
    def __init__(self, name: str, images):
        # The calibrators with histograms want batches of one size.
        size = max(size for size in range(1, 33) if len(images) % size == 0)
        self.batches = iter([{name: batch} for batch in batches(images, size)])

    def get_next(self):
        return next(self.batches, None)


def quantize(job: dict, calibration) -> Quantized:
    if job["weight_bits"] not in WEIGHTS or job["activation_bits"] not in ACTIVATIONS:
        raise Unsupported("QuantType has integers of 4, 8 and 16 bits alone")
    import onnx

    name = onnx.load(job["network"]).graph.input[0].name
    quantization.quant_pre_process(job["network"], "prepared.onnx", skip_symbolic_shape=True)
    quantization.quantize_static(
        "prepared.onnx", "quantized.onnx", Reader(name, calibration), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=ACTIVATIONS[job["activation_bits"]], weight_type=WEIGHTS[job["weight_bits"]],
        calibrate_method=CALIBRATORS[job["method"]])
    return Quantized(by_onnxruntime("quantized.onnx"), "onnxruntime")
