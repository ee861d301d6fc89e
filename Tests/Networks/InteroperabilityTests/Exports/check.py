"""Checks an exported network with onnx and qonnx: check.py FILE [SCORES COUNT].

Prints the opset and, of QONNX, each layer's widths as its Quant nodes have them. With SCORES, the first COUNT images of
Fashion-MNIST are run by qonnx's executor and the class scores written as 32-bit floats.
"""
import gzip
import sys

import numpy
import onnx
from onnx import numpy_helper


def check_weights(node, numbers):
    """Every weight that a Quant node reads is a whole number of steps, within the codes of its width."""
    weights, scale, zero, bits = (numbers[name] for name in node.input)
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    codes = weights / scale + zero
    top = 2 ** (int(bits) - 1) - 1
    assert attributes["signed"] == 1 and attributes["narrow"] == 1, node.name
    assert numpy.abs(codes - numpy.round(codes)).max() < 1e-4, f"{node.name} is off its grid"
    assert numpy.abs(codes).max() <= top + 1e-4, f"{node.name} is outside of its grid"


def run(model, count, path):
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx
    from qonnx.transformation.infer_shapes import InferShapes

    for value in (model.graph.input[0], model.graph.output[0]):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    wrapper = ModelWrapper(model).transform(InferShapes())
    with gzip.open("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=16).reshape(-1, 1, 1, 28, 28)
    given, wanted = wrapper.graph.input[0].name, wrapper.graph.output[0].name
    scores = [
        execute_onnx(wrapper, {given: image.astype(numpy.float32) / numpy.float32(255)})[wanted]
        for image in images[:count]
    ]
    numpy.concatenate(scores).astype(numpy.float32).tofile(path)


def main(path, scores=None, count="0"):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=all(node.domain == "" for node in model.graph.node))
    print("opset", model.opset_import[0].version)
    numbers = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    quantizers = {node.output[0]: node for node in model.graph.node if node.op_type == "Quant"}
    for node in quantizers.values():
        if node.input[0] in numbers:
            check_weights(node, numbers)
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm") and quantizers:
            activation, weight = (int(numbers[quantizers[name].input[3]]) for name in node.input[:2])
            print(node.name, f"W{weight}", f"A{activation}")
    if scores:
        run(model, int(count), scores)


main(*sys.argv[1:])
