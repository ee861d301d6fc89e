"""The pages' own pictures; those of policies are drawn by `haq figure`."""

from collections import defaultdict
from pathlib import Path
from statistics import mean

from . import methods
from .charts import COLORS, Panel, Series, draw
from .figures import average, load, pact, settings


def latency(data: Path, output: Path) -> None:
    panels = [panel(groups, "latency_s", 1e3, "latency, ms") for groups in by_target(load(data, "latency")["runs"])]
    if panels:
        draw(panels, output / "latency.svg")


def shares(data: Path, output: Path) -> None:
    panels = []
    for groups in by_target(load(data, "shares")["runs"]):
        points = {
            name: [(1e3 * mean(run[name]["cost"]["latency_s"] for run in group), 100 * average(group, name)) for group in groups]
            for name in ["searched", "best_uniform", "uniform_8_bit"]
        }
        panels.append(Panel(
            f"{groups[0][0]['network']} on {groups[0][0]['target']}", "latency, ms", "test accuracy, %",
            [Series("searched", COLORS["searched"], points["searched"]),
             Series("best one width", COLORS["uniform"], points["best_uniform"] + points["uniform_8_bit"][:1])]))
    if panels:
        draw(panels, output / "shares.svg")


def energy(data: Path, output: Path) -> None:
    panels = [panel(groups, "energy_j", 1e3, "energy, mJ") for groups in by_target(load(data, "energy")["runs"])]
    if panels:
        draw(panels, output / "energy.svg")


def by_target(runs: list[dict]) -> list[list[list[dict]]]:
    result = defaultdict(list)
    for group in settings(runs).values():
        result[group[0]["network"], group[0]["target"]].append(group)
    return list(result.values())


def panel(groups: list[list[dict]], metric: str, unit: float, x_title: str) -> Panel:
    everyone = [run for group in groups for run in group]
    searched = [(unit * mean(run["searched"]["cost"][metric] for run in group), 100 * average(group, "searched")) for group in groups]
    widths = [int(part["precision"][1]) for part in everyone[0]["pact"]]
    uniform = [
        (unit * pact(everyone[0], bits)["cost"][metric], 100 * mean(pact(run, bits)["test"] for run in everyone)) for bits in widths
    ] + [(unit * everyone[0]["uniform_8_bit"]["cost"][metric], 100 * average(everyone, "uniform_8_bit"))]
    return Panel(
        f"{everyone[0]['network']} on {everyone[0]['target']}", x_title, "test accuracy, %",
        [Series("searched", COLORS["searched"], searched), Series("PACT, one width", COLORS["uniform"], uniform)])


def size(data: Path, output: Path) -> None:
    networks = defaultdict(list)
    for group in settings(load(data, "size")["runs"]).values():
        networks[group[0]["network"]].append(group)
    panels = []
    for network, groups in networks.items():
        lines = []
        for name, label, color in [("searched", "searched", "searched"), ("deep_compression", "Deep Compression", "uniform")]:
            complete = [group for group in groups if all(name in run for run in group)]
            points = [(mean(run[name]["cost"]["weight_bytes"] for run in group) / 1e3, 100 * average(group, name)) for group in complete]
            if points:
                lines.append(Series(label, COLORS[color], points))
        panels.append(Panel(network, "weights and codebooks, kB", "test accuracy, %", lines))
    if panels:
        draw(panels, output / "size.svg")


def method_curves(data: Path, output: Path) -> None:
    values = methods.series(data)
    colors = dict(zip(methods.NAMES, COLORS.values()))
    lines = [
        Series(name, colors[name], [(count, 100 * mean(each)) for count, each in values[name].items() if each])
        for name in methods.NAMES if name in values
    ]
    # The first evaluations of the agent are far below everything that is kept in the end.
    lines = [Series(line.name, line.color, [point for point in line.points if point[1] >= 80]) for line in lines]
    lines = [line for line in lines if line.points]
    if lines:
        draw([Panel("accuracy found, above 80 % only", "evaluations", "validation accuracy, %", lines, isLogarithmic=True)], output / "methods.svg")


PICTURES = [latency, shares, energy, size, method_curves]
