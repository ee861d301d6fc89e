"""haq_costs.py: its side of the protocol, in a process of its own, and how it measures."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
PROGRAMS = os.path.join(ROOT, "Sources/Programs/cost-programs")
sys.path.insert(0, PROGRAMS)
import haq_costs

PROGRAM = """
import haq_costs

def cost(layer, weight_bits, activation_bits, batch):
    print("this goes to standard error")
    if layer.kind == "depthwise" and layer.in_channels == 13:
        raise haq_costs.Unsupported("thirteen")
    if layer.in_channels == 17:
        return {"latency_s": float("nan")}
    if layer.in_channels == 19:
        raise RuntimeError("the board is off")
    return {"latency_s": batch * layer.macs * weight_bits * activation_bits * PARAMETERS["scale"]}

def network(points, file):
    return {"latency_s": float(len(points))}

PARAMETERS = {"scale": 1e-12, "word": "x"}
haq_costs.serve(cost, network, program="p 1", device="d", precisions=["W4A4", "W8A8"], parameters=PARAMETERS)
"""


def layer(kind="convolution", channels=16, groups=1):
    return {"kind": kind, "groups": groups, "in_channels": channels, "out_channels": channels, "input": [14, 14], "output": [7, 7],
            "kernel": [3, 3], "stride": [2, 2], "dilation": [1, 1], "padding": [1, 1, 1, 1]}


def point(bits=8, **of):
    return {"layer": layer(**of), "weight_bits": bits, "activation_bits": bits}


def conversation(lines, program=PROGRAM):
    """The replies of a program to lines of text, its exit status and its standard error."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "w") as file:
            file.write(program)
        run = subprocess.run([sys.executable, path], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60,
                             env={**os.environ, "PYTHONPATH": PROGRAMS})
    return [json.loads(line) for line in run.stdout.splitlines()], run.returncode, run.stderr


def asked(*points, batch=2):
    return json.dumps({"id": 5, "method": "cost", "parameters": {"batch": batch, "points": list(points)}})


def described(protocol="haq.costs/1.0", **parameters):
    return json.dumps({"id": 1, "method": "describe", "parameters": {"protocol": protocol, "parameters": parameters}})


class Conversation(unittest.TestCase):
    def test_costs(self):
        replies, status, errors = conversation([described(), "", asked(point(), point(4), point(2), point(kind="matmul")), '{"id":9,"method":"quit"}'])
        self.assertEqual(status, 0)
        self.assertEqual(replies[0]["description"]["precisions"], ["W4A4", "W8A8"])
        self.assertNotIn("batch", replies[0]["description"])
        by_point = {reply["point"]: reply for reply in replies[1:-1]}
        # 16 x 16 x 9 weights at 7 x 7 places, 2 samples, 8 x 8 bits.
        self.assertAlmostEqual(by_point[0]["cost"]["latency_s"], 2 * 2304 * 49 * 64e-12, delta=1e-15)
        self.assertAlmostEqual(by_point[1]["cost"]["latency_s"], 2 * 2304 * 49 * 16e-12, delta=1e-15)
        self.assertEqual(by_point[2]["unsupported"], "this program has no costs at W2A2")
        self.assertEqual(by_point[3]["unsupported"], "this program has no costs of matmul layers")
        self.assertEqual(replies[-1], {"done": True, "id": 5})
        self.assertIn("this goes to standard error", errors)

    def test_formats(self):
        program = PROGRAM.replace('"W8A8"]', '"int8/int8", "bf16/bf16", "int4-g128/fp32"]').replace(
            "layer.macs * weight_bits * activation_bits",
            "haq_costs.stored_bits(weight_bits, 16, 144) * (1 if activation_bits == 32 else 2 if activation_bits == 'bf16' else 3)")
        bf16 = {"layer": layer(), "weight_format": "bf16", "activation_format": "bf16"}
        groups = {"layer": layer(), "weight_format": "int4-g128", "activation_bits": 32}
        mixed = {"layer": layer(), "weight_format": "bf16", "activation_bits": 8}
        replies, _, _ = conversation([asked(point(), bf16, groups, mixed, batch=1)], program)
        by_point = {reply["point"]: reply for reply in replies[:-1]}
        # 16 x 144 weights of 8 and of 16 bits; of 4 bits with two 16-bit scales a row, since 144 are more than 128.
        for number, expected in [(0, 16 * 144 * 8 * 3), (1, 16 * 144 * 16 * 2), (2, 16 * (144 * 4 + 2 * 16))]:
            self.assertAlmostEqual(by_point[number]["cost"]["latency_s"], expected * 1e-12, delta=1e-18)
        self.assertEqual(by_point[3]["unsupported"], "this program has no costs at bf16/int8")
        for wrong in ("float8", "int32", "int", "int0"):
            replies, _, _ = conversation([asked({"layer": layer(), "weight_format": wrong, "activation_bits": 8}), described()], program)
            self.assertEqual(replies[0]["error"]["code"], "malformed", wrong)
            self.assertIn("description", replies[1])

    def test_names_and_bits(self):
        self.assertEqual([haq_costs.pair_of(text) for text in ("W4A8", "int8/fp32", "nvfp4/bf16")], [(4, 8), (8, 32), ("nvfp4", "bf16")])
        self.assertEqual([haq_costs.name_of(form) for form in (8, 32, "bf16")], ["int8", "fp32", "bf16"])
        # 16 numbers of 4 bits and a scale of 8, and one of 32 for the tensor; two rows of 33 begin two blocks each.
        self.assertEqual(haq_costs.stored_bits("nvfp4", 1, 16), 16 * 4 + 8 + 32)
        self.assertEqual(haq_costs.stored_bits("mxfp6-e2m3", 2, 33), 2 * (33 * 6 + 2 * 8))

    def test_parameters(self):
        replies, _, _ = conversation([described(scale=1e-9), asked(point(), batch=1)])
        self.assertAlmostEqual(replies[1]["cost"]["latency_s"], 2304 * 49 * 64e-9, delta=1e-12)
        for parameters, words in [({"speed": 1}, "knows no parameter \"speed\"; it knows scale, word"), ({"scale": "x"}, "must be of the type"),
                                  ({"word": 1}, "must be of the type")]:
            (reply,), _, _ = conversation([described(**parameters)])
            self.assertEqual(reply["error"]["code"], "illegal")
            self.assertIn(words, reply["error"]["message"])

    def test_what_a_function_does_wrong(self):
        for channels, words in [(17, "latency_s of a point is nan"), (19, "RuntimeError: the board is off")]:
            replies, status, _ = conversation([asked(point(), point(channels=channels), point()), described()])
            # The answer before is kept, the conversation goes on.
            self.assertIn("cost", replies[0])
            self.assertEqual(replies[1]["error"]["code"], "failed")
            self.assertIn(words, replies[1]["error"]["message"])
            self.assertIn("description", replies[2])
            self.assertEqual(status, 0)
        replies, _, _ = conversation([asked(point(kind="depthwise", channels=13, groups=13))])
        self.assertEqual(replies[0]["unsupported"], "thirteen")

    def test_network(self):
        question = {"id": 3, "method": "network", "parameters": {"batch": 1, "layers": [point(), point(4)]}}
        replies, _, _ = conversation([described(), json.dumps(question)])
        self.assertTrue(replies[0]["description"]["network"])
        self.assertEqual(replies[1], {"cost": {"latency_s": 2.0}, "id": 3})

    def test_no_network(self):
        program = PROGRAM.replace("serve(cost, network,", "serve(cost,")
        replies, _, _ = conversation([described(), json.dumps({"id": 3, "method": "network", "parameters": {"batch": 1, "layers": []}})], program)
        self.assertNotIn("network", replies[0]["description"])
        self.assertEqual(replies[1]["error"]["code"], "illegal")

    def test_wrong_requests(self):
        impossible = point()
        impossible["layer"]["groups"] = 0
        for line, code in [("garbage", "malformed"), ("[]", "malformed"), ('{"id":1}', "malformed"), ('{"id":1,"method":"sing"}', "malformed"),
                           ('{"id":1,"method":"cost","parameters":{"batch":1}}', "malformed"), (described("haq.costs/2.0"), "incompatible"),
                           (asked(impossible), "malformed")]:
            replies, _, _ = conversation([line, described()])
            self.assertEqual(replies[0]["error"]["code"], code, line)
            self.assertIn("description", replies[1])

    def test_lines_of_the_page(self):
        with open(os.path.join(ROOT, "docs/cost-programs.md"), encoding="utf-8") as page:
            lines = [line for line in page if line.startswith('{"id"') and '"method"' in line and "describe" not in line]
        self.assertEqual(len(lines), 4)
        replies, status, _ = conversation([line.strip() for line in lines])
        self.assertEqual(status, 0)
        self.assertEqual([reply["id"] for reply in replies], [2, 2, 2, 3, 3, 3, 3])


class Sizes(unittest.TestCase):
    def test_counts(self):
        grouped = haq_costs.Layer(layer(groups=4))
        self.assertEqual((grouped.weights, grouped.macs), (16 * 4 * 9, 16 * 4 * 9 * 49))
        self.assertEqual((grouped.inputs, grouped.outputs), (16 * 196, 16 * 49))
        # Each input of a transposed convolution meets every weight.
        self.assertEqual(haq_costs.Layer(layer(kind="transposed-convolution")).macs, 16 * 16 * 9 * 196)


class Measuring(unittest.TestCase):
    def test_summary(self):
        # Quartiles of 1, 2, 3, 4, 10 are 2 and 4.
        found = haq_costs.summary([10.0, 1.0, 3.0, 2.0, 4.0])
        self.assertEqual(found, {"cost": {"latency_s": 3.0}, "least_s": 1.0, "spread": 1 / 3, "repetitions": 5})
        # Between neighbours: the median of 1 and 2, quartiles 1.25 and 1.75.
        self.assertEqual(haq_costs.summary([1.0, 2.0])["cost"]["latency_s"], 1.5)
        self.assertAlmostEqual(haq_costs.summary([1.0, 2.0])["spread"], 0.25 / 1.5)

    def measured(self, durations, **settings):
        """The replies for points that take so long, by a clock that they move."""
        now, order = [0.0], []

        def prepare(number):
            if durations[number] is None:
                raise haq_costs.Unsupported("no kernel")

            def run():
                order.append(number)
                now[0] += durations[number]() if callable(durations[number]) else durations[number]

            return run

        found = {}
        repetitions = haq_costs.Repetitions(clock=lambda: now[0], **settings)
        repetitions.measure(list(range(len(durations))), prepare, lambda number, keys: found.update({number: keys}))
        return found, order

    def test_each_has_its_own_time(self):
        found, order = self.measured([0.5, None, 0.25, 0.125], least=3, most=9)
        self.assertEqual({number: keys["cost"]["latency_s"] for number, keys in found.items() if "cost" in keys}, {0: 0.5, 2: 0.25, 3: 0.125})
        self.assertEqual(found[1], {"unsupported": "no kernel"})
        self.assertEqual(found[0]["repetitions"], 3)
        # Points take turns: the last three rounds have each point once.
        rounds = [set(order[start:start + 3]) for start in range(len(order) - 9, len(order), 3)]
        self.assertEqual(rounds, [{0, 2, 3}] * 3)

    def test_short_layers_run_several_times_in_a_repetition(self):
        found, order = self.measured([1e-6], least=3, most=3, least_s=1e-3)
        self.assertAlmostEqual(found[0]["cost"]["latency_s"], 1e-6, delta=1e-12)
        self.assertGreaterEqual(len(order), 3000)

    def test_noise_is_repeated_up_to_a_limit(self):
        swings = iter([1.0, 2.0] * 100)
        found, _ = self.measured([lambda: next(swings)], least=5, most=21, precision=0.01)
        self.assertEqual(found[0]["repetitions"], 21)

    class DisturbedProcessor:
        """A clock on which everything takes half as long again while another program has the core's other thread."""

        def __init__(self, is_disturbed):
            self.now, self.slept, self.is_disturbed = 0.0, 0, is_disturbed

        def pass_by(self, seconds):
            self.now += seconds * (1.5 if self.is_disturbed(self.now) else 1)

        def read(self):
            """Two readings a measurement of the witness, which works for 0.1 ms between them."""
            self.pass_by(1e-4)
            return self.now

        def sleep(self, seconds):
            self.now, self.slept = self.now + seconds, self.slept + seconds

    def disturbed(self, is_disturbed, **settings):
        """What a layer of 2 ms is found to take."""
        processor = self.DisturbedProcessor(is_disturbed)
        witness = haq_costs.Witness(clock=processor.read, sleep=processor.sleep, **settings)
        # Of the layer itself, the clock must not advance by being read.
        repetitions = haq_costs.Repetitions(clock=lambda: processor.now, witness=witness)
        found = {}
        repetitions.measure([0], lambda _: lambda: processor.pass_by(2e-3), lambda number, keys: found.update({number: keys}))
        return found[0], processor.slept

    def test_disturbed_repetitions_are_left_out(self):
        # From 0.07 s on, the processor is disturbed for 1.4 s of every 2 s: most of the time, which a median follows.
        found, slept = self.disturbed(lambda now: 0.07 < now and now % 2 < 1.4)
        self.assertAlmostEqual(found["cost"]["latency_s"], 2e-3, delta=1e-9)
        self.assertAlmostEqual(found["spread"], 0)
        self.assertGreater(slept, 0.5)

    def test_a_processor_that_stays_disturbed_is_measured_as_it_is(self):
        found, slept = self.disturbed(lambda now: 0.07 < now, patience_s=3)
        self.assertAlmostEqual(found["cost"]["latency_s"], 3e-3, delta=1e-9)
        self.assertEqual(found["repetitions"], 101)
        self.assertAlmostEqual(slept, 3, delta=0.2)

    def test_groups(self):
        found, _ = self.measured([0.5] * 20, least=3, most=3, group=4)
        self.assertEqual(len(found), 20)


if __name__ == "__main__":
    unittest.main()
