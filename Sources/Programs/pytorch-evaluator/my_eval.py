"""An evaluator for one's own model: everything below is an example to replace."""
import gzip
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import haq_evaluator

torch.manual_seed(1)
torch.set_num_threads(1)


def images(part, count):
    """Fashion-MNIST as Debian's dataset-fashion-mnist installs it."""
    folder = "/usr/share/datasets/fashion-mnist"
    with gzip.open(f"{folder}/{part}-images-idx3-ubyte.gz") as file:
        pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)[16:].reshape(-1, 1, 28, 28)
    with gzip.open(f"{folder}/{part}-labels-idx1-ubyte.gz") as file:
        labels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)[8:].long()
    return TensorDataset(pixels[:count].float() / 255, labels[:count])


def convolution(inputs, outputs, groups=1, kernel=3, stride=1):
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(outputs), nn.ReLU6()]


def make():
    """The model, its three loaders, and what else `serve` takes."""
    model = nn.Sequential(
        *convolution(1, 16, stride=2), *convolution(16, 16, groups=16), *convolution(16, 32, kernel=1),
        *convolution(32, 32, groups=32, stride=2), *convolution(32, 64, kernel=1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)).to(haq_evaluator.device())
    everything = images("train", 5000)
    train, validation = torch.utils.data.random_split(everything, [4000, 1000], torch.Generator().manual_seed(1))

    # Yours is trained already; this one learns for a moment.
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for inputs, labels in DataLoader(train, batch_size=64, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs.to(haq_evaluator.device())), labels.to(haq_evaluator.device())).backward()
        optimizer.step()
    print("trained", file=sys.stderr)
    return (
        model, DataLoader(train, batch_size=64, shuffle=True), DataLoader(validation, batch_size=250),
        DataLoader(images("t10k", 2000), batch_size=250), {"name": "example"})


if __name__ == "__main__":
    options = haq_evaluator.options()
    *parts, details = make()
    haq_evaluator.serve(*parts, options=options, **details)
