"""What the pages' blocks are computed with: means over seeds, in percent and points."""

import json
from collections import defaultdict
from pathlib import Path
from statistics import mean


def load(data: Path, experiment: str) -> dict:
    file = data / f"{experiment}.json"
    return json.loads(file.read_text()) if file.exists() else {"planned": 0, "runs": []}


def settings(runs: list[dict]) -> dict[str, list[dict]]:
    """The runs that differ in the seed alone, by what they have in common, in the order of their budgets."""
    groups = defaultdict(list)
    for run in runs:
        groups[run["folder"].rsplit("-seed", 1)[0]].append(run)
    order = lambda key: (groups[key][0]["network"], groups[key][0]["target"] or "", groups[key][0]["budget"]["limit"])
    return {key: sorted(groups[key], key=lambda run: run["seed"]) for key in sorted(groups, key=order)}


def average(runs: list[dict], name: str, value: str = "test") -> float:
    return mean(run[name][value] for run in runs)


def pact(run: dict, bits: int) -> dict:
    return next(part for part in run["pact"] if part["precision"] == f"W{bits}A{bits}")


def percent(accuracy: float) -> str:
    return f"{100 * accuracy:.2f} %"


def points(difference: float) -> str:
    # Two pictures in a hundred thousand are no difference.
    return f"{round(100 * difference, 2) + 0.0:+.2f}"


def seeds(runs: list[dict]) -> str:
    return ", ".join(str(run["seed"]) for run in runs)


def rows(header: list[str], body: list[list[str]], left: int = 1) -> str:
    """A Markdown table whose first columns are aligned to the left."""
    rule = ["---"] * left + ["---:"] * (len(header) - left)
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, rule, *body])


def state(document: dict) -> str:
    done, planned = len(document["runs"]), document["planned"]
    if done == planned:
        return f"All {planned} planned searches are in."
    return f"{done} of the {planned} planned searches are in; the others were not run yet, and `make reproduce` runs them. No figure stands for them."


def image(file: str, text: str, runs: list[dict]) -> str:
    """The link to a picture, which is drawn once there is something to draw."""
    return f"\n\n![{text}]({file})" if runs else ""


def bits_of(run: dict, kind: str, column: int) -> list[int]:
    """Widths of the layers of one kind without the first and last, which are held at 8 bit; 2 weights, 3 activations."""
    return [layer[column] for layer in run["layers"][1:-1] if layer[1] == kind]
