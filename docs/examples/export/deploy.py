"""Runs a network and its `haq export --as qdq` file in onnxruntime, beside the file of onnxruntime's own quantizer.

    python3 deploy.py float.onnx quantized.onnx images.npy [--labels labels.npy] [--batch 8] [--rounds 40] [--nodes]

Needs pip's numpy, onnx and onnxruntime. images.npy has the inputs as the network takes them, in 32-bit floats; the first
200 calibrate onnxruntime's quantizer (its defaults: minima and maxima; weights by output channel), the others are
measured. All runs have one thread and all optimizations. Times are CPU milliseconds of one inference, the median of
interleaved rounds. --nodes prints the operators of the optimized file as JSON, and nothing else.
"""
import argparse
import collections
import json
import os
import sys
import tempfile
import time

import numpy
import onnx
import onnxruntime
from onnxruntime import quantization


def session(path, optimized=None):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if optimized:
        options.optimized_model_filepath = optimized
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def operators(path, folder):
    """How often each operator is in the file as onnxruntime runs it."""
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
    name = session(path).get_inputs()[0].name
    quantization.quantize_static(
        prepared, quantized, Reader(name, images), quant_format=quantization.QuantFormat.QDQ, per_channel=True)
    return quantized


def scores(path, images):
    run = session(path)
    name = run.get_inputs()[0].name
    return numpy.concatenate(
        [run.run(None, {name: images[start : start + 20]})[0] for start in range(0, len(images), 20)])


def milliseconds(paths, images, rounds):
    """CPU time of one inference of each file; rounds alternate, so that a slow moment hits all."""
    runs = [session(path) for path in paths]
    names = [run.get_inputs()[0].name for run in runs]
    times = [[] for _ in paths]
    for turn in range(rounds + 5):
        for position, run in enumerate(runs):
            start = time.process_time_ns()
            run.run(None, {names[position]: images})
            if turn >= 5:
                times[position].append((time.process_time_ns() - start) / 1e6)
    return [float(numpy.median(row)) for row in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("float")
    parser.add_argument("quantized")
    parser.add_argument("images", nargs="?")
    parser.add_argument("--labels")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--nodes", action="store_true")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        if arguments.nodes:
            print(json.dumps(operators(arguments.quantized, folder)))
            return
        if not arguments.images:
            sys.exit("give images.npy, or --nodes")
        images = numpy.load(arguments.images, mmap_mode="r")
        measured = numpy.ascontiguousarray(images[200:])
        theirs = their_own(arguments.float, numpy.ascontiguousarray(images[:200]), folder)
        paths = [arguments.float, arguments.quantized, theirs]
        times = milliseconds(paths, measured[: arguments.batch], arguments.rounds)
        outputs = [scores(path, measured).reshape(len(measured), -1) for path in paths]
        labels = numpy.load(arguments.labels)[200:] if arguments.labels else outputs[0].argmax(axis=1)
        print(f"{'file':<22}{'CPU ms':>8}{'speed':>8}{'right' if arguments.labels else 'as float':>10}  operators")
        for title, path, used, result in zip(["float", "haq", "onnxruntime's own"], paths, times, outputs):
            counts = operators(path, folder)
            kinds = ["QLinearConv", "QGemm", "QLinearAdd", "Conv", "FusedConv", "QuantizeLinear", "DequantizeLinear"]
            text = ", ".join(f"{counts[kind]} {kind}" for kind in kinds if counts[kind])
            share = float((result.argmax(axis=1) == labels).mean())
            print(f"{title:<22}{used:>8.2f}{times[0] / used:>8.2f}{100 * share:>8.2f} %  {text}")


main()
