"""PACT, LSQ and distillation; expected values are calculated by hand in the comments, or are PyTorch's own."""

import math
import tempfile
import unittest
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from test_haq_evaluator import evaluator, loader, policy
from haq_evaluator import Evaluator, Failure, Options
from haq_evaluator.fine_tuning import distillation_loss
from haq_evaluator.learned_ranges import LearnedClip, LearnedStep


def gradients(function, x, parameter, upstream):
    x, parameter = torch.tensor(x, requires_grad=True), torch.tensor(parameter, requires_grad=True)
    y = function(x, parameter)
    y.backward(torch.tensor(upstream))
    return y.tolist(), x.grad.tolist(), parameter.grad


class LearnedRangeTests(unittest.TestCase):
    def test_the_gradient_of_a_clip_is_that_of_what_it_clips(self):
        # The clip 3 has the quantized values 0 to 3: 0.5 is a tie, rounded to 0. What is at least 3 belongs to the clip.
        y, x, clip = gradients(lambda x, clip: LearnedClip.apply(x, clip, 0, 3), [-1.0, 0.5, 3.0, 9.0], [3.0], [2.0, 3, 4, 5])
        self.assertEqual((y, x, clip.tolist()), ([0, 0, 3, 3], [0, 3, 0, 0], [9]))
        # Signed: what is at most -3 pushes it the other way, 5 - 2.
        y, x, clip = gradients(lambda x, clip: LearnedClip.apply(x, clip, -3, 3), [-9.0, -1.0, 9.0], [3.0], [2.0, 3, 5])
        self.assertEqual((y, x, clip.tolist()), ([-3, -1, 3], [0, 3, 0], [3]))

    def test_the_gradient_of_a_step_is_that_of_the_paper(self):
        # Ratios -1, 0.6, 2.4, 9 of the range 0 to 3: 0, 1 - 0.6, 2 - 2.4, 3, times 1 / sqrt(4 x 3).
        y, x, step = gradients(lambda x, step: LearnedStep.apply(x, step, 0, 3, 4), [-1.0, 0.6, 2.4, 9.0], [1.0], [1.0, 1, 1, 2])
        self.assertEqual((y, x), ([0, 1, 2, 3], [0, 1, 1, 0]))
        self.assertAlmostEqual(step.item(), (0.4 - 0.4 + 2 * 3) / math.sqrt(12), places=6)

    def test_pytorchs_own_learned_steps_agree(self):
        generator = torch.Generator().manual_seed(7)
        values, upstream = torch.randn(5, 40, generator=generator), torch.randn(5, 40, generator=generator)
        scales = torch.rand(5, generator=generator) + 0.05
        for high in (7, 127):
            x, step = values.clone().requires_grad_(), scales.clone().requires_grad_()
            theirs = torch._fake_quantize_learnable_per_channel_affine(
                x, step, torch.zeros(5), 0, -high, high, 1 / math.sqrt(40 * high))
            theirs.backward(upstream)
            mine, rows = values.clone().requires_grad_(), scales[:, None].clone().requires_grad_()
            ours = LearnedStep.apply(mine, rows, -high, high, 40)
            ours.backward(upstream)
            self.assertTrue(torch.allclose(ours, theirs, atol=1e-6))
            self.assertTrue(torch.allclose(mine.grad, x.grad))
            self.assertTrue(torch.allclose(rows.grad[:, 0], step.grad, rtol=1e-4, atol=1e-5))


class FineTuningTests(unittest.TestCase):
    # Half of the training samples are (0, 1), half (2, 3), all of class 1. At A2 the scale is 1 and all inputs are quantized
    # values; with weights in floats (2, 3) has the scores 1.5 x 2 + 0.6 x 3 = 4.8 and 0.2 x 2 + 3 = 3.4. Only its 3 is at the end of the range.
    # The loss changes with it by p0 (0.6 - 1), where p0 = 1 / (1 + exp(-1.4)); half of the samples have it.
    SLOPE = -0.4 / (1 + math.exp(-1.4)) / 2
    RATE = 0.1

    def job(self, folder, **details):
        return {
            "batch_size": 28, "checkpoint": f"{folder}/checkpoint", "epochs": 1, "learning_rate": self.RATE,
            "schedule": "constant", "seed": 1, "warm_up_epochs": 0, "weight_decay": 0, **details}

    def scale(self, subject, **details):
        """The scale of the inputs that a fine-tuned network is handed out with, and what was reported."""
        reports = []
        with tempfile.TemporaryDirectory() as folder:
            subject.fine_tune(self.job(folder, **details), policy(32, 2), reports.append)
            encodings = subject.hand_out(policy(32, 2), f"{folder}/numbers", f"{folder}/checkpoint")
            self.assertEqual(len(Path(f"{folder}/numbers").read_bytes()), 4 * 6)
        self.assertEqual(len(reports), 1)
        return encodings[0]["activation"]["scales"][0]

    def test_a_clip_descends_with_the_weights_and_is_handed_out(self):
        # The first Nesterov step is 1.9 times the gradient, to which the clip's decay adds 1e-4 x 3.
        expected = 3 - self.RATE * 1.9 * (self.SLOPE + 3e-4)
        self.assertAlmostEqual(self.scale(evaluator(), activation_clips="learned"), expected / 3, places=4)
        self.assertAlmostEqual(self.scale(evaluator(), activation_clips="calibrated"), 1, places=6)

    def test_a_step_descends_with_the_weights_and_is_handed_out(self):
        # The slope at the end of the range is 3; two features share the step.
        expected = 1 - self.RATE * 1.9 * self.SLOPE * 3 / math.sqrt(2 * 3)
        self.assertAlmostEqual(self.scale(evaluator(options=Options(step_sizes="learned"))), expected, places=4)

    def test_a_request_chooses_learned_steps_as_the_option_does(self):
        asked = self.scale(evaluator(), activation_clips="learned_steps")
        self.assertEqual(asked, self.scale(evaluator(options=Options(step_sizes="learned"))))
        self.assertNotAlmostEqual(asked, 1, places=3)

    def test_learned_clips_and_steps_exclude_each_other(self):
        with self.assertRaisesRegex(Failure, "leave out --pact"):
            self.scale(evaluator(options=Options(step_sizes="learned")), activation_clips="learned")

    def test_formats_without_a_range_have_none_to_learn(self):
        tuning = {"samples": 28, "learning_rate": 0.1, "seed": 1, "activation_clips": "learned"}
        floats = [{"layer": "1", "weight_bits": 8, "activation_format": "bf16"}]
        with self.assertRaisesRegex(Failure, "no layer has integers whose range could be learned"):
            evaluator().evaluate({"split": "validation", "policy": floats, "fine_tuning": tuning})

    def test_short_fine_tuning_learns_ranges_too_and_forgets_them(self):
        subject = evaluator()
        question = {"split": "validation", "policy": policy(4, 2)}
        before = subject.evaluate(question)
        tuning = {"samples": 560, "learning_rate": 0.05, "seed": 1}
        calibrated = subject.evaluate({**question, "fine_tuning": tuning})
        learned = subject.evaluate({**question, "fine_tuning": {**tuning, "activation_clips": "learned"}})
        self.assertNotEqual(learned["loss"], calibrated["loss"])
        self.assertEqual(subject.evaluate(question), before)

    def test_a_resumed_training_with_learned_steps_is_the_uninterrupted_one(self):
        def run(stop):
            subject, reports = evaluator(options=Options(step_sizes="learned")), []
            with tempfile.TemporaryDirectory() as folder:
                job = self.job(folder, epochs=3, learning_rate=0.005)
                for _ in range(2 if stop else 1):
                    reports.clear()

                    def report(progress):
                        reports.append(progress)
                        if stop and progress["epoch"] == 2 and not run.stopped:
                            run.stopped = True
                            raise KeyboardInterrupt

                    try:
                        subject.fine_tune(job, policy(4, 4), report)
                    except KeyboardInterrupt:
                        pass
            return reports

        run.stopped = False
        self.assertEqual(run(stop=True), run(stop=False))
        self.assertTrue(run.stopped)

    def test_a_checkpoint_of_other_options_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            evaluator().fine_tune(self.job(folder), policy(4, 4), lambda _: None)
            for options in (Options(step_sizes="learned"), Options(distillation=0.5)):
                with self.assertRaisesRegex(Failure, "belongs to another network"):
                    evaluator(options=options).fine_tune(self.job(folder), policy(4, 4), lambda _: None)

    def test_a_range_that_is_no_longer_one_is_an_error(self):
        subject = evaluator()
        subject.train_loader = subject.training.loader = loader([[0, 1], [2, 3]] * 14, [0] * 28, batch_size=28)
        # For class 0 the clip's gradient is (1 - p0) x 0.4 / 2, 0.04: a step of 1.9 x 100 x 0.04 is more than the clip, 3.
        tuning = {"samples": 28, "learning_rate": 100, "seed": 1, "activation_clips": "learned"}
        with self.assertRaisesRegex(Failure, "is no longer above 0; take a lower learning rate"):
            subject.evaluate({"split": "validation", "policy": policy(32, 2), "fine_tuning": tuning})


class DistillationTests(unittest.TestCase):
    def test_the_loss_is_the_divergence_from_the_teacher(self):
        scores, teacher, labels = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 0.0]]), torch.tensor([1])
        # Log-probabilities of the student: -log(1 + exp(-1)) and one less.
        first = -math.log1p(math.exp(-1))
        soft = 0.5 * (math.log(0.5) - first) + 0.5 * (math.log(0.5) - (first - 1))
        self.assertAlmostEqual(distillation_loss(scores, labels, teacher, 1, 1).item(), soft, places=6)
        # Cross-entropy of class 1 is 1 - first.
        mixed = 0.25 * (1 - first) + 0.75 * soft
        self.assertAlmostEqual(distillation_loss(scores, labels, teacher, 0.75, 1).item(), mixed, places=6)
        # At the temperature 2 scores are half as far apart, and the loss counts 4 times.
        self.assertAlmostEqual(
            distillation_loss(scores, labels, teacher, 1, 2).item(),
            4 * distillation_loss(scores / 2, labels, teacher, 1, 1).item(), places=6)

    def test_labels_are_not_read_when_the_teacher_is_all(self):
        def tuned(label, share):
            subject = evaluator(options=Options(distillation=share))
            subject.train_loader = subject.training.loader = loader([[0, 1], [2, 3]] * 14, [label] * 28, batch_size=28)
            tuning = {"samples": 280, "learning_rate": 0.1, "seed": 1}
            return subject.evaluate({"split": "validation", "policy": policy(3, 3), "fine_tuning": tuning})

        self.assertEqual(tuned(0, 1), tuned(1, 1))
        self.assertNotEqual(tuned(0, 0.5), tuned(1, 0.5))

    def test_a_taught_network_is_nearer_to_the_float_one(self):
        torch.manual_seed(9)
        model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        data = DataLoader(TensorDataset(torch.rand(12, 3, 8, 8), torch.arange(12) % 4), batch_size=4)
        subject = Evaluator(model, data, data, data, options=Options(distillation=1))
        question = {"split": "validation", "policy": [
            {"layer": name, "weight_bits": 2, "activation_bits": 4} for name, _ in subject.network.layers]}
        tuning = {"samples": 240, "learning_rate": 0.05, "seed": 1}
        before, after = subject.evaluate(question), subject.evaluate({**question, "fine_tuning": tuning})
        self.assertLess(after["divergence"], before["divergence"] / 2)

    def test_a_request_chooses_the_loss(self):
        def tuned(label, share, loss):
            subject = evaluator(options=Options(distillation=share))
            subject.train_loader = subject.training.loader = loader([[0, 1], [2, 3]] * 14, [label] * 28, batch_size=28)
            tuning = {"samples": 280, "learning_rate": 0.1, "seed": 1, **({"loss": loss} if loss else {})}
            return subject.evaluate({"split": "validation", "policy": policy(3, 3), "fine_tuning": tuning})

        # As the options 1 and 0 give it; labels are read where they are asked for alone.
        self.assertEqual(tuned(1, 0, "distillation"), tuned(0, 1, None))
        self.assertEqual(tuned(1, 1, "labels"), tuned(1, 0, None))
        self.assertNotEqual(tuned(1, 1, "labels"), tuned(0, 1, "labels"))
        with self.assertRaisesRegex(Failure, 'the loss is "teacher"; it is "labels" or "distillation"'):
            tuned(1, 0, "teacher")


class BestEpochTests(unittest.TestCase):
    def tuned(self, folder, label, **details):
        """The outcome, what was reported, and the numbers that are then handed out; every training sample has one label."""
        subject, reports = evaluator(), []
        subject.train_loader = subject.training.loader = loader([[0, 1], [2, 3]] * 14, [label] * 28, batch_size=28)
        job = {
            "batch_size": 28, "checkpoint": f"{folder}/checkpoint", "epochs": 3, "learning_rate": 0.5,
            "schedule": "constant", "seed": 1, "warm_up_epochs": 0, "weight_decay": 0, **details}
        outcome = subject.fine_tune(job, policy(8, 8), reports.append)
        subject.hand_out(policy(8, 8), f"{folder}/numbers", f"{folder}/checkpoint")
        before = subject.evaluate({"split": "validation", "policy": policy(8, 8)})
        return outcome, [before] + [report["validation"] for report in reports], Path(f"{folder}/numbers").read_bytes()

    def test_the_best_epoch_is_handed_out_the_first_of_equal_ones(self):
        for label in (0, 1):
            with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
                outcome, figures, numbers = self.tuned(folder, label, keep="best")
                ranked = sorted(range(4), key=lambda epoch: (-figures[epoch]["accuracy"], figures[epoch]["loss"], epoch))
                self.assertEqual(outcome, {"kept_epoch": ranked[0]})
                subject = evaluator()
                if ranked[0] == 0:
                    subject.hand_out(policy(8, 8), f"{other}/numbers")
                    self.assertEqual(Path(f"{other}/numbers").read_bytes(), numbers)
                else:
                    # At a constant rate a training of so many epochs is the start of a longer one.
                    last, _, there = self.tuned(other, label, epochs=ranked[0])
                    self.assertEqual((last, there), ({}, numbers))

    def test_a_resumed_training_keeps_what_the_uninterrupted_one_keeps(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(
                self.tuned(folder, 0, keep="best", epochs=3), self.tuned(folder, 0, keep="best", epochs=3))

    def test_other_epochs_cannot_be_kept(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(Failure, "keep last or best"):
            self.tuned(folder, 0, keep="second")



if __name__ == "__main__":
    unittest.main()
