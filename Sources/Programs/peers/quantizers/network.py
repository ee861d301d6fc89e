"""The layers of an ONNX file, and the file as a PyTorch module whose parts are the modules that quantizers know."""

import math
from dataclasses import dataclass

import numpy
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from result import Unsupported


@dataclass(frozen=True)
class Layer:
    name: str
    weights: int
    # Multiply-accumulates of one image.
    macs: int
    # The tensor that it reads, and that of its weights.
    input: str
    weight: str


def layers(path: str) -> list[Layer]:
    """Convolutions and fully connected layers, in the order of the file."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    shapes = {value.name: [each.dim_value for each in value.type.tensor_type.shape.dim] for value in
              [*model.graph.value_info, *model.graph.output]}
    sizes = {tensor.name: math.prod(tensor.dims) for tensor in model.graph.initializer}
    found = []
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            positions = math.prod(shapes[node.output[0]][2:])
            weights = sizes[node.input[1]]
            found.append(Layer(node.name, weights, weights * positions, node.input[0], node.input[1]))
    return found


def module(path: str, data: str):
    """The network as a torch.fx.GraphModule; its attribute `layer_names` has the modules of the layers in order.

    - Raises Unsupported: for an operator that is not translated, or if scores are not those of onnxruntime in `data`.
    """
    import torch

    found = Translation(onnx.load(path)).module()
    found.eval()
    with numpy.load(data) as arrays, torch.no_grad():
        scores, images = arrays["scores"], arrays["images"]
        difference = numpy.abs(found(torch.from_numpy(images[: len(scores)])).numpy() - scores).max()
    if not difference < 1e-3 * max(1, numpy.abs(scores).max()):
        raise Unsupported(f"the network in PyTorch differs from the ONNX file by {difference:g}")
    return found


class Translation:
    """Nodes that the output depends on, each as a module of torch.nn."""

    def __init__(self, model):
        import torch

        self.graph, self.root = torch.fx.Graph(), torch.nn.Module()
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.nodes = {}
        for node in model.graph.node:
            if node.op_type == "Constant":
                self.constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
            elif all(name in self.constants for name in node.input):
                # PyTorch writes the sides of a padding as operations on constants.
                values = ReferenceEvaluator(node).run(None, {name: self.constants[name] for name in node.input})
                self.constants |= dict(zip(node.output, values))
            self.nodes[node.output[0]] = node
        inputs = [each.name for each in model.graph.input if each.name not in self.constants]
        self.values = {inputs[0]: self.graph.placeholder("images")}
        self.order = [node.output[0] for node in model.graph.node]
        self.output, self.names = model.graph.output[0].name, []

    def module(self):
        import torch

        needed = self.needed(self.output)
        for name in self.order:
            if name in needed:
                self.values[name] = self.value(self.nodes[name])
        self.graph.output(self.values[self.output])
        found = torch.fx.GraphModule(self.root, self.graph)
        found.layer_names = [name for name in self.names if name.startswith("layer")]
        return found

    def operands(self, node) -> list[str]:
        """Tensors that are data; the second operand of a reshape is none."""
        return list(node.input[:2]) if node.op_type == "Add" else list(node.input[:1])

    def needed(self, name: str) -> set[str]:
        found, open_names = set(), [name]
        while open_names:
            each = open_names.pop()
            if each in self.nodes and each not in found:
                found.add(each)
                open_names += self.operands(self.nodes[each])
        return found

    def value(self, node):
        import operator

        operands = [self.values[name] for name in self.operands(node)]
        if node.op_type in ("Identity", "Dropout"):
            return operands[0]
        if node.op_type == "Add":
            return self.graph.call_function(operator.add, tuple(operands))
        part = self.part(node, {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute})
        kind = "layer" if node.op_type in ("Conv", "Gemm") else type(part).__name__.lower()
        name = f"{kind}{len(self.names)}"
        self.names.append(name)
        self.root.add_module(name, part)
        return self.graph.call_module(name, (operands[0],))

    def part(self, node, attributes: dict):
        from torch import nn

        constants = [self.constants.get(name) for name in node.input[1:]]
        if node.op_type == "Conv":
            return convolution(constants, attributes)
        if node.op_type == "Gemm" and (attributes.get("transB"), attributes.get("alpha", 1), attributes.get("beta", 1)) == (1, 1, 1):
            return with_weights(nn.Linear(constants[0].shape[1], constants[0].shape[0]), *constants)
        if node.op_type == "Relu":
            return nn.ReLU()
        if node.op_type == "Clip":
            limits = [
                attributes[key] if key in attributes else float(constants[index]) for index, key in enumerate(("min", "max"))]
            return nn.ReLU6() if limits == [0, 6] else nn.Hardtanh(*limits)
        if node.op_type == "GlobalAveragePool" or node.op_type == "ReduceMean":
            return nn.AdaptiveAvgPool2d(1)
        if node.op_type in ("Flatten", "Reshape", "Squeeze"):
            return nn.Flatten()
        if node.op_type == "Pad":
            pads = [int(side) for side in (attributes["pads"] if "pads" in attributes else constants[0])]
            if any(pads[:2] + pads[4:6]):
                raise Unsupported("the ONNX file pads images or channels")
            return nn.ZeroPad2d((pads[3], pads[7], pads[2], pads[6]))
        raise Unsupported(f"the ONNX operator {node.op_type} is not translated to PyTorch")


def convolution(constants: list, attributes: dict):
    from torch import nn

    weight = constants[0]
    groups, pads = attributes.get("group", 1), attributes.get("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:]:
        raise Unsupported(f"a convolution has different padding on its sides: {pads}")
    return with_weights(
        nn.Conv2d(
            weight.shape[1] * groups, weight.shape[0], tuple(weight.shape[2:]), tuple(attributes.get("strides", (1, 1))),
            tuple(pads[:2]), tuple(attributes.get("dilations", (1, 1))), groups, len(constants) > 1), *constants)


def with_weights(part, weight, bias=None):
    import torch

    with torch.no_grad():
        part.weight.copy_(torch.from_numpy(weight.copy()))
        if bias is not None:
            part.bias.copy_(torch.from_numpy(bias.copy()))
    return part
