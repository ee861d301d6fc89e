"""The table and the pictures of docs/results/scaling.md."""

import itertools
import math
import re

BEGIN, END = "<!-- begin: written by Sources/Programs/scaling/simulate -->", "<!-- end -->"
COLOURS = ("#1b6ca8", "#b8860b", "#a23b3b", "#555555", "#4b7f52")
METHODS = ("random", "evolution", "auto", "ddpg")


def with_table(page, results):
    """The page with the figures of these searches, in place of those of the same methods."""
    head = [
        "| method | evaluation | workers | evaluations | a minute | efficiency | of the first nine tenths | CPU of haq |",
        "|---|---:|---:|---:|---:|---:|---:|---:|"]
    before, rest = page.split(BEGIN)
    old, after = rest.split(END, 1)
    measured = {result["method"] for result in results}
    kept = [line for line in old.strip().splitlines()[2:] if method(line) not in measured]
    rows = sorted(kept + [row(result) for result in results], key=lambda line: METHODS.index(method(line)))
    return before + BEGIN + "\n" + "\n".join(head + rows) + "\n" + END + after


def method(row):
    """Of a row such as `| ddpg, lag 16 | ...`."""
    return re.match(r"\| (\w+)", row).group(1)


def named(result):
    return f"{result['method']}, lag {result['lag']}" if result["method"] == "ddpg" else result["method"]


def row(result):
    return (
        f"| {named(result)} | {result['seconds']:g} s | {result['workers']} | {result['evaluations']} "
        f"| {result['per_minute']:,.0f} | {result['efficiency']:.1%} | {result['steady_efficiency']:.1%} "
        f"| {result['cpu_ms']:.1f} ms |".replace("%", " %"))


def lines(results, method):
    """The curves of a picture: what each is of, and its results; by lag for the agent, else by seconds of an evaluation."""
    key, text = ("lag", "lag {:d}") if method == "ddpg" else ("seconds", "{:g} s")
    of_method = [result for result in results if result["method"] == method]
    for value in sorted({result[key] for result in of_method}, reverse=True):
        yield text.format(value), [result for result in of_method if result[key] == value]


def picture(results, method):
    """Efficiency over workers."""
    width, height, left, bottom, top = 640, 360, 60, 46, 20
    most = max(result["workers"] for result in results if result["method"] == method)

    def place(workers, efficiency):
        x = left + (width - left - 120) * math.log2(workers) / max(1, math.log2(most))
        return x, height - bottom - (height - bottom - top) * efficiency

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>']
    for share in (0, 0.25, 0.5, 0.75, 0.9, 1):
        y = place(1, share)[1]
        dash = ' stroke-dasharray="4 3"' if share == 0.9 else ""
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - 120}" y2="{y:.1f}" stroke="#ccc"{dash}/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    for power in range(int(math.log2(most)) + 1):
        x = place(2 ** power, 0)[0]
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 18}" text-anchor="middle">{2 ** power}</text>')
    parts.append(f'<text x="{(left + width - 120) / 2:.0f}" y="{height - 8}" text-anchor="middle">workers</text>')
    parts.append(f'<text x="{left}" y="12">efficiency of --method {method}</text>')
    for (title, of_line), colour in zip(lines(results, method), itertools.cycle(COLOURS)):
        points = sorted((result["workers"], result["efficiency"]) for result in of_line)
        places = [place(*point) for point in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{title}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
