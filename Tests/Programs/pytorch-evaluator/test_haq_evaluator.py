"""Tests of Sources/Programs/pytorch-evaluator; expected values are calculated by hand in the comments."""

import json
import math
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
COMPONENT = Path(__file__).resolve().parents[3] / "Sources/Programs/pytorch-evaluator"
sys.path.insert(0, str(COMPONENT))

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from haq_evaluator import Evaluator, Failure
from haq_evaluator.protocol import packed
from haq_evaluator.quantizers import best_scale
from haq_evaluator.rounding import Rounded
from haq_evaluator.schedule import rate


def loader(rows, labels, batch_size=2):
    return DataLoader(TensorDataset(torch.tensor(rows, dtype=torch.float32), torch.tensor(labels)), batch_size=batch_size)


def evaluator(weights=((1.5, 0.6), (0.2, 1.0)), **options):
    """Two inputs, two classes, one linear layer; calibrated on the inputs 0, 1, 2, 3."""
    layer = nn.Linear(2, 2, bias=False)
    layer.weight.data = torch.tensor(weights)
    training = loader([[0, 1], [2, 3]] * 14, [1] * 28, batch_size=28)
    validation = loader([[1.4, 2.6], [3, 0]], [0, 0])
    return Evaluator(nn.Sequential(nn.Flatten(), layer), training, validation, validation, **options)


def policy(weight_bits, activation_bits, layer="1"):
    return [{"layer": layer, "weight_bits": weight_bits, "activation_bits": activation_bits}]


class RoundingTests(unittest.TestCase):
    def test_values_are_rounded_to_multiples_of_the_scale_within_the_range_with_ties_to_even(self):
        values = torch.tensor([0.25, 0.75, 1.0, 9.0, -9.0])
        # In steps of 0.5: 0.5 -> 0, 1.5 -> 2, 2, 18 -> 3, -18 -> -3.
        self.assertEqual(Rounded.apply(values, torch.tensor(0.5), -3, 3).tolist(), [0, 1, 1, 1.5, -1.5])

    def test_the_gradient_passes_inside_the_range_alone(self):
        values = torch.tensor([0.25, 9.0, -9.0, 1.4], requires_grad=True)
        (Rounded.apply(values, torch.tensor(0.5), -3, 3) * torch.tensor([2.0, 3.0, 4.0, 5.0])).sum().backward()
        self.assertEqual(values.grad.tolist(), [2, 0, 0, 5])

    def test_a_scale_is_found_for_each_row(self):
        rows = torch.tensor([[0.0, 1.0, 2.0, 3.0], [0.0, 10.0, 20.0, 30.0]])
        scale = best_scale(rows, lambda clip: clip / 3, 0, 3)
        # With scales 1 and 10 the rows are their own quantized values.
        self.assertEqual(scale.tolist(), [1, 10])


class ScheduleTests(unittest.TestCase):
    def job(self, schedule, epochs=4, warm_up_epochs=0):
        return {"learning_rate": 0.8, "epochs": epochs, "warm_up_epochs": warm_up_epochs, "schedule": schedule}

    def rates(self, job, steps_per_epoch=2):
        return [rate(job, step, steps_per_epoch) for step in range(job["epochs"] * steps_per_epoch)]

    def test_step_divides_the_rate_by_ten_at_a_half_and_at_three_quarters(self):
        expected = [0.8] * 4 + [0.08] * 2 + [0.008] * 2
        for found, wanted in zip(self.rates(self.job("step")), expected):
            self.assertAlmostEqual(found, wanted, places=12)

    def test_cosine_starts_at_the_rate_and_has_half_of_it_at_a_half(self):
        rates = self.rates(self.job("cosine"))
        self.assertAlmostEqual(rates[0], 0.8, places=12)
        # 0.8 * (1 + cos(pi / 2)) / 2, and at a quarter 0.8 * (1 + sqrt(1 / 2)) / 2.
        self.assertAlmostEqual(rates[4], 0.4, places=12)
        self.assertAlmostEqual(rates[2], 0.4 * (1 + math.sqrt(0.5)), places=12)

    def test_the_rate_rises_in_equal_parts_while_warming_up(self):
        rates = self.rates(self.job("constant", epochs=3, warm_up_epochs=2))
        for found, wanted in zip(rates, [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]):
            self.assertAlmostEqual(found, wanted, places=12)


class LayerTests(unittest.TestCase):
    def test_layers_are_listed_in_the_order_in_which_they_run(self):
        class Backwards(nn.Module):
            def __init__(self):
                super().__init__()
                self.second, self.first = nn.Linear(3, 2), nn.Linear(2, 3)

            def forward(self, x):
                return self.second(torch.relu(self.first(x)))

        data = loader([[0, 1]], [0], batch_size=1)
        description = Evaluator(Backwards(), data, data, data).describe("haq.evaluator/1.0")
        self.assertEqual(description["layers"], ["first", "second"])
        self.assertEqual(description["weight_shapes"], [[3, 2], [2, 3]])
        self.assertEqual(description["network"], "Backwards")

    def test_a_layer_that_runs_twice_is_listed_once(self):
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.shared = nn.Linear(2, 2)

            def forward(self, x):
                return self.shared(self.shared(x))

        data = loader([[0, 1]], [0], batch_size=1)
        self.assertEqual(Evaluator(Twice(), data, data, data).describe("haq.evaluator/1.2")["layers"], ["shared"])

    def test_another_major_version_is_incompatible(self):
        with self.assertRaises(Failure) as failure:
            evaluator().describe("haq.evaluator/2.0")
        self.assertEqual(failure.exception.code, "incompatible")


class FinalActivationTests(unittest.TestCase):
    """A model that gives probabilities is measured and trained as the same model that gives its class scores."""

    class Model(nn.Module):
        def __init__(self, end):
            super().__init__()
            self.layer, self.end = nn.Conv1d(1, 2, 2), end
            self.layer.weight.data, self.layer.bias.data = torch.tensor([[[1.5, 0.6]], [[0.2, 1.0]]]), torch.zeros(2)

        def forward(self, x):
            return self.end(self.layer(x))

    def subject(self, end):
        training = loader([[[0, 1]], [[2, 3]]] * 14, [1] * 28, batch_size=28)
        validation = loader([[[1.4, 2.6]], [[3, 0]]], [0, 0])
        return Evaluator(self.Model(end), training, validation, validation)

    def figures(self, subject):
        tuning = {"samples": 56, "learning_rate": 0.1, "seed": 1}
        question = {"split": "validation", "policy": policy(4, 4, layer="layer")}
        return [subject.evaluate({"split": "validation"}), subject.evaluate(question), subject.evaluate({**question, "fine_tuning": tuning})]

    def test_softmax_and_sigmoid_are_found_behind_what_keeps_the_order(self):
        expected = self.figures(self.subject(lambda x: x.flatten(1)))
        # 3.66 against 2.88, and 4.5 against 0.6, both of class 0.
        self.assertAlmostEqual(expected[0]["loss"], (math.log1p(math.exp(-0.78)) + math.log1p(math.exp(-3.9))) / 2, places=5)
        for name, end in {
            "softmax": lambda x: torch.softmax(x, 1).squeeze(2), "softmax ": nn.Sequential(nn.Softmax(dim=1), nn.Flatten(), nn.Identity()),
            " softmax": lambda x: x.flatten(1).softmax(-1).float(), "sigmoid": lambda x: torch.sigmoid(x).view(len(x), -1),
            "sigmoid ": nn.Sequential(nn.Flatten(), nn.Sigmoid()),
        }.items():
            subject = self.subject(end)
            self.assertEqual(subject.describe("haq.evaluator/1.2")["final_activation"], name.strip())
            self.assertEqual(self.figures(subject), expected)

    def test_other_ends_are_the_models_own(self):
        for end in (
            lambda x: x.flatten(1), lambda x: torch.log_softmax(x.flatten(1), 1), lambda x: 2 * torch.softmax(x.flatten(1), 1),
            lambda x: torch.softmax(x, 2).flatten(1),
        ):
            self.assertNotIn("final_activation", self.subject(end).describe("haq.evaluator/1.2"))


class EvaluationTests(unittest.TestCase):
    def test_floats_and_two_bits_have_the_accuracy_of_the_hand_calculation(self):
        subject = evaluator()
        # Floats: 3.66 against 2.88, and 4.5 against 0.6; both are of class 0.
        self.assertEqual(subject.evaluate({"split": "validation"})["accuracy"], 1)
        # W2A2: weights [1.5, 0] and [0, 1], inputs (1, 3) and (3, 0): 1.5 against 3, which is wrong, and 4.5 against 0.
        found = subject.evaluate({"split": "validation", "policy": policy(2, 2)})
        self.assertEqual((found["accuracy"], found["samples"]), (0.5, 2))
        loss = (math.log1p(math.exp(1.5)) + math.log1p(math.exp(-4.5))) / 2
        self.assertAlmostEqual(found["loss"], loss, places=5)

    def test_the_model_is_as_before_after_fine_tuning(self):
        subject = evaluator()
        before = {key: value.clone() for key, value in subject.network.model.state_dict().items()}
        tuning = {"samples": 56, "learning_rate": 0.1, "seed": 1}
        tuned = subject.evaluate({"split": "validation", "policy": policy(8, 8), "fine_tuning": tuning})
        self.assertNotEqual(tuned, subject.evaluate({"split": "validation", "policy": policy(8, 8)}))
        for key, value in subject.network.model.state_dict().items():
            self.assertTrue(torch.equal(value, before[key]))

    def test_which_samples_are_right_is_a_bit_for_each(self):
        # At W2A2 the first is wrong and the second right: 01, and six bits that are 0; 0x40.
        question = {"split": "validation", "policy": policy(2, 2), "extras": ["correct_samples"]}
        self.assertEqual(evaluator().evaluate(question)["correct_samples"], "QA==")
        self.assertNotIn("correct_samples", evaluator().evaluate({"split": "validation"}))
        # Nine samples take two bytes: 0x81 0x80.
        self.assertEqual(packed([True] + [False] * 6 + [True, True]), "gYA=")

    def test_only_the_first_samples_are_measured(self):
        found = evaluator().evaluate({"split": "validation", "samples": 1})
        self.assertEqual(found["samples"], 1)
        self.assertAlmostEqual(found["loss"], math.log1p(math.exp(2.88 - 3.66)), places=5)

    def assertIllegal(self, part, question):
        with self.assertRaises(Failure) as failure:
            evaluator().evaluate({"split": "validation", **question})
        self.assertEqual(failure.exception.code, "illegal")
        self.assertIn(part, str(failure.exception))

    def test_what_is_not_possible_is_illegal(self):
        self.assertIllegal("1-bit weights are not possible; they take 2 to 16 bits", {"policy": policy(1, 8)})
        self.assertIllegal("17-bit activations are not possible; they take 1 to 16 bits", {"policy": policy(8, 17)})
        self.assertIllegal("does not name the layers", {"policy": policy(8, 8, layer="other")})
        self.assertIllegal("3 samples of the validation split; it has 2", {"samples": 3})
        clips = {"samples": 1, "learning_rate": 0.1, "seed": 1, "activation_clips": "learnt"}
        self.assertIllegal("\"learned\" or \"learned_steps\"", {"policy": policy(8, 8), "fine_tuning": clips})
        self.assertIllegal("a learning rate above 0", {
            "policy": policy(8, 8), "fine_tuning": {"samples": 1, "learning_rate": 0, "seed": 1}})
        self.assertIllegal("fine-tuning needs a policy", {"fine_tuning": clips})

    def test_what_is_not_a_number_is_named(self):
        subject = evaluator()
        subject.measurement.loaders["validation"] = loader([[1.4, 2.6], [float("nan"), 0], [3, 0]], [0, 0, 0])
        with self.assertRaises(Failure) as failure:
            subject.evaluate({"split": "validation"})
        self.assertIn("sample 1 (counted from 0) of the validation split", str(failure.exception))
        subject.train_loader = loader([[1, 2]] * 4 + [[float("inf"), 2]] * 2, [0] * 6)
        with self.assertRaises(Failure) as failure:
            subject.evaluate({"split": "validation", "policy": policy(4, 4)})
        self.assertIn("calibration batch 2 (counted from 0): the input of layer 1 is infinite", str(failure.exception))

    def test_negative_inputs_make_signed_quantizers(self):
        subject = evaluator()
        layer = subject.network.layers[0][1]
        # Without negative values: 0 to 7.
        self.assertEqual(subject.quantizers().integers("1", layer, "activations", 3)[1:], (0, 7))
        subject.train_loader = loader([[-3, -1], [2, 3]] * 14, [1] * 28, batch_size=28)
        subject.known_quantizers = None
        scale, low, high = subject.quantizers().integers("1", layer, "activations", 3)
        self.assertEqual((scale.tolist(), low, high), ([1], -3, 3))


class ConversationTests(unittest.TestCase):
    def converse(self, *requests):
        """The replies of a program that prints, too, and its exit code."""
        program = f"""
import sys
sys.dont_write_bytecode = True
sys.path[:0] = [{str(COMPONENT)!r}, {str(Path(__file__).parent)!r}]
from test_haq_evaluator import evaluator
import haq_evaluator
print("a word before")
subject = evaluator()
subject.network.model.register_forward_hook(lambda *_: print("a word between"))
haq_evaluator.serve(subject.network.model, subject.train_loader, *subject.measurement.loaders.values(), name="tiny")
"""
        text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in requests)
        run = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True)
        replies = [line for line in run.stdout.splitlines() if line != "a word before"]
        return [json.loads(line) for line in replies], run.returncode

    def test_every_request_has_a_reply_with_its_number_and_what_is_printed_is_no_reply(self):
        replies, code = self.converse(
            {"id": 1, "method": "describe", "parameters": {"protocol": "haq.evaluator/1.2"}},
            "\n",
            {"id": 2, "method": "evaluate", "parameters": {"split": "test"}},
            {"id": 3, "method": "evaluate", "parameters": {"split": "test", "policy": policy(1, 1)}},
            {"id": 4, "method": "train", "parameters": {}},
            {"id": 5, "method": "dance"},
            "no message\n",
            {"id": 6, "method": "quit"})
        self.assertEqual(code, 0)
        self.assertEqual([reply.get("id") for reply in replies], [1, 2, 3, 4, 5, None])
        self.assertEqual(replies[0]["description"]["network"], "tiny")
        self.assertEqual(replies[1]["evaluation"]["accuracy"], 1)
        self.assertEqual([reply["error"]["code"] for reply in replies[2:]], ["illegal", "illegal", "malformed", "malformed"])

    def test_the_end_of_the_input_ends_the_program(self):
        self.assertEqual(self.converse(), ([], 0))


if __name__ == "__main__":
    unittest.main()
