"""Writes dynamo_convnext.onnx, dynamo_swin.onnx and dynamo_bert.onnx beside this file, each for any batch (_batch) and for one (_one), by PyTorch's exporter of today.

Written with torch 2.13.0, torchvision 0.28.0, transformers 5.24.0 and onnxscript 0.7.2 of pip; the tests read the files, since this torch is not Debian's.
"""
import os

import onnx
import torch


def convnext():
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt
    return ConvNeXt([CNBlockConfig(4, 8, 1), CNBlockConfig(8, None, 1)], num_classes=10), (3, 16, 16)


def swin():
    from torchvision.models.swin_transformer import SwinTransformer
    return SwinTransformer([4, 4], 8, [2, 1], [2, 2], [3, 3], num_classes=10), (3, 24, 24)


def bert():
    from transformers import BertConfig, BertModel

    class Classifier(torch.nn.Module):
        def __init__(self):
            super().__init__()
            sizes = dict(num_hidden_layers=1, num_attention_heads=2, hidden_size=8, intermediate_size=16, vocab_size=20, max_position_embeddings=8)
            self.model, self.head = BertModel(BertConfig(**sizes)), torch.nn.Linear(8, 10)

        def forward(self, x):
            return self.head(self.model(inputs_embeds=x).pooler_output)

    return Classifier(), (6, 8)


def write(name, model, shape):
    folder = os.path.dirname(os.path.abspath(__file__))
    for form, batch, shapes in ("batch", 2, ({0: torch.export.Dim("batch")},)), ("one", 1, None):
        path = os.path.join(folder, f"dynamo_{name}_{form}.onnx")
        torch.onnx.export(model.eval(), (torch.rand(batch, *shape),), path, dynamo=True, dynamic_shapes=shapes, external_data=False)
        # Where the exporter's source lies is nobody's business, and makes the file ten times as large.
        written = onnx.load(path)
        del written.metadata_props[:], written.graph.metadata_props[:], written.graph.value_info[:]
        for node in written.graph.node:
            del node.metadata_props[:]
            node.ClearField("doc_string")
        onnx.save(written, path)


if __name__ == "__main__":
    import sys
    for model in sys.argv[1:] or ("convnext", "swin", "bert"):
        torch.manual_seed(1)
        write(model, *{"convnext": convnext, "swin": swin, "bert": bert}[model]())
