"""A torchvision classifier on a folder of images with a folder for each class."""
import torch
import torchvision
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

import haq_evaluator


def make(folder="images", weights="weights.pt"):
    prepared = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    images = torchvision.datasets.ImageFolder(f"{folder}/train", prepared)
    test = torchvision.datasets.ImageFolder(f"{folder}/test", prepared)
    model = torchvision.models.resnet18(num_classes=len(images.classes))
    model.load_state_dict(torch.load(weights, map_location="cpu"))
    # One image in ten validates.
    training = Subset(images, [index for index in range(len(images)) if index % 10])
    validation = Subset(images, range(0, len(images), 10))
    return (
        model.to(haq_evaluator.device()), DataLoader(training, batch_size=64, shuffle=True, num_workers=2),
        DataLoader(validation, batch_size=100), DataLoader(test, batch_size=100), {"name": "resnet18"})


if __name__ == "__main__":
    options = haq_evaluator.options()
    *parts, details = make()
    haq_evaluator.serve(*parts, options=options, **details)
