"""All forms of rounding against the eager one, and that against PyTorch's own fake quantization."""

import contextlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import unittest
from unittest import mock

import torch

from test_haq_evaluator import COMPONENT, evaluator, policy
from haq_evaluator.rounding import FakeQuantize, Rounded, parts, rounded, rounded_with_range

CPU = torch.device("cpu")


def cases():
    """Tensors of several layouts with scales and ranges; ties, both ends and zeros are among their values."""
    generator = torch.Generator().manual_seed(5)
    images = torch.randn(3, 5, 7, 9, generator=generator)
    yield images, torch.tensor([0.0123]), 0, 255
    yield images.to(memory_format=torch.channels_last), torch.tensor(0.25), -7, 7
    yield images[:, ::2], torch.tensor([0.3]), -3, 3
    yield torch.arange(-20, 21).float() * 0.125, torch.tensor([0.25]), -7, 7
    # More than one part of a cache.
    yield torch.randn(70_000, generator=generator), torch.tensor([0.1]), 0, 15
    yield torch.randn(6, 11, generator=generator), torch.rand(6, 1, generator=generator) + 0.01, -127, 127
    yield torch.randn(4, 2, 3, 3, generator=generator), torch.rand(4, 1, 1, 1, generator=generator) + 0.01, -1, 1
    yield images.bfloat16(), torch.tensor([0.0123]), 0, 255


def with_gradient(function, x):
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    y = function(x)
    y.backward(torch.linspace(-1, 1, x.numel()).reshape(x.shape).to(x.dtype))
    return y.detach(), x.grad


class EqualityTests(unittest.TestCase):
    def assertSame(self, fake_quantize, types=(torch.float32, torch.bfloat16)):
        for x, scale, low, high in cases():
            if x.dtype not in types:
                continue
            expected, slope = with_gradient(lambda x: Rounded.apply(x, scale, low, high), x)
            found, gradient = with_gradient(lambda x: fake_quantize(x, scale, low, high), x)
            self.assertTrue(torch.equal(found, expected))
            self.assertTrue(torch.equal(gradient, slope))
            with torch.no_grad():
                self.assertTrue(torch.equal(fake_quantize(x, scale, low, high), expected))
            self.assertEqual(found.dtype, x.dtype)

    def test_step_by_step_and_in_parts_give_what_the_reference_gives(self):
        subject = FakeQuantize("auto", CPU)
        self.assertEqual(subject.form, "eager")
        self.assertSame(subject)

    def test_large_tensors_are_rounded_part_by_part_where_memory_has_no_gaps(self):
        x = torch.zeros(2, 4, 100, 100)
        self.assertEqual(len(parts(x, x.clone())), 3)
        self.assertEqual(len(parts(x.to(memory_format=torch.channels_last))), 3)
        self.assertEqual(len(parts(x[:, ::2])), 1)

    @unittest.skipUnless(hasattr(torch, "compile") and shutil.which("g++"), "torch.compile needs torch 2 and a compiler")
    def test_compiled_rounding_gives_what_the_reference_gives(self):
        subject = FakeQuantize("compile", CPU)
        self.assertEqual(subject.form, "compile")
        self.assertSame(subject)

    @unittest.skipUnless(importlib.util.find_spec("triton"), "Triton is not installed")
    def test_the_kernel_for_gpus_gives_what_the_reference_gives_in_tritons_interpreter(self):
        program = f"""
import sys
sys.dont_write_bytecode = True
sys.path[:0] = [{str(COMPONENT)!r}, {os.path.dirname(__file__)!r}]
import test_rounding
from haq_evaluator.rounding import FakeQuantize
subject = FakeQuantize("triton", test_rounding.CPU)
assert subject.form == "triton"
# The interpreter cuts float32 to bf16, where GPUs round; a GPU is checked with both when the program starts.
test_rounding.EqualityTests().assertSame(subject, types=(test_rounding.torch.float32,))
print("same")
"""
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                             env={**os.environ, "TRITON_INTERPRET": "1"})
        self.assertEqual(run.stdout.strip(), "same", run.stderr)

    def test_pytorchs_own_fake_quantization_gives_the_same_where_its_reciprocal_is_exact(self):
        x = torch.randn(4, 1000, generator=torch.Generator().manual_seed(6))
        for low, high in ((0, 255), (-127, 127), (-7, 7)):
            theirs, slope = with_gradient(lambda x: torch.fake_quantize_per_tensor_affine(x, 0.03125, 0, low, high), x)
            ours, gradient = with_gradient(lambda x: FakeQuantize("eager", CPU)(x, torch.tensor([0.03125]), low, high), x)
            self.assertTrue(torch.equal(ours, theirs) and torch.equal(gradient, slope))
            scales = torch.tensor([0.5, 0.25, 0.125, 0.03125])
            theirs = torch.fake_quantize_per_channel_affine(x, scales, torch.zeros(4, dtype=torch.int32), 0, low, high)
            self.assertTrue(torch.equal(rounded(x, scales[:, None], low, high), theirs))

    def test_what_is_not_a_number_stays_so(self):
        x = torch.tensor([float("nan"), 1.0])
        y, inside = rounded_with_range(x, torch.tensor([0.5]), -3, 3)
        self.assertTrue(y[0].isnan() and not inside[0] and y[1] == 1)


class FallbackTests(unittest.TestCase):
    def said(self, make):
        text = io.StringIO()
        with contextlib.redirect_stderr(text):
            subject = make()
        return subject, text.getvalue()

    def test_a_form_that_cannot_run_is_said_once_and_eager_takes_its_place(self):
        subject, said = self.said(lambda: FakeQuantize("triton", CPU))
        self.assertEqual(subject.form, "eager")
        self.assertIn("fused rounding by triton does not work here", said)
        self.assertIn("Triton needs a GPU, and the model is on cpu", said)
        self.assertEqual(said.count("\n"), 1)
        self.assertEqual(subject(torch.tensor([0.6]), torch.tensor([0.5]), 0, 3).tolist(), [0.5])

    def test_a_form_with_other_numbers_is_not_used(self):
        def wrong(x, scale, low, high, ranged=True):
            y, inside = rounded_with_range(x, scale, low, high)
            return y * 1.0000001, inside

        with mock.patch.object(FakeQuantize, "made", return_value=wrong):
            subject, said = self.said(lambda: FakeQuantize("compile", CPU))
        self.assertEqual(subject.form, "eager")
        self.assertIn("its numbers differ from those of the eager form", said)

    def test_nothing_is_said_by_default(self):
        self.assertEqual(self.said(lambda: FakeQuantize("auto", CPU))[1], "")


class WeightTests(unittest.TestCase):
    def test_weights_are_rounded_once_for_a_policy_and_again_after_they_change(self):
        subject = evaluator()
        quantized = subject.quantized(policy(4, 4))
        module, layer = quantized.layers[0]
        with mock.patch.object(layer, "weights", side_effect=layer.weights) as weights, torch.no_grad():
            with quantized.running():
                first = subject.network.scores(torch.tensor([[1.0, 2.0]]))
                subject.network.scores(torch.tensor([[1.0, 2.0]]))
                self.assertEqual(weights.call_count, 1)
                module.weight.mul_(-1)
                self.assertTrue(torch.equal(subject.network.scores(torch.tensor([[1.0, 2.0]])), -first))
                self.assertEqual(weights.call_count, 2)


if __name__ == "__main__":
    unittest.main()
