"""Exports networks of torchvision with random weights: export_torchvision.py FOLDER."""
import os
import sys
import warnings

import torch
import torchvision.models as models
from torchvision.models.vision_transformer import VisionTransformer

warnings.filterwarnings("ignore")

# Name, height and width of the images, opset.
NETWORKS = [
    ("squeezenet1_1", 64, 9),
    ("mobilenet_v2", 64, 10),
    ("mnasnet0_5", 64, 11),
    ("resnet18", 64, 12),
    ("shufflenet_v2_x0_5", 64, 13),
    ("mobilenet_v3_small", 64, 14),
    ("mobilenet_v3_large", 64, 15),
    ("regnet_x_400mf", 64, 16),
    ("regnet_y_400mf", 64, 17),
    ("efficientnet_b0", 64, 13),
    ("densenet121", 64, 14),
    ("googlenet", 64, 11),
    ("inception_v3", 96, 12),
    ("resnext50_32x4d", 64, 9),
    ("convnext_tiny", 64, 17),
    ("swin_t", 64, 17),
    ("efficientnet_v2_s", 64, 15),
    ("maxvit_t", 224, 16),
]


def randomise(network):
    """Statistics of batch normalisation that are not 0 and 1, and heads that are not 0."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.copy_(torch.randn(module.running_mean.shape, generator=generator) * 0.1)
            module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) + 0.5)
        if isinstance(module, torch.nn.Linear) and not module.weight.any():
            module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * 0.1)


def export(folder, name, network, side, opset, fixed=False):
    network.eval()
    with torch.no_grad():
        randomise(network)
    torch.onnx.export(
        network, torch.randn(2, 3, side, side), os.path.join(folder, f"{name}.onnx"), opset_version=opset,
        input_names=["input"], output_names=["output"],
        dynamic_axes=None if fixed else {"input": {0: "batch"}})


def main(folder):
    torch.manual_seed(0)
    for name, side, opset in NETWORKS:
        options = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
        export(folder, name, models.get_model(name, weights=None, **options), side, opset)
    transformer = VisionTransformer(
        image_size=64, patch_size=16, num_layers=3, num_heads=4, hidden_dim=64, mlp_dim=128)
    export(folder, "vision_transformer", transformer, 64, 16)
    export(folder, "lraspp", models.segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None), 64, 13)
    # The same network with its batch written into the file.
    export(folder, "shufflenet_fixed_batch", models.shufflenet_v2_x0_5(weights=None), 64, 13, fixed=True)


main(sys.argv[1])
