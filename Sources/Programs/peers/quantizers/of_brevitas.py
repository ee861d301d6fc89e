"""Brevitas' recipes for post-training quantization, by the functions of its own ImageNet example.

Weights symmetric with a scale for each channel, activations asymmetric, both with the scales of the least squared error.
"""

import functools
from argparse import Namespace

import torch
from brevitas.graph.quantize import preprocess_for_quantize
from brevitas_examples.imagenet_classification.ptq import ptq_common

from network import module
from result import Quantized, Unsupported, batches, by_torch

PACKAGES = ["brevitas", "torch"]


def quantize(job: dict, calibration) -> Quantized:
    if job["method"] == "learned" and calibration.shape[1] == 3 and job["weight_bits"] != job["activation_bits"]:
        raise Unsupported("its backend layerwise has one width for weights and inputs of the first layer")
    torch.manual_seed(1)
    model = preprocess_for_quantize(module(job["network"], job["data"]), equalize_iters=20, equalize_merge_bias=True)
    quantized = ptq_common.quantize_model(
        # The example refuses learned rounding with another backend.
        model, dtype=torch.float32, device="cpu", backend="layerwise" if job["method"] == "learned" else "fx", quant_format="int",
        layerwise_first_last_bit_width=job["weight_bits"], scale_factor_type="float_scale", bias_bit_width=32,
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
        learn_rounding(quantized, loader)
    ptq_common.apply_bias_correction(loader, quantized)
    return Quantized(by_torch(quantized), "Brevitas")


def learn_rounding(quantized, loader: list) -> None:
    """The example's own settings, but for batches of 32 in place of one image, and no half floats, which are for GPUs."""
    from brevitas_examples.imagenet_classification.ptq import learned_round_utils as example

    settings = example.parse_args_to_dataclass(Namespace(
        learned_round="hard_sigmoid", learned_round_loss="regularised_mse", learned_round_iters=1000, learned_round_lr=1e-3,
        learned_round_lr_scheduler=None, learned_round_batch_size=32))
    settings.training_args.use_amp = False
    example.LearnedRoundTrainer(config=settings).train(
        model=quantized, model_forward=example.vision_forward, block_forward=example.vision_block_forward, data_loader=loader,
        cache=example.CacheVision(), keep_gpu=True,
        get_blocks_fn=functools.partial(example.get_blocks, block_check_fn=example.is_layer))
