"""Transposed convolutions in Sources/Programs/pytorch-evaluator; expected values are calculated by hand in the comments."""

import math
import tempfile
import unittest

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from test_haq_evaluator import loader, policy
from haq_evaluator import Evaluator
from haq_evaluator.layers import as_the_module_has_it, outputs_first


class TransposedConvolutionTests(unittest.TestCase):
    """A transposed convolution has a row of weights for each input; quantizers and files have one for each output."""

    def model(self, groups=1, output_size=None):
        class Decoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.up = nn.ConvTranspose2d(2, 2, 1, stride=2, groups=groups, bias=False)
                # Input 0 to the outputs, then input 1; or one of each group.
                rows = [[1.5, 0.6], [0.2, 1.0]] if groups == 1 else [[1.5], [1.0]]
                self.up.weight.data = torch.tensor(rows)[..., None, None]

            def forward(self, x):
                up = self.up(x) if output_size is None else self.up(x, output_size=output_size)
                return up.sum((2, 3))

        training = loader([[[[0]], [[1]]], [[[2]], [[3]]]] * 14, [1] * 28, batch_size=28)
        validation = loader([[[[1.4]], [[2.6]]], [[[3]], [[0]]]], [0, 0])
        return Evaluator(Decoder(), training, validation, validation)

    def test_weights_are_described_outputs_first_and_quantized_by_output(self):
        subject = self.model()
        self.assertEqual(subject.describe("haq.evaluator/1.5")["weight_shapes"], [[2, 2, 1, 1]])
        scale, low, high = subject.quantizers().integers("up", subject.network.layers[0][1], "weights", 2)
        # Output 0 has the weights 1.5 and 0.2: as 1.5 and 0 they are 0.2 away, which no other scale reaches. Output 1 has 0.6
        # and 1.0: both as their mean.
        self.assertEqual((low, high), (-1, 1))
        self.assertAlmostEqual(scale.flatten()[0].item(), 1.5, delta=1.5 / 64)
        self.assertAlmostEqual(scale.flatten()[1].item(), 0.8, delta=1.0 / 64)

    def test_floats_and_few_bits_have_the_accuracy_of_the_hand_calculation(self):
        for subject in (self.model(), self.model(output_size=(2, 2))):
            # One position, or 2 x 2 of which the others are 0. 1.4 x 1.5 + 2.6 x 0.2 = 2.62 against 1.4 x 0.6 + 2.6 x 1.0 =
            # 3.44: wrong; 4.5 against 1.8: right.
            found = subject.evaluate({"split": "validation"})
            self.assertEqual(found["accuracy"], 0.5)
            self.assertAlmostEqual(found["loss"], (math.log1p(math.exp(0.82)) + math.log1p(math.exp(-2.7))) / 2, places=5)
            # At 16 bits the same within a thousandth; at 2 bits not.
            wide = subject.evaluate({"split": "validation", "policy": policy(16, 16, layer="up")})
            self.assertAlmostEqual(wide["loss"], found["loss"], places=3)
            narrow = subject.evaluate({"split": "validation", "policy": policy(2, 2, layer="up")})
            self.assertGreater(abs(narrow["loss"] - found["loss"]), 0.01)

    def test_groups_keep_their_inputs(self):
        subject = self.model(groups=2)
        self.assertEqual(subject.describe("haq.evaluator/1.5")["weight_shapes"], [[2, 1, 1, 1]])
        # 2.1 against 2.6 is wrong, 4.5 against 0 right; both groups have one weight, which every width has.
        for question in ({}, {"policy": policy(8, 16, layer="up")}):
            found = subject.evaluate({"split": "validation", **question})
            self.assertEqual(found["accuracy"], 0.5)
            self.assertAlmostEqual(found["loss"], (math.log1p(math.exp(0.5)) + math.log1p(math.exp(-4.5))) / 2, places=3)

    def test_the_order_of_weights_is_its_own_inverse(self):
        layer = nn.ConvTranspose2d(6, 4, (2, 3), groups=2)
        rows = outputs_first(layer, layer.weight)
        self.assertEqual(list(rows.shape), [4, 3, 2, 3])
        # Output 3 is the second of group 1, whose inputs are 3 to 5.
        self.assertTrue(torch.equal(rows[3, 1], layer.weight[4, 1]))
        self.assertTrue(torch.equal(as_the_module_has_it(layer, rows), layer.weight))

    def test_what_is_handed_out_computes_what_is_measured(self):
        torch.manual_seed(3)
        model = nn.Sequential(
            nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), nn.BatchNorm2d(6), nn.ReLU(),
            nn.Conv2d(6, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
        model[1].running_mean.normal_(), model[1].running_var.uniform_(0.5, 2)
        images = torch.rand(8, 4, 5, 5)
        data = DataLoader(TensorDataset(images, torch.zeros(8, dtype=torch.long)), batch_size=4)
        subject = Evaluator(model, data, data, data)
        wanted = [{"layer": name, "weight_bits": 4, "activation_bits": 8} for name, _ in subject.network.layers]
        with tempfile.NamedTemporaryFile() as file:
            encodings = subject.hand_out(wanted, file.name)
            numbers = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
        up, bias, rest = numbers[: 6 * 2 * 9].reshape(6, 2, 3, 3), numbers[108:114], numbers[114:]
        with torch.no_grad(), subject.quantized(wanted).running():
            expected = model(images)

            def rounded(x, encoding):
                scale = torch.tensor(encoding["scales"])
                return torch.clamp(torch.round(x / scale), encoding["lowest"], encoding["highest"]) * scale

            # Outputs first, by groups, back to a row for each input.
            rows = up.reshape(2, 3, 2, 3, 3).transpose(1, 2).reshape(4, 3, 3, 3)
            x = rounded(images, encodings[0]["activation"])
            x = torch.relu(nn.functional.conv_transpose2d(x, rows, bias, 2, 1, 1, 2))
            x = rounded(x, encodings[1]["activation"])
            x = nn.functional.conv2d(x, rest[:72].reshape(3, 6, 2, 2), rest[72:])
        self.assertTrue(torch.allclose(x.mean((2, 3)), expected, atol=1e-5))


if __name__ == "__main__":
    unittest.main()
