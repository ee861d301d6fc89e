"""Tests of Sources/Programs/peers that need no peer; expected values by hand."""

import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Sources/Programs/peers"))

from comparison import environments, page, paired, plan
from comparison.measuring import Measuring
from comparison.record import Record, alone


class PairedTests(unittest.TestCase):
    def test_bits_are_those_of_the_evaluator_protocol(self):
        # The example of docs/evaluator.md 4.2: "28A=" is 11011011 11000000, 8 of 10 samples right.
        right = [character == "1" for character in "1101101111"]
        self.assertEqual(paired.bits(right), "28A=")
        self.assertEqual(paired.count("28A="), 8)

    def test_a_difference_has_mcnemars_standard_error(self):
        # Of 10 images the first alone gets 3 right, the second alone 1: (3 - 1) / 10, sqrt(4 - 4 / 10) / 10.
        first = paired.bits([True] * 6 + [False] * 4)
        second = paired.bits([False] * 3 + [True] * 4 + [False] * 3)
        found = paired.difference(first, second, 10)
        self.assertAlmostEqual(found.difference, 0.2)
        self.assertAlmostEqual(found.standard_error, 3.6**0.5 / 10)
        self.assertEqual(found.verdict, "above")
        self.assertEqual(paired.difference(second, first, 10).verdict, "below")
        # The same by the deviations of each image's difference: 3 times 1, once -1, six times 0, with the mean 0.2.
        deviations = [0.8**2] * 3 + [1.2**2] + [0.2**2] * 6
        self.assertAlmostEqual(found.standard_error, (sum(deviations) / 10 / 10) ** 0.5)

    def test_equal_networks_are_level_and_other_numbers_of_images_an_error(self):
        text = paired.bits([True, False, True])
        self.assertEqual(paired.difference(text, text, 3), paired.Difference(0, 0))
        self.assertEqual(paired.difference(text, text, 3).verdict, "level")
        with self.assertRaises(ValueError):
            paired.difference(text, paired.bits([True] * 9), 3)


class RecordTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "data/rows.jsonl"

    def test_a_run_that_goes_on_has_all_rows_of_the_one_before(self):
        first = Record(self.path)
        first.add({"key": "a", "right": 1})
        first.add({"key": "b", "reason": "none"})
        again = Record(self.path)
        self.assertEqual(again.rows, {"a": {"key": "a", "right": 1}, "b": {"key": "b", "reason": "none"}})

    def test_a_kill_loses_the_row_under_way_alone(self):
        for length in range(1, len('{"key": "c", "right": 3}')):
            self.path.unlink(missing_ok=True)
            first = Record(self.path)
            first.add({"key": "a", "right": 1})
            first.add({"key": "b", "right": 2})
            with self.path.open("a") as file:
                file.write('{"key": "c", "right": 3}'[:length])
            again = Record(self.path)
            self.assertEqual(sorted(again.rows), ["a", "b"])
            again.add({"key": "c", "right": 4})
            self.assertEqual([json.loads(line)["key"] for line in self.path.read_text().splitlines()], ["a", "b", "c"])

    def test_a_row_measured_again_takes_the_place_of_the_old_one(self):
        record = Record(self.path)
        for row in ({"key": "a", "reason": "none"}, {"key": "b", "right": 2}, {"key": "a", "right": 5}):
            record.add(row)
        self.assertEqual(self.path.read_text(), '{"key": "a", "right": 5}\n{"key": "b", "right": 2}\n')

    def test_only_one_program_measures(self):
        with alone(self.path):
            with self.assertRaises(SystemExit):
                with alone(self.path):
                    pass
        with alone(self.path):
            pass

    def test_a_line_that_is_no_row_is_named(self):
        self.path.parent.mkdir()
        self.path.write_text('{"key": "a"}\nnothing\n')
        with self.assertRaises(SystemExit) as caught:
            Record(self.path)
        self.assertIn("rows.jsonl:2: not a row", str(caught.exception))


class Scripted(Measuring):
    """Instead of a process, an answer."""

    def __init__(self, record: Record):
        super().__init__(record, Path("/nowhere"), Path("/nowhere/haq"), 1)
        self.asked = []

    def measured(self, row):
        self.asked.append(row.key)
        return {"reason": "scripted"}


class MeasuringTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_each_row_is_kept_at_once_and_none_begins_too_late(self):
        measuring = Scripted(Record(self.folder / "rows.jsonl"))
        rows = plan.rows()[:3]
        self.assertEqual(measuring.run(rows, time.time() + 60), 0)
        self.assertEqual(measuring.asked, [row.key for row in rows])
        self.assertEqual(list(Record(self.folder / "rows.jsonl").rows), measuring.asked)
        self.assertEqual(Scripted(Record(self.folder / "rows.jsonl")).run(rows, time.time() - 1), 3)

    def test_a_process_that_takes_too_long_ends_with_what_it_started(self):
        measuring = Measuring(Record(self.folder / "rows.jsonl"), self.folder, Path("haq"), 0.5 / 60)
        begin = time.monotonic()
        code, _ = measuring.process(["/bin/sh", "-c", "sleep 60 & echo $! > child; wait"], self.folder)
        self.assertIsNone(code)
        self.assertLess(time.monotonic() - begin, 30)
        child = int((self.folder / "child").read_text())
        for _ in range(100):
            state = Path(f"/proc/{child}/stat")
            if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
                return
            time.sleep(0.1)
        self.fail("the child is alive")

    def test_the_reason_is_the_last_line_that_says_something(self):
        code, output = Measuring(Record(self.folder / "rows.jsonl"), self.folder, Path("haq"), 1).process(
            ["/bin/sh", "-c", "echo first; echo; echo 'last words' >&2; echo; exit 3"], self.folder)
        self.assertEqual((code, environments.last_line(output)), (3, "last words"))


class PlanTests(unittest.TestCase):
    rows = plan.rows()

    def test_each_row_is_there_once(self):
        self.assertEqual(len({row.key for row in self.rows}), len(self.rows))

    def test_each_network_and_setting_has_the_row_that_it_is_compared_with(self):
        keys = {row.key for row in self.rows}
        for network in plan.NETWORKS:
            for setting in plan.SETTINGS:
                self.assertIn(plan.reference(network, setting).key, keys)

    def test_each_peer_has_its_files(self):
        for peer in plan.PEERS:
            self.assertTrue((ROOT / f"Sources/Programs/peers/quantizers/{peer.module}.py").exists(), peer.name)
            self.assertTrue((ROOT / f"Sources/Programs/peers/requirements/{peer.requirements}.txt").exists(), peer.name)

    def test_budgets_are_those_of_the_uniform_settings_beside_them(self):
        # Half of 8 bits is 4; a quarter of 8 x 8 is 4 x 4.
        shares = {setting.budget: setting.share for setting in plan.SETTINGS if setting.budget}
        self.assertEqual(shares, {"weight_bytes": 4 / 8, "bit_operations": 4 * 4 / (8 * 8)})


def row(key: str, right: list[bool], **more) -> dict:
    return {
        "key": key, "samples": len(right), "right": sum(right), "right_samples": paired.bits(right), "cpu_s": 12.4,
        "evaluated_by": "onnxruntime", "versions": {"onnxruntime": "1.2.3"}, **more}


NETWORK = "fashion-mobilenet-v1"


class PageTests(unittest.TestCase):
    measured = {
        each["key"]: each for each in [
            row(f"{NETWORK}/W8A8/haq/best", [True] * 8 + [False] * 2),
            row(f"{NETWORK}/W8A8/haq/fast", [True] * 6 + [False] * 4),
            row(f"{NETWORK}/W8A8/onnxruntime/minmax", [True] * 5 + [False] * 5),
            row(f"{NETWORK}/W8A8/onnxruntime/entropy", [True] * 7 + [False] * 3),
            row(f"{NETWORK}/W8A8/nncf/fast", [True] * 10),
            {"key": f"{NETWORK}/W8A8/nncf/accurate", "reason": "no | here"},
            row(f"{NETWORK}/BitOps 0.25x/haq/search", [True] * 8 + [False] * 2, share=0.2496)]}
    results = page.Results(measured, {f"{NETWORK}/W8A8/nncf/fast": "it is wider."})
    table = page.table(plan.NETWORKS[0], plan.SETTINGS[0], results)

    def test_a_row_has_its_difference_from_haq_best(self):
        # Three images lost: -30 points, sqrt(3 - 9 / 10) / 10 = 14.49 points.
        self.assertIn("| onnxruntime, MinMax | 50.00 % | -30.00 ± 14.49 | 12 | onnxruntime |  |", self.table)
        self.assertIn("| haq, `--ptq best` | 80.00 % |  | 12 | onnxruntime |  |", self.table)

    def test_a_peer_above_haq_has_the_reason(self):
        # Two images gained: 20 points, sqrt(2 - 4 / 10) / 10 = 12.65 points.
        self.assertIn("| +20.00 ± 12.65 | 12 | onnxruntime | **above haq**: it is wider. |", self.table)
        unknown = page.table(plan.NETWORKS[0], plan.SETTINGS[0], page.Results(self.measured, {}))
        self.assertIn("**above haq**: the reason is not known yet", unknown)

    def test_a_row_without_a_network_has_its_reason_and_one_that_is_not_measured_says_so(self):
        self.assertIn("| NNCF, bias correction |  |  |  |  | no \\| here |", self.table)
        self.assertIn("| onnxruntime, Distribution |  |  |  |  | not measured yet |", self.table)

    def test_a_row_within_a_budget_has_its_share(self):
        budget = page.table(plan.NETWORKS[0], plan.SETTINGS[5], self.results)
        self.assertIn("| haq, `haq search --ptq best` | 80.00 % |  | 12 | onnxruntime | 0.250x |  |", budget)
        widths = {len(line.replace("\\|", "").split("|")) for line in budget.splitlines() if line.startswith("|")}
        self.assertEqual(len(widths), 1)

    def test_the_summary_counts_peers_alone(self):
        found = page.summary(self.results)
        # MinMax is below; Entropy has one image less: -10 points, sqrt(1 - 1 / 10) / 10 = 9.49 points, so below, too.
        self.assertIn("| below haq by more than the standard error | 2 |", found)
        self.assertIn("| within the standard error | 0 |", found)
        self.assertIn("| above haq by more than the standard error | 1 |", found)
        self.assertIn("with the reason | 1 |", found)
        peers = sum(each.peer is not plan.HAQ for each in plan.rows())
        self.assertIn(f"| not measured yet | {peers - 4} |", found)
        self.assertIn("Above haq: NNCF, fast bias correction (fashion-mobilenet-v1, W8A8).", found)

    def test_fast_is_beside_the_best_calibrator(self):
        # Entropy has 7 of 10; fast has one less.
        self.assertIn("| 60.00 % | Entropy | 70.00 % | -10.00 ± 9.49 |", page.calibrators(self.results))

    def test_all_rows_of_the_plan_are_on_the_page(self):
        text = "".join(page.block(network.name, self.results) for network in plan.NETWORKS)
        self.assertEqual(text.count("| not measured yet |") + len(self.measured), len(plan.rows()))

    def test_check_says_whether_the_page_is_what_the_data_gives(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "rows.jsonl").write_text("".join(json.dumps(each) + "\n" for each in self.measured.values()))
            (folder / "reasons.json").write_text("{}")
            text = folder / "peers.md"
            text.write_text("# Peers\n\n<!-- begin versions: written by measure-peers -->\n\n<!-- end -->\n\nEnd.\n")
            with self.assertRaises(SystemExit):
                page.write(text, folder, True)
            page.write(text, folder, False)
            self.assertIn("| onnxruntime | 1.2.3 |\n<!-- end -->\n\nEnd.\n", text.read_text())
            page.write(text, folder, True)

    def test_the_page_of_this_checkout_is_what_its_data_gives(self):
        page.write(ROOT / "docs/results/peers.md", ROOT / "docs/results/peers", True)


if __name__ == "__main__":
    unittest.main()
