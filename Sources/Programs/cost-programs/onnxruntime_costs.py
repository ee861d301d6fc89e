"""Measures layers in onnxruntime, for haq: one process, one layer a model, the form in which `haq export --as qdq` writes it.

    python3 onnxruntime_costs.py [--threads N] [--provider CPUExecutionProvider] [--repetitions 11:101] [--precision 0.02]
                                 [--clock processor]

Needs onnx, onnxruntime and numpy. haq_costs.py must lie beside it. W32A32 is the 32-bit float; W2A8 to W8A8 are 8-bit
integers with weights in the range of the width, between values that are integers already, as inside a network; fp16/fp16 is
the 16-bit float, which onnxruntime's CPU kernels may compute by converting to 32 bits; int4-g32/fp32 to int4-g128/fp32 are
fully connected layers with 4-bit weights in groups (MatMulNBits).
"""
import argparse
import json
import os
import tempfile
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import haq_costs

OPSET, IR_VERSION = 13, 8


class LayerModel:
    """The ONNX model of one layer and what it reads."""

    def __init__(self, point, seed=1):
        self.point, self.layer = point, point.layer
        self.is_integer = point.activation_bits == 8
        self.float_type = numpy.float16 if point.activation_bits == "fp16" else numpy.float32
        self.float_kind = TensorProto.FLOAT16 if point.activation_bits == "fp16" else TensorProto.FLOAT
        self.opsets = {"": OPSET}
        self.random = numpy.random.default_rng(seed)
        self.nodes, self.constants, self.inputs, self.feeds = [], [], [], {}
        if isinstance(point.weight_bits, str) and point.weight_bits.startswith("int4-g"):
            last = self.product_of_groups(int(point.weight_bits.removeprefix("int4-g")))
        else:
            last = self.operator([self.operand("x", self.shapes[0]), self.second()])
        if self.is_integer:
            scale, zero = self.constant("y_scale", numpy.float32(0.05)), self.constant("y_zero", numpy.uint8(0))
            self.nodes.append(helper.make_node("QuantizeLinear", [last, scale, zero], ["y"]))

    @property
    def shapes(self):
        """Of the first operand, of the second and of the result."""
        layer, batch = self.layer, self.point.batch
        rows = layer.input[0] * layer.input[1]
        if layer.kind == "fully-connected":
            outer = [batch] if rows == 1 else [batch, rows]
            second = [layer.out_channels, layer.in_channels] if rows == 1 else [layer.in_channels, layer.out_channels]
            return [*outer, layer.in_channels], second, [*outer, layer.out_channels]
        if layer.kind == "matmul":
            inner, columns = layer.in_channels // layer.groups, layer.out_channels // layer.groups
            return [batch, layer.groups, rows, inner], [batch, layer.groups, inner, columns], [batch, layer.groups, rows, columns]
        taps = [layer.out_channels, layer.in_channels // layer.groups]
        if layer.kind == "transposed-convolution":
            taps = [layer.in_channels, layer.out_channels // layer.groups]
        return [batch, layer.in_channels, *layer.input], [*taps, *layer.kernel], [batch, layer.out_channels, *layer.output]

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(numpy.asarray(values), name))
        return name

    def operand(self, name, shape):
        """A value that the layer reads: a float, or an integer behind a DequantizeLinear."""
        kind = TensorProto.UINT8 if self.is_integer else self.float_kind
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        if not self.is_integer:
            self.feeds[name] = self.normal(shape)
            return name
        self.feeds[name] = self.random.integers(0, 256, shape, dtype=numpy.uint8)
        scale, zero = self.constant(f"{name}_scale", numpy.float32(0.02)), self.constant(f"{name}_zero", numpy.uint8(0))
        self.nodes.append(helper.make_node("DequantizeLinear", [name, scale, zero], [f"{name}_float"]))
        return f"{name}_float"

    def normal(self, shape):
        return self.random.standard_normal(shape, dtype=numpy.float32).astype(self.float_type)

    def product_of_groups(self, length):
        """MatMulNBits, onnxruntime's own operator: its groups lie along the inputs of an output, the last filled up."""
        layer = self.layer
        if layer.kind != "fully-connected":
            raise haq_costs.Unsupported(f"onnxruntime has no {layer.kind} with 4-bit weights in groups, but fully connected layers")
        self.opsets["com.microsoft"] = 1
        groups = -(-layer.in_channels // length)
        packed = self.random.integers(0, 256, [layer.out_channels, groups, length // 2], dtype=numpy.uint8)
        names = [self.operand("x", self.shapes[0]), self.constant("w", packed),
                 self.constant("w_scale", numpy.full(layer.out_channels * groups, 0.01, self.float_type))]
        self.nodes.append(helper.make_node("MatMulNBits", names, ["y"], domain="com.microsoft", K=layer.in_channels,
                                           N=layer.out_channels, bits=4, block_size=length))
        return "y"

    def second(self):
        """The weights, or the other activation of a matmul."""
        shape = self.shapes[1]
        if self.layer.kind == "matmul":
            return self.operand("w", shape)
        if not self.is_integer:
            return self.constant("w", self.normal(shape) * self.float_type(0.05))
        highest = 2 ** (self.point.weight_bits - 1) - 1
        values = self.random.integers(-highest, highest + 1, shape, dtype=numpy.int8)
        scales = numpy.full(self.layer.out_channels, 0.01, numpy.float32)
        # A transposed convolution in groups has no axis for all of its outputs.
        per_tensor = self.layer.kind == "transposed-convolution" and self.layer.groups > 1
        names = [self.constant("w", values), self.constant("w_scale", scales[0] if per_tensor else scales)]
        names.append(self.constant("w_zero", numpy.zeros([] if per_tensor else len(scales), numpy.int8)))
        node = helper.make_node("DequantizeLinear", names, ["w_float"])
        if not per_tensor:
            node.attribute.append(helper.make_attribute("axis", 0 if self.rows_first else 1))
        self.nodes.append(node)
        return "w_float"

    @property
    def rows_first(self):
        """Whether the weights have a row for each output."""
        is_product = self.layer.kind == "fully-connected" and self.layer.input != (1, 1)
        return not is_product and self.layer.kind != "transposed-convolution"

    def bias(self):
        count = self.layer.out_channels
        if not self.is_integer:
            return self.constant("b", self.normal(count))
        names = [self.constant("b", self.random.integers(-1000, 1000, count, dtype=numpy.int32))]
        names.append(self.constant("b_scale", numpy.full(count, 0.02 * 0.01, numpy.float32)))
        names.append(self.constant("b_zero", numpy.zeros(count, numpy.int32)))
        self.nodes.append(helper.make_node("DequantizeLinear", names, ["b_float"], axis=0))
        return "b_float"

    def operator(self, operands):
        """Adds the layer's own node; gives the name of its output."""
        layer, output = self.layer, "y_float" if self.is_integer else "y"
        attributes = {}
        if layer.kind in ("convolution", "depthwise", "transposed-convolution"):
            kind = "ConvTranspose" if layer.kind == "transposed-convolution" else "Conv"
            attributes = {"kernel_shape": list(layer.kernel), "strides": list(layer.stride), "dilations": list(layer.dilation),
                          "group": layer.groups, "pads": list(layer.padding)}
            if kind == "ConvTranspose":
                attributes["output_padding"] = [self.output_padding(axis) for axis in (0, 1)]
            operands = [*operands, self.bias()]
        elif layer.kind == "fully-connected" and layer.input == (1, 1):
            kind, attributes, operands = "Gemm", {"transB": 1}, [*operands, self.bias()]
        else:
            kind = "MatMul"
        self.nodes.append(helper.make_node(kind, operands, [output], **attributes))
        return output

    def output_padding(self, axis):
        layer = self.layer
        reach = layer.dilation[axis] * (layer.kernel[axis] - 1) + 1
        cut = layer.padding[axis] + layer.padding[axis + 2]
        return layer.output[axis] - ((layer.input[axis] - 1) * layer.stride[axis] + reach - cut)

    def bytes(self):
        kind = TensorProto.UINT8 if self.is_integer else self.float_kind
        output = helper.make_tensor_value_info("y", kind, self.shapes[2])
        graph = helper.make_graph(self.nodes, "layer", self.inputs, [output], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid(*opset) for opset in self.opsets.items()], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        return model.SerializeToString()


def session(model, threads, provider, options=None):
    options = options or onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    if provider != "CPUExecutionProvider":
        # A layer that the provider lacks must be unsupported, not measured on the processor.
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    try:
        return onnxruntime.InferenceSession(model, options, providers=[provider])
    except Exception as problem:
        raise haq_costs.Unsupported(f"{provider}: {str(problem).splitlines()[0]}") from problem


def prepared(point, threads, provider):
    """A function that runs the layer once, on tensors that lie on the device."""
    model = LayerModel(point)
    kind = numpy.uint8 if model.is_integer else model.float_type
    return bound(session(model.bytes(), threads, provider), model.feeds, {"y": (model.shapes[2], kind)}, provider)


def bound(made, feeds, outputs, provider):
    """A function that runs a model once, on tensors that lie on the device; `outputs` may be None where it says so."""
    place = "cuda" if provider.startswith(("CUDA", "Tensorrt")) else "cpu"
    binding = made.io_binding()
    for name, values in feeds.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(values, place, 0))
    for name, known in outputs.items():
        if known is None:
            binding.bind_output(name, place)
        else:
            binding.bind_ortvalue_output(name, onnxruntime.OrtValue.ortvalue_from_shape_and_type(*known, place, 0))

    def run():
        made.run_with_iobinding(binding)
        if place != "cpu":
            binding.synchronize_outputs()

    return run


class WholeNetwork:
    """An exported network: its model at a batch, and what it reads."""

    def __init__(self, file, batch):
        if file is None:
            raise haq_costs.Unsupported("onnxruntime runs exported networks; the request names no file")
        try:
            model = onnx.load(file)
        except Exception as problem:
            raise haq_costs.Unsupported(f"{file} is no ONNX model: {problem}") from problem
        constants = {constant.name for constant in model.graph.initializer}
        random, self.feeds = numpy.random.default_rng(1), {}
        for value in model.graph.input:
            if value.name in constants:
                continue
            if value.type.tensor_type.elem_type != TensorProto.FLOAT:
                raise haq_costs.Unsupported(f"the input {value.name} of the network is not of 32-bit floats")
            shape = value.type.tensor_type.shape.dim
            if shape and shape[0].HasField("dim_param"):
                shape[0].dim_value = batch
            sizes = [side.dim_value for side in shape]
            if min(sizes, default=0) < 1 or sizes[0] != batch:
                raise haq_costs.Unsupported(f"the input {value.name} of the network has shape {sizes}, which is not of batch {batch}")
            self.feeds[value.name] = random.standard_normal(sizes, dtype=numpy.float32)
        self.outputs = {value.name: None for value in model.graph.output}
        self.model = model.SerializeToString()

    def prepared(self, level, threads, provider):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        return bound(session(self.model, threads, provider, options), self.feeds, self.outputs, provider)

    def shares(self, threads, provider, runs=30):
        """The share of the latency that each kind of operator takes, by onnxruntime's profiler."""
        with tempfile.TemporaryDirectory() as folder:
            options = onnxruntime.SessionOptions()
            options.enable_profiling, options.profile_file_prefix = True, os.path.join(folder, "profile")
            made = session(self.model, threads, provider, options)
            for _ in range(runs):
                made.run(None, self.feeds)
            with open(made.end_profiling(), encoding="utf-8") as file:
                events = json.load(file)
        whole = sum(event["dur"] for event in events if event.get("name") == "model_run")
        operators = {}
        for event in events:
            if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
                operators[event["args"]["op_name"]] = operators.get(event["args"]["op_name"], 0) + event["dur"]
        return {name: min(1.0, time / whole) for name, time in operators.items()} if whole > 0 else {}


def network(points, file, threads, provider, repetitions):
    """What an exported network costs: as onnxruntime runs it, and with its operators one by one."""
    whole = WholeNetwork(file, points[0].batch if points else 1)
    levels, found = onnxruntime.GraphOptimizationLevel, {}
    # One by one, operators take many times as long, and the figure is for comparison only.
    for level, repeated in [(levels.ORT_ENABLE_ALL, repetitions), (levels.ORT_DISABLE_ALL, repetitions.fewest())]:
        repeated.measure([level], lambda level: whole.prepared(level, threads, provider), lambda _, keys: found.update({level: keys}))
    joined, one_by_one = found.values()
    if "unsupported" in joined:
        raise haq_costs.Unsupported(joined["unsupported"])
    keys = {**joined, "shares": whole.shares(threads, provider)}
    return {**keys, "unfused_s": one_by_one["cost"]["latency_s"]} if "cost" in one_by_one else keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=0, help="processors that a layer runs on; all, if not given")
    parser.add_argument("--provider", default="CPUExecutionProvider", help="execution provider")
    parser.add_argument("--repetitions", default="11:101", help="least and most repetitions of a layer")
    parser.add_argument("--precision", type=float, default=0.02, help="relative standard error of the median to reach")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall", help="processor: what one thread runs; with --threads 1")
    options = parser.parse_args()
    if options.clock == "processor" and (options.threads != 1 or options.provider != "CPUExecutionProvider"):
        parser.error("--clock processor needs --threads 1 and the CPUExecutionProvider, whose runs are one thread's")
    if options.provider not in onnxruntime.get_available_providers():
        parser.error(f"onnxruntime has no {options.provider} here; it has {', '.join(onnxruntime.get_available_providers())}")
    threads = haq_costs.pinned(options.threads)
    least, most = (int(part) for part in options.repetitions.split(":"))
    # Nothing on the processor says whether something disturbs another device.
    witness = haq_costs.Witness() if options.provider == "CPUExecutionProvider" else None
    clock = time.thread_time if options.clock == "processor" else time.perf_counter
    repetitions = haq_costs.Repetitions(least=least, most=most, precision=options.precision, clock=clock, witness=witness)
    haq_costs.measure(
        lambda point: prepared(point, threads, options.provider),
        repetitions,
        network=lambda points, file: network(points, file, threads, options.provider, repetitions),
        program="onnxruntime-costs 3",
        device=f"{haq_costs.processor()}, {threads} threads, {options.provider}" + ", processor time" * (options.clock == "processor"),
        layers=haq_costs.KINDS,
        precisions=[*(f"W{bits}A8" for bits in range(2, 9)), "W32A32", "fp16/fp16",
                    *(f"int4-g{length}/fp32" for length in (32, 64, 128))],
        software={"onnxruntime": onnxruntime.__version__})


if __name__ == "__main__":
    main()
