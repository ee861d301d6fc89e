"""Activations with a zero point; expected values are calculated by hand in the comments, or by trying every pair of ends."""

import tempfile
import unittest
from pathlib import Path

import torch

from test_haq_evaluator import evaluator, loader, policy
from haq_evaluator import Failure, Options
from haq_evaluator.quantizers import CANDIDATES, best_range, shifted
from haq_evaluator.rounding import rounded

ASYMMETRIC = Options(activation_range="asymmetric")


def subject(options=ASYMMETRIC):
    """The inputs -1, 0, 1 and 2."""
    found = evaluator(options=options)
    found.train_loader = loader([[-1, 0], [1, 2]] * 14, [1] * 28, batch_size=28)
    return found


class RangeTests(unittest.TestCase):
    def test_the_zero_point_is_whole(self):
        # 5.375 / 255 = 0.0210784; 0.375 / 0.0210784 = 17.79, which is nearest to 18; 255 - 18 = 237.
        scale, low, high = shifted(-0.375, 5, 255)
        self.assertAlmostEqual(scale, 0.0210784, places=7)
        self.assertEqual((low, high), (-18, 237))
        # Never above zero.
        self.assertEqual(shifted(-3, 0, 3), (1, -3, 0))

    def test_the_range_is_nearly_the_best_of_all_pairs_of_ends(self):
        values = torch.randn(400, generator=torch.Generator().manual_seed(3))
        values = torch.nn.functional.hardswish(3 * values)
        ends = values.min().item(), values.max().item()
        for bits in (2, 3, 4, 8):
            def error(scale, low, high):
                return (rounded(values, torch.as_tensor(scale), low, high) - values).square().sum().item()

            shares = [(a / CANDIDATES, b / CANDIDATES) for a in range(CANDIDATES + 1) for b in range(CANDIDATES + 1)][1:]
            least = min(error(*shifted(ends[0] * a, ends[1] * b, 2**bits - 1)) for a, b in shares)
            found = error(*best_range(values, 2**bits - 1))
            self.assertLessEqual(found, 1.05 * least + 1e-9)

    def test_values_of_both_signs_alone_have_a_zero_point(self):
        layer = subject().network.layers[0][1]
        # Four quantized values for -1, 0, 1 and 2, where symmetric ones have three.
        scale, low, high = subject().quantizers().integers("1", layer, "activations", 2)
        self.assertEqual((scale.tolist(), low, high), ([1], -1, 2))
        self.assertEqual(evaluator(options=ASYMMETRIC).quantizers().integers("1", layer, "activations", 2)[1:], (0, 3))
        self.assertEqual(subject().quantizers().integers("1", layer, "weights", 2)[1:], (-1, 1))


class ProtocolTests(unittest.TestCase):
    def test_the_zero_point_is_handed_out(self):
        with tempfile.TemporaryDirectory() as folder:
            found = subject().hand_out(policy(4, 2), str(Path(folder) / "numbers"))[0]["activation"]
        self.assertEqual(found, {"bits": 2, "lowest": 0, "highest": 3, "zero_point": 1, "scales": [1.0]})

    def test_fine_tuning_keeps_the_zero_point_and_its_checkpoint_belongs_to_the_range(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "checkpoint")
            job = {"epochs": 1, "batch_size": 4, "learning_rate": 0.01, "schedule": "constant", "warm_up_epochs": 0,
                   "weight_decay": 0, "seed": 1, "checkpoint": path}
            subject().fine_tune(job, policy(4, 2), lambda report: None)
            numbers = str(Path(folder) / "numbers")
            found = subject().hand_out(policy(4, 2), numbers, checkpoint=path)[0]["activation"]
            self.assertEqual(found["zero_point"], 1)
            with self.assertRaises(Failure) as failure:
                subject(Options()).hand_out(policy(4, 2), numbers, checkpoint=path)
            self.assertIn("cannot be used", str(failure.exception))
            with self.assertRaises(Failure):
                subject(Options()).fine_tune(job, policy(4, 2), lambda report: None)

    def test_learned_ranges_are_refused(self):
        tuning = {"samples": 4, "learning_rate": 0.1, "seed": 1, "activation_clips": "learned"}
        question = {"split": "validation", "policy": policy(4, 4), "fine_tuning": tuning}
        with self.assertRaises(Failure) as failure:
            subject().evaluate(question)
        self.assertEqual(failure.exception.code, "illegal")
        self.assertIn("layer 1 reads values of both signs with a zero point", str(failure.exception))
        # Without negative values there is one side to clip.
        evaluator(options=ASYMMETRIC).evaluate(question)
        with self.assertRaises(ValueError) as problem:
            Options(activation_range="asymmetric", step_sizes="learned")
        self.assertIn("keep zero points at 0", str(problem.exception))


if __name__ == "__main__":
    unittest.main()
