"""Writes the images of a network: images.py NETWORK ONNX FOLDER DATA HAQ_DATA

DATA has `calibration`, `images`, `labels` and the float network's `scores` of the first 8 images. HAQ_DATA has the same
images as splits of `haq --data`: calibration is training and validation, so that a search of haq sees no image that the peers
do not see. Needs numpy and onnxruntime.
"""

import gzip
import sys
from pathlib import Path

import numpy
import onnxruntime

FASHION = Path("/usr/share/datasets/fashion-mnist")
CALIBRATION, TEST = 512, 2000


def fashion(name: str, header: int) -> numpy.ndarray:
    with gzip.open(FASHION / f"{name}.gz") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def pictures(name: str, count: int) -> numpy.ndarray:
    """The first pictures of a file, as floats from 0 to 1."""
    return fashion(name, 16).reshape(-1, 1, 28, 28)[:count].astype(numpy.float32) / 255


def scores(network: str, images: numpy.ndarray) -> numpy.ndarray:
    """The float network's class scores of each image."""
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    found = [session.run(None, {name: images[start : start + 20]})[0] for start in range(0, len(images), 20)]
    return numpy.concatenate(found).reshape(len(images), -1)


def main(network: str, file: str, folder: str, data: str, haq_data: str) -> None:
    if network.startswith("fashion-"):
        calibration, images = pictures("train-images-idx3-ubyte", CALIBRATION), pictures("t10k-images-idx3-ubyte", TEST)
        labels = fashion("t10k-labels-idx1-ubyte", 8)[:TEST].astype(numpy.int64)
    else:
        with numpy.load(Path(folder) / "unlabelled.npz") as arrays:
            calibration, images = arrays["x_train"], arrays["x_test"]
        labels = scores(file, images).argmax(axis=1)
    numpy.savez(data, calibration=calibration, images=images, labels=labels, scores=scores(file, images[:8]))
    numpy.savez(haq_data, x_train=calibration, x_val=calibration, x_test=images)


main(*sys.argv[1:])
