"""An evaluator for the MobileNetV2 of prepare.py, on its folder of images; see Sources/Programs/pytorch-evaluator."""
import os
import sys

import torch
import torchvision
from torch.utils.data import DataLoader, Subset
from torchvision import transforms

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Sources/Programs/pytorch-evaluator"))
import haq_evaluator

torch.set_num_threads(1)
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
prepared = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)])

model = torchvision.models.mobilenet_v2(num_classes=10)
model.load_state_dict(torch.load("mobilenet_v2.pt"))
images = torchvision.datasets.ImageFolder("images/train", prepared)
# One image in ten validates.
training = Subset(images, [index for index in range(len(images)) if index % 10])
validation = Subset(images, range(0, len(images), 10))
test = torchvision.datasets.ImageFolder("images/test", prepared)
haq_evaluator.serve(
    model, DataLoader(training, batch_size=64, shuffle=True), DataLoader(validation, batch_size=200),
    DataLoader(test, batch_size=200), name="mobilenet_v2 on images")
