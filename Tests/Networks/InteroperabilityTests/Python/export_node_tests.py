"""Writes ONNX's own tests of single operators, with the results that ONNX gives: export_node_tests.py FOLDER.

Taken are those whose first input and first result are 32-bit floats and whose every other input is an array. The first
input stays the network's; the others become initializers. Attention, whose query, key and value all depend on the batch, is
given them as one input. The files are as run_onnxruntime.py writes them.
"""
import os
import sys
import warnings

import numpy
import onnx
from onnx import helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from run_onnxruntime import write


def is_of_arrays(case):
    if case.model is None or not case.data_sets or len(case.model.graph.node) != 1:
        return False
    inputs, outputs = case.data_sets[0]
    if not inputs or not all(isinstance(value, (numpy.ndarray, numpy.generic)) for value in [*inputs, *outputs]):
        return False
    return inputs[0].dtype == numpy.float32 and inputs[0].ndim >= 2 and outputs[0].dtype == numpy.float32


def joined(case):
    """Makes the first three inputs parts of one: batch x (all their numbers)."""
    inputs, _ = case.data_sets[0]
    graph = case.model.graph
    parts, names = inputs[:3], [info.name for info in graph.input[:3]]
    rows = [part.reshape(len(part), -1) for part in parts]
    nodes = [helper.make_node("Split", ["x", "x.sizes"], [f"{name}.row" for name in names], axis=1)]
    arrays = {"x.sizes": [row.shape[1] for row in rows]}
    for name, part in zip(names, parts):
        arrays[f"{name}.shape"] = [0, *part.shape[1:]]
        nodes.append(helper.make_node("Reshape", [f"{name}.row", f"{name}.shape"], [name]))
    graph.initializer.extend(numpy_helper.from_array(numpy.array(array, dtype=numpy.int64), name) for name, array in arrays.items())
    for position, added in enumerate(nodes):
        graph.node.insert(position, added)
    rest = list(graph.input[3:])
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [len(parts[0]), sum(arrays["x.sizes"])]))
    graph.input.extend(rest)
    return [numpy.concatenate(rows, axis=1), *inputs[3:]]


def main(folder):
    warnings.simplefilter("ignore")
    for case in filter(is_of_arrays, collect_testcases(None)):
        inputs, outputs = case.data_sets[0]
        graph = case.model.graph
        if graph.node[0].op_type == "Attention" and all(value.ndim > 2 for value in inputs[:3]):
            inputs = joined(case)
        for info, array in list(zip(graph.input, inputs))[1:]:
            graph.initializer.append(numpy_helper.from_array(numpy.asarray(array), info.name))
        del graph.input[1:]
        del graph.output[1:]
        stem = os.path.join(folder, case.name.removeprefix("test_"))
        onnx.save(case.model, f"{stem}.onnx")
        write(f"{stem}.input", inputs[0])
        write(f"{stem}.output.0", outputs[0])


if __name__ == "__main__":
    main(sys.argv[1])
