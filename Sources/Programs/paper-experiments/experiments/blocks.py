"""The computed blocks of the pages, by the name in their marker."""

from pathlib import Path

from . import claims, layers, methods, published, size, speed, transfer

BLOCKS = {
    "claims": claims.block,
    "latency-state": speed.latency_state,
    "latency-accuracy": speed.latency_accuracy,
    "latency-speed": speed.latency_speed,
    "shares": speed.shares,
    "energy": speed.energy,
    "size": size.table,
    "size-layers": size.layers,
    "transfer": transfer.table,
    "policies": layers.table,
    "depthwise-shares": layers.shares,
    "policy-pictures": layers.pictures,
    "published": published.block,
    "methods-curves": methods.curves,
    "methods-test": methods.tests,
    "methods-agent": methods.agent,
    "commands-latency": lambda data: commands(data, "latency"),
    "commands-shares": lambda data: commands(data, "shares"),
    "commands-energy": lambda data: commands(data, "energy"),
    "commands-size": lambda data: commands(data, "size"),
    "commands-methods": lambda data: commands(data, "methods"),
    "commands-agent": lambda data: commands(data, "agent"),
}


def commands(data: Path, experiment: str) -> str:
    """The commands of the least seed; those of other seeds differ in --seed alone."""
    from .figures import load

    runs = load(data, experiment)["runs"]
    if not runs:
        return "None was run yet."
    least = min(run["seed"] for run in runs)
    return "\n".join(f"    {run['command']}" for run in runs if run["seed"] == least)
