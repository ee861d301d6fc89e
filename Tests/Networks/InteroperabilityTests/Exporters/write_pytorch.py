"""Writes dynamo.onnx and dynamo_attention.onnx beside this file, by PyTorch's exporter of today (torch.export); Debian's PyTorch has the one before it.

Written with torch 2.15.0 and onnxscript 0.7.2 of pip; the tests read the files, since this torch is not Debian's.
"""
import os

import onnx
import torch
from torch import nn
from torch.nn import functional


class Network(nn.Module):
    """Layers of many kinds on images of 16x16 in three channels."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, 1, 1, groups=8)
        self.pointwise = nn.Conv2d(8, 8, 1)
        self.transposed = nn.ConvTranspose2d(8, 6, 2, 2)
        self.slopes = nn.PReLU(6)
        self.groups = nn.GroupNorm(2, 6)
        self.line = nn.Conv1d(6, 6, 3, padding=1)
        self.layers = nn.LayerNorm(6)
        self.classifier = nn.Linear(6, 10)

    def forward(self, x):
        x = functional.relu6(self.norm(self.stem(x)))
        x = x + self.pointwise(functional.hardswish(self.depthwise(x)))
        x = self.groups(self.slopes(self.transposed(functional.silu(x))))
        x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = functional.interpolate(x, size=(16, 16), mode="bicubic", align_corners=False)
        x = functional.interpolate(x, scale_factor=2, mode="nearest")
        a, b = x.chunk(2, 1)
        x = torch.cat([functional.gelu(a), functional.leaky_relu(b)], 1)
        x = functional.avg_pool2d(functional.max_pool2d(functional.pad(x, (1, 0, 0, 1)), 2, ceil_mode=True), 2)
        x = self.layers(self.line(x.flatten(2)).transpose(1, 2)).mean(1)
        return functional.softmax(self.classifier(x), -1)


class Attention(nn.Module):
    """Attention that looks back only, and a layer of a transformer, on 9 rows of 16 numbers."""

    def __init__(self):
        super().__init__()
        self.projection = nn.Linear(16, 48)
        self.layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, dropout=0.0)
        self.classifier = nn.Linear(16, 10)

    def forward(self, x):
        query, key, value = self.projection(x).reshape(x.shape[0], 9, 3, 4, 4).permute(2, 0, 3, 1, 4)
        heads = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + heads.transpose(1, 2).reshape(x.shape[0], 9, 16)
        return self.classifier(self.layer(x).mean(1))


def write(name, model, shape, **options):
    torch.manual_seed(1)
    model = model().eval()
    program = torch.onnx.export(
        model, (torch.randn(2, *shape),), dynamo=True, dynamic_shapes=({0: torch.export.Dim("batch")},),
        external_data=False, **options)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    program.save(path)
    without_notes(path)


def without_notes(path):
    """Takes out what the exporter notes of every node, such as the places of source files on the exporting machine."""
    exported = onnx.load(path)
    for part in [exported, exported.graph, *exported.graph.node, *exported.graph.input, *exported.graph.output,
                 *exported.graph.value_info, *exported.graph.initializer]:
        for field in ["metadata_props", "doc_string"]:
            if field in part.DESCRIPTOR.fields_by_name:
                part.ClearField(field)
    onnx.save(exported, path)


write("dynamo.onnx", Network, (3, 16, 16))
# From this opset on, attention is one operator.
write("dynamo_attention.onnx", Attention, (9, 16), opset_version=23)
