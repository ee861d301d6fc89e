"""The rows that are measured, one JSON object a line. Each is on the disk before the next row begins."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path


class Record:
    """A file of rows. What a killed run left of a last line does not count, and is cut off with the next row."""

    def __init__(self, path: Path):
        self.path = path
        self.rows: dict[str, dict] = {}
        self.is_torn = False
        if path.exists():
            self._read(path.read_bytes())

    def _read(self, content: bytes) -> None:
        whole, _, torn = content.rpartition(b"\n")
        self.is_torn = bool(torn)
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                row = json.loads(line)
                self.rows[row["key"]] = row
            except (ValueError, KeyError, TypeError) as problem:
                raise SystemExit(
                    f"{self.path}:{number}: not a row: {problem}. Remove the line; its row is then measured again.") from problem

    def add(self, row: dict) -> None:
        """Adds the row, or replaces the one of its key."""
        fits_behind = row["key"] not in self.rows and not self.is_torn
        self.rows[row["key"]] = row
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if fits_behind:
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
        self.is_torn = False


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Holds a lock file while rows are measured: two programs would overwrite each other's rows and files.

    - Raises SystemExit: where another program holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"{path} is locked: another measure-peers is measuring. Wait for it, or end it.") from None
        yield


def line(row: dict) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"
