"""Divergence, early stopping and outputs of any shape; expected values are calculated by hand in the comments."""

import contextlib
import io
import math
import types
import unittest
from unittest import mock

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from test_haq_evaluator import evaluator, loader, policy
from haq_evaluator import Evaluator, Failure, Options
from haq_evaluator import measurement
from haq_evaluator.sequential_test import SequentialTest


def softmax(*scores):
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def kl(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q))


class DivergenceTests(unittest.TestCase):
    # Floats have the scores 3.66 and 2.88, and 4.5 and 0.6; at W2A2 they are 1.5 and 3, and 4.5 and 0.
    FIRST = kl(softmax(3.66, 2.88), softmax(1.5, 3))
    SECOND = kl(softmax(4.5, 0.6), softmax(4.5, 0))

    def test_it_is_measured_from_the_float_network_on_the_same_samples(self):
        subject = evaluator()
        question = {"split": "validation", "policy": policy(2, 2)}
        self.assertAlmostEqual(subject.evaluate(question)["divergence"], (self.FIRST + self.SECOND) / 2, places=6)
        self.assertAlmostEqual(subject.evaluate({**question, "samples": 1})["divergence"], self.FIRST, places=6)
        self.assertNotIn("divergence", subject.evaluate({"split": "validation"}))

    def test_more_samples_than_before_are_measured_in_floats_first(self):
        subject = evaluator()
        subject.measurement.loaders["validation"] = loader([[1.4, 2.6], [3, 0]], [0, 0], batch_size=1)
        question = {"split": "validation", "policy": policy(2, 2)}
        self.assertAlmostEqual(subject.evaluate({**question, "samples": 1})["divergence"], self.FIRST, places=6)
        self.assertAlmostEqual(subject.evaluate(question)["divergence"], (self.FIRST + self.SECOND) / 2, places=6)

    def test_fewer_samples_in_floats_forget_nothing(self):
        subject = evaluator()
        subject.evaluate({"split": "validation"})
        subject.evaluate({"split": "validation", "samples": 1})
        found = subject.evaluate({"split": "validation", "policy": policy(2, 2)})
        self.assertAlmostEqual(found["divergence"], (self.FIRST + self.SECOND) / 2, places=6)

    def test_the_float_network_runs_once(self):
        subject = evaluator()
        subject.evaluate({"split": "validation"})
        with mock.patch.object(subject.network, "scores", side_effect=subject.network.scores) as scores:
            subject.evaluate({"split": "validation", "policy": policy(2, 2)})
            subject.evaluate({"split": "validation", "policy": policy(3, 3)})
        # One batch each.
        self.assertEqual(scores.call_count, 2)

    def test_a_fine_tuned_network_diverges_from_the_original_one(self):
        subject = evaluator()
        question = {"split": "validation", "policy": policy(16, 16)}
        tuning = {"samples": 56, "learning_rate": 0.1, "seed": 1}
        self.assertLess(subject.evaluate(question)["divergence"], 1e-6)
        self.assertGreater(subject.evaluate({**question, "fine_tuning": tuning})["divergence"], 1e-4)

    def test_scores_that_take_too_much_memory_are_not_kept_and_that_is_said_once(self):
        subject, said = evaluator(), io.StringIO()
        # Two samples of two classes take 16 bytes.
        with mock.patch.object(measurement, "MOST_REFERENCE_BYTES", 15), contextlib.redirect_stderr(said):
            for _ in range(2):
                self.assertNotIn("divergence", subject.evaluate({"split": "validation", "policy": policy(2, 2)}))
        self.assertEqual(said.getvalue().count("no divergence is measured"), 1)


class SequentialTestTests(unittest.TestCase):
    def test_certainty_stops_whatever_the_error_rate(self):
        # Half of 4 samples are 2: after 3 wrong ones only 1 could be right.
        test = SequentialTest({"accuracy": 0.5, "error_rate": 0}, samples=4, looks=4)
        self.assertTrue(test.stays_below(0, 3))
        self.assertFalse(test.stays_below(0, 2))

    def test_the_probability_is_hypergeometric(self):
        # 2 of 4 are right: the first two are both wrong in 1 of 6 orders; 1/6 is below 0.2, and above 0.2 in two looks.
        for looks, stops in ((1, True), (2, False)):
            test = SequentialTest({"accuracy": 0.5, "error_rate": 0.2}, samples=4, looks=looks)
            self.assertAlmostEqual(test.probability(0, 2), 1 / 6)
            self.assertEqual(test.stays_below(0, 2), stops)
        # At most one of two right: all orders but the 1 of 6 with both right.
        self.assertAlmostEqual(test.probability(1, 2), 5 / 6)

    def test_a_share_that_no_count_has_needs_the_next_one(self):
        self.assertEqual(SequentialTest({"accuracy": 0.51, "error_rate": 0}, samples=4, looks=1).needed, 3)
        self.assertEqual(SequentialTest({"accuracy": 0, "error_rate": 0}, samples=4, looks=1).needed, 0)

    def test_impossible_bars_are_illegal(self):
        for bar in ({"accuracy": 1.1, "error_rate": 0}, {"accuracy": 0.5, "error_rate": 1}):
            with self.assertRaises(Failure):
                SequentialTest(bar, samples=4, looks=1)


class EarlyStoppingTests(unittest.TestCase):
    def subject(self):
        found = evaluator()
        # In floats the first has 3.66 against 2.88 and the others 4.5 against 0.6, all of class 0: only the last is right.
        found.measurement.loaders["validation"] = loader([[1.4, 2.6]] + [[3, 0]] * 3, [1, 1, 1, 0], batch_size=1)
        return found

    def test_measuring_stops_after_the_batch_that_decides(self):
        bar = {"accuracy": 0.5, "error_rate": 0}
        found = self.subject().evaluate({"split": "validation", "stop_below": bar, "extras": ["correct_samples"]})
        self.assertEqual((found["accuracy"], found["samples"], found["below_bar"]), (0, 3, True))
        self.assertEqual(found["correct_samples"], "AA==")

    def test_a_bar_within_reach_changes_nothing(self):
        expected = self.subject().evaluate({"split": "validation"})
        bar = {"accuracy": 0.25, "error_rate": 0}
        self.assertEqual(self.subject().evaluate({"split": "validation", "stop_below": bar}), expected)
        self.assertEqual((expected["accuracy"], expected["samples"]), (0.25, 4))


class ShapeTests(unittest.TestCase):
    """Models whose outputs or batches have other forms."""

    def test_a_label_for_each_position_is_a_share_of_positions(self):
        class Dense(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Conv1d(1, 2, 1, bias=False)
                self.layer.weight.data = torch.tensor([[[1.0]], [[2.0]]])

            def forward(self, x):
                return self.layer(x)

        # Scores of a position with x are x and 2x: class 1 where x is positive, with the loss log(1 + exp(-x)).
        data = loader([[[1.0, -1.0, 2.0]], [[3.0, 1.0, 1.0]]], [[1, 1, -100], [0, -100, -100]])
        # Enough positions for calibration, which keeps one value in seven.
        training = loader([[[-1.0, 1.0, 2.0, 3.0]]] * 14, [[0, 1, 1, 1]] * 14, batch_size=14)
        subject = Evaluator(Dense(), training, data, data)
        found = subject.evaluate({"split": "validation", "extras": ["top5", "correct_samples"],
                                  "stop_below": {"accuracy": 1, "error_rate": 0}})
        losses = [math.log1p(math.exp(-1)), math.log1p(math.exp(1)), math.log1p(math.exp(3))]
        self.assertAlmostEqual(found["loss"], sum(losses) / 3, places=6)
        # Three positions have labels, and one is right; bits are for samples, so there are none.
        self.assertEqual({key: found[key] for key in ("accuracy", "samples", "top5_accuracy")},
                         {"accuracy": 1 / 3, "samples": 2, "top5_accuracy": 1})
        self.assertNotIn("correct_samples", found)
        self.assertLess(subject.evaluate({"split": "validation", "policy": policy(16, 16, "layer")})["divergence"], 1e-6)

    def test_named_inputs_and_outputs_are_those_of_hugging_face(self):
        class Named(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(2, 2, bias=False)
                self.layer.weight.data = torch.tensor([[1.5, 0.6], [0.2, 1.0]])

            def forward(self, pixels, scale):
                return types.SimpleNamespace(logits=self.layer(pixels * scale), other=None)

        class Rows(torch.utils.data.Dataset):
            def __len__(self):
                return 2

            def __getitem__(self, index):
                pixels = torch.tensor([[0.7, 1.3], [1.5, 0]])[index]
                return {"pixels": pixels, "scale": torch.tensor(2.0), "labels": 0}

        def named(model, **details):
            data = DataLoader(Rows(), batch_size=2, collate_fn=lambda rows: {
                "pixels": torch.stack([row["pixels"] for row in rows]), "scale": rows[0]["scale"].reshape(1, 1),
                "labels": torch.tensor([row["labels"] for row in rows])})
            return Evaluator(model, data, data, data, **details)

        # Twice the pixels are the inputs of the other tests.
        expected = evaluator().evaluate({"split": "validation"})
        subject = named(Named())
        found = subject.evaluate({"split": "validation"})
        self.assertEqual(found["accuracy"], expected["accuracy"])
        self.assertAlmostEqual(found["loss"], expected["loss"], places=6)
        self.assertEqual(subject.evaluate({"split": "validation", "policy": policy(8, 8, "layer")})["accuracy"], 1)
        tuning = {"samples": 4, "learning_rate": 0.1, "seed": 1}
        subject.evaluate({"split": "validation", "policy": policy(8, 8, "layer"), "fine_tuning": tuning})
        # Class scores under another name.
        flipped = named(Named(), outputs=lambda output: output.logits.flip(1))
        self.assertEqual(flipped.evaluate({"split": "validation"})["accuracy"], 0)

    def test_outputs_without_class_scores_are_named(self):
        model = evaluator().network.model
        data = loader([[0, 1]], [0])
        with self.assertRaisesRegex(Failure, "name its class scores with outputs="):
            Evaluator(nn.Sequential(model, Boxed()), data, data, data)


class Boxed(nn.Module):
    def forward(self, x):
        return {"boxes": x}


class FormatTests(unittest.TestCase):
    """Number formats and layouts of PyTorch's own."""

    def subject(self, options):
        torch.manual_seed(4)
        model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        data = DataLoader(TensorDataset(torch.rand(12, 3, 8, 8), torch.arange(12) % 4), batch_size=4)
        return Evaluator(model, data, data, data, options=options)

    def figures(self, options, bits=6):
        subject = self.subject(options)
        question = {"split": "validation", "policy": [
            {"layer": name, "weight_bits": bits, "activation_bits": bits} for name, _ in subject.network.layers]}
        tuning = {"samples": 24, "learning_rate": 0.05, "seed": 1}
        return [subject.evaluate(each)["loss"] for each in (
            {"split": "validation"}, question, {**question, "fine_tuning": tuning})]

    def test_channels_last_changes_memory_and_not_numbers(self):
        kept = self.subject(Options(channels_last=True))
        seen = []
        kept.network.layers[0][1].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        kept.evaluate({"split": "validation", "samples": 4})
        self.assertTrue(seen[0].is_contiguous(memory_format=torch.channels_last))
        for found, expected in zip(self.figures(Options(channels_last=True)), self.figures(Options())):
            self.assertAlmostEqual(found, expected, places=3)

    def test_mixed_precision_runs_layers_in_bf16(self):
        subject, kinds = self.subject(Options(amp="bf16")), []
        subject.network.layers[1][1].register_forward_hook(lambda *found: kinds.append(found[2].dtype))
        subject.evaluate({"split": "validation"})
        subject.evaluate({"split": "validation", "policy": [
            {"layer": name, "weight_bits": 8, "activation_bits": 8} for name, _ in subject.network.layers]})
        # Three batches in floats and three quantized; calibration stays in float32.
        self.assertEqual(kinds.count(torch.bfloat16), 6)
        for found, expected in zip(self.figures(Options(amp="bf16")), self.figures(Options())):
            # bf16 has 8 bits of fraction; losses here are about 1.4.
            self.assertAlmostEqual(found, expected, delta=0.02)


if __name__ == "__main__":
    unittest.main()
