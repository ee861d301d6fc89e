"""Reads what haq exports with the programs that it is for; docs/export.md section 8.

    consumers.py nncf NETWORK.onnx SCOPE.json IMAGES.npy    quantizes the network with NNCF, and lists its layers
    consumers.py compressed-tensors CONFIG.json             applies the config to a model of PyTorch
    consumers.py openvino FILE.onnx IMAGES.npy              compares OpenVINO's scores with onnxruntime's

The environment of each has what docs/examples/export/consumers installs.
"""
import json
import sys

import numpy


def layers_of(model):
    """The products of an OpenVINO model by name, and the operators that give their two operands."""
    kinds = ("Convolution", "GroupConvolution", "MatMul")
    for operation in model.get_ordered_ops():
        if operation.get_type_name() in kinds:
            yield operation.get_friendly_name(), [
                operation.input_value(index).get_node().get_type_name() for index in (0, 1)]


def nncf(network, scope, images):
    import nncf as library
    import openvino
    images = numpy.load(images)
    model = openvino.Core().read_model(network)
    arguments = json.load(open(scope))
    if arguments["patterns"]:
        quantized = library.quantize(
            model, library.Dataset([image[None] for image in images[:300]]),
            ignored_scope=library.IgnoredScope(**arguments))
    else:
        quantized = library.quantize(model, library.Dataset([image[None] for image in images[:300]]))
    # Weights of quantized layers come from a FakeQuantize or, stored as integers, from a Multiply by their scales.
    floats = [name for name, operands in layers_of(quantized) if operands[1] not in ("FakeQuantize", "Multiply")]
    count = sum(1 for _ in layers_of(quantized))
    print(f"{count - len(floats)} of {count} layers are quantized; in floats: {', '.join(sorted(floats)) or 'none'}")
    scores = [openvino.compile_model(each, "CPU")(images[:1])[0] for each in (model, quantized)]
    print("largest difference of scores:", float(numpy.abs(scores[0] - scores[1]).max()))


def compressed_tensors(config):
    import torch
    from compressed_tensors.quantization import QuantizationConfig, apply_quantization_config
    config = QuantizationConfig.model_validate(json.load(open(config)))
    model = torch.nn.Module()
    names = [name for scheme in config.config_groups.values() for name in scheme.targets] + config.ignore
    for name in names:
        parent = model
        *path, last = name.split(".")
        for part in path:
            if not hasattr(parent, part):
                parent.add_module(part, torch.nn.Module())
            parent = getattr(parent, part)
        parent.add_module(last, torch.nn.Linear(256, 128, bias=False))
    apply_quantization_config(model, config)
    for name in names:
        module = model.get_submodule(name)
        scheme = getattr(module, "quantization_scheme", None)
        if scheme is None:
            print(name, "not quantized")
            continue
        operands = [scheme.weights, scheme.input_activations]
        print(name, *("as the model" if each is None else f"{each.type}{each.num_bits} {each.strategy}"
                      + (f" of {each.group_size}" if each.group_size else "") for each in operands), sep="; ")


def openvino(file, images):
    import onnxruntime
    import openvino
    images = numpy.load(images)[:250]
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(file, options)
    expected = session.run(None, {session.get_inputs()[0].name: images})[0]
    core = openvino.Core()
    model = core.read_model(file)
    model.reshape([len(images), *images.shape[1:]])
    found = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(images)[0]
    alike = (expected.argmax(1) == found.argmax(1)).mean()
    print(f"the same class for {alike:.1%} of {len(images)} images")


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
