"""Measures layers in PyTorch, for haq: on a CUDA GPU in graphs of several launches, or on this machine's processor.

    python3 pytorch_costs.py [--device cuda] [--threads N] [--tf32] [--model module:function]

Needs torch. haq_costs.py must lie beside it. Weights and activations have one format: fp32 (W32A32), bf16, fp16, int8 (W8A8)
or, on a GPU that has it, fp8-e4m3. TF32 is how a GPU may compute products of fp32; it is no format. Layers are alone: no bias, no activation. Floats are channels last, with cuDNN's autotuning.

--model names a function without arguments that makes the network as a torch.nn.Module, such as torchvision.models:resnet18.
With it whole networks are measured, too: each convolution and linear layer in the float format of the policy, which casts its
input and leaves its output in that format; all else as PyTorch promotes types.
"""
import argparse
import copy
import importlib
import sys

import torch
import torch.nn.functional as F

import haq_costs

FLOATS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def pairs(device):
    """The pairs of formats that this PyTorch has on the device."""
    found = ["W8A8", "W32A32", "bf16/bf16", "fp16/fp16"]
    if device == "cuda" and hasattr(torch, "_scaled_mm") and torch.cuda.get_device_capability() >= (8, 9):
        found.append("fp8-e4m3/fp8-e4m3")
    return found


def window(layer):
    """Padding that is alike on opposite sides, which is all that a convolution takes."""
    top, left, bottom, right = layer.padding
    if (top, left) != (bottom, right):
        raise haq_costs.Unsupported("PyTorch pads opposite sides alike; this layer has another padding at the end")
    return layer.stride, (top, left), layer.dilation


def is_product(layer):
    """Whether the layer is one matrix product of its input as it lies in memory, channels last."""
    tap = (layer.kernel, layer.stride, layer.padding) == ((1, 1), (1, 1), (0, 0, 0, 0))
    return layer.kind == "fully-connected" or (layer.kind == "convolution" and layer.groups == 1 and tap)


def float_layer(point, dtype, device):
    layer, like = point.layer, {"device": device, "dtype": dtype}
    if layer.kind == "fully-connected":
        a = torch.randn(point.batch * layer.input[0] * layer.input[1], layer.in_channels, **like)
        b = torch.randn(layer.out_channels, layer.in_channels, **like)
        return lambda: F.linear(a, b)
    if layer.kind == "matmul":
        a = torch.randn(point.batch * layer.groups, layer.input[0] * layer.input[1], layer.in_channels // layer.groups, **like)
        b = torch.randn(point.batch * layer.groups, layer.in_channels // layer.groups, layer.out_channels // layer.groups, **like)
        return lambda: torch.bmm(a, b)
    stride, padding, dilation = window(layer)
    x = torch.randn(point.batch, layer.in_channels, *layer.input, **like).to(memory_format=torch.channels_last)
    if layer.kind == "transposed-convolution":
        w = torch.randn(layer.in_channels, layer.out_channels // layer.groups, *layer.kernel, **like)
        sides = zip(layer.output, layer.input, stride, padding, dilation, layer.kernel)
        extra = [out - ((i - 1) * s - 2 * p + d * (k - 1) + 1) for out, i, s, p, d, k in sides]
        return lambda: F.conv_transpose2d(x, w, None, stride, padding, extra, layer.groups, dilation)
    w = torch.randn(layer.out_channels, layer.in_channels // layer.groups, *layer.kernel, **like)
    w = w.to(memory_format=torch.channels_last)
    return lambda: F.conv2d(x, w, None, stride, padding, dilation, layer.groups)


def product_on_gpu(point, format):
    """A product of 8-bit matrices with PyTorch's own kernels; it has no other layers in 8 bits on a GPU."""
    layer = point.layer
    if not is_product(layer):
        raise haq_costs.Unsupported(f"PyTorch has no {layer.kind} in {format} on a GPU, but products of matrices")
    rows, inner, columns = point.batch * layer.input[0] * layer.input[1], layer.in_channels, layer.out_channels
    if format == "int8":
        if rows <= 16 or inner % 8 or columns % 8:
            raise haq_costs.Unsupported("_int_mm needs more than 16 rows, and channels that are multiples of 8")
        a = torch.randint(-127, 128, (rows, inner), device="cuda", dtype=torch.int8)
        b = torch.randint(-127, 128, (columns, inner), device="cuda", dtype=torch.int8)
        return lambda: torch._int_mm(a, b.t())
    if inner % 16 or columns % 16:
        raise haq_costs.Unsupported("_scaled_mm needs channels that are multiples of 16")
    a = torch.randn(rows, inner, device="cuda").to(torch.float8_e4m3fn)
    b = torch.randn(columns, inner, device="cuda").to(torch.float8_e4m3fn)
    one = torch.ones((), device="cuda")
    return lambda: torch._scaled_mm(a, b.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16, use_fast_accum=True)


def integer_on_processor(point):
    """PyTorch's quantized layers, which read and write 8-bit integers."""
    layer, batch = point.layer, point.batch
    quantized = torch.ao.nn.quantized
    if layer.kind in ("matmul", "transposed-convolution"):
        raise haq_costs.Unsupported(f"PyTorch has no {layer.kind} in int8 with a scale for each output")
    if layer.kind == "fully-connected":
        made = quantized.Linear(layer.in_channels, layer.out_channels)
        shape, weights = [batch * layer.input[0] * layer.input[1], layer.in_channels], [layer.out_channels, layer.in_channels]
    else:
        stride, padding, dilation = window(layer)
        made = quantized.Conv2d(layer.in_channels, layer.out_channels, layer.kernel, stride, padding, dilation, layer.groups)
        shape = [batch, layer.in_channels, *layer.input]
        weights = [layer.out_channels, layer.in_channels // layer.groups, *layer.kernel]
    count = layer.out_channels
    scales, zeros = torch.full([count], 0.01, dtype=torch.double), torch.zeros(count, dtype=torch.long)
    made.set_weight_bias(torch.quantize_per_channel(torch.randn(weights), scales, zeros, 0, torch.qint8), None)
    made.scale, made.zero_point = 0.05, 0
    x = torch.quantize_per_tensor(torch.rand(shape) * 5, 0.02, 0, torch.quint8)
    if len(shape) == 4:
        x = x.contiguous(memory_format=torch.channels_last)
    return lambda: made(x)


class GraphTimer:
    """Seconds of several launches in one CUDA graph."""

    is_timed = True

    def __init__(self, launch):
        self.launch, self.graph, self.times = launch, None, 0
        self.stream = torch.cuda.Stream()
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            # cuDNN tries its kernels now; it must not while a graph is made.
            for _ in range(3):
                launch()
        self.stream.synchronize()

    def __call__(self, times):
        if times != self.times:
            self.graph, self.times = torch.cuda.CUDAGraph(), times
            with torch.cuda.graph(self.graph, stream=self.stream):
                for _ in range(times):
                    self.launch()
        start, end = torch.cuda.Event(True), torch.cuda.Event(True)
        start.record()
        self.graph.replay()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e-3


def prepared(point, device):
    format = point.formats[0]
    if point.precision not in pairs(device):
        raise haq_costs.Unsupported(f"PyTorch has no layers at {point.precision} here")
    try:
        if format in FLOATS:
            launch = float_layer(point, FLOATS[format], device)
        elif device == "cuda":
            launch = product_on_gpu(point, format)
        else:
            launch = integer_on_processor(point)
        launch()
    except RuntimeError as problem:
        if "CUDA error" in str(problem):
            # Then nothing more runs in this process, whatever the layer.
            raise
        raise haq_costs.Unsupported(f"PyTorch refuses it: {str(problem).splitlines()[0]}") from problem
    return GraphTimer(launch) if device == "cuda" else launch


class InFormat(torch.nn.Module):
    """A layer in a format of its own: casts its input, and leaves its output in that format."""

    def __init__(self, layer, dtype):
        super().__init__()
        self.layer, self.dtype = layer.to(dtype), dtype

    def forward(self, x):
        return self.layer(x.to(self.dtype))


def layers_of(model, x):
    """The names of the convolutions and linear layers in the order in which they run, with channels and size of the input."""
    found = []

    def note(name, module, given):
        shape = given[0].shape
        linear = isinstance(module, torch.nn.Linear)
        into, out = (module.in_features, module.out_features) if linear else (module.in_channels, module.out_channels)
        found.append((name, into, out, (shape[:-1].numel() // shape[0], 1) if linear else tuple(shape[2:])))

    kinds = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.ConvTranspose2d)
    hooks = [module.register_forward_pre_hook(lambda module, given, name=name: note(name, module, given))
             for name, module in model.named_modules() if isinstance(module, kinds)]
    model(x)
    for hook in hooks:
        hook.remove()
    return found


def prepared_network(points, model, device):
    """A function that runs the network with each layer in its format."""
    formats = [point.formats[0] for point in points]
    for point in points:
        if point.formats[0] not in FLOATS or point.formats[0] != point.formats[1]:
            raise haq_costs.Unsupported(f"whole networks in PyTorch have layers of one float format each, not of {point.precision}")
    first = points[0].layer
    if first.kind == "fully-connected":
        raise haq_costs.Unsupported("the first layer is no convolution, so that the network's input is not known")
    x = torch.randn(points[0].batch, first.in_channels, *first.input)
    model = copy.deepcopy(model).eval()
    found = layers_of(model, x)
    wanted = [(point.layer.in_channels, point.layer.out_channels, point.layer.input) for point in points]
    if [entry[1:] for entry in found] != wanted:
        raise haq_costs.Unsupported(f"the model runs {len(found)} layers, and they are not the {len(wanted)} of the request by channels and sizes")
    for (name, *_), format in zip(found, formats):
        parent, _, key = name.rpartition(".")
        owner = model.get_submodule(parent)
        setattr(owner, key, InFormat(getattr(owner, key), FLOATS[format]))
    model, x = model.to(device).to(memory_format=torch.channels_last), x.to(device).to(memory_format=torch.channels_last)

    def run():
        return model(x)

    try:
        run()
    except RuntimeError as problem:
        raise haq_costs.Unsupported(f"PyTorch refuses it: {str(problem).splitlines()[0]}") from problem
    return GraphTimer(run) if device == "cuda" else run


def network(points, model, device, repetitions):
    found = {}
    repetitions.measure([points], lambda asked: prepared_network(asked, model, device), lambda number, keys: found.update(keys))
    if "unsupported" in found:
        raise haq_costs.Unsupported(found["unsupported"])
    return found


def named_model(name):
    """The model of `module:function`."""
    module, mark, function = name.partition(":")
    if not mark:
        raise ValueError(f"--model is module:function, such as torchvision.models:resnet18, not {name}")
    return getattr(importlib.import_module(module), function)()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=0, help="processors that a layer runs on, with --device cpu; all, if not given")
    parser.add_argument("--tf32", action="store_true", help="compute products of fp32 in TF32, with --device cuda")
    parser.add_argument("--precision", type=float, default=0.02, help="relative standard error of the median to reach")
    parser.add_argument("--model", help="what makes the network that is measured as a whole, as module:function")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.backends.cudnn.benchmark = True
    if options.tf32 and options.device != "cuda":
        parser.error("--tf32 needs --device cuda")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    software = {"torch": torch.__version__}
    if options.device == "cuda":
        if not torch.cuda.is_available():
            sys.exit("pytorch_costs.py: there is no CUDA device here")
        device = torch.cuda.get_device_name() + (", fp32 in TF32" if options.tf32 else "")
        software.update(cuda=str(torch.version.cuda), cudnn=str(torch.backends.cudnn.version()))
    else:
        threads = haq_costs.pinned(options.threads)
        torch.set_num_threads(threads)
        device = f"{haq_costs.processor()}, {threads} threads"
    repetitions = haq_costs.Repetitions(precision=options.precision)
    whole = None
    if options.model:
        try:
            model = named_model(options.model)
        except (ImportError, AttributeError, TypeError, ValueError) as problem:
            parser.error(f"--model {options.model}: {problem}")
        whole = lambda points, file: network(points, model, options.device, repetitions)
        software["model"] = options.model
    with torch.inference_mode():
        haq_costs.measure(
            lambda point: prepared(point, options.device), repetitions, network=whole,
            program="pytorch-costs 2", device=device, layers=haq_costs.KINDS,
            precisions=pairs(options.device), software=software)


if __name__ == "__main__":
    main()
