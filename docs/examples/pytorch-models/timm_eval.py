"""A timm model with the preparation of images that it was trained with."""
import timm
import torchvision
from torch.utils.data import DataLoader, Subset

import haq_evaluator


def make(folder="images", weights="weights.pt", architecture="mobilenetv3_small_050"):
    model = timm.create_model(architecture, num_classes=2, checkpoint_path=weights)
    prepared = timm.data.create_transform(**timm.data.resolve_data_config({}, model=model))
    images = torchvision.datasets.ImageFolder(f"{folder}/train", prepared)
    test = torchvision.datasets.ImageFolder(f"{folder}/test", prepared)
    # One image in ten validates.
    training = Subset(images, [index for index in range(len(images)) if index % 10])
    validation = Subset(images, range(0, len(images), 10))
    return (
        model.to(haq_evaluator.device()), DataLoader(training, batch_size=64, shuffle=True, num_workers=2),
        DataLoader(validation, batch_size=100), DataLoader(test, batch_size=100), {"name": architecture})


if __name__ == "__main__":
    options = haq_evaluator.options()
    *parts, details = make()
    haq_evaluator.serve(*parts, options=options, **details)
