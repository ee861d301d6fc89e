"""Tests of whole networks, with PyTorch 2.1 or newer and torchvision; they are skipped where these are not."""

import importlib.util
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "Sources/Programs/gpu-measurements"))


def has_packages() -> bool:
    if not all(importlib.util.find_spec(name) for name in ("torch", "torchvision")):
        return False
    import torch

    return hasattr(torch, "float8_e4m3fn")


if has_packages():
    import torch
    from torch import nn

    from measurements import networks
    from measurements.layer import Layer


@unittest.skipUnless(has_packages(), "needs PyTorch 2.1 or newer and torchvision")
class NetworkTests(unittest.TestCase):
    def test_layers_are_those_of_the_network(self):
        found = dict(networks.layers("resnet18"))
        # He et al. 2016, table 1: 17 convolutions and a classifier, and three projections of shortcuts.
        self.assertEqual(len(found), 21)
        self.assertEqual(found["conv1"], Layer("convolution", 1, 3, 64, (224, 224), (112, 112), (7, 7), (2, 2), (3, 3)))
        self.assertEqual(found["fc"], Layer("fully-connected", 1, 512, 1000))
        # The paper's 1.8e9 multiplications.
        self.assertAlmostEqual(sum(layer.macs for layer in found.values()) / 1e9, 1.8, delta=0.05)

    def test_attention_is_that_of_pytorch(self):
        torch.manual_seed(3)
        original = nn.MultiheadAttention(8, 2, batch_first=True).eval()
        ours = networks.Attention(original).eval()
        ours.qkv.weight, ours.qkv.bias = original.in_proj_weight, original.in_proj_bias
        ours.out.weight, ours.out.bias = original.out_proj.weight, original.out_proj.bias
        x = torch.randn(2, 5, 8)
        with torch.no_grad():
            torch.testing.assert_close(ours(x, x, x)[0], original(x, x, x)[0])

    def test_folding_leaves_the_function_and_no_normalization_behind_a_convolution(self):
        model = networks.network("mobilenet_v2", "cpu").double()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.running_mean, -0.1, 0.1)
                nn.init.uniform_(module.running_var, 0.5, 2)
        folded = networks.folded(model)
        x = torch.randn(1, 3, 32, 32, dtype=torch.float64)
        with torch.no_grad():
            torch.testing.assert_close(folded(x), model(x))
        self.assertFalse(any(isinstance(module, nn.BatchNorm2d) for module in folded.modules()))

    def test_a_mixed_network_casts_where_formats_change(self):
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))
        mixed = networks.mixed(model, ["0", "1", "2", "3"], "fbbf")
        with torch.no_grad():
            y = mixed(torch.randn(3, 4))
        # Into layer 1 and into layer 3: two casts of 3 * 4 numbers.
        self.assertEqual(networks.casts(mixed), (2, 24))
        self.assertEqual(y.dtype, torch.float32)

    def test_policies_are_seeded_and_fp8_is_for_products_alone(self):
        shapes = networks.layers("mobilenet_v2")
        policies = networks.policies("mobilenet_v2", shapes, 25, 10)
        self.assertEqual(policies, networks.policies("mobilenet_v2", shapes, 25, 10))
        self.assertEqual(len(set(policies.values())), 35)
        for name, letters in policies.items():
            self.assertEqual(len(letters), len(shapes))
            self.assertLessEqual(set(letters), set("fb") if name.startswith("fp32") else set("b8"))
            for letter, (_, layer) in zip(letters, shapes):
                self.assertTrue(letter != "8" or (layer.kernel == (1, 1) and layer.groups == 1))


if __name__ == "__main__":
    unittest.main()
