"""Number formats in Sources/Programs/pytorch-evaluator, against ml_dtypes' values and a search through all numbers."""

import json
import math
import random
import struct
import tempfile
import unittest
from pathlib import Path

import torch
from torch import nn

from test_haq_evaluator import evaluator, loader
from haq_evaluator import Evaluator, Failure
from haq_evaluator.number_formats import FLOATS, MICROSCALING, Formatted, nearest

REFERENCE = Path(__file__).resolve().parents[2] / "Core/NumberFormatsTests/Reference"


def float_of(bits):
    return struct.unpack("<f", struct.pack("<I", int(bits, 16)))[0]


def sections(name):
    """The cells of each format in a file that ml_dtypes made."""
    found = {}
    for line in (REFERENCE / name).read_text().splitlines():
        if line.startswith("format "):
            cells = found.setdefault(line.split()[1], [])
        elif not line.startswith("#"):
            cells += line.split()
    return found


VALUES = {name: [float_of(bits) for bits in cells] for name, cells in sections("codes.txt").items()}


def same(found, expected):
    """Whether numbers are equal, the sign of zero included; a NaN equals another."""
    return all(
        (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b)) for a, b in zip(found, expected))


def by_search(value, name):
    """The nearest number of a format, of two equally near ones that with the even code, saturating; in Python's doubles."""
    numbers = sorted({abs(number) for number in VALUES[name] if math.isfinite(number)})
    magnitude = min(abs(value), numbers[-1])
    # The codes of numbers that are not negative ascend with them.
    code = min(range(len(numbers)), key=lambda code: (abs(numbers[code] - magnitude), code % 2))
    return math.copysign(numbers[code], value)


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def random_rows(seed, rows=24, length=83):
    """Rows of many sizes, some of zeros; single-precision numbers."""
    draw = random.Random(seed)
    def number(size):
        return 0.0 if draw.random() < 0.1 else single(draw.gauss(0, 1) * size)
    return [[number(2.0 ** draw.randint(-20, 20) if row else 0) for _ in range(length)] for row in range(rows)]


class ElementTests(unittest.TestCase):
    def test_elements_round_as_ml_dtypes_rounds_them(self):
        for name, cells in sections("roundings.txt").items():
            if name not in FLOATS:
                continue
            parts = [cell.split(":") for cell in cells]
            values = [float_of(value) for value, _, _ in parts]
            expected = [VALUES[name][int(code, 16)] for _, _, code in parts]
            finite = [index for index, value in enumerate(values) if not math.isnan(value)]
            found = nearest(torch.tensor([values[index] for index in finite]), name).tolist()
            self.assertTrue(same(found, [expected[index] for index in finite]), name)

    def test_scales_and_the_gradient_of_floats(self):
        # The largest number of fp4-e2m1 is 6: with the scale 0.5 that is 3. 1.1 / 0.5 = 2.2 -> 2, 9 -> 6, -0.1 / 0.5 -> -0.
        values = torch.tensor([[1.1, 9.0, -0.1]], requires_grad=True)
        rounded = Formatted.apply(values, "fp4-e2m1", torch.tensor([[0.5]]))
        self.assertTrue(same(rounded.flatten().tolist(), [1.0, 3.0, -0.0]))
        (rounded * torch.tensor([[2.0, 3.0, 4.0]])).sum().backward()
        self.assertEqual(values.grad.tolist(), [[2, 0, 4]])


class BlockTests(unittest.TestCase):
    def rounded(self, rows, name, scale=1.0):
        return Formatted.apply(torch.tensor(rows), name, torch.tensor(scale)).tolist()

    def blocks(self, rows, length):
        return [(row, start, values[start:start + length]) for row, values in enumerate(rows) for start in range(0, len(values), length)]

    def test_microscaling_is_what_its_definition_gives(self):
        rows = random_rows(1)
        for name, element in MICROSCALING.items():
            found = self.rounded(rows, name)
            top = math.frexp(max(number for number in VALUES[element] if math.isfinite(number)))[1] - 1
            for row, start, block in self.blocks(rows, 32):
                largest = max(map(abs, block))
                exponent = math.frexp(largest)[1] - 1 - top if largest else -127
                expected = [by_search(value / 2.0**exponent, element) * 2.0**exponent for value in block]
                self.assertTrue(same(found[row][start:start + 32], expected), f"{name} {row} {start}")

    def test_nvfp4_is_what_its_definition_gives(self):
        rows = random_rows(2)
        top = max(abs(value) for row in rows for value in row)
        found = self.rounded(rows, "nvfp4", top)
        encoding = single(2688 / top)
        tensor = single(1 / encoding)
        for row, start, block in self.blocks(rows, 16):
            wanted = single(single(max(map(abs, block)) / 6) * encoding)
            scale = single(by_search(wanted, "fp8-e4m3") * tensor)
            inverse = single(1 / scale) if scale else 3.4028234663852886e38
            expected = [single(by_search(single(value * inverse) if abs(value * inverse) < 1e38 else value * inverse, "fp4-e2m1") * scale) for value in block]
            self.assertTrue(same(found[row][start:start + 16], expected), f"{row} {start}")

    def test_groups_of_integers_are_what_their_definition_gives(self):
        rows = random_rows(3)
        for bits, length in [(4, 32), (8, 64), (2, 128), (16, 32)]:
            found, high = self.rounded(rows, f"int{bits}-g{length}"), 2 ** (bits - 1) - 1
            for row, start, block in self.blocks(rows, length):
                largest = max(map(abs, block))
                scale = struct.unpack("<e", struct.pack("<e", min(single(largest / high), 65504)))[0]
                scale = max(scale, 2.0**-24) if largest else 0
                codes = [max(-high, min(high, round(single(value / scale)))) if scale else 0 for value in block]
                self.assertTrue(same(found[row][start:start + length], [single(code * scale) for code in codes]), f"{bits} {length}")


class PolicyTests(unittest.TestCase):
    def policy(self, weight, activation, layer="1"):
        def keys(role, form):
            return {f"{role}_format": form} if isinstance(form, str) else {f"{role}_bits": form}
        return [{"layer": layer, **keys("weight", weight), **keys("activation", activation)}]

    def test_floats_of_32_bits_change_nothing(self):
        subject = evaluator()
        # Floats diverge from themselves by nothing.
        expected = {**subject.evaluate({"split": "validation"}), "divergence": 0}
        for form in (32, "fp32"):
            self.assertEqual(subject.evaluate({"split": "validation", "policy": self.policy(form, form)}), expected)

    def test_every_format_is_stated_and_measured(self):
        subject = evaluator()
        stated = subject.describe("haq.evaluator/1.5")
        self.assertEqual(stated["weight_formats"], stated["activation_formats"])
        floats = subject.evaluate({"split": "validation"})["loss"]
        for form in stated["weight_formats"]:
            found = subject.evaluate({"split": "validation", "policy": self.policy(form, "bf16")})["loss"]
            # Two bits are far off, and hardly anything else is.
            bits = min(int("".join(filter(str.isdigit, form.split("-")[0])) or 4), 32)
            self.assertLess(abs(found - floats), 2 if bits < 4 else 0.5, form)

    def test_a_name_that_is_no_format_and_two_keys_are_errors(self):
        subject = evaluator()
        for entry in ({"weight_format": "int17", "activation_bits": 8}, {"weight_format": "bf16", "weight_bits": 8, "activation_bits": 8}):
            with self.assertRaises(Failure):
                subject.evaluate({"split": "validation", "policy": [{"layer": "1", **entry}]})

    def test_the_numbers_that_are_handed_out_are_those_that_are_measured(self):
        subject = evaluator()
        with tempfile.TemporaryDirectory() as folder:
            encodings = subject.hand_out(self.policy("int4-g32", "fp8-e4m3"), f"{folder}/numbers")
            numbers = struct.unpack("<6f", Path(f"{folder}/numbers").read_bytes())
        # 1.5 / 7 in fp16 is 0.2142..., 1 / 7 is 0.1428...: 0.6 is 3 steps of the one, 0.2 is 1 of the other.
        scales = [struct.unpack("<e", struct.pack("<e", value / 7))[0] for value in (1.5, 1.0)]
        self.assertEqual(encodings[0]["weight"], {"format": "int4-g32", "scales": scales})
        self.assertEqual(numbers[:4], (7 * scales[0], 3 * scales[0], scales[1], 7 * scales[1]))
        # The greatest input in calibration is 3.
        self.assertEqual(encodings[0]["activation"], {"format": "fp8-e4m3", "scales": [single(3 / 448)]})

    def test_a_normalization_keeps_weights_of_16_bits_from_being_handed_out(self):
        layer, normalization = nn.Conv2d(1, 2, 1, bias=False), nn.BatchNorm2d(2)
        normalization.weight.data = torch.tensor([3.0, 1.0])
        model = nn.Sequential(layer, normalization, nn.Flatten())
        data = loader([[[[0.5]]], [[[1.0]]]], [0, 1])
        subject = Evaluator(model, data, data, data)
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(Failure, "are then no bf16 numbers"):
                subject.hand_out(self.policy("bf16", "fp32", layer="0"), f"{folder}/numbers")


if __name__ == "__main__":
    unittest.main()
