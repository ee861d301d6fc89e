"""The examples of docs/guide/pytorch-models.md, on small data that they read from files; each where its package is installed."""

import importlib.util
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import torch

from test_haq_evaluator import COMPONENT
from haq_evaluator import Evaluator

EXAMPLES = COMPONENT.parents[2] / "docs/examples/pytorch-models"


def installed(*names):
    try:
        return all(importlib.util.find_spec(name) for name in names)
    except ImportError:
        return False


class ExampleTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def evaluator(self, name):
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        *parts, details = module.make()
        return Evaluator(*parts, calibration_batches=1, **details)

    def images(self):
        from PIL import Image
        for split in ("train", "test"):
            for name, color in (("blue", (30, 40, 220)), ("red", (220, 40, 30))):
                os.makedirs(f"images/{split}/{name}")
                for number in range(6 if split == "train" else 1):
                    Image.new("RGB", (64, 48), tuple(part + number for part in color)).save(f"images/{split}/{name}/{number}.png")

    def check(self, subject, layers, validation):
        description = subject.describe("haq.evaluator/1.5")
        self.assertEqual(len(description["layers"]), layers)
        self.assertEqual(description["validation_samples"], validation)
        floats = subject.evaluate({"split": "validation"})
        self.assertEqual(floats["samples"], validation)
        found = {}
        for bits in (4, 8):
            found[bits] = subject.evaluate({"split": "validation", "policy": [
                {"layer": name, "weight_bits": bits, "activation_bits": bits} for name in description["layers"]]})
        self.assertLess(found[8]["divergence"], found[4]["divergence"])
        self.assertAlmostEqual(found[8]["loss"], floats["loss"], delta=0.1)

    @unittest.skipUnless(installed("torchvision", "PIL"), "torchvision is not installed")
    def test_torchvision(self):
        import torchvision
        torch.manual_seed(1)
        self.images()
        torch.save(torchvision.models.resnet18(num_classes=2).state_dict(), "weights.pt")
        # A stem, 16 convolutions in 8 blocks, 3 on the shortcuts, and the classifier; 12 images, one in ten of which validates.
        self.check(self.evaluator("torchvision_eval"), layers=21, validation=2)

    @unittest.skipUnless(installed("timm", "torchvision", "PIL"), "timm is not installed")
    def test_timm(self):
        import timm
        torch.manual_seed(1)
        self.images()
        model = timm.create_model("mobilenetv3_small_050", num_classes=2)
        torch.save(model.state_dict(), "weights.pt")
        layers = sum(isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)) for module in model.modules())
        self.check(self.evaluator("timm_eval"), layers, validation=2)

    @unittest.skipUnless(installed("transformers"), "transformers is not installed")
    def test_hugging_face(self):
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizer
        torch.manual_seed(1)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]
        os.mkdir("model")
        Path("model/vocab.txt").write_text("\n".join(words))
        BertTokenizer("model/vocab.txt").save_pretrained("model")
        BertForSequenceClassification(BertConfig(
            hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, vocab_size=len(words),
            num_labels=2)).save_pretrained("model")
        rows = [["a good film", 1], ["a bad film", 0], ["good good", 1], ["bad", 0]]
        Path("texts.json").write_text(json.dumps({"training": rows * 4, "validation": rows, "test": rows}))
        # Two blocks of query, key, value, their output and two layers behind it; the pooler and the classifier.
        self.check(self.evaluator("hugging_face_eval"), layers=14, validation=4)


if __name__ == "__main__":
    unittest.main()
