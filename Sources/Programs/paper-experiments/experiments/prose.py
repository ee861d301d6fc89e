"""Figures within the pages' sentences: ranges over settings of means over seeds.

A sentence carries its question in a comment: `by <!--= points shares 0.45x searched best_uniform -->2.37 to 2.75<!--/--> points`. The
settings are those of the experiment whose folder contains the given part.
"""

import re
from pathlib import Path
from statistics import mean

from .figures import average, load, pact, settings

FIGURE = re.compile(r"(<!--= (\w+) (\w+) (\S+) (\w+) (\w+) -->)[^<]*(<!--/-->)")


def fill(text: str, data: Path) -> str:
    return FIGURE.sub(lambda match: match[1] + answer(data, *match.groups()[1:6]) + match[7], text)


def answer(data: Path, kind: str, experiment: str, part: str, first: str, second: str) -> str:
    groups = [group for key, group in settings(load(data, experiment)["runs"]).items() if part in key]
    if not groups:
        return "(not run yet)"
    values = [KINDS[kind](group, first, second) for group in groups]
    low, high = (f"{round(value, 2) + 0.0:.2f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def points(group: list[dict], first: str, second: str) -> float:
    """Percentage points on the test pictures of the first over the second."""
    return 100 * (test(group, first) - test(group, second))


def validation(group: list[dict], first: str, second: str) -> float:
    """The same on the validation pictures, by which everything is chosen."""
    return 100 * (average(group, first, "validation") - average(group, second, "validation"))


def times(group: list[dict], first: str, second: str) -> float:
    """How many times the first costs of the second, in the metric of the budget."""
    metric = group[0]["budget"]["metric"]
    return mean(run[first]["cost"][metric] / run[second]["cost"][metric] for run in group)


def test(group: list[dict], name: str) -> float:
    """`pact` is PACT at the width whose cost is the budget."""
    if name != "pact":
        return average(group, name)
    bits = int(re.search(r"-(\d)bit", group[0]["folder"])[1])
    return mean(pact(run, bits)["test"] for run in group)


KINDS = {"points": points, "validation": validation, "times": times}
