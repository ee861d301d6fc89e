"""The table and the picture of docs/results/scaling.md."""

import math

BEGIN, END = "<!-- begin: written by Sources/Programs/scaling/simulate -->", "<!-- end -->"
COLOURS = {5.0: "#1b6ca8", 1.0: "#b8860b", 0.2: "#a23b3b", 0.02: "#555555"}


def with_table(page, results):
    """The page with the figures of these searches."""
    lines = [
        "| method | evaluation | workers | evaluations | a minute | efficiency | of the first nine tenths | CPU of haq |",
        "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for result in results:
        lines.append(
            f"| {result['method']} | {result['seconds']:g} s | {result['workers']} | {result['evaluations']} "
            f"| {result['per_minute']:,.0f} | {result['efficiency']:.1%} | {result['steady_efficiency']:.1%} "
            f"| {result['cpu_ms']:.1f} ms |".replace("%", " %"))
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END, 1)[1]


def picture(results):
    """Efficiency over workers, a line for each duration of an evaluation."""
    width, height, left, bottom, top = 640, 360, 60, 46, 20
    most = max(result["workers"] for result in results)

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
    parts.append(f'<text x="{left}" y="12">efficiency of --method random</text>')
    for seconds in sorted({result["seconds"] for result in results}, reverse=True):
        points = sorted(
            (result["workers"], result["efficiency"]) for result in results
            if result["seconds"] == seconds and result["method"] == "random")
        places = [place(*point) for point in points]
        colour = COLOURS.get(seconds, "black")
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{seconds:g} s</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
