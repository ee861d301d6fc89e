"""Measures the rows that the record lacks, each in a process of its own."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from . import environments, material
from .plan import ACTIVATION_WIDTHS, WEIGHT_WIDTHS, Row
from .record import Record

QUANTIZERS = Path(__file__).resolve().parents[1] / "quantizers"
# One thread everywhere, so that CPU seconds can be compared.
THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def stay() -> None:
    """The process stays on one processor, also where a library starts threads of its own."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


class Measuring:
    """- Parameters: folder: for environments, networks and images, which stay. haq: the program."""

    def __init__(self, record: Record, folder: Path, haq: Path, row_minutes: float):
        self.record, self.folder, self.haq, self.row_minutes = record, folder, haq, row_minutes

    def run(self, rows: list[Row], until: float) -> int:
        """Begins no row after the time `until`; gives how many are left. A row that takes too long is left, too."""
        slow = 0
        for index, row in enumerate(rows):
            if time.time() > until:
                return len(rows) - index + slow
            begin = time.monotonic()
            measured = self.measured(row)
            if measured:
                self.record.add({"key": row.key, **measured})
            else:
                slow += 1
            print(f"{time.strftime('%H:%M:%S')}  {row.key}: {self.words(measured)}, {time.monotonic() - begin:.0f} s", flush=True)
        return slow

    def words(self, measured: dict | None) -> str:
        if not measured:
            return f"not measured within {self.row_minutes:g} minutes"
        return f"{measured['right'] / measured['samples']:.2%}" if "right" in measured else measured["reason"]

    def measured(self, row: Row) -> dict | None:
        """What the process of a row says, or why it says nothing; None where it takes too long."""
        try:
            python = environments.python(row.peer.requirements, self.folder)
        except environments.InstallError as problem:
            return {"reason": f"does not install: {problem}"}
        work = self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        job, result = work / "job.json", work / "result.json"
        job.write_text(json.dumps(self.job(row)))
        result.unlink(missing_ok=True)
        code, output = self.process([python, QUANTIZERS / "run.py", job, result], work)
        if code is None:
            return None
        if result.exists():
            return json.loads(result.read_text())
        return {"reason": environments.last_line(output) or f"ended with exit code {code}"}

    def process(self, command: list, work: Path) -> tuple[int | None, str]:
        """Exit code, None after too long, and the output. Whatever the process has started ends with it."""
        with (work / "log").open("w+", errors="replace") as log:
            process = subprocess.Popen(
                list(map(str, command)), cwd=work, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=stay, env={**os.environ, **THREADS, "PYTHONDONTWRITEBYTECODE": "1"})
            try:
                code = process.wait(self.row_minutes * 60)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            log.seek(0)
            return code, log.read()

    def job(self, row: Row) -> dict:
        """What quantizers/run.py reads."""
        setting = row.setting
        files = material.files(row.network.name, self.folder)
        return {
            "module": row.peer.module, "method": row.method, **{name: str(path) for name, path in files.items()},
            "weight_bits": setting.weight_bits, "activation_bits": setting.activation_bits,
            "budget": setting.budget, "share": setting.share, "weight_widths": WEIGHT_WIDTHS,
            "activation_widths": [setting.activation_bits] if setting.activation_bits else ACTIVATION_WIDTHS,
            "haq": str(self.haq), "targets": str(self.folder / "targets"),
        }
