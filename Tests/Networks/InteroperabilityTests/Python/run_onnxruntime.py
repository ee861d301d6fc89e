"""Runs every network of a folder and onnx's light models with onnxruntime: run_onnxruntime.py FOLDER.

What is younger than the opsets of onnxruntime is run by ONNX's own reference, which is slow and written in Python.

For each network.onnx it writes network.input and network.output.0, network.output.1 ...: the shape as text on
the first line, then 32-bit floats in this machine's order.
"""
import glob
import os
import sys

import numpy
import onnx
import onnx.reference
import onnxruntime

# The youngest opset that the pinned onnxruntime runs.
NEWEST = 25


def write(path, array):
    with open(path, "wb") as file:
        file.write((" ".join(str(extent) for extent in array.shape) + "\n").encode())
        file.write(numpy.ascontiguousarray(array, dtype=numpy.float32).tobytes())


def session(path):
    """Gives the shape of the input and what computes the outputs."""
    model = onnx.load(path, load_external_data=False)
    if model.opset_import[0].version > NEWEST:
        reference = onnx.reference.ReferenceEvaluator(path)
        dimensions = model.graph.input[0].type.tensor_type.shape.dim
        return [dimension.dim_value or dimension.dim_param for dimension in dimensions], reference.run, reference.input_names[0]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    # As the file says it: optimisations round otherwise, or merge quantizers.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    runtime = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = runtime.get_inputs()[0]
    if given.type == "tensor(float16)":
        return given.shape, lambda _, images: runtime.run(None, {given.name: images[given.name].astype(numpy.float16)}), given.name
    return given.shape, runtime.run, given.name


def run(path):
    shape, compute, name = session(path)
    shape = [extent if isinstance(extent, int) else 3 for extent in shape]
    image = numpy.random.default_rng(1).standard_normal(shape).astype(numpy.float16).astype(numpy.float32)
    stem = path[: -len(".onnx")]
    write(f"{stem}.input", image)
    for position, output in enumerate(compute(None, {name: image})):
        write(f"{stem}.output.{position}", output)


def without_softmax(model):
    """The light models' scores reach millions, where a softmax shows nothing but the last bits of floats."""
    last = model.graph.node[-1]
    if last.op_type == "Softmax":
        model.graph.output[0].name = last.input[0]
        model.graph.output[0].type.tensor_type.ClearField("shape")
        del model.graph.node[-1]
    return model


def main(folder):
    light = os.path.join(os.path.dirname(onnx.__file__), "backend/test/data/light")
    for path in glob.glob(os.path.join(light, "*.onnx")):
        onnx.save(without_softmax(onnx.load(path)), os.path.join(folder, os.path.basename(path)))
    for path in sorted(glob.glob(os.path.join(folder, "*.onnx"))):
        run(path)


if __name__ == "__main__":
    main(sys.argv[1])
