"""Which widths depthwise and pointwise layers got on each target."""

from pathlib import Path
from statistics import mean

from .figures import bits_of, load, rows, seeds, settings


def table(data: Path) -> str:
    body = []
    for group in settings(load(data, "latency")["runs"]).values():
        values = {
            (kind, column): mean(width for run in group for width in bits_of(run, kind, column))
            for kind in ["depthwise", "convolution"] for column in [2, 3]
        }
        gap = values["depthwise", 3] - values["convolution", 3]
        body.append([
            group[0]["target"], group[0]["network"].removeprefix("fashion-"),
            f"{group[0]['budget']['limit'] / group[0]['budget']['uniform_8_bit']:.3f}x", seeds(group),
            f"{values['depthwise', 3]:.2f}", f"{values['convolution', 3]:.2f}", f"**{gap:+.2f}**",
            f"{values['depthwise', 2]:.2f}", f"{values['convolution', 2]:.2f}",
        ])
    header = ["target", "network", "budget", "seeds", "depthwise activations", "pointwise activations", "difference", "depthwise weights", "pointwise weights"]
    return rows(header, sorted(body), left=4) if body else "None was run yet."
