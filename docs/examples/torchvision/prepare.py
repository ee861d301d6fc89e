"""A folder of images, and two torchvision networks trained on it for a few minutes: what docs/guide/your-own-network.md begins with.

Yours are there already; these are small enough to follow the guide on any machine. Needs python3-torch,
python3-torchvision and dataset-fashion-mnist.
"""
import gzip
import os
import sys

import torch
import torchvision
from PIL import Image
from torch import nn
from torchvision import transforms

CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def write_images(part, split, count):
    """Class folders of PNG files, 32 x 32 pixels, from Fashion-MNIST."""
    source = "/usr/share/datasets/fashion-mnist"
    with gzip.open(f"{source}/{part}-images-idx3-ubyte.gz") as file:
        pixels = file.read()[16:]
    with gzip.open(f"{source}/{part}-labels-idx1-ubyte.gz") as file:
        labels = file.read()[8:]
    for index in range(count):
        folder = f"images/{split}/{CLASSES[labels[index]]}"
        os.makedirs(folder, exist_ok=True)
        image = Image.frombytes("L", (28, 28), pixels[index * 784:(index + 1) * 784])
        image.resize((32, 32), Image.BILINEAR).convert("RGB").save(f"{folder}/{index:05}.png")


def train(model, epochs):
    prepared = transforms.Compose(
        [transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)])
    loader = torch.utils.data.DataLoader(
        torchvision.datasets.ImageFolder("images/train", prepared), batch_size=64, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=epochs * len(loader))
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for inputs, labels in loader:
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"  epoch {epoch + 1} of {epochs}: loss {total / len(loader):.3f}", file=sys.stderr)
    return model.eval()


torch.manual_seed(1)
write_images("train", "train", 12000)
write_images("t10k", "test", 2000)
for name, make in [("mobilenet_v2", torchvision.models.mobilenet_v2), ("resnet18", torchvision.models.resnet18)]:
    print(name, file=sys.stderr)
    model = train(make(num_classes=len(CLASSES)), epochs=3)
    torch.save(model.state_dict(), f"{name}.pt")
    torch.onnx.export(
        model, torch.zeros(1, 3, 32, 32), f"{name}.onnx", opset_version=13, input_names=["images"],
        output_names=["scores"], dynamic_axes={"images": {0: "batch"}, "scores": {0: "batch"}})
