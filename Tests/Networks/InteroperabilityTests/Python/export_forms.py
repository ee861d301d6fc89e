"""Writes small networks with operators and forms that torchvision has not: export_forms.py FOLDER."""
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.default_rng(7)


def constant(name, array):
    return numpy_helper.from_array(numpy.asarray(array), name)


def floats(name, *shape):
    return constant(name, random.standard_normal(shape).astype(numpy.float32))


def integers(name, *numbers):
    return constant(name, numpy.array(numbers, dtype=numpy.int64))


def save(folder, name, nodes, initializers, shape, opset, outputs=("y",), external=False, type=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", type, ["N", *shape])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None) for output in outputs], initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 21 else 10)
    path = os.path.join(folder, f"{name}.onnx")
    if external:
        onnx.save(model, path, save_as_external_data=True, location=f"{name}.data", size_threshold=0)
    else:
        onnx.save(model, path)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs, outputs, name=f"{kind}_{outputs[0]}", **attributes)


def main(folder):
    # Asymmetric padding, dilation, groups; a transposed convolution; two outputs; contents in another file.
    save(folder, "convolutions", [
        node("Conv", ["x", "w1", "b1"], ["a"], pads=[0, 1, 2, 0], dilations=[2, 1], group=2, strides=[1, 2]),
        node("ConvTranspose", ["a", "w2", "b2"], ["b"], strides=[2, 2], pads=[1, 0, 0, 1], output_padding=[1, 0]),
        node("Conv", ["b", "w3"], ["c"], auto_pad="SAME_LOWER", strides=[2, 2], kernel_shape=[3, 3]),
        node("PRelu", ["c", "slope"], ["y"]), node("LeakyRelu", ["b"], ["z"], alpha=0.2),
    ], [floats("w1", 6, 2, 3, 3), floats("b1", 6), floats("w2", 6, 5, 3, 2), floats("b2", 5), floats("w3", 4, 5, 3, 3),
        floats("slope", 4, 1, 1)], [4, 9, 11], 13, outputs=("y", "z"), external=True)
    # Along one axis, with weights in Constant nodes and one of them used twice.
    save(folder, "lines", [
        helper.make_node("Constant", [], ["w"], name="weights", value=floats("", 4, 4, 3)),
        node("Conv", ["x", "w"], ["a"], pads=[2, 0]), node("Conv", ["a", "w"], ["b"], pads=[1, 1], dilations=[1]),
        node("BatchNormalization", ["b", "s", "h", "m", "v"], ["c"]), node("Add", ["c", "a"], ["d"]),
        node("BatchNormalization", ["d", "s", "h", "m", "v"], ["e"]), node("Elu", ["e"], ["f"], alpha=0.5),
        node("MaxPool", ["f"], ["g"], kernel_shape=[3], strides=[2], ceil_mode=1),
        node("AveragePool", ["g"], ["y"], kernel_shape=[2], pads=[1, 0]),
    ], [floats("s", 4), floats("h", 4), floats("m", 4), constant("v", numpy.full(4, 0.7, numpy.float32))], [4, 16], 14)
    # Pooling with uneven padding, with and without counting it.
    save(folder, "pooling", [
        node("AveragePool", ["x"], ["a"], kernel_shape=[3, 2], pads=[2, 1, 0, 1], strides=[2, 1], count_include_pad=1),
        node("AveragePool", ["x"], ["b"], kernel_shape=[3, 2], pads=[2, 1, 0, 1], strides=[2, 1]),
        node("MaxPool", ["x"], ["c"], kernel_shape=[3, 2], pads=[2, 1, 0, 1], strides=[2, 1]),
        node("Concat", ["a", "b", "c"], ["d"], axis=1), node("ReduceMax", ["d"], ["e"], axes=[3], keepdims=0),
        node("LogSoftmax", ["e"], ["y"], axis=-1),
    ], [], [3, 8, 7], 13)
    # Movements, and arithmetic on shapes.
    save(folder, "movements", [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "zero"], ["n"]),
        node("Unsqueeze", ["n", "first"], ["n1"]), node("Concat", ["n1", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["a"]), node("Transpose", ["a"], ["b"], perm=[0, 2, 1, 3]),
        node("Split", ["b", "sizes"], ["s1", "s2"], axis=1), node("Slice", ["s2", "from", "to", "axes", "by"], ["c"]),
        node("Pad", ["c", "pads"], ["d"], mode="reflect"), node("Tile", ["d", "copies"], ["e"]),
        node("ReduceMean", ["e"], ["f"], axes=[2], keepdims=0), node("Squeeze", ["s1", "second"], ["g"]),
        node("Gather", ["g", "picked"], ["h"], axis=2), node("Flatten", ["f"], ["i"]), node("Flatten", ["h"], ["j"]),
        node("Concat", ["i", "j"], ["y"], axis=1),
    ], [constant("zero", numpy.int64(0)), integers("first", 0), integers("rest", 6, -1, 4), integers("sizes", 1, 3),
        integers("from", -5, 1), integers("to", 1000, 4), integers("axes", 2, 3), integers("by", 1, 2),
        integers("pads", 0, 0, 0, 1, 0, 0, 0, 1), integers("copies", 1, 2, 1, 1), integers("second", 1),
        constant("picked", numpy.array([[0, 3], [-1, 2]], dtype=numpy.int64))], [4, 6, 4], 13)
    # Resizing: by whole factors, to other sizes, with corners kept.
    save(folder, "resizing", [
        node("Resize", ["x", "", "double"], ["a"], mode="nearest", coordinate_transformation_mode="asymmetric",
             nearest_mode="floor"),
        node("Resize", ["a", "", "half"], ["b"], mode="linear"),
        node("Resize", ["b", "", "double"], ["y"], mode="linear", coordinate_transformation_mode="align_corners"),
    ], [constant("double", numpy.array([1, 1, 2, 2], numpy.float32)),
        constant("half", numpy.array([1, 1, 0.6, 0.7], numpy.float32))], [2, 5, 6], 13)
    # Products of two computed operands, functions of each element.
    save(folder, "elements", [
        node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "bias"], ["b"]), node("Transpose", ["b"], ["t"], perm=[0, 2, 1]),
        node("MatMul", ["b", "t"], ["p"]), node("Softmax", ["p"], ["q"], axis=-1), node("MatMul", ["q", "b"], ["r"]),
        node("LayerNormalization", ["r", "scale", "shift"], ["s"]), node("Gelu", ["s"], ["u"], approximate="tanh"),
        node("HardSwish", ["u"], ["v"]), node("Softplus", ["v"], ["k"]), node("Sqrt", ["k"], ["l"]),
        node("Max", ["l", "r", "s"], ["m"]), node("Erf", ["m"], ["o"]), node("Pow", ["k", "two"], ["z2"]),
        node("Sub", ["o", "z2"], ["y"]),
    ], [floats("w", 5, 8), floats("bias", 8), floats("scale", 8), floats("shift", 8),
        constant("two", numpy.float32(2))], [6, 5], 20)
    # The form that Keras's converter writes: batch x height x width x channels outside, transposed within.
    save(folder, "keras", [
        node("Transpose", ["x"], ["a"], perm=[0, 3, 1, 2]),
        node("Conv", ["a", "w", "b"], ["c"], auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Clip", ["c", "low", "high"], ["d"]), node("Transpose", ["d"], ["e"], perm=[0, 2, 3, 1]),
        node("ReduceMean", ["e"], ["f"], axes=[1, 2], keepdims=0), node("MatMul", ["f", "dense"], ["g"]),
        node("Add", ["g", "offset"], ["h"]), node("Softmax", ["h"], ["y"], axis=-1),
    ], [floats("w", 6, 3, 3, 3), floats("b", 6), constant("low", numpy.float32(0)), constant("high", numpy.float32(6)),
        floats("dense", 6, 4), floats("offset", 4)], [9, 10, 3], 13)
    # Weights of 8 bits and activations of 8 and, by a Clip, 4 bits.
    save(folder, "quantized", [
        node("QuantizeLinear", ["x", "sx", "zx"], ["xq"]), node("DequantizeLinear", ["xq", "sx", "zx"], ["xd"]),
        node("DequantizeLinear", ["wq", "sw", "zw"], ["wd"], axis=0), node("Conv", ["xd", "wd"], ["a"]),
        node("Relu", ["a"], ["r"]), node("QuantizeLinear", ["r", "sr", "zr"], ["rq"]),
        node("Clip", ["rq", "lowest", "highest"], ["rc"]), node("DequantizeLinear", ["rc", "sr", "zr"], ["rd"]),
        node("QuantizeLinear", ["w2", "s2", "z2"], ["w2q"]), node("Clip", ["w2q", "low2", "high2"], ["w2c"]),
        node("DequantizeLinear", ["w2c", "s2", "z2"], ["w2d"]), node("Conv", ["rd", "w2d"], ["y"]),
    ], [constant("sx", numpy.float32(0.03)), constant("zx", numpy.int8(3)),
        constant("wq", random.integers(-127, 128, (4, 3, 3, 3)).astype(numpy.int8)),
        constant("sw", random.uniform(0.01, 0.02, 4).astype(numpy.float32)), constant("zw", numpy.zeros(4, numpy.int8)),
        constant("sr", numpy.float32(0.5)), constant("zr", numpy.uint8(0)), constant("lowest", numpy.uint8(0)),
        constant("highest", numpy.uint8(15)), floats("w2", 5, 4, 1, 1), constant("s2", numpy.float32(0.4)),
        constant("z2", numpy.int8(0)), constant("low2", numpy.int8(-3)), constant("high2", numpy.int8(3))],
        [3, 8, 8], 13)
    # Weights that the file computes: normalized, cut, chosen, multiplied and padded; 4-bit numbers listed one by one.
    listed = helper.make_tensor("w4", TensorProto.INT4, [5, 4, 1, 1], [((i * 7) % 16) - 8 for i in range(20)])
    save(folder, "computed_weights", [
        node("ReduceL2", ["v", "over"], ["n"]), node("Div", ["v", "n"], ["u"]), node("Mul", ["u", "g"], ["w1"]),
        node("Conv", ["x", "w1"], ["a"]), node("Relu", ["half"], ["p"]), node("LeakyRelu", ["half"], ["q"], alpha=0.3),
        node("Softmax", ["q"], ["s"], axis=1), node("MatMul", ["p", "s"], ["m"]), node("Gelu", ["m"], ["k"]),
        node("Pad", ["k", "pads"], ["e"], mode="reflect"), node("Reshape", ["e", "shape"], ["w2"]),
        node("Conv", ["a", "w2", "b2"], ["b"]), node("DequantizeLinear", ["w4", "s4"], ["w3"], axis=0),
        node("Conv", ["b", "w3"], ["c"]), node("Where", ["choice", "c", "low"], ["y"]),
    ], [floats("v", 6, 3, 3, 3), floats("g", 6, 1, 1, 1), floats("half", 4, 4), integers("pads", 0, 1, 0, 1),
        integers("over", 1, 2, 3), integers("shape", 4, 6, 1, 1), floats("b2", 4), listed, constant("s4", numpy.array([0.1, 0.2, 0.3, 0.1, 0.2], numpy.float32)),
        constant("choice", random.random((1, 1, 6, 6)) < 0.6), constant("low", numpy.float32(-2))], [3, 8, 8], 21)
    # 16-bit floats outside and as weights, negative pads, and the other forms of Gemm.
    save(folder, "halves", [
        node("Cast", ["x"], ["f"], to=TensorProto.FLOAT), node("Cast", ["w16"], ["w"], to=TensorProto.FLOAT),
        node("Conv", ["f", "w"], ["a"]), node("Pad", ["a", "pads"], ["b"]), node("Pad", ["b", "cut"], ["c"]),
        node("Flatten", ["c"], ["d"]), node("Transpose", ["d"], ["t"], perm=[1, 0]),
        node("Gemm", ["t", "w1", "one"], ["e"], transA=1, alpha=0.5), node("Gemm", ["e", "w2", "ones"], ["g"], transB=1, beta=2.0),
        node("Transpose", ["g"], ["gt"], perm=[1, 0]), node("Gemm", ["left", "gt", "side"], ["h"], alpha=0.7, beta=0.3),
        node("Transpose", ["h"], ["y"], perm=[1, 0]),
    ], [constant("w16", random.standard_normal((4, 3, 3, 3)).astype(numpy.float16)), integers("pads", 0, 0, -1, 2, 0, 0, 1, -3),
        integers("cut", 0, 0, -2, -1, 0, -1, 0, 0), floats("w1", 3 * 4 * 4, 7), constant("one", numpy.float32(0.4)), floats("w2", 5, 7),
        constant("ones", numpy.array([1.5], numpy.float32)), floats("left", 6, 5), floats("side", 6, 1)], [3, 8, 8], 13, type=TensorProto.FLOAT16)
    # Numbers of a batch of any size: a range of floats, masks repeated for each sample, and views of flat memory.
    save(folder, "sample_numbers", [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "zero"], ["n"]), node("Unsqueeze", ["n", "first"], ["n1"]),
        node("Concat", ["n1", "rest"], ["whole"], axis=0), node("Expand", ["mask", "whole"], ["m"]), node("Not", ["m"], ["m2"]),
        node("Where", ["m2", "x", "low"], ["a"]), node("Range", ["start", "limit", "step"], ["r"]), node("Add", ["a", "r"], ["b"]),
        node("Concat", ["n1", "five"], ["pair"], axis=0), node("Expand", ["list", "pair"], ["i2"]),
        node("Expand", ["picked", "pair"], ["i3"]),
        node("GatherElements", ["i2", "i3"], ["i4"], axis=1), node("Gather", ["table", "i4"], ["t"]), node("Unsqueeze", ["t", "second"], ["t4"]),
        node("Add", ["b", "t4"], ["c"]), node("Reshape", ["c", "all"], ["flat"]), node("Range", ["zero", "n", "one"], ["samples"]),
        node("Mul", ["samples", "length"], ["offsets"]), node("Unsqueeze", ["offsets", "tail"], ["offsets3"]),
        node("Add", ["offsets3", "places"], ["positions"]), node("Gather", ["flat", "positions"], ["y"]),
    ], [constant("zero", numpy.int64(0)), constant("one", numpy.int64(1)), integers("first", 0), integers("second", 1), integers("rest", 2, 5, 3),
        constant("mask", random.random((1, 1, 5, 3)) < 0.4), constant("low", numpy.float32(-3)), constant("start", numpy.float32(0.5)),
        constant("limit", numpy.float32(3.1)), constant("step", numpy.float32(1)), integers("five", 5),
        constant("list", numpy.array([[4, 0, 2, 2, 1]])), constant("picked", numpy.array([[4, 3, 0, 0, -1]])), floats("table", 6, 3), integers("all", -1),
        constant("length", numpy.int64(30)), integers("tail", 1, 2), constant("places", numpy.array([[[29, 3], [0, 11], [7, 7]]]))], [2, 5, 3], 13)


if __name__ == "__main__":
    main(sys.argv[1])
