"""Latency and energy: searched policies against PACT at one width, and against 8 bit."""

from pathlib import Path
from statistics import mean

from .figures import average, image, load, pact, percent, points, rows, seeds, settings, state


def latency_state(data: Path) -> str:
    return state(load(data, "latency"))


def latency_accuracy(data: Path) -> str:
    runs = load(data, "latency")["runs"]
    return accuracy(runs, unit=1e3, suffix="ms", metric="latency_s") + image("latency.svg", "Accuracy against latency, under PACT", runs)


def shares(data: Path) -> str:
    document = load(data, "shares")
    return state(document) + "\n\n" + accuracy(document["runs"], unit=1e3, suffix="ms", metric="latency_s") + image("shares.svg", "Accuracy against latency", document["runs"])


def energy(data: Path) -> str:
    document = load(data, "energy")
    return state(document) + reach(document["runs"]) + "\n\n" + accuracy(document["runs"], unit=1e3, suffix="mJ", metric="energy_j") + image("energy.svg", "Accuracy against energy", document["runs"])


def reach(runs: list[dict]) -> str:
    shares = {run["network"]: run["budget"]["least_reachable"] / run["budget"]["uniform_8_bit"] for run in runs}
    return "".join(f" The least that any policy of {network} can reach is {share:.3f}x of uniform 8 bit." for network, share in shares.items())


def accuracy(runs: list[dict], unit: float, suffix: str, metric: str) -> str:
    """A row a budget: means over seeds on the test pictures."""
    if not runs:
        return "None was run yet."
    body = []
    for key, group in settings(runs).items():
        budget = group[0]["budget"]
        searched, eight = (average(group, name) for name in ["searched", "uniform_8_bit"])
        best, gain, each = against_uniform(group)
        cost = mean(run["searched"]["cost"][metric] for run in group)
        body.append({
            "network": group[0]["network"].removeprefix("fashion-"),
            "target": group[0]["target"],
            "budget": f"{budget['limit'] * unit:.3f} {suffix} ({budget['limit'] / budget['uniform_8_bit']:.3f}x)",
            "seeds": seeds(group),
            "best uniform within": best,
            "PACT, budget's width": width_of_budget(key, group),
            "searched": percent(searched),
            f"searched, {suffix}": f"{cost * unit:.3f}",
            "8 bit": percent(eight),
            "searched - best uniform": gain,
            "each seed": each,
            "searched - 8 bit": points(searched - eight),
        })
    columns = [name for name in body[0] if any(line[name] for line in body)]
    return rows(columns, [[line[name] for name in columns] for line in body], left=4)


def against_uniform(group: list[dict]) -> tuple[str, str, str]:
    """The best uniform policy within the budget, and by how much the searched one is better."""
    if not all("best_uniform" in run for run in group):
        return "none fits", "", ""
    names = sorted({run["best_uniform"]["precision"] for run in group})
    gains = [run["searched"]["test"] - run["best_uniform"]["test"] for run in group]
    return f"{percent(average(group, 'best_uniform'))} ({', '.join(names)})", f"**{points(mean(gains))}**", " ".join(points(gain) for gain in gains)


def width_of_budget(key: str, group: list[dict]) -> str:
    """PACT at the width whose cost is the budget, where the budget is one."""
    if not key.endswith("bit"):
        return ""
    bits = int(key.removesuffix("bit").rsplit("-", 1)[1])
    return percent(sum(pact(run, bits)["test"] for run in group) / len(group))


def latency_speed(data: Path) -> str:
    """Latency at equal accuracy: the least of the three budgets at which the searched mean reaches a uniform mean."""
    networks = {}
    for group in settings(load(data, "latency")["runs"]).values():
        networks.setdefault((group[0]["network"], group[0]["target"]), []).append(group)
    body = []
    for (network, target), groups in networks.items():
        found = [(run_mean(group), average(group, "searched")) for group in groups]
        everyone = [run for group in groups for run in group]
        for bits in [5, 6, 8]:
            parts = [run["uniform_8_bit"] if bits == 8 else pact(run, bits) for run in everyone]
            reference = sum(part["test"] for part in parts) / len(parts)
            latency = parts[0]["cost"]["latency_s"]
            body.append([
                network.removeprefix("fashion-"), target, f"W{bits}A{bits}", percent(reference), f"{latency * 1e3:.3f}",
                reached(found, reference, latency), reached(found, reference - 0.003, latency),
            ])
    header = ["network", "target", "PACT uniform", "test", "ms", "searched as accurate", "searched within 0.3 points"]
    return rows(header, body, left=3) if body else "None was run yet."


def run_mean(group: list[dict]) -> float:
    return sum(run["searched"]["cost"]["latency_s"] for run in group) / len(group)


def reached(found: list[tuple[float, float]], accuracy: float, latency: float) -> str:
    enough = [seconds for seconds, each in found if each >= accuracy]
    return f"{min(enough) * 1e3:.3f} ms, {latency / min(enough):.2f} times faster" if enough else "at none of the budgets"
