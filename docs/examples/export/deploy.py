"""Runs a network and its `haq export --as qdq` file in onnxruntime, beside the file of onnxruntime's own quantizer.

    python3 deploy.py nodes quantized.onnx                          the operators that onnxruntime runs, as JSON
    python3 deploy.py data float.onnx images.npy data.npz           images for haq; labels are the float network's classes
    python3 deploy.py measure float.onnx quantized.onnx images.npy  figures of the three files, as JSON
    python3 deploy.py tables FOLDER                                 the tables of docs/results/deploy.md

Needs pip's numpy, onnx and onnxruntime. images.npy has the inputs as the network takes them, in 32-bit floats; the
first 100 calibrate onnxruntime's quantizer (minima and maxima; unsigned activations, signed weights by output channel),
the others are measured. All runs have one thread. Times are CPU milliseconds of one inference in interleaved rounds, so
that a slow moment hits all files.
"""
import argparse
import collections
import json
import os
import tempfile
import time

import numpy
import onnx
import onnxruntime
from onnxruntime import quantization

CALIBRATING = 100
FILES = ["float", "haq", "own"]


def session(path, optimized=None, level=onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = level
    if optimized:
        options.optimized_model_filepath = optimized
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def operators(path):
    """How often each operator is in the file as onnxruntime runs it."""
    with tempfile.TemporaryDirectory() as folder:
        optimized = os.path.join(folder, "optimized.onnx")
        session(path, optimized)
        return collections.Counter(node.op_type for node in onnx.load(optimized).graph.node)


class Reader(quantization.CalibrationDataReader):
    def __init__(self, name, images):
        self.batches = iter([{name: images[start : start + 20]} for start in range(0, len(images), 20)])

    def get_next(self):
        return next(self.batches, None)


def their_own(path, images, folder):
    """The file of onnxruntime's quantizer."""
    prepared, quantized = os.path.join(folder, "prepared.onnx"), os.path.join(folder, "theirs.onnx")
    quantization.quant_pre_process(path, prepared, skip_symbolic_shape=True)
    quantization.quantize_static(
        prepared, quantized, Reader(session(path).get_inputs()[0].name, images),
        quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)
    return quantized


def classes(run, images):
    name = run.get_inputs()[0].name
    scores = [run.run(None, {name: images[start : start + 20]})[0] for start in range(0, len(images), 20)]
    return numpy.concatenate(scores).reshape(len(images), -1).argmax(axis=1)


def milliseconds(paths, images, rounds):
    """CPU time of every inference: a row for each file."""
    runs = [session(path) for path in paths]
    names = [run.get_inputs()[0].name for run in runs]
    times = [[] for _ in paths]
    for turn in range(rounds + 5):
        for position, run in enumerate(runs):
            start = time.process_time_ns()
            run.run(None, {names[position]: images})
            if turn >= 5:
                times[position].append((time.process_time_ns() - start) / 1e6)
    return numpy.array(times)


def data(arguments):
    images = numpy.load(arguments.images, mmap_mode="r")
    labels = classes(session(arguments.float), images)
    numpy.savez(
        arguments.output, x_train=images[:CALIBRATING], y_train=labels[:CALIBRATING], x_test=images[CALIBRATING:],
        y_test=labels[CALIBRATING:])


def measure(arguments):
    images = numpy.load(arguments.images, mmap_mode="r")
    measured = numpy.ascontiguousarray(images[CALIBRATING:])
    with tempfile.TemporaryDirectory() as folder:
        own = their_own(arguments.float, numpy.ascontiguousarray(images[:CALIBRATING]), folder)
        paths = [arguments.float, arguments.quantized, own]
        times = milliseconds(paths, measured[: arguments.batch], arguments.rounds)
        found = [classes(session(path), measured) for path in paths]
        plain = classes(
            session(arguments.quantized, level=onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL), measured)
        counts = [operators(path) for path in paths]
    labels = numpy.load(arguments.labels)[CALIBRATING:] if arguments.labels else found[0]

    def share(result):
        return float((result == labels).mean())

    haq = json.load(open(arguments.evaluated))["results"]["float"]["accuracy"] if arguments.evaluated else None
    result = {
        "title": arguments.title, "labels": "right" if arguments.labels else "as float", "images": arguments.batch,
        "haq": haq, "one_by_one": share(plain), "samples": len(labels),
        "shares": dict(zip(FILES, map(share, found))), "operators": dict(zip(FILES, counts)),
        "milliseconds": dict(zip(FILES, times.min(axis=1))),
        # The median of ratios within rounds, which the machine's other work changes least.
        "speed": dict(zip(FILES, numpy.median(times[0] / times, axis=1))),
        "beside_own": float(numpy.median(times[2] / times[1])),
    }
    print(json.dumps(result, indent=1))


def percent(share):
    return "" if share is None else f"{100 * share:.2f} %"


def tables(arguments):
    results = []
    for name in sorted(os.listdir(arguments.folder)):
        if name.endswith(".json"):
            results.append(json.load(open(os.path.join(arguments.folder, name))))

    def number(result, file, *kinds):
        return sum(result["operators"][file].get(kind, 0) for kind in kinds)

    print(
        "| network | convolutions | QLinearConv | sums | QLinearAdd | QGemm | conversions"
        " | onnxruntime's own: QLinearConv |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for result in results:
        print(
            f"| {result['title']} | {number(result, 'haq', 'QLinearConv', 'Conv', 'FusedConv')}"
            f" | {number(result, 'haq', 'QLinearConv')} | {number(result, 'haq', 'QLinearAdd', 'Add')}"
            f" | {number(result, 'haq', 'QLinearAdd')} | {number(result, 'haq', 'QGemm')}"
            f" | {number(result, 'haq', 'QuantizeLinear', 'DequantizeLinear') - 1}"
            f" | {number(result, 'own', 'QLinearConv')} |")
    print()
    print("| network | images | float | haq | one by one | integers | onnxruntime's own |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for result in results:
        shares = result["shares"]
        print(
            f"| {result['title']} | {result['samples']}, {result['labels']} | {percent(shares['float'])}"
            f" | {percent(result['haq'])} | {percent(result['one_by_one'])} | {percent(shares['haq'])}"
            f" | {percent(shares['own'])} |")
    print()
    print("| network | images | float | `qdq` | onnxruntime's own | `qdq` beside it |")
    print("|---|---:|---:|---:|---:|---:|")
    for result in results:
        took, speed = result["milliseconds"], result["speed"]
        print(
            f"| {result['title']} | {result['images']} | {took['float']:.2f} | {took['haq']:.2f} ({speed['haq']:.2f})"
            f" | {took['own']:.2f} ({speed['own']:.2f}) | {result['beside_own']:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("nodes")
    command.add_argument("quantized")
    command.set_defaults(run=lambda arguments: print(json.dumps(operators(arguments.quantized))))
    command = commands.add_parser("data")
    for name in ["float", "images", "output"]:
        command.add_argument(name)
    command.set_defaults(run=data)
    command = commands.add_parser("measure")
    for name in ["float", "quantized", "images"]:
        command.add_argument(name)
    command.add_argument("--title", default="")
    command.add_argument("--labels")
    command.add_argument("--evaluated", help="what haq evaluate --format json printed of the quantized file")
    command.add_argument("--batch", type=int, default=8)
    command.add_argument("--rounds", type=int, default=60)
    command.set_defaults(run=measure)
    command = commands.add_parser("tables")
    command.add_argument("folder")
    command.set_defaults(run=tables)
    arguments = parser.parse_args()
    arguments.run(arguments)


main()
