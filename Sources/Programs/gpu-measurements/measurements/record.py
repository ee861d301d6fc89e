"""The CSV files of a run. Each row is written at once, so that a run that ends early leaves what it has."""

import csv
import time
from pathlib import Path

from .layer import COLUMNS

SPREAD = ["latency_s", "least_s", "greatest_s", "launches", "replays", "pass", "at_s"]
HEADERS = {
    "shapes": ["shape", "plan", *COLUMNS],
    "uses": ["network", "layer", "name", "shape"],
    "layers": ["shape", "batch", "format", "cache", "how", "working_set_bytes", *SPREAD],
    "between": ["operation", "format", "tensor", "moved_bytes", *SPREAD],
    "networks": ["network", "batch", "policy", "formats", "held_out", "casts", "cast_elements", *SPREAD],
    "unsupported": ["part", "point", "reason"],
}
# What names a point; the pass is added.
KEYS = {"layers": 4, "between": 3, "networks": 3}


class Record:
    def __init__(self, folder: Path, start: float):
        self.folder, self.start, self.files, self.done, self.refused = folder, start, {}, set(), set()
        folder.mkdir(parents=True, exist_ok=True)
        for part, header in HEADERS.items():
            path = folder / f"{part}.csv"
            is_new = not path.exists()
            if not is_new:
                self._recall(part, path)
            self.files[part] = path.open("a", newline="", buffering=1)
            if is_new:
                self.write(part, header)

    def _recall(self, part: str, path: Path) -> None:
        with path.open(newline="") as lines:
            for row in csv.DictReader(lines):
                if part in KEYS and row["at_s"]:
                    cells = list(row.values())[: KEYS[part]]
                    self.done.add((part, *cells, row["pass"]))
                if part == "unsupported":
                    self._note_refused(row["part"], row["point"].split())

    def write(self, part: str, cells: list) -> None:
        csv.writer(self.files[part], lineterminator="\n").writerow(cells)

    def has(self, part: str, key: list, turn: int) -> bool:
        return (part, *map(str, key), str(turn)) in self.done

    def add(self, part: str, key: list, facts: list, found, turn: int) -> None:
        seconds = [f"{value:.5g}" for value in found[:3]]
        self.write(part, [*key, *facts, *seconds, *found[3:], turn, f"{time.time() - self.start:.2f}"])
        self.done.add((part, *map(str, key), str(turn)))

    def refuse(self, part: str, key: list, reason: str) -> None:
        self.write("unsupported", [part, " ".join(map(str, key)), reason])
        self._note_refused(part, key)

    def is_refused(self, part: str, key: list) -> bool:
        return (part, *map(str, key)) in self.refused

    def _note_refused(self, part: str, key: list) -> None:
        self.refused.add((part, *map(str, key)))
        self.done.add((part, *map(str, key), "1"))
