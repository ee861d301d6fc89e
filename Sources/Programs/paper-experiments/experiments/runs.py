"""Runs a plan: skips what is finished, resumes what was interrupted."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .plan import Plan, Search
from .program import Haq


def run(plan: Plan, haq: Haq, jobs: int, deadline_s: float | None) -> bool:
    """Whether all searches are finished; chains are started in order, `jobs` at a time."""
    begun = time.monotonic()
    total = sum(len(chain) for chain in plan.chains)
    print(f"{total} searches in {haq.folder}, {jobs} at a time; interrupt whenever you like, the same command carries on.")

    def follow(chain: list[Search]) -> bool:
        previous = None
        for search in chain:
            late = deadline_s is not None and time.monotonic() - begun > deadline_s
            if late and not is_finished(haq.folder / search.folder):
                return False
            if not one(search, previous, haq):
                return False
            previous = search.folder
        return True

    with ThreadPoolExecutor(jobs) as pool:
        return all(list(pool.map(follow, plan.chains)))


def is_finished(folder: Path) -> bool:
    """A search ended by Ctrl-C has a report, too, without comparisons."""
    report = folder / "report.json"
    return report.exists() and json.loads(report.read_text())["ending"] == "completed"


def one(search: Search, previous: str | None, haq: Haq) -> bool:
    folder = haq.folder / search.folder
    if is_finished(folder):
        return True
    folder.parent.mkdir(parents=True, exist_ok=True)
    if (folder / "study.haq").exists():
        arguments = ["study", "resume", search.folder]
    else:
        arguments = [*search.arguments(haq), "-o", search.folder]
        arguments += ["--fork", previous] if previous else []
    begun = time.monotonic()
    log = folder.parent / f"{folder.name}.log"
    with log.open("a") as output:
        code = subprocess.run([haq.program, *arguments], cwd=haq.folder, stdout=output, stderr=output).returncode
    isDone = code == 0 and is_finished(folder)
    word = f"{time.monotonic() - begun:.0f} s" if isDone else f"exit code {code}, see {log}"
    print(f"{time.strftime('%H:%M:%S')}  {search.folder}: {word}", flush=True)
    if not isDone:
        print(f"{search.folder} did not finish; the searches after it in its chain are left out.", file=sys.stderr)
    return isDone
