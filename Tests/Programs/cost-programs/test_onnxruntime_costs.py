"""onnxruntime_costs.py: what it measures is the layer that was asked about, in integers where it says so."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
sys.path.insert(0, os.path.join(ROOT, "Sources/Programs/cost-programs"))
import numpy
import onnx
import onnxruntime

import haq_costs
import onnxruntime_costs


def point(weight, activation, batch=2, **changes):
    layer = {"kind": "convolution", "groups": 1, "in_channels": 8, "out_channels": 12, "input": [10, 9], "output": [5, 5],
             "kernel": [3, 3], "stride": [2, 2], "dilation": [1, 1], "padding": [0, 1, 1, 1]}
    operands = {"weight": weight, "activation": activation}
    keys = {f"{operand}_{'format' if isinstance(form, str) else 'bits'}": form for operand, form in operands.items()}
    return haq_costs.Point({"layer": {**layer, **changes}, **keys}, batch)


TAP = dict(kernel=[1, 1], stride=[1, 1], padding=[0] * 4)
# The changes of each layer, the shape of its output, and what onnxruntime makes of its 8-bit form.
LAYERS = {
    "a convolution": (dict(), (2, 12, 5, 5), "QLinearConv"),
    "a dilated one": (dict(dilation=[2, 2], padding=[2, 2, 2, 2]), (2, 12, 5, 5), "QLinearConv"),
    "a grouped one": (dict(groups=4), (2, 12, 5, 5), "QLinearConv"),
    "a depthwise one": (dict(kind="depthwise", groups=8, out_channels=8), (2, 8, 5, 5), "QLinearConv"),
    "a classifier": (dict(kind="fully-connected", input=[1, 1], output=[1, 1], **TAP), (2, 12), "QGemm"),
    "a layer of rows": (dict(kind="fully-connected", input=[7, 1], output=[7, 1], **TAP), (2, 7, 12), "QLinearMatMul"),
    "a product of activations": (dict(kind="matmul", groups=4, input=[7, 1], output=[7, 1], **TAP), (2, 4, 7, 3), "QLinearMatMul"),
    # onnxruntime has none in integers, so floats run between quantizers; that is what an export costs.
    "a transposed one": (dict(kind="transposed-convolution", input=[5, 5], output=[10, 9], padding=[1] * 4), (2, 12, 10, 9), "ConvTranspose"),
    "a transposed one in groups": (
        dict(kind="transposed-convolution", groups=4, input=[5, 5], output=[10, 9], padding=[1] * 4), (2, 12, 10, 9), "ConvTranspose"),
}


def optimized(model):
    """The operators that onnxruntime runs."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath, options.log_severity_level = os.path.join(folder, "optimized.onnx"), 4
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]


class Models(unittest.TestCase):
    def test_every_layer_runs_in_floats_and_in_integers(self):
        for name, (changes, shape, operator) in LAYERS.items():
            with self.subTest(name):
                model = onnxruntime_costs.LayerModel(point(32, 32, **changes))
                made = onnxruntime_costs.session(model.bytes(), 1, "CPUExecutionProvider")
                (output,) = made.run(None, model.feeds)
                self.assertEqual((output.shape, output.dtype), (shape, numpy.float32))
                model = onnxruntime_costs.LayerModel(point(8, 8, **changes))
                made = onnxruntime_costs.session(model.bytes(), 1, "CPUExecutionProvider")
                (output,) = made.run(None, model.feeds)
                self.assertEqual((output.shape, output.dtype), (shape, numpy.uint8))
                self.assertIn(operator, optimized(model.bytes()))

    def test_a_convolution_computes_what_its_numbers_say(self):
        model = onnxruntime_costs.LayerModel(point(32, 32, batch=1, in_channels=1, out_channels=1, input=[3, 3], output=[1, 1], padding=[0] * 4))
        made = onnxruntime_costs.session(model.bytes(), 1, "CPUExecutionProvider")
        numbers = {constant.name: onnx.numpy_helper.to_array(constant) for constant in model.constants}
        expected = (numbers["w"] * model.feeds["x"]).sum() + numbers["b"][0]
        self.assertAlmostEqual(made.run(None, model.feeds)[0].item(), expected, places=5)

    def test_every_layer_runs_in_16_bit_floats(self):
        for name, (changes, shape, _) in LAYERS.items():
            with self.subTest(name):
                model = onnxruntime_costs.LayerModel(point("fp16", "fp16", **changes))
                (output,) = onnxruntime_costs.session(model.bytes(), 1, "CPUExecutionProvider").run(None, model.feeds)
                self.assertEqual((output.shape, output.dtype), (shape, numpy.float16))
                self.assertEqual({feed.dtype for feed in model.feeds.values()}, {numpy.dtype(numpy.float16)})

    def test_a_product_with_weights_in_groups_computes_what_its_numbers_say(self):
        for rows in (1, 7):
            changes = dict(kind="fully-connected", in_channels=40, input=[rows, 1], output=[rows, 1], **TAP)
            model = onnxruntime_costs.LayerModel(point("int4-g32", 32, **changes))
            (output,) = onnxruntime_costs.session(model.bytes(), 1, "CPUExecutionProvider").run(None, model.feeds)
            numbers = {constant.name: onnx.numpy_helper.to_array(constant) for constant in model.constants}
            # Two groups of 32 for 12 outputs, two numbers a byte, the lower half first, around 8; 40 of the 64 count.
            packed, scales = numbers["w"].reshape(12, -1), numbers["w_scale"].reshape(12, 2)
            whole = numpy.stack([packed & 15, packed >> 4], axis=-1).reshape(12, 64).astype(numpy.float32) - 8
            weights = (whole * numpy.repeat(scales, 32, axis=1))[:, :40]
            numpy.testing.assert_allclose(output, model.feeds["x"] @ weights.T, rtol=1e-3, atol=1e-3)

    def test_weights_in_groups_are_for_products(self):
        with self.assertRaisesRegex(haq_costs.Unsupported, "fully connected layers"):
            onnxruntime_costs.LayerModel(point("int4-g128", 32))

    def test_weights_stay_in_their_range(self):
        for bits in range(2, 9):
            model = onnxruntime_costs.LayerModel(point(bits, 8, in_channels=64))
            values = next(onnx.numpy_helper.to_array(constant) for constant in model.constants if constant.name == "w")
            highest = 2 ** (bits - 1) - 1
            self.assertEqual((values.min(), values.max(), values.dtype), (-highest, highest, numpy.int8))

    def test_a_provider_that_lacks_the_layer_is_unsupported(self):
        model = onnxruntime_costs.LayerModel(point(32, 32)).bytes()
        with self.assertRaises(haq_costs.Unsupported):
            onnxruntime_costs.session(model[:100], 1, "CPUExecutionProvider")

    def test_larger_layers_take_longer(self):
        found = {}
        points = [point(8, 8, out_channels=channels, in_channels=64, input=[28, 28], output=[14, 14], padding=[1] * 4) for channels in (8, 512)]
        haq_costs.Repetitions().measure(
            points, lambda asked: onnxruntime_costs.prepared(asked, 1, "CPUExecutionProvider"),
            lambda number, keys: found.update({number: keys}))
        # 64 times the work.
        self.assertGreater(found[1]["cost"]["latency_s"], 4 * found[0]["cost"]["latency_s"])


def exported(folder, batch="N", kind=onnx.TensorProto.FLOAT):
    """A network of two convolutions with an activation between them, as a file."""
    random = numpy.random.default_rng(1)
    weights = [random.standard_normal(shape, dtype=numpy.float32) for shape in ((8, 3, 3, 3), (4, 8, 1, 1))]
    nodes = [onnx.helper.make_node("Conv", ["x", "a"], ["p"], pads=[1] * 4), onnx.helper.make_node("Relu", ["p"], ["q"]),
             onnx.helper.make_node("Conv", ["q", "b"], ["y"])]
    value = onnx.helper.make_tensor_value_info
    constants = [onnx.numpy_helper.from_array(values, name) for values, name in zip(weights, "ab")]
    graph = onnx.helper.make_graph(nodes, "n", [value("x", kind, [batch, 3, 16, 16])], [value("y", 1, [batch, 4, 16, 16])], constants)
    path = os.path.join(folder, "n.onnx")
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8), path)
    return path


class Networks(unittest.TestCase):
    def ask(self, file, batch=2):
        repetitions = haq_costs.Repetitions(least=3, most=5, least_s=1e-4)
        return onnxruntime_costs.network([point(32, 32, batch=batch)], file, 1, "CPUExecutionProvider", repetitions)

    def test_an_exported_network_runs_joined_and_not(self):
        with tempfile.TemporaryDirectory() as folder:
            found = self.ask(exported(folder))
        self.assertGreater(found["cost"]["latency_s"], 0)
        self.assertGreater(found["unfused_s"], 0)
        self.assertGreaterEqual(found["repetitions"], 3)
        # The activation is part of the first convolution.
        self.assertNotIn("Relu", found["shares"])
        self.assertTrue(any("Conv" in name for name in found["shares"]))
        self.assertLessEqual(sum(found["shares"].values()), 1.0)

    def test_the_network_that_is_timed_is_the_file_at_the_batch(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = onnxruntime_costs.WholeNetwork(exported(folder), 5)
        self.assertEqual(whole.feeds["x"].shape, (5, 3, 16, 16))
        made = onnxruntime.InferenceSession(whole.model, providers=["CPUExecutionProvider"])
        self.assertEqual(made.run(None, whole.feeds)[0].shape, (5, 4, 16, 16))

    def test_what_cannot_run_is_unsupported(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = os.path.join(folder, "broken.onnx")
            with open(broken, "w", encoding="utf-8") as file:
                file.write("no network")
            for path in (None, broken, os.path.join(folder, "none.onnx"), exported(folder, batch=3), exported(folder, kind=7)):
                with self.subTest(path), self.assertRaises(haq_costs.Unsupported):
                    self.ask(path)


class Clock(unittest.TestCase):
    def run_program(self, *options):
        requests = [{"id": 1, "method": "describe", "parameters": {"protocol": "haq.costs/1.0", "parameters": {}}}, {"id": 2, "method": "quit"}]
        program = os.path.join(ROOT, "Sources/Programs/cost-programs/onnxruntime_costs.py")
        return subprocess.run([sys.executable, program, *options], input="".join(json.dumps(request) + "\n" for request in requests),
                              capture_output=True, text=True, timeout=120)

    def test_processor_time_is_of_one_thread_and_said_in_the_device(self):
        wrong = self.run_program("--clock", "processor")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("needs --threads 1", wrong.stderr)
        right = self.run_program("--clock", "processor", "--threads", "1")
        self.assertEqual(right.returncode, 0, right.stderr)
        self.assertIn("processor time", json.loads(right.stdout)["description"]["device"])


if __name__ == "__main__":
    unittest.main()
