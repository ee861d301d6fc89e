"""Brevitas' recipes for post-training quantization, by the functions of its own ImageNet example.

Weights symmetric with a scale for each channel, activations asymmetric, both with the scales of the least squared error.
"""

import torch
from brevitas.graph.quantize import preprocess_for_quantize
from brevitas_examples.imagenet_classification.ptq import ptq_common

from network import module
from result import Quantized, batches, by_torch

PACKAGES = ["brevitas", "torch"]


def quantize(job: dict, calibration) -> Quantized:
    torch.manual_seed(1)
    model = preprocess_for_quantize(module(job["network"], job["data"]), equalize_iters=20, equalize_merge_bias=True)
    quantized = ptq_common.quantize_model(
        model, dtype=torch.float32, device="cpu", backend="fx", quant_format="int", scale_factor_type="float_scale", bias_bit_width=32,
        weight_bit_width=job["weight_bits"], weight_quant_granularity="per_channel", weight_quant_type="sym",
        weight_narrow_range=True, weight_param_method="mse", act_bit_width=job["activation_bits"],
        act_quant_granularity="per_tensor", act_quant_type="asym", act_quant_percentile=99.999, act_param_method="mse")
    loader = [(torch.from_numpy(batch), torch.zeros(len(batch), dtype=torch.long)) for batch in batches(calibration, 64)]
    with torch.no_grad():
        quantized.eval()
        quantized(loader[0][0])
    ptq_common.calibrate(loader, quantized)
    if job["method"] == "gptq":
        ptq_common.apply_gptq(loader, quantized)
    if job["method"] == "learned":
        from brevitas_examples.imagenet_classification.ptq.learned_round_utils import apply_learned_round

        apply_learned_round(quantized, loader, iters=1000, batch_size=32, amp_dtype=torch.float32)
    ptq_common.apply_bias_correction(loader, quantized)
    return Quantized(by_torch(quantized), "Brevitas")
