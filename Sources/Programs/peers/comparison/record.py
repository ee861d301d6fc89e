"""The rows that are measured, one JSON object a line. Each is on the disk before the next row begins."""

import json
import os
from pathlib import Path


class Record:
    """A file of rows. What a killed run left of a last line is cut off; that row is measured again."""

    def __init__(self, path: Path):
        self.path = path
        self.rows: dict[str, dict] = {}
        if path.exists():
            self._read(path.read_bytes())

    def _read(self, content: bytes) -> None:
        whole, newline, torn = content.rpartition(b"\n")
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                row = json.loads(line)
                self.rows[row["key"]] = row
            except (ValueError, KeyError, TypeError) as problem:
                raise SystemExit(
                    f"{self.path}:{number}: not a row: {problem}. Remove the line; its row is then measured again.") from problem
        if torn:
            with self.path.open("r+b") as file:
                file.truncate(len(whole) + len(newline))

    def add(self, row: dict) -> None:
        """Adds the row, or replaces the one of its key."""
        is_new = row["key"] not in self.rows
        self.rows[row["key"]] = row
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if is_new:
            with self.path.open("ab") as file:
                file.write(line(row))
                file.flush()
                os.fsync(file.fileno())
        else:
            self._write()

    def _write(self) -> None:
        draft = self.path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(b"".join(map(line, self.rows.values())))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)


def line(row: dict) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"
