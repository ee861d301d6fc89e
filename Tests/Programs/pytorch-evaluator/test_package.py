"""The package as users have it: its command, one file, its options, several processes, and the measured throughput."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import torch

from test_haq_evaluator import COMPONENT, policy
import haq_evaluator
from haq_evaluator import Options
from haq_evaluator.__main__ import command_line, main
from haq_evaluator.one_file import one_file
from haq_evaluator.serving import require_equal_results

MAKE = textwrap.dedent("""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    torch.set_num_threads(1)

    def make():
        torch.manual_seed(8)
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        def loader(count, batch, shuffle=False):
            data = TensorDataset(torch.rand(count, 1, 6, 6), torch.randint(3, (count,)))
            return DataLoader(data, batch_size=batch, shuffle=shuffle)
        return model, loader(30, 8, shuffle=True), loader(21, 4), loader(9, 4), {"name": "tiny"}
""")
SERVE = MAKE + textwrap.dedent("""
    import haq_evaluator
    *parts, details = make()
    haq_evaluator.serve(*parts, options=haq_evaluator.options(), **details)
""")


def environment(path):
    return {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}


class Conversation(unittest.TestCase):
    def converse(self, command, requests, path=COMPONENT, expected_code=0):
        text = "".join(json.dumps({"id": number, **request}) + "\n" for number, request in enumerate(requests, 1))
        run = subprocess.run(
            command, input=text, capture_output=True, text=True, env=environment(path), timeout=100)
        self.assertEqual(run.returncode, expected_code, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def requests(self, folder):
        bits = [{"layer": name, "weight_bits": 4, "activation_bits": 4} for name in ("0", "2")]
        question = {"split": "validation", "policy": bits, "extras": ["top5", "correct_samples"]}
        tuning = {"samples": 50, "learning_rate": 0.05, "seed": 3, "activation_clips": "learned"}
        job = {"batch_size": 7, "checkpoint": f"{folder}/checkpoint", "epochs": 2, "learning_rate": 0.05,
               "schedule": "cosine", "seed": 1, "warm_up_epochs": 0, "weight_decay": 0}
        return [
            {"method": "describe", "parameters": {"protocol": "haq.evaluator/1.5"}},
            {"method": "evaluate", "parameters": {"split": "validation"}},
            {"method": "evaluate", "parameters": question},
            {"method": "evaluate", "parameters": {**question, "samples": 10}},
            {"method": "evaluate", "parameters": {**question, "stop_below": {"accuracy": 1, "error_rate": 0}}},
            {"method": "evaluate", "parameters": {**question, "fine_tuning": tuning}},
            {"method": "evaluate", "parameters": {"split": "validation", "samples": 99}},
            {"method": "finetune", "parameters": {"job": job, "policy": bits}},
            {"method": "quantize", "parameters": {
                "policy": bits, "output": f"{folder}/numbers", "checkpoint": f"{folder}/checkpoint"}},
            {"method": "quit"},
        ]


class ProcessTests(Conversation):
    def assertNear(self, found, expected):
        """Equal but for the order in which gradients are added."""
        if isinstance(expected, dict):
            self.assertEqual(found.keys(), expected.keys())
            for key in expected:
                self.assertNear(found[key], expected[key])
        elif isinstance(expected, list):
            self.assertEqual(len(found), len(expected))
            for one, other in zip(found, expected):
                self.assertNear(one, other)
        elif isinstance(expected, float):
            self.assertAlmostEqual(found, expected, places=4)
        else:
            self.assertEqual(found, expected)

    def test_three_processes_answer_as_one_does(self):
        replies, codes = {}, {}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "program.py").write_text(SERVE)
            for processes in (1, 3):
                os.mkdir(f"{folder}/{processes}")
                replies[processes] = self.converse(
                    [sys.executable, f"{folder}/program.py", "--processes", str(processes)],
                    self.requests(f"{folder}/{processes}"))
        # All but what is fine-tuned is equal to the last digit; of 21 samples in batches of 4, the last rank has fewer.
        self.assertEqual(replies[3][:5], replies[1][:5])
        self.assertNear(replies[3], replies[1])
        self.assertEqual(len(replies[1]), 11)
        self.assertTrue(replies[1][4]["evaluation"]["below_bar"])
        self.assertLess(replies[1][4]["evaluation"]["samples"], 21)
        self.assertIn("21", replies[1][6]["error"]["message"])

    def test_a_process_that_dies_ends_all(self):
        dying = SERVE.replace("import haq_evaluator\n", textwrap.dedent("""
            import haq_evaluator, os
            if os.environ.get("HAQ_EVALUATOR_RANK") == "1":
                print("gone", file=__import__("sys").stderr)
                os._exit(7)
        """))
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "program.py").write_text(dying)
            replies = self.converse(
                [sys.executable, f"{folder}/program.py", "--processes", "2"], self.requests(folder), expected_code=1)
        self.assertEqual(replies, [])


class OneFileTests(Conversation):
    def test_one_file_answers_as_the_package_does(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [sys.executable, "-m", "haq_evaluator", "one-file", "-o", f"{folder}/haq_evaluator.py"],
                capture_output=True, text=True, env=environment(COMPONENT))
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            Path(folder, "program.py").write_text(SERVE)
            command = [sys.executable, f"{folder}/program.py"]
            single = self.converse(command, self.requests(folder)[:7], path=folder)
            Path(folder, "haq_evaluator.py").unlink()
            self.assertEqual(single, self.converse(command, self.requests(folder)[:7]))

    def test_no_two_modules_define_the_same_name(self):
        # The function raises an error where they do.
        text = one_file("haq_evaluator.py", "1")
        self.assertNotIn("from .", text)
        self.assertIn("python3 -m haq_evaluator one-file -o haq_evaluator.py", text.splitlines()[0])


class CommandTests(Conversation):
    def test_a_function_that_makes_a_model_is_served(self):
        with tempfile.TemporaryDirectory() as folder:
            # What is printed while the model is made is no reply.
            Path(folder, "own.py").write_text(MAKE.replace("def make():", "print('a word')\n\ndef make():"))
            replies = self.converse(
                [sys.executable, "-m", "haq_evaluator", "serve", f"{folder}/own.py:make"], self.requests(folder)[:2])
        self.assertEqual(replies[0]["description"]["network"], "tiny")
        self.assertEqual(replies[1]["evaluation"]["samples"], 21)

    def test_throughput_is_printed_with_the_machine_it_belongs_to(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
            Path(folder, "own.py").write_text(MAKE)
            main(["throughput", f"{folder}/own.py", "--samples", "24", "--repetitions", "1"])
        found = json.loads(printed.getvalue())
        self.assertEqual((found["network"], found["kind"], found["torch"]), ("tiny", "cpu", torch.__version__))
        self.assertGreaterEqual(found["samples"], 24)
        self.assertAlmostEqual(
            found["quantized_to_float"], found["quantized_samples_per_s"] / found["float_samples_per_s"], places=2)

    def refused(self, *arguments):
        text = io.StringIO()
        with contextlib.redirect_stderr(text), self.assertRaises(SystemExit) as end:
            main(list(arguments))
        self.assertEqual(end.exception.code, 2)
        return text.getvalue()

    def test_what_cannot_be_made_is_said(self):
        self.assertIn("there is no file nothing.py", self.refused("serve", "nothing.py"))
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "own.py").write_text("def make():\n    return 1, 2\n")
            self.assertIn("has no function other", self.refused("serve", f"{folder}/own.py:other"))
            self.assertIn("gives 2 things", self.refused("serve", f"{folder}/own.py"))

    def test_options_out_of_range_are_said(self):
        for arguments, part in (
            (["--distillation", "2"], "a share of the loss, 0 to 1"), (["--processes", "0"], "at least 1"),
            (["--temperature", "0"], "above 0"), (["--amp", "fp16"], "invalid choice: 'fp16'"),
        ):
            text = io.StringIO()
            with contextlib.redirect_stderr(text), self.assertRaises(SystemExit):
                haq_evaluator.options(arguments)
            self.assertIn(part, text.getvalue())
        with self.assertRaisesRegex(ValueError, "rounding is 'magic'; it is one of auto, eager, compile, triton"):
            Options(rounding="magic")

    def test_every_option_has_a_help_text_and_a_default(self):
        self.assertEqual(haq_evaluator.options([]), Options())
        given = ["--amp", "bf16", "--channels-last", "--deterministic", "--rounding", "eager", "--step-sizes", "learned",
                 "--distillation", "0.5", "--temperature", "4", "--processes", "2"]
        self.assertEqual(haq_evaluator.options(given), Options("bf16", True, True, "eager", "learned", 0.5, 4, 2))
        for parser in command_line()._subparsers._group_actions[0].choices.values():
            for action in parser._actions:
                self.assertTrue(action.help, action.dest)

    def test_equal_results_are_required_of_pytorch_where_asked(self):
        self.assertFalse(torch.are_deterministic_algorithms_enabled())
        try:
            require_equal_results()
            self.assertTrue(torch.are_deterministic_algorithms_enabled())
        finally:
            torch.use_deterministic_algorithms(False)


if __name__ == "__main__":
    unittest.main()
