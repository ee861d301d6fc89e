"""Measurements of a tiny network and some random layers, on this machine or a cluster, and what came of them."""

import csv
import json
import pathlib

from searches import HERE, Searches

SPEC = {
    "schema": "haq.target/1.0", "name": "A board", "version": "1", "summary": "Known costs.",
    "sources": "assumption", "batch": 1,
    "capabilities": {
        "layers": ["convolution", "depthwise", "fully-connected"], "weight_bits": [4, 8], "activation_bits": [4, 8],
        "pairs": "equal", "other_widths": "reject", "metrics": {"latency": {"aggregate": "sum"}}},
    "model": {"kind": "program", "command": ["/usr/bin/python3", "board.py"], "timeout_s": 60}}


class Measurements:
    """Each of a target of its own, so that none has the answers of another."""

    def __init__(self, searches: Searches):
        self.searches = searches

    def place(self, name) -> pathlib.Path:
        return self.searches.folder / f"board-{name}"

    def arguments(self, name, *options):
        place = self.place(name)
        if not place.exists():
            place.mkdir()
            (place / "board.py").write_bytes((HERE / "board.py").read_bytes())
            (place / "board.json").write_text(json.dumps({**SPEC, "id": "board"}))
        return [
            self.searches.haq, "measure", "--target", f"{place}/board.json", "--network", "layers.json", "--plan",
            "random:30", "-o", f"{place}/table.csv", *options]

    def table(self, name):
        """Without the times at which points were measured."""
        with open(self.place(name) / "table.csv", newline="") as file:
            return [{key: value for key, value in row.items() if key != "x-measured_at"} for row in csv.DictReader(file)]

    def asked(self, name):
        """How many points the program was asked about."""
        asked = self.place(name) / "asked"
        return asked.stat().st_size if asked.exists() else 0

    def questions(self, name):
        """Those whose answers are recorded."""
        answers = self.place(name) / "board.answers"
        if not answers.exists():
            return []
        lines = [json.loads(line[17:]) for line in answers.read_text().splitlines()]
        return [json.dumps(line["question"], sort_keys=True) for line in lines if "question" in line]
