"""Tests of Sources/Programs/gpu-measurements that need neither PyTorch nor a GPU; expected values by hand."""

import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "Sources/Programs/gpu-measurements"))

from measurements import summary
from measurements.layer import Layer, from_cells, random_layers
from measurements.record import Record

# 3 x 5 taps, 4 of 8 channels in a group, 16 channels out, from 10x12 to 5x6.
GROUPED = Layer("convolution", 2, 8, 16, (10, 12), (5, 6), (3, 5), (2, 2), (1, 2))


class LayerTests(unittest.TestCase):
    def test_a_layer_knows_its_work_and_its_numbers(self):
        # 5 * 6 outputs, 15 taps, 4 channels, 16 channels out.
        self.assertEqual(GROUPED.macs, 30 * 15 * 4 * 16)
        # Two samples: 2 * 10 * 12 * 8, 15 * 4 * 16, 2 * 5 * 6 * 16.
        self.assertEqual(GROUPED.elements(2), (1920, 960, 960))

    def test_only_a_layer_that_reads_each_number_once_is_a_product(self):
        self.assertTrue(Layer("fully-connected", 1, 8, 10).is_product)
        self.assertTrue(Layer("convolution", 1, 8, 10, (7, 7), (7, 7)).is_product)
        self.assertFalse(Layer("convolution", 1, 8, 10, (8, 8), (4, 4), stride=(2, 2)).is_product)
        self.assertFalse(Layer("convolution", 2, 8, 10, (7, 7), (7, 7)).is_product)
        self.assertFalse(GROUPED.is_product)

    def test_cells_of_a_table_give_the_layer_again(self):
        cells = [str(cell) for cell in GROUPED.cells()]
        self.assertEqual(cells[4:], ["10x12", "5x6", "3x5", "2x2", "1x2", "1x1"])
        self.assertEqual(from_cells(cells), GROUPED)


class PlanTests(unittest.TestCase):
    layers = random_layers(1, 300)

    def test_a_seed_gives_the_same_different_layers(self):
        self.assertEqual(self.layers, random_layers(1, 300))
        self.assertNotEqual(self.layers, random_layers(2, 300))
        self.assertEqual(len(set(self.layers)), 300)

    def test_outputs_are_as_many_as_windows_that_fit(self):
        for layer in self.layers:
            if layer.kind == "fully-connected" or layer.input[1] == 1:
                continue
            for axis in (0, 1):
                size = layer.input[axis] + 2 * layer.padding[axis]
                reach = layer.dilation[axis] * (layer.kernel[axis] - 1)
                starts = [start for start in range(0, size, layer.stride[axis]) if start + reach < size]
                self.assertEqual(len(starts), layer.output[axis], layer)

    def test_all_forms_of_layers_occur(self):
        self.assertTrue(all(layer.in_channels % layer.groups == 0 == layer.out_channels % layer.groups for layer in self.layers))
        for is_form in (
            lambda layer: layer.kind == "depthwise" and layer.groups == layer.in_channels == layer.out_channels,
            lambda layer: 1 < layer.groups < layer.in_channels,
            lambda layer: layer.kind == "fully-connected",
            lambda layer: layer.dilation != (1, 1),
            lambda layer: layer.kernel[0] != layer.kernel[1],
            lambda layer: layer.stride == (2, 2),
            lambda layer: layer.is_product and layer.input[1] > 1,
        ):
            self.assertGreater(sum(map(is_form, self.layers)), 4)


class FolderTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def record(self) -> Record:
        record = Record(self.folder, time.time())
        self.addCleanup(lambda: [file.close() for file in record.files.values()])
        return record

    def test_a_run_that_goes_on_knows_what_it_has(self):
        first = self.record()
        first.add("layers", [0, 16, "bf16", "warm"], ["product", 100], (2e-6, 1e-6, 3e-6, 10, 7), 1)
        first.refuse("layers", [0, 1, "int8", "warm"], "too few rows")
        again = self.record()
        self.assertTrue(again.has("layers", [0, 16, "bf16", "warm"], 1))
        self.assertFalse(again.has("layers", [0, 16, "bf16", "warm"], 2))
        self.assertFalse(again.has("layers", [0, 16, "bf16", "cold"], 1))
        self.assertTrue(again.has("layers", [0, 1, "int8", "warm"], 1))
        self.assertTrue(again.is_refused("layers", [0, 1, "int8", "warm"]))
        header = (self.folder / "layers.csv").read_text().splitlines()
        self.assertEqual(len(header), 2)

    def test_the_summary_is_what_the_files_say(self):
        record = self.record()
        layer = Layer("fully-connected", 1, 1000, 500)
        record.write("shapes", [0, "tiny", *layer.cells()])
        for index in range(2):
            record.write("uses", ["tiny", index, f"l{index}", 0])
        for format, latency in (("bf16", 1e-6), ("int8", 1.5e-6)):
            record.add("layers", [0, 100, format, "warm"], ["product", 1], (latency, latency * 0.9, latency * 1.1, 10, 7), 1)
        record.add("layers", [0, 100, "bf16", "warm"], ["product", 1], (1.1e-6, 1e-6, 1.2e-6, 10, 7), 2)
        record.add("layers", [0, 100, "bf16", "cold"], ["product", 1], (3e-6, 3e-6, 3e-6, 10, 7), 1)
        record.add("networks", ["tiny", 100, "uniform-bf16"], ["", "no", 0, 0], (4e-6, 4e-6, 4e-6, 1, 7), 1)
        page = summary.page(self.folder)
        # 2 * 500,000 * 100 operations in 1 us are 100 TFLOP/s; int8 takes 1.5 times as long, the second pass 10 % longer.
        self.assertIn("| bf16 | 100.0 | 989.5 | 10.1 % |", page)
        self.assertIn("| int8 | 100 | 1 | 100.0 % | 1.50 | 1.50 | 1.50 |", page)
        self.assertIn("| 100 | bf16 | 1 | 20.0 % | 20.0 % |", page)
        self.assertIn("| 100 | bf16 | 1 | 3.00 | 3.00 |", page)
        self.assertIn("| layers | 1 | 10.0 % | 10.0 % | 10.0 % |", page)
        # Two layers of 1 us in a network of 4 us.
        self.assertIn("| tiny | 100 | bf16 | 0.004 | 0.002 | 50.0 % |", page)

    def test_a_network_with_a_layer_that_nobody_measured_has_no_sum(self):
        record = self.record()
        record.write("shapes", [0, "tiny", *Layer("fully-connected", 1, 8, 8).cells()])
        for index in range(2):
            record.write("uses", ["tiny", index, f"l{index}", index])
        record.add("layers", [0, 1, "bf16", "warm"], ["product", 1], (1e-6, 1e-6, 1e-6, 10, 7), 1)
        record.add("networks", ["tiny", 1, "uniform-bf16"], ["", "no", 0, 0], (4e-6, 4e-6, 4e-6, 1, 7), 1)
        self.assertNotIn("tiny", summary.page(self.folder))

    def test_quantiles_are_values_of_the_list(self):
        self.assertEqual(summary.quantile([4, 1, 3, 2], 0.5), 2)
        self.assertEqual(summary.quantile(list(range(1, 101)), 0.95), 95)
        self.assertEqual(summary.quantile([7], 0.5), 7)


class PageTests(unittest.TestCase):
    def test_the_page_has_the_tables_of_the_measured_files(self):
        root = Path(__file__).resolve().parents[3]
        page = (root / "docs/results/nvidia-h200-measurements.md").read_text()
        tables = summary.page(root / "hardware-specs/nvidia-h200/measured/2026-11-28")
        self.assertIn(tables.strip(), page)

    def test_the_page_counts_the_lines_of_the_files(self):
        root = Path(__file__).resolve().parents[3]
        page = (root / "docs/results/nvidia-h200-measurements.md").read_text()
        for name in ("layers", "between", "networks"):
            lines = len((root / f"hardware-specs/nvidia-h200/measured/2026-11-28/{name}.csv").read_text().splitlines()) - 1
            self.assertIn(f"| `{name}.csv` | {lines:,} lines", page)


if __name__ == "__main__":
    unittest.main()
