"""pytorch_costs.py on this machine's processor: what it runs is the layer that was asked about."""
import os
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
sys.path.insert(0, os.path.join(ROOT, "Sources/Programs/cost-programs"))
import torch

import haq_costs
import pytorch_costs


def point(form, batch=2, **changes):
    layer = {"kind": "convolution", "groups": 1, "in_channels": 8, "out_channels": 12, "input": [10, 9], "output": [5, 5],
             "kernel": [3, 3], "stride": [2, 2], "dilation": [1, 1], "padding": [1, 1, 1, 1]}
    keys = {f"{operand}_{'format' if isinstance(form, str) else 'bits'}": form for operand in ("weight", "activation")}
    return haq_costs.Point({"layer": {**layer, **changes}, **keys}, batch)


SHAPES = {
    "a convolution": (dict(), (2, 12, 5, 5)),
    "a dilated one": (dict(dilation=[2, 2], padding=[2, 2, 2, 2]), (2, 12, 5, 5)),
    "a depthwise one": (dict(kind="depthwise", groups=8, out_channels=8), (2, 8, 5, 5)),
    "a layer of rows": (dict(kind="fully-connected", input=[7, 1], output=[7, 1], kernel=[1, 1], stride=[1, 1], padding=[0] * 4), (14, 12)),
    "a product of activations": (
        dict(kind="matmul", groups=4, input=[7, 1], output=[7, 1], kernel=[1, 1], stride=[1, 1], padding=[0] * 4), (8, 7, 3)),
    "a transposed one": (dict(kind="transposed-convolution", input=[5, 5], output=[10, 9]), (2, 12, 10, 9)),
}


class Layers(unittest.TestCase):
    def test_outputs_have_the_shape_and_type_of_the_layer(self):
        for name, (changes, shape) in SHAPES.items():
            for form, dtype in [(32, torch.float32), (8, torch.quint8), ("bf16", torch.bfloat16)]:
                with self.subTest(name, form=form), torch.inference_mode():
                    # This PyTorch has no kernel for these on a processor.
                    if (form == 8 and "activations" in name) or (form != 32 and "transposed" in name):
                        with self.assertRaises(haq_costs.Unsupported):
                            pytorch_costs.prepared(point(form, **changes), "cpu")
                        continue
                    output = pytorch_costs.prepared(point(form, **changes), "cpu")()
                    self.assertEqual((tuple(output.shape), output.dtype), (shape, dtype))

    def test_what_pytorch_cannot_run_is_unsupported(self):
        with self.assertRaisesRegex(haq_costs.Unsupported, "pads opposite sides alike"):
            pytorch_costs.prepared(point(32, padding=[0, 0, 1, 1]), "cpu")
        # A kernel that is larger than its input.
        with self.assertRaisesRegex(haq_costs.Unsupported, "PyTorch refuses it"):
            pytorch_costs.prepared(point(32, input=[1, 1], padding=[0] * 4), "cpu")

    def test_fp16_is_the_layer_in_fp16_or_unsupported(self):
        with torch.inference_mode():
            try:
                output = pytorch_costs.prepared(point("fp16"), "cpu")()
            except haq_costs.Unsupported as reason:
                self.assertIn("PyTorch refuses it", str(reason))
            else:
                self.assertEqual(output.dtype, torch.float16)

    def test_formats_that_it_does_not_have_are_unsupported(self):
        for form in ("fp8-e4m3", "int4-g128", 16, 4):
            with self.assertRaisesRegex(haq_costs.Unsupported, "no layers at"):
                pytorch_costs.prepared(point(form), "cpu")

    def test_larger_layers_take_longer(self):
        found = {}
        points = [point(32, out_channels=channels, in_channels=64, input=[28, 28], output=[14, 14]) for channels in (8, 512)]
        with torch.inference_mode():
            haq_costs.Repetitions().measure(
                points, lambda asked: pytorch_costs.prepared(asked, "cpu"), lambda number, keys: found.update({number: keys}))
        # 64 times the work.
        self.assertGreater(found[1]["cost"]["latency_s"], 4 * found[0]["cost"]["latency_s"])


def layer(into, out, side, kernel=3, **keys):
    padding = kernel // 2
    keys = {"kind": "convolution", "groups": 1, "in_channels": into, "out_channels": out, "input": [side, side],
            "output": [side, side], "kernel": [kernel, kernel], "stride": [1, 1], "dilation": [1, 1], "padding": [padding] * 4, **keys}
    return keys


class Residual(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.Conv2d(8, 8, 3, padding=1)
        self.last = torch.nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.one(x))
        return self.last((x + self.two(x)).mean((2, 3)))


class Networks(unittest.TestCase):
    def points(self, *forms):
        rows = dict(kind="fully-connected")
        shapes = [layer(3, 8, 6), layer(8, 8, 6), layer(8, 5, 1, 1, **rows)]
        name = lambda form: "format" if isinstance(form, str) else "bits"
        return [haq_costs.Point({"layer": shape, f"weight_{name(form)}": form, f"activation_{name(form)}": form}, 2)
                for shape, form in zip(shapes, forms)]

    def test_each_layer_runs_in_its_format(self):
        torch.manual_seed(0)
        model = Residual()
        with torch.inference_mode():
            run = pytorch_costs.prepared_network(self.points(32, "bf16", 32), model, "cpu")
            output = run()
        self.assertEqual((tuple(output.shape), output.dtype), ((2, 5), torch.float32))
        # The model of the user keeps its types.
        self.assertEqual({parameter.dtype for parameter in model.parameters()}, {torch.float32})

    def test_bf16_rounds_what_fp32_does_not(self):
        torch.manual_seed(0)
        model = Residual()
        outputs = []
        for form in (32, "bf16"):
            torch.manual_seed(5)
            with torch.inference_mode():
                outputs.append(pytorch_costs.prepared_network(self.points(form, form, form), model, "cpu")().float())
        difference = (outputs[0] - outputs[1]).abs().max().item()
        self.assertGreater(difference, 0)
        self.assertLess(difference, 0.1)

    def test_another_network_and_other_formats_are_unsupported(self):
        with torch.inference_mode():
            with self.assertRaisesRegex(haq_costs.Unsupported, "not the 2 of the request"):
                pytorch_costs.prepared_network(self.points(32, 32), Residual(), "cpu")
            with self.assertRaisesRegex(haq_costs.Unsupported, "not of W8A8"):
                pytorch_costs.prepared_network(self.points(32, 8, 32), Residual(), "cpu")

    def test_a_measured_network_has_a_latency(self):
        with torch.inference_mode():
            found = pytorch_costs.network(self.points(32, 32, 32), Residual(), "cpu", haq_costs.Repetitions(most=11))
        self.assertGreater(found["cost"]["latency_s"], 0)
        self.assertEqual(found["repetitions"], 11)

    def test_a_model_is_named_by_module_and_function(self):
        self.assertIsInstance(pytorch_costs.named_model("torch.nn:ReLU"), torch.nn.ReLU)
        with self.assertRaisesRegex(ValueError, "module:function"):
            pytorch_costs.named_model("torchvision")


if __name__ == "__main__":
    unittest.main()
