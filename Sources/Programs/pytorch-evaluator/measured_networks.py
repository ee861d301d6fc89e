"""Networks of torchvision on random images, for `python3 -m haq_evaluator throughput measured_networks.py:resnet50`.

HAQ_IMAGE_SIZE (pixels, 224) and HAQ_BATCH (images, 256) set the size of the work, HAQ_THREADS the CPU's threads.
"""
import os

import torch
import torchvision
from torch.utils.data import DataLoader, TensorDataset

import haq_evaluator


def network(name: str):
    torch.manual_seed(0)
    if "HAQ_THREADS" in os.environ:
        torch.set_num_threads(int(os.environ["HAQ_THREADS"]))
    size, batch = int(os.environ.get("HAQ_IMAGE_SIZE", "224")), int(os.environ.get("HAQ_BATCH", "256"))
    images = TensorDataset(torch.rand(batch, 3, size, size), torch.randint(1000, (batch,)))
    loader = DataLoader(images, batch_size=batch)
    model = getattr(torchvision.models, name)().to(haq_evaluator.device())
    return model, loader, loader, loader, {"name": name, "calibration_batches": 1}


def mobilenet_v2():
    return network("mobilenet_v2")


def resnet18():
    return network("resnet18")


def resnet50():
    return network("resnet50")
