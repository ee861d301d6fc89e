"""Writes dynamo_decoder.onnx and torch_transposed.onnx beside this file: a small decoder of transformers by torch.export, with
positions that are sums of a mask and a mask that is indexed by tensors, and an image network with transposed convolutions.

Written with torch 2.13.0 and onnxscript 0.7.2 of pip; the tests read the files, since this torch is not Debian's.
"""
import os

import onnx
import torch
from torch import nn
from torch.nn import functional

FOLDER = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.inputs, self.outputs = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        parts = self.inputs(self.first(x)).split(width, 2)
        queries, keys, values = [part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts]
        attended = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        x = x + self.outputs(attended.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(functional.gelu(self.up(self.second(x)), approximate="tanh"))


class Decoder(nn.Module):
    """As GPT-2 in current transformers, from embeddings on."""

    def __init__(self, width=16, length=6):
        super().__init__()
        self.positions = nn.Embedding(length, width)
        self.block, self.norm, self.head = Block(width, 2), nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, x):
        batch, length, _ = x.shape
        attended = torch.ones(batch, length, dtype=torch.long)
        positions = (attended.cumsum(-1) - 1).masked_fill(attended == 0, 1)
        samples = torch.arange(batch)
        queries, keys = torch.arange(length)[None, None, :, None], torch.arange(length)[None, None, None, :]
        mask = (keys <= queries) & (attended == 1)[samples[:, None, None, None], keys]
        x = self.norm(self.block(x + self.positions(positions), mask))
        # The last token of each sample.
        return self.head(x[samples, torch.full((batch,), length - 1)])


class Images(nn.Module):
    """Transposed convolutions with a normalization behind one, in groups, and with elements added behind."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(6)
        self.phases = nn.ConvTranspose2d(8, 6, 4, 2, 1)
        self.grouped = nn.ConvTranspose2d(6, 4, 3, 2, 1, 1, groups=2)
        self.single = nn.ConvTranspose2d(4, 4, 2, 2, groups=4)
        self.classifier = nn.Linear(4 * 49, 10)

    def forward(self, x):
        x = functional.relu(self.norm(self.phases(functional.relu(self.stem(x)))))
        x = functional.relu(self.single(functional.relu(self.grouped(x))))
        return self.classifier(functional.avg_pool2d(x, 16).flatten(1))


torch.manual_seed(0)
torch.onnx.export(
    Decoder().eval(), (torch.randn(2, 6, 16),), f"{FOLDER}/dynamo_decoder.onnx", dynamo=True, opset_version=18,
    dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=64)},), external_data=False)
model = onnx.load(f"{FOLDER}/dynamo_decoder.onnx")
for node in model.graph.node:
    del node.metadata_props[:]
    node.doc_string = ""
del model.graph.value_info[:]
onnx.save(model, f"{FOLDER}/dynamo_decoder.onnx")

images = Images().eval()
images.norm.running_mean.uniform_(-0.2, 0.2)
images.norm.running_var.uniform_(0.5, 1.5)
torch.onnx.export(
    images, (torch.randn(2, 1, 28, 28),), f"{FOLDER}/torch_transposed.onnx", dynamo=False, opset_version=17,
    do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE, input_names=["images"],
    dynamic_axes={"images": {0: "N"}})
