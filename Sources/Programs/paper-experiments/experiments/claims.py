"""What the experiments were to show, and what they show."""

from pathlib import Path
from statistics import mean

from .figures import average, load, points, rows, settings
from .methods import agent_pairs


def block(data: Path) -> str:
    body = [
        beats_uniform(data, "latency", 12, "under PACT, `auto` beats the best uniform policy within each of the 12 latency budgets"),
        near_eight_bit(data, "latency", "-5bit", "under PACT, at the latency of uniform 5 bit, `auto` is within 0.5 points of 8 bit"),
        beats_uniform(data, "shares", 8, "without PACT, at 0.45x and 0.6x of 8 bit, `auto` beats the best uniform policy"),
        near_eight_bit(data, "shares", "-0.6x", "without PACT, at 0.6x (about uniform 5 bit), `auto` is within 0.5 points of 8 bit"),
        auto_against_agent(data), size_at_two_bit(data),
    ]
    return rows(["claim", "measured", "holds"], body, left=3) + "\n\n" + progress(data)


def progress(data: Path) -> str:
    documents = [(name, load(data, name)) for name in ["latency", "shares", "size", "energy", "transfer", "methods", "agent"]]
    counts = ", ".join(f"{name} {len(document['runs'])} of {document['planned']}" for name, document in documents)
    return f"Finished searches, of those planned: {counts}. Unfinished searches are excluded; `make reproduce` runs them."


def beats_uniform(data: Path, experiment: str, budgets: int, claim: str) -> list[str]:
    groups = settings(load(data, experiment)["runs"]).values()
    gains = [average(group, "searched") - average(group, "best_uniform") for group in groups]
    if not gains:
        return [claim, "not run yet", "open"]
    won = sum(gain > 0 for gain in gains)
    return [claim, f"{won} of {len(gains)} budgets, {points(min(gains))} to {points(max(gains))} points ({seed_count(groups)})",
            verdict(won == len(gains), isWhole=len(gains) == budgets and seed_count(groups).startswith("3 "))]


def near_eight_bit(data: Path, experiment: str, part: str, claim: str) -> list[str]:
    groups = {key: group for key, group in settings(load(data, experiment)["runs"]).items() if key.endswith(part)}
    losses = [average(group, "searched") - average(group, "uniform_8_bit") for group in groups.values()]
    if not losses:
        return [claim, "not run yet", "open"]
    return [claim, f"{points(min(losses))} to {points(max(losses))} points in {len(losses)} of 4 settings ({seed_count(groups.values())})",
            verdict(min(losses) >= -0.005, isWhole=len(losses) == 4 and seed_count(groups.values()).startswith("3 "))]


def auto_against_agent(data: Path) -> list[str]:
    pairs = agent_pairs(data)
    gaps = [average(ours, "searched") - average(theirs, "searched") for ours, theirs in pairs]
    claim = "`auto` with 30 evaluations is at least as good as `ddpg` with 300"
    if not gaps:
        return [claim, "not run yet", "open"]
    reached = sum(gap >= 0 for gap in gaps)
    measured = f"{reached} of {len(gaps)} settings, {points(min(gaps))} to {points(max(gaps))} points, {points(mean(gaps))} on their mean ({seed_count([ours for ours, _ in pairs])})"
    isWhole = len(gaps) == 4 and all(len(ours) == 3 for ours, _ in pairs)
    return [claim, measured, verdict(reached == len(gaps), isWhole)]


def size_at_two_bit(data: Path) -> list[str]:
    groups = {key: group for key, group in settings(load(data, "size")["runs"]).items() if "-2.25bit" in key and all("deep_compression" in run for run in group)}
    gains = [average(group, "searched") - average(group, "deep_compression") for group in groups.values()]
    claim = "codebooks at about 2 bit: at least 10 points above Deep Compression within the same size"
    if not gains:
        return [claim, "not run yet", "open"]
    return [claim, f"{', '.join(points(gain) for gain in gains)} points ({seed_count(groups.values())})", verdict(min(gains) >= 0.1, isWhole=len(gains) == 2)]


def seed_count(groups) -> str:
    counts = sorted({len(group) for group in groups})
    return f"{' or '.join(map(str, counts))} seed{'s' if counts != [1] else ''} each"


def verdict(holds: bool, isWhole: bool) -> str:
    return ("yes" if holds else "no") + ("" if isWhole else ", as far as it was run")
