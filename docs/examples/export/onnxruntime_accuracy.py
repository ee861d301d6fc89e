"""Runs an exported network with onnxruntime on Fashion-MNIST's test images and prints its top-1 accuracy.

    python3 onnxruntime_accuracy.py quantized.onnx [--samples 10000] [--scores FILE] [--unoptimized]

Needs pip's numpy and onnxruntime, and Debian's dataset-fashion-mnist (or its files in another --folder).
--scores writes the class scores, image after image, as 32-bit floats.
"""
import argparse
import gzip
import os

import numpy
import onnxruntime


def read(path, header):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("--samples", type=int, default=10000)
    parser.add_argument("--folder", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--scores")
    parser.add_argument("--unoptimized", action="store_true", help="run the file's operators one by one")
    arguments = parser.parse_args()

    images = read(os.path.join(arguments.folder, "t10k-images-idx3-ubyte.gz"), 16).reshape(-1, 1, 28, 28)
    labels = read(os.path.join(arguments.folder, "t10k-labels-idx1-ubyte.gz"), 8)[: arguments.samples]
    # haq hands networks pixels of 0 to 1.
    images = images[: arguments.samples].astype(numpy.float32) / numpy.float32(255)

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if arguments.unoptimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(arguments.network, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    scores = numpy.concatenate(
        [session.run(None, {name: images[start : start + 250]})[0] for start in range(0, len(images), 250)])
    if arguments.scores:
        scores.astype(numpy.float32).tofile(arguments.scores)
    correct = int((scores.argmax(axis=1) == labels).sum())
    print(f"{correct} of {len(labels)} right: {100 * correct / len(labels):.2f} %")


if __name__ == "__main__":
    main()
