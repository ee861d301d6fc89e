"""Sony's Model Compression Toolkit: post-training quantization, with gradients (GPTQ), and its mixed precision search.

The target platform is the toolkit's own operator sets with the widths of the row: symmetric weights with a scale for each
channel, asymmetric activations with one.
"""

import torch

try:
    import torchvision
except RuntimeError:
    # Beside a torch without CUDA, that of pip loads only if these operators are declared. Nothing here calls them.
    declared = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        declared.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import model_compression_toolkit as mct
from model_compression_toolkit.target_platform_capabilities.constants import KERNEL_ATTR, WEIGHTS_N_BITS
from model_compression_toolkit.target_platform_capabilities.tpc_models.imx500_tpc.v1_0 import tpc

from network import module
from result import Quantized, batches, by_torch

PACKAGES = ["model-compression-toolkit", "torch", "torchvision"]
EPOCHS = 50


def platform(weight_widths: list[int], activation_widths: list[int]):
    """The first widths are the base configuration, which the toolkit wants to be the widest."""
    base, _, other = tpc.get_op_quantization_configs()
    method = mct.target_platform_capabilities.QuantizationMethod.UNIFORM
    inputs = tuple(sorted({*activation_widths, 8}))

    def edited(config, activation, **more):
        return config.clone_and_edit(
            activation_n_bits=activation, supported_input_activation_n_bits=inputs, activation_quantization_method=method, **more)

    pairs = [
        edited(base, activation, attr_to_edit={KERNEL_ATTR: {WEIGHTS_N_BITS: weight}})
        for weight in weight_widths for activation in activation_widths]
    return tpc.generate_tpc(edited(other, activation_widths[0]), pairs[0], pairs, "peers")


def quantize(job: dict, calibration) -> Quantized:
    torch.manual_seed(1)
    model = module(job["network"], job["data"])
    loader = [[torch.from_numpy(batch)] for batch in batches(calibration, 32)]
    weights, activations, target = [job["weight_bits"]], [job["activation_bits"]], None
    config = mct.core.CoreConfig()
    if job["budget"]:
        weights, activations = (sorted(job[name], reverse=True) for name in ("weight_widths", "activation_widths"))
        config = mct.core.CoreConfig(mixed_precision_config=mct.core.MixedPrecisionQuantizationConfig(num_of_images=32))
        name = "weights_memory" if job["budget"] == "weight_bytes" else "bops"
        target = mct.core.ResourceUtilization(**{name: job["limit"]})
    shared = {
        "target_resource_utilization": target, "core_config": config,
        "target_platform_capabilities": platform(weights, activations)}
    if job["method"] == "gptq":
        quantized, _ = mct.gptq.pytorch_gradient_post_training_quantization(
            model, lambda: iter(loader), gptq_config=mct.gptq.get_pytorch_gptq_config(n_epochs=EPOCHS), **shared)
    else:
        quantized, _ = mct.ptq.pytorch_post_training_quantization(model, lambda: iter(loader), **shared)
    policy = policy_of(quantized, loader[0][0][:1]) if job["budget"] else None
    return Quantized(by_torch(quantized), "PyTorch", policy)


def policy_of(model, image) -> list[tuple[int, int]]:
    """Bits of the weights and of the input of each layer, in the order in which layers run.

    What holds activations marks its output; a layer whose input has no mark reads what was marked last, moved or pooled.
    """
    found, last, hooks = [], [0], []

    def mark(holder, _, output):
        output.bits = last[0] = holder.activation_holder_quantizer.num_bits

    def read(layer, inputs):
        found.append((layer.weights_quantizers["weight"].num_bits, getattr(inputs[0], "bits", last[0])))

    for part in model.modules():
        if hasattr(part, "activation_holder_quantizer"):
            hooks.append(part.register_forward_hook(mark))
        elif "weight" in getattr(part, "weights_quantizers", {}):
            hooks.append(part.register_forward_pre_hook(read))
    with torch.no_grad():
        model(image)
    for hook in hooks:
        hook.remove()
    return found
