"""The networks of torchvision: their layers, and whole networks in one format or in one format for each layer."""

import copy
import operator
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .kernel import FLOATS, scaled_product
from .layer import Layer

FITTED = ("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "vgg16", "densenet121", "inception_v3")
HELD_OUT = ("mobilenet_v3_large", "regnet_y_400mf", "convnext_tiny", "vit_b_16", "shufflenet_v2_x1_0")
NETWORKS = FITTED + HELD_OUT
MIXED = ("resnet50", "mobilenet_v2", "efficientnet_b0", "vit_b_16", "resnet18")
LETTERS = {"fp32": "f", "bf16": "b", "fp8": "8"}


class Attention(nn.Module):
    """nn.MultiheadAttention as two linear layers around the attention itself, so that each layer is a module."""

    def __init__(self, original: nn.MultiheadAttention):
        super().__init__()
        width, self.heads = original.embed_dim, original.num_heads
        like = {"device": original.in_proj_weight.device, "dtype": original.in_proj_weight.dtype}
        self.qkv, self.out = nn.Linear(width, 3 * width, **like), nn.Linear(width, width, **like)

    def forward(self, query, key, value, need_weights=False):
        batch, tokens, width = query.shape
        parts = self.qkv(query).view(batch, tokens, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        joined = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, width)
        return self.out(joined), None


def network(name: str, device: str) -> nn.Module:
    """With random weights of seed 0, in eval mode, on the device (`meta`: shapes alone)."""
    extra = {"aux_logits": False, "init_weights": False} if name == "inception_v3" else {}
    # RegNet computes its widths with tensors, which have no values on `meta`.
    place = "cpu" if device == "meta" and name.startswith("regnet") else device
    torch.manual_seed(0)
    with torch.device(place):
        model = getattr(torchvision.models, name)(weights=None, **extra).eval().to(device)
    for module in list(model.modules()):
        for key, child in list(module.named_children()):
            if isinstance(child, nn.MultiheadAttention):
                setattr(module, key, Attention(child))
    return model


def extent(name: str) -> int:
    return 299 if name == "inception_v3" else 224


def layers(name: str) -> list[tuple[str, Layer]]:
    """The convolutions and linear layers of a network by name, in the order in which they run."""
    found = []

    def note(path, module, x, y):
        if isinstance(module, nn.Conv2d):
            groups, into, out = module.groups, module.in_channels, module.out_channels
            kind = "depthwise" if 1 < groups == into == out else "convolution"
            window = (tuple(x.shape[2:]), tuple(y.shape[2:]), module.kernel_size, module.stride, module.padding)
            found.append((path, Layer(kind, groups, into, out, *window, module.dilation)))
        else:
            rows = x.numel() // x.shape[-1]
            kind = "fully-connected" if rows == 1 else "convolution"
            found.append((path, Layer(kind, 1, module.in_features, module.out_features, (rows, 1), (rows, 1))))

    model = network(name, "meta")
    for path, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(lambda module, x, y, path=path: note(path, module, x[0], y))
    with torch.no_grad():
        model(torch.zeros(1, 3, extent(name), extent(name), device="meta"))
    return found


def folded(model: nn.Module) -> nn.Module:
    """With each batch normalization folded into the convolution that alone feeds it; others stay."""
    if not any(isinstance(module, nn.BatchNorm2d) for module in model.modules()):
        return model
    traced = torch.fx.symbolic_trace(model)
    modules = dict(traced.named_modules())
    for node in list(traced.graph.nodes):
        before = node.args[0] if node.args else None
        if node.op != "call_module" or not isinstance(modules[node.target], nn.BatchNorm2d):
            continue
        if before.op != "call_module" or not isinstance(modules[before.target], nn.Conv2d) or len(before.users) > 1:
            continue
        _replace(traced, before.target, fuse_conv_bn_eval(modules[before.target], modules[node.target]))
        modules = dict(traced.named_modules())
        node.replace_all_uses_with(before)
        traced.graph.erase_node(node)
    traced.delete_all_unused_submodules()
    traced.recompile()
    return traced


def _replace(model: nn.Module, path: str, module: nn.Module) -> None:
    parent, _, key = path.rpartition(".")
    setattr(operator.attrgetter(parent)(model) if parent else model, key, module)


class Formatted(nn.Module):
    """A layer in a format of its own: casts its input, and leaves its output in that format (bf16 after fp8)."""

    def __init__(self, layer: nn.Module, format: str):
        super().__init__()
        self.format, self.type = format, FLOATS.get(format, torch.bfloat16)
        self.layer, self.cast_elements = layer.to(self.type), 0
        if format == "fp8":
            weight = layer.weight.detach()
            self.matrix = weight.reshape(weight.shape[0], -1).to(torch.float8_e4m3fn)
            self.bias = layer.bias
            self.scale = torch.ones((), device=weight.device)

    def forward(self, x):
        if x.dtype != self.type or self.format == "fp8":
            self.cast_elements = x.numel()
        x = x.to(self.type)
        if self.format != "fp8":
            return self.layer(x)
        is_image = isinstance(self.layer, nn.Conv2d)
        rows = x.permute(0, 2, 3, 1) if is_image else x
        narrow = rows.reshape(-1, rows.shape[-1]).to(torch.float8_e4m3fn)
        y = scaled_product(narrow, self.matrix, self.scale, self.bias)().view(*rows.shape[:-1], -1)
        return y.permute(0, 3, 1, 2) if is_image else y


def can_be_fp8(layer: Layer) -> bool:
    return layer.is_product and layer.in_channels % 16 == 0 and layer.out_channels % 16 == 0


def policies(name: str, shapes: list[tuple[str, Layer]], count: int, count_fp8: int) -> dict[str, str]:
    """Letters of LETTERS for each layer, by the name of the policy; the share of the second format is random too."""
    found = {}
    if not any(can_be_fp8(layer) for _, layer in shapes):
        count_fp8 = 0
    for index in range(count + count_fp8):
        draw = random.Random(f"{name} {index}")
        share = draw.uniform(0.1, 0.9)
        if index < count:
            found[f"fp32-bf16-{index}"] = "".join("b" if draw.random() < share else "f" for _ in shapes)
        else:
            choose = lambda layer: "8" if draw.random() < share and can_be_fp8(layer) else "b"
            found[f"bf16-fp8-{index - count}"] = "".join(choose(layer) for _, layer in shapes)
    return found


def mixed(model: nn.Module, names: list[str], letters: str) -> nn.Module:
    """A copy of the model with one format for each layer. Sums of fp32 and bf16 are fp32, as PyTorch promotes."""
    model = copy.deepcopy(model)
    if "f" not in letters:
        model = model.to(torch.bfloat16)
    formats = {letter: format for format, letter in LETTERS.items()}
    for path, letter in zip(names, letters, strict=True):
        _replace(model, path, Formatted(operator.attrgetter(path)(model), formats[letter]))
    return model


def casts(model: nn.Module) -> tuple[int, int]:
    """How many layers cast their input, and the numbers that they cast, of the last run."""
    counts = [module.cast_elements for module in model.modules() if isinstance(module, Formatted)]
    return sum(1 for count in counts if count), sum(counts)
