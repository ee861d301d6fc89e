"""Which widths depthwise and pointwise layers got on each target."""

import json
from collections import Counter
from pathlib import Path
from statistics import mean

from .figures import bits_of, load, rows, seeds, settings
from .plan import CLOUD, EDGE, NETWORKS
from .program import Haq


def collect(haq: Haq, data: Path) -> None:
    """What depthwise layers take of the latency of uniform 8 bit, and what bounds them."""
    shares = []
    for target in [EDGE, CLOUD]:
        for network in [*NETWORKS, "mobilenet-v1", "mobilenet-v2"]:
            report = haq.json(["cost", network, "--target", target, "--bits", "W8A8"])
            parts = [layer for layer in report["layers"] if layer["kind"] == "depthwise"]
            shares.append({
                "target": target, "network": network,
                "share": sum(layer["cost"]["latency_s"] for layer in parts) / report["total"]["latency_s"],
                "bounds": Counter(layer["bound"] for layer in parts),
            })
    (data / "depthwise.json").write_text(json.dumps({"runs": [], "shares": shares}, indent=1) + "\n")


def shares(data: Path) -> str:
    body = [
        [each["target"], each["network"], f"{100 * each['share']:.0f} %", ", ".join(f"{name.replace('-', ' ')} ({count})" for name, count in each["bounds"].items())]
        for each in load(data, "depthwise").get("shares", [])
    ]
    return rows(["target", "network", "depthwise layers' part of the latency", "bound by (layers)"], body, left=2) if body else "Not costed yet."


def table(data: Path) -> str:
    body = []
    for group in settings(load(data, "shares")["runs"] + load(data, "latency")["runs"]).values():
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


def pictures(data: Path) -> str:
    """The drawn policies, by what they were made for."""
    drawn = sorted(data.parent.glob("policy-*.svg"))
    return "\n\n".join(f"![Policy made for {file.stem.removeprefix('policy-')}]({file.name})" for file in drawn) or "None is drawn yet."
