"""The tables of a page about measurements, computed from the CSV files alone. Needs no package."""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

# TFLOP/s of dense products, and TB/s, of NVIDIA's data sheet of the H200 SXM (its figures with sparsity, halved).
SHEET = {"fp32": 67, "tf32": 494.5, "bf16": 989.5, "fp16": 989.5, "int8": 1979, "fp8": 1979}
SHEET_TB_S = 4.8
SHAPE = ("kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride")


@dataclass(frozen=True)
class Point:
    """A measured layer; `shape` is what two points of one layer have in common."""

    shape: tuple
    macs: int
    batch: int
    format: str
    latency_s: float
    least_s: float
    greatest_s: float
    turn: int = 1
    cache: str = "warm"


def rows(path: Path) -> list[dict]:
    if not path.exists():
        return []
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def layer_points(path: Path) -> list[Point]:
    """The points of a folder that `measure` wrote, or of a table with a line for each layer, batch and format."""
    if path.is_file():
        return list(dict.fromkeys(_point(row, row) for row in rows(path)))
    shapes = {row["shape"]: row for row in rows(path / "shapes.csv")}
    return [_point(row, shapes[row["shape"]]) for row in rows(path / "layers.csv")]


def _point(row: dict, shape: dict) -> Point:
    height, width = (int(side) for side in shape["output"].split("x"))
    taps = math.prod(int(side) for side in shape["kernel"].split("x"))
    macs = height * width * taps * int(shape["in_channels"]) // int(shape["groups"]) * int(shape["out_channels"])
    seconds = [float(row[key]) for key in ("latency_s", "least_s", "greatest_s")]
    identity = (row["shape"],) if "shape" in row else tuple(shape[key] for key in SHAPE)
    return Point(identity, macs, int(row["batch"]), row["format"], *seconds, int(row.get("pass", 1)), row.get("cache", "warm"))


def quantile(values: list[float], share: float) -> float:
    """The least value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def table(title: str, header: list[str], lines: list[list]) -> str:
    if not lines:
        return ""
    cells = [header, ["---"] * len(header), *lines]
    return f"### {title}\n\n" + "\n".join("| " + " | ".join(map(str, line)) + " |" for line in cells) + "\n"


def page(path: Path) -> str:
    points = layer_points(path)
    first = [point for point in points if point.turn == 1 and point.cache == "warm"]
    parts = [counts(first), narrower(first), rates(first)]
    if path.is_file():
        return "\n".join(filter(None, [*parts, sums_of_table(path)]))
    return "\n".join(filter(None, [*parts, bandwidth(path), cold(points), repeatability(path), sums(path, first)]))


def counts(points: list[Point]) -> str:
    groups = defaultdict(list)
    for point in points:
        groups[point.batch, point.format].append((point.greatest_s - point.least_s) / point.latency_s)
    header = ["batch", "format", "points", "median spread", "95th percentile"]
    lines = [[*key, len(found), percent(quantile(found, 0.5)), percent(quantile(found, 0.95))] for key, found in sorted(groups.items())]
    return table("Points, and (greatest - least) / median of the replays", header, lines)


def narrower(points: list[Point]) -> str:
    """Each format against bf16 on the points that both have."""
    found = {(point.shape, point.batch, point.format): point.latency_s for point in points}
    groups = defaultdict(list)
    for (shape, batch, format), seconds in found.items():
        if format != "bf16" and (shape, batch, "bf16") in found:
            groups[format, batch].append(seconds / found[shape, batch, "bf16"])
    header = ["format", "batch", "points", "slower than bf16", "median ratio", "least", "greatest"]
    lines = []
    for key, ratios in sorted(groups.items()):
        slower = sum(ratio > 1 for ratio in ratios) / len(ratios)
        numbers = [f"{value:.2f}" for value in (quantile(ratios, 0.5), min(ratios), max(ratios))]
        lines.append([*key, len(ratios), percent(slower), *numbers])
    return table("Latency relative to bf16", header, lines)


def rates(points: list[Point]) -> str:
    best = {}
    for point in points:
        rate = 2e-12 * point.macs * point.batch / point.latency_s
        best[point.format] = max(best.get(point.format, 0), rate)
    lines = [[format, f"{rate:.1f}", SHEET[format], percent(rate / SHEET[format])] for format, rate in sorted(best.items())]
    return table("Highest rate of a layer", ["format", "TFLOP/s", "data sheet", "share"], lines)


def bandwidth(path: Path) -> str:
    best = {}
    for row in rows(path / "between.csv"):
        moved = int(row["moved_bytes"])
        # Less than this lies in the 60 MB of L2 from one launch to the next.
        if moved > 240e6:
            rate = 1e-12 * moved / float(row["latency_s"])
            best[row["operation"]] = max(best.get(row["operation"], 0), rate)
    lines = [[name, f"{rate:.2f}", percent(rate / SHEET_TB_S)] for name, rate in sorted(best.items())]
    return table("Highest rate of what lies between layers, tensors over 240 MB", ["operation", "TB/s", "of 4.8 TB/s"], lines)


def cold(points: list[Point]) -> str:
    warm = {(p.shape, p.batch, p.format): p.latency_s for p in points if p.cache == "warm" and p.turn == 1}
    groups = defaultdict(list)
    for point in points:
        key = (point.shape, point.batch, point.format)
        if point.cache == "cold" and point.turn == 1 and key in warm:
            groups[point.batch, point.format].append(point.latency_s / warm[key])
    lines = [[*key, len(found), f"{quantile(found, 0.5):.2f}", f"{quantile(found, 0.95):.2f}"] for key, found in sorted(groups.items())]
    return table("Latency with a cold L2 relative to a warm one", ["batch", "format", "points", "median", "95th percentile"], lines)


def repeatability(path: Path) -> str:
    keys = {"layers": ("shape", "batch", "format", "cache"), "between": ("operation", "format", "tensor")}
    keys["networks"] = ("network", "batch", "policy")
    lines = []
    for part, names in keys.items():
        turns = {}
        for row in rows(path / f"{part}.csv"):
            turns[(*(row[name] for name in names), row["pass"])] = float(row["latency_s"])
        pairs = [(turns[(*key[:-1], "1")], value) for key, value in turns.items() if key[-1] == "2"]
        found = [abs(second / first - 1) for first, second in pairs]
        if found:
            lines.append([part, len(found), percent(quantile(found, 0.5)), percent(quantile(found, 0.95)), percent(max(found))])
    return table("Second pass against first", ["part", "points", "median difference", "95th percentile", "greatest"], lines)


def sums(path: Path, points: list[Point]) -> str:
    """Whole networks in one format against the sums of their layers; a network with a layer missing is left out."""
    found = {(point.shape, point.batch, point.format): point.latency_s for point in points}
    uses = defaultdict(list)
    for row in rows(path / "uses.csv"):
        uses[row["network"]].append((row["shape"],))
    lines = []
    for row in rows(path / "networks.csv"):
        format, batch = row["policy"].rpartition("-")[2], int(row["batch"])
        layers = [found.get((shape, batch, format)) for shape in uses[row["network"]]]
        if row["policy"].startswith("uniform") and row["pass"] == "1" and None not in layers:
            whole, total = float(row["latency_s"]), sum(layers)
            lines.append([row["network"], batch, format, f"{1e3 * whole:.3f}", f"{1e3 * total:.3f}", percent(total / whole)])
    return table("Whole networks and the sums of their layers", ["network", "batch", "format", "whole, ms", "sum, ms", "share"], sorted(lines))


def sums_of_table(path: Path) -> str:
    totals = defaultdict(list)
    for row in rows(path):
        totals[int(row["batch"]), row["format"]].append(float(row["latency_s"]))
    lines = [[*key, len(found), f"{1e3 * sum(found):.3f}"] for key, found in sorted(totals.items())]
    return table("Sums of the layers", ["batch", "format", "layers", "sum, ms"], lines)
