"""Writes each operator and form that exporters emit, in the form of several opsets: export_opsets.py FOLDER.

A file form_NAME_OPSET.onnx each. What an operator was before it existed, such as HardSwish before opset 14, stands in the
form in which PyTorch's and Keras's exporters write it.
"""
import sys

import numpy
import onnx
from export_forms import constant, floats, integers, node, save
from run_onnxruntime import NEWEST

# The last one is the newest that the pinned onnx has; onnxruntime is behind.
OPSETS = [9, 11, 13, 17, 18, 21, 25, 28]


def axes(kind, opset, since, name, inputs, output, numbers, **attributes):
    """A node whose axes are an attribute before `since`, and an input from there on."""
    if opset < since:
        return [node(kind, inputs, [output], axes=numbers, **attributes)], []
    return [node(kind, inputs + [name], [output], **attributes)], [integers(name, *numbers)]


def scalar(name, number):
    return constant(name, numpy.float32(number))


def clip(opset, value, output, low, high):
    if opset < 11:
        return [node("Clip", [value], [output], min=float(low), max=float(high))], []
    return [node("Clip", [value, f"{output}_low", f"{output}_high"], [output])], [
        scalar(f"{output}_low", low), scalar(f"{output}_high", high)]


def resizings(opset, image):
    """Every way to resize, larger and smaller; numbers of the scales are apart from ties, where runtimes disagree."""
    if opset < 13:
        return
    coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"] + (["half_pixel_symmetric"] if opset >= 19 else [])
    for size, factors in [("larger", [1, 1, 2, 1.5]), ("smaller", [1, 1, 0.6, 0.7])]:
        # Where a scale gives no whole extent, ONNX's reference differs from onnxruntime.
        if opset > NEWEST and size == "smaller":
            continue
        scales = [constant("scales", numpy.array(factors, numpy.float32))]

        def resize(name, **attributes):
            return (f"resize_{name}_{size}", [node("Resize", ["x", "", "scales"], ["y"], **attributes)], scales, image)

        for where in coordinates:
            for rounding in ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]:
                yield resize(f"nearest_{where}_{rounding}", mode="nearest", coordinate_transformation_mode=where, nearest_mode=rounding)
            yield resize(f"linear_{where}_both", mode="linear", coordinate_transformation_mode=where)
            for outside in [0, 1]:
                yield resize(f"cubic_{where}_{outside}", mode="cubic", coordinate_transformation_mode=where, exclude_outside=outside)
            yield resize(f"cubic_{where}_half", mode="cubic", coordinate_transformation_mode=where, cubic_coeff_a=-0.5)


def attentions():
    """Gives (name, inputs after the value, input shape, attributes, initializers)."""
    heads, rows = [6, 5, 8], [12, 8]
    even, grouped = integers("sizes", 2, 2, 2), integers("sizes", 4, 2, 2)
    lengths = integers("sizes", 4, 4, 4)
    seen = numpy.random.default_rng(3).random((5, 5)) < 0.6
    seen[:, 0] = True
    yield ("plain", [], heads, {}, [even])
    yield ("scaled", [], heads, dict(scale=0.3), [even])
    yield ("causal", [], heads, dict(is_causal=1), [even])
    yield ("softcap", [], heads, dict(softcap=0.5), [even])
    yield ("softcap_mask", ["mask"], heads, dict(softcap=0.5), [even, floats("mask", 2, 5, 5)])
    yield ("grouped", [], [8, 5, 8], {}, [grouped])
    yield ("other_lengths", [], [2, 13, 8], dict(is_causal=1), [integers("sizes", 3, 5, 5)])
    yield ("rows", [], rows, dict(q_num_heads=2, kv_num_heads=2), [lengths])
    yield ("mask", ["mask"], heads, dict(is_causal=1), [even, floats("mask", 2, 5, 5)])
    yield ("boolean_mask", ["mask"], heads, dict(is_causal=1), [even, constant("mask", seen)])


def forms(opset):
    """Gives (name, nodes, initializers, input shape without batch)."""
    image = [4, 9, 10]
    yield ("conv", [node("Conv", ["x", "w", "b"], ["y"], pads=[1, 0, 2, 1], strides=[2, 1], dilations=[1, 2], group=2)],
           [floats("w", 6, 2, 3, 3), floats("b", 6)], image)
    yield ("conv_same", [node("Conv", ["x", "w"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2])], [floats("w", 5, 4, 3, 3)], image)
    yield ("conv_line", [node("Conv", ["x", "w"], ["y"], pads=[2, 0], group=4)], [floats("w", 8, 1, 3)], [4, 12])
    # ONNX's reference computes neither.
    if opset <= NEWEST:
        yield ("conv_transpose", [node("ConvTranspose", ["x", "w", "b"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1],
                                       output_padding=[1, 1], group=2)], [floats("w", 4, 3, 3, 3), floats("b", 6)], image)
        yield ("conv_transpose_shape", [node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2], output_shape=[18, 20])],
               [floats("w", 4, 3, 3, 3)], image)
    for mode in ["SAME_UPPER", "SAME_LOWER"]:
        yield (f"conv_transpose_{mode.lower()}", [node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 3], auto_pad=mode)],
               [floats("w", 4, 3, 3, 4)], image)
    yield ("conv_transpose_line", [node("ConvTranspose", ["x", "w"], ["y"], strides=[2], dilations=[2])], [floats("w", 4, 3, 3)], [4, 12])
    yield ("conv_batch_norm", [
        node("Conv", ["x", "w"], ["a"]), node("BatchNormalization", ["a", "s", "h", "m", "v"], ["b"], epsilon=1e-3),
        node("Relu", ["b"], ["y"])], [floats("w", 5, 4, 3, 3), floats("s", 5), floats("h", 5), floats("m", 5),
                                      constant("v", numpy.full(5, 0.6, numpy.float32))], image)
    yield ("batch_norm", [node("BatchNormalization", ["x", "s", "h", "m", "v"], ["y"])],
           [floats("s", 4), floats("h", 4), floats("m", 4), constant("v", numpy.full(4, 0.6, numpy.float32))], image)
    yield ("gemm", [node("Gemm", ["x", "w", "b"], ["y"], transB=1, alpha=0.5, beta=2.0)], [floats("w", 7, 6), floats("b", 7)], [6])
    yield ("gemm_plain", [node("Gemm", ["x", "w"] + ([] if opset >= 11 else ["b"]), ["y"])], [floats("w", 6, 7), floats("b", 7)], [6])
    yield ("matmul", [node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "b"], ["y"])], [floats("w", 6, 7), floats("b", 7)], [3, 6])
    yield ("matmul_batched", [node("Transpose", ["x"], ["t"], perm=[0, 1, 3, 2]), node("MatMul", ["x", "t"], ["y"])], [], [2, 5, 6])
    yield ("matmul_constant_first", [node("MatMul", ["w", "x"], ["y"])], [floats("w", 7, 5)], [5, 6])
    yield ("matmul_stack", [node("MatMul", ["x", "w"], ["y"])], [floats("w", 2, 6, 3)], [2, 5, 6])
    # Activations.
    for kind, attributes in [("Relu", {}), ("Sigmoid", {}), ("Tanh", {}), ("LeakyRelu", {"alpha": 0.1}), ("Elu", {"alpha": 0.7}),
                             ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}), ("Softplus", {}), ("Erf", {}), ("Abs", {}), ("Neg", {}),
                             ("Exp", {}), ("Floor", {}), ("Ceil", {}), ("Reciprocal", {}), ("Sin", {}), ("Cos", {}), ("Sign", {}),
                             ("Selu", {}), ("Softsign", {})]:
        yield (kind.lower(), [node(kind, ["x"], ["y"], **attributes)], [], image)
    yield ("selu_stated", [node("Selu", ["x"], ["y"], alpha=1.2, gamma=0.8)], [], image)
    if opset >= 10:
        yield ("thresholded_relu", [node("ThresholdedRelu", ["x"], ["y"], alpha=0.3)], [], image)
    if opset >= 11:
        # Halves, so that ties are among them.
        yield ("round", [node("Mul", ["x", "four"], ["a"]), node("Floor", ["a"], ["b"]), node("Mul", ["b", "half"], ["c"]), node("Round", ["c"], ["y"])],
               [scalar("four", 4), scalar("half", 0.5)], image)
    if opset >= 12:
        yield ("celu", [node("Celu", ["x"], ["y"], alpha=0.6)], [], image)
    if opset >= 18:
        yield ("mish", [node("Mish", ["x"], ["y"])], [], image)
    yield ("prelu", [node("PRelu", ["x", "slope"], ["y"])], [floats("slope", 4, 1, 1)], image)
    yield ("prelu_shared", [node("PRelu", ["x", "slope"], ["y"])], [floats("slope", 1)], image)
    nodes, initializers = clip(opset, "x", "y", 0, 6)
    yield ("relu6", nodes, initializers, image)
    nodes, initializers = clip(opset, "shifted", "clipped", 0, 6)
    yield ("hard_swish_clip", [node("Add", ["x", "three"], ["shifted"]), *nodes, node("Mul", ["x", "clipped"], ["a"]),
                               node("Div", ["a", "six"], ["y"])], [*initializers, scalar("three", 3), scalar("six", 6)], image)
    yield ("hard_swish_sigmoid", [node("HardSigmoid", ["x"], ["a"], alpha=1 / 6, beta=0.5), node("Mul", ["x", "a"], ["y"])], [], image)
    if opset >= 14:
        yield ("hard_swish", [node("HardSwish", ["x"], ["y"])], [], image)
    yield ("swish_sigmoid", [node("Sigmoid", ["x"], ["a"]), node("Mul", ["x", "a"], ["y"])], [], image)
    yield ("log", [node("Exp", ["x"], ["e"]), node("Log", ["e"], ["y"])], [], image)
    # onnxruntime has none of opset 24.
    if opset > NEWEST:
        yield ("swish_operator", [node("Swish", ["x"], ["y"], alpha=1.2)], [], image)
    yield ("gelu_erf", [
        node("Div", ["x", "root"], ["a"]), node("Erf", ["a"], ["b"]), node("Add", ["b", "one"], ["c"]),
        node("Mul", ["x", "c"], ["d"]), node("Mul", ["d", "half"], ["y"])],
        [scalar("root", 2**0.5), scalar("one", 1), scalar("half", 0.5)], image)
    yield ("gelu_tanh", [
        node("Mul", ["x", "half"], ["h"]), node("Mul", ["x", "x"], ["x2"]), node("Mul", ["x2", "x"], ["x3"]),
        node("Mul", ["x3", "c"], ["a"]), node("Add", ["x", "a"], ["b"]), node("Mul", ["b", "s"], ["d"]), node("Tanh", ["d"], ["t"]),
        node("Add", ["t", "one"], ["u"]), node("Mul", ["h", "u"], ["y"])],
        [scalar("half", 0.5), scalar("c", 0.044715), scalar("s", (2 / numpy.pi) ** 0.5), scalar("one", 1)], image)
    yield ("gelu_pow", [node("Pow", ["x", "three"], ["a"]), node("Mul", ["a", "c"], ["y"])], [scalar("three", 3), scalar("c", 0.044715)], image)
    if opset >= 20:
        for kind in ["none", "tanh"]:
            yield (f"gelu_{kind}_operator", [node("Gelu", ["x"], ["y"], approximate=kind)], [], image)
    # Pooling and reductions.
    yield ("max_pool", [node("MaxPool", ["x"], ["y"], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1])], [], image)
    yield ("average_pool", [node("AveragePool", ["x"], ["y"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])], [], image)
    if opset >= 19:
        for counts in [0, 1]:
            yield (f"average_pool_dilated_{counts}", [node("AveragePool", ["x"], ["y"], kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 2, 1],
                   dilations=[2, 3], ceil_mode=1, count_include_pad=counts)], [], image)
    yield ("global_average_pool", [node("GlobalAveragePool", ["x"], ["y"])], [], image)
    yield ("global_max_pool", [node("GlobalMaxPool", ["x"], ["y"])], [], image)
    for kind, since in [("ReduceMean", 18), ("ReduceMax", 18), ("ReduceMin", 18), ("ReduceProd", 18), ("ReduceSum", 13)]:
        for keep in [0, 1]:
            nodes, initializers = axes(kind, opset, since, "axes", ["x"], "y", [2, 3], keepdims=keep)
            yield (f"{kind.lower()}_{keep}", nodes, initializers, image)
    for kind in ["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"]:
        for keep in [0, 1]:
            nodes, initializers = axes(kind, opset, 18, "axes", ["x"], "y", [1, -1] if opset >= 11 else [1, 3], keepdims=keep)
            yield (f"{kind.lower()}_{keep}", nodes, initializers, image)
    nodes, initializers = axes("ReduceLogSum", opset, 18, "axes", ["e"], "y", [2], keepdims=0)
    yield ("reducelogsum", [node("Exp", ["x"], ["e"]), *nodes], initializers, image)
    nodes, initializers = axes("ReduceMean", opset, 18, "axes", ["x"], "y", [-1], keepdims=1)
    yield ("reducemean_last", nodes, initializers, image)
    # Arithmetic.
    for kind in ["Add", "Sub", "Mul", "Div"]:
        yield (f"{kind.lower()}_constant", [node(kind, ["x", "c"], ["y"])], [constant("c", numpy.full((4, 1, 1), 1.5, numpy.float32))], image)
        yield (f"{kind.lower()}_constant_first", [node("Exp", ["x"], ["e"]), node(kind, ["c", "e"], ["y"])], [scalar("c", 1.5)], image)
        yield (f"{kind.lower()}_values", [node("Exp", ["x"], ["e"]), node(kind, ["x", "e"], ["y"])], [], image)
    yield ("min_max", [node("Relu", ["x"], ["r"]), node("Max", ["x", "c"], ["a"]), node("Min", ["a", "r"], ["y"])], [scalar("c", -0.2)], image)
    yield ("sum", [node("Relu", ["x"], ["r"]), node("Sum", ["x", "r", "x"], ["y"])], [], image)
    yield ("mean", [node("Relu", ["x"], ["r"]), node("Mean", ["x", "r", "x"], ["y"])], [], image)
    # Decisions about constants.
    yield ("decisions", [
        node("Greater", ["a", "b"], ["greater"]), node("Less", ["a", "b"], ["less"]), node("Or", ["greater", "less"], ["differs"]),
        node("Not", ["greater"], ["not"]), node("And", ["differs", "not"], ["both"]), node("Where", ["both", "a", "b"], ["chosen"]),
        node("Size", ["a"], ["size"]), node("Cast", ["size"], ["three"], to=1), node("Mul", ["chosen", "three"], ["c"]),
        node("Add", ["x", "c"], ["y"])], [constant(name, numpy.array(numbers, numpy.float32)) for name, numbers in
                                          [("a", [1, 2, 3]), ("b", [3, 2, 1])]], [2, 3])
    if opset >= 12:
        yield ("decisions_equal", [
            node("GreaterOrEqual", ["a", "b"], ["greater"]), node("LessOrEqual", ["a", "b"], ["less"]),
            node("And", ["greater", "less"], ["same"]), node("Equal", ["a", "b"], ["equal"]), node("And", ["same", "equal"], ["both"]),
            node("Where", ["both", "a", "zero"], ["chosen"]), node("Cast", ["chosen"], ["c"], to=1), node("Add", ["x", "c"], ["y"])],
            [integers("a", 1, 2, 3), integers("b", 3, 2, 1), integers("zero", 0)], [2, 3])
    if opset >= 11:
        yield ("range_mod", [node("Range", ["start", "end", "step"], ["r"]), node("Mod", ["r", "three"], ["m"]), node("Cast", ["m"], ["c"], to=1),
                             node("Add", ["x", "c"], ["y"])],
               [constant(name, numpy.int64(number)) for name, number in [("start", 2), ("end", 22), ("step", 2), ("three", 3)]], image)
    # Movements.
    yield ("concat", [node("Relu", ["x"], ["r"]), node("Concat", ["x", "r"], ["y"], axis=-1 if opset >= 11 else 3)], [], image)
    sizes = dict(split=[1, 3]) if opset < 13 else {}
    yield ("split", [node("Split", ["x"] + ([] if sizes else ["sizes"]), ["a", "b"], axis=1, **sizes), node("Concat", ["b", "a"], ["y"], axis=1)],
           [] if sizes else [integers("sizes", 1, 3)], image)
    equal = dict(num_outputs=2) if opset >= 18 else {}
    yield ("split_equal", [node("Split", ["x"], ["a", "b"], axis=1, **equal), node("Sub", ["b", "a"], ["y"])], [], image)
    if opset >= 18:
        yield ("split_uneven", [node("Split", ["x"], ["a", "b"], axis=2, num_outputs=2), node("Concat", ["b", "a"], ["y"], axis=2)], [], image)
    if opset < 10:
        yield ("slice", [node("Slice", ["x"], ["y"], starts=[1, -3], ends=[9, 10], axes=[2, 3])], [], image)
    else:
        yield ("slice", [node("Slice", ["x", "s", "e", "a", "t"], ["y"])],
               [integers("s", 8, -9), integers("e", 1000, 10), integers("a", 2, 3), integers("t", 1, 2)], image)
        yield ("slice_backwards", [node("Slice", ["x", "s", "e", "a", "t"], ["y"])],
               [integers("s", -1, 8), integers("e", -1000, 1), integers("a", 2, 3), integers("t", -1, -3)], image)
        yield ("slice_short", [node("Slice", ["x", "s", "e"], ["y"])], [integers("s", 0, 1), integers("e", 2**62, 3)], image)
    for mode in ["constant", "reflect", "edge"]:
        if opset < 11:
            yield (f"pad_{mode}", [node("Pad", ["x"], ["y"], mode=mode, pads=[0, 0, 1, 2, 0, 0, 2, 1])], [], image)
        else:
            yield (f"pad_{mode}", [node("Pad", ["x", "pads"], ["y"], mode=mode)], [integers("pads", 0, 0, 1, 2, 0, 0, 2, 1)], image)
    if opset >= 11:
        yield ("pad_value", [node("Pad", ["x", "pads", "value"], ["y"])], [integers("pads", 0, 0, 1, 2, 0, 0, 2, 1), scalar("value", 0.5)], image)
    if opset >= 18:
        yield ("pad_axes", [node("Pad", ["x", "pads", "", "axes"], ["y"])], [integers("pads", 1, 2), integers("axes", -1)], image)
    if opset == 9:
        yield ("upsample", [node("Upsample", ["x", "scales"], ["y"], mode="nearest")], [constant("scales", numpy.array([1, 1, 2, 2], numpy.float32))], image)
    else:
        scales = constant("scales", numpy.array([1, 1, 2, 1.5], numpy.float32))
        for mode, transform in [("nearest", "asymmetric"), ("linear", "half_pixel"), ("linear", "align_corners"), ("linear", "pytorch_half_pixel")]:
            # Opset 10 had no such choice.
            if opset >= 11:
                more = dict(nearest_mode="floor") if mode == "nearest" else {}
                yield (f"resize_{mode}_{transform}", [node("Resize", ["x", "", "scales"] if opset >= 13 else ["x", "empty", "scales"], ["y"], mode=mode,
                       coordinate_transformation_mode=transform, **more)], [scales] + ([] if opset >= 13 else [constant("empty", numpy.array([], numpy.float32))]), image)
        yield from resizings(opset, image)
        if opset >= 18:
            yield ("resize_axes", [node("Resize", ["x", "", "", "size"], ["y"], mode="linear", axes=[2, 3])], [integers("size", 13, 7)], image)
    yield ("tile", [node("Tile", ["x", "repeats"], ["y"])], [integers("repeats", 1, 2, 1, 3)], image)
    yield ("flatten", [node("Flatten", ["x"], ["y"])], [], image)
    yield ("reshape", [node("Reshape", ["x", "to"], ["y"])], [integers("to", 0, 2, -1)], image)
    yield ("reshape_shape", [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"]), *axes("Unsqueeze", opset, 13, "first", ["n"], "n1", [0])[0],
        node("Concat", ["n1", "rest"], ["to"], axis=0), node("Reshape", ["x", "to"], ["y"])],
        [constant("zero", numpy.int64(0)), integers("rest", 8, -1)] + axes("Unsqueeze", opset, 13, "first", ["n"], "n1", [0])[1], image)
    nodes, initializers = axes("Unsqueeze", opset, 13, "axes", ["x"], "u", [1])
    more, others = axes("Squeeze", opset, 13, "axes2", ["r"], "y", [1])
    yield ("unsqueeze_squeeze", [*nodes, node("Relu", ["u"], ["r"]), *more], initializers + others, image)
    yield ("transpose", [node("Transpose", ["x"], ["y"], perm=[0, 2, 3, 1])], [], image)
    yield ("gather", [node("Gather", ["x", "i"], ["y"], axis=2)], [integers("i", 3, -1 if opset >= 11 else 8, 0)], image)
    yield ("gather_scalar", [node("Gather", ["x", "i"], ["y"], axis=1)], [constant("i", numpy.int64(2))], image)
    yield ("expand", [node("Expand", ["x", "to"], ["y"])], [integers("to", 1, 4, 9, 10)], [4, 1, 10])
    yield ("depth_to_space", [node("DepthToSpace", ["x"], ["y"], blocksize=2)], [], image)
    yield ("space_to_depth", [node("SpaceToDepth", ["x"], ["y"], blocksize=2)], [], [3, 6, 4])
    if opset >= 28:
        yield ("space_to_depth_columns", [node("SpaceToDepth", ["x"], ["y"], blocksize=2, mode="CRD")], [], [3, 6, 4])
    # Attention; a query, key and value made of one input.
    if opset >= 14:
        yield ("triangle", [node("ConstantOfShape", ["extents"], ["ones"], value=constant("", numpy.array([1], numpy.float32))),
                            node("Trilu", ["ones", "diagonal"], ["t"], upper=0), node("Add", ["x", "t"], ["y"])],
               [integers("extents", 9, 10), constant("diagonal", numpy.int64(1))], image)
    if opset >= 23:
        for name, inputs, shape, attributes, more in attentions():
            parts = node("Split", ["x", "sizes"], ["q", "k", "v"], axis=2 if name == "other_lengths" else 1)
            yield (f"attention_{name}", [parts, node("Attention", ["q", "k", "v", *inputs], ["y"], **attributes)], more, shape)
    # Normalizations.
    nodes, initializers = axes("ReduceMean", opset, 18, "axes", ["x"], "m", [-1])
    again, _ = axes("ReduceMean", opset, 18, "axes", ["q"], "v", [-1])
    yield ("layer_norm_parts", [
        *nodes, node("Sub", ["x", "m"], ["d"]), node("Pow", ["d", "two"], ["q"]), *again, node("Add", ["v", "e"], ["ve"]),
        node("Sqrt", ["ve"], ["sd"]), node("Div", ["d", "sd"], ["n"]), node("Mul", ["n", "g"], ["s"]), node("Add", ["s", "b"], ["y"])],
        [*initializers, scalar("two", 2), scalar("e", 1e-5), floats("g", 10), floats("b", 10)], image)
    if opset >= 17:
        yield ("layer_norm", [node("LayerNormalization", ["x", "g", "b"], ["y"], axis=-1, epsilon=1e-6)], [floats("g", 10), floats("b", 10)], image)
        yield ("layer_norm_two", [node("LayerNormalization", ["x", "g"], ["y"], axis=2)], [floats("g", 9, 10)], image)
    yield ("instance_norm", [node("InstanceNormalization", ["x", "g", "b"], ["y"], epsilon=1e-4)], [floats("g", 4), floats("b", 4)], image)
    # PyTorch's GroupNorm before opset 21.
    yield ("group_norm_parts", [
        node("Reshape", ["x", "groups"], ["r"]), node("InstanceNormalization", ["r", "ones", "zeros"], ["i"]),
        node("Reshape", ["i", "back"], ["n"]), node("Mul", ["n", "g"], ["s"]), node("Add", ["s", "b"], ["y"])],
        [integers("groups", 0, 2, -1), integers("back", 0, 4, 9, 10), constant("ones", numpy.ones(2, numpy.float32)),
         constant("zeros", numpy.zeros(2, numpy.float32)), floats("g", 4, 1, 1), floats("b", 4, 1, 1)], image)
    if 18 <= opset < 21:
        # One scale for each group.
        yield ("group_norm_old", [node("GroupNormalization", ["x", "g", "b"], ["y"], num_groups=2)], [floats("g", 2), floats("b", 2)], image)
    if opset >= 23:
        yield ("rms_norm", [node("RMSNormalization", ["x", "g"], ["y"], axis=-1, epsilon=1e-4)], [floats("g", 10)], image)
        yield ("rms_norm_two", [node("RMSNormalization", ["x", "g"], ["y"], axis=2)], [floats("g", 9, 10)], image)
    if opset >= 21:
        yield ("group_norm", [node("GroupNormalization", ["x", "g", "b"], ["y"], num_groups=2)], [floats("g", 4), floats("b", 4)], image)
    # ONNX's reference forgets channels where there are more of them than samples.
    if opset <= NEWEST:
        yield ("lrn", [node("LRN", ["x"], ["y"], size=3, alpha=0.1, beta=0.6, bias=1.5)], [], image)
    yield ("softmax", [node("Softmax", ["x"], ["y"], axis=1)], [], image)
    yield ("softmax_default", [node("Softmax", ["x"], ["y"])], [], image)
    yield ("log_softmax", [node("LogSoftmax", ["x"], ["y"], axis=2)], [], image)
    # What stays behind.
    ratio = dict(ratio=0.4) if opset < 12 else {}
    yield ("dropout", [node("Relu", ["x"], ["r"]), node("Dropout", ["r"], ["a"], **ratio), node("Identity", ["a"], ["b"]),
                       node("Cast", ["b"], ["c"], to=1), node("Neg", ["c"], ["y"])], [], image)
    yield ("constant_node", [
        node("Constant", [], ["w"], value=floats("", 5, 4, 1, 1)), node("Conv", ["x", "w"], ["y"])], [], image)
    if opset >= 12:
        yield ("constant_floats", [node("Constant", [], ["c"], value_floats=[1.0, 2.0]), node("Constant", [], ["d"], value_float=0.5),
                                   node("Mul", ["x", "d"], ["a"]), node("Add", ["a", "c"], ["y"])], [], [3, 2])


def main(folder):
    for opset in OPSETS:
        for name, nodes, initializers, shape in forms(opset):
            save(folder, f"form_{name}_{opset}", nodes, initializers, shape, opset)


if __name__ == "__main__":
    main(sys.argv[1])
