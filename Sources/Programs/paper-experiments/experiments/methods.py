"""Methods against each other, at equal numbers of evaluations."""

from collections import defaultdict
from pathlib import Path
from statistics import mean

from .figures import image, load, percent, points, rows, seeds, settings, state
from .plan import CHECKPOINTS

NAMES = ["auto", "ilp", "greedy", "evolution", "ddpg", "random"]


def series(data: Path) -> dict[str, dict[int, list[float]]]:
    """Accuracies on the search's own validation pictures, as calibrated, a value a seed, after a number of evaluations."""
    values = defaultdict(lambda: defaultdict(list))
    for run in load(data, "methods")["runs"]:
        budget = int(run["folder"].split("/")[1].split("-")[1])
        if run["probes"]:
            values[run["method"]][budget].append(max(run["best_after"].values()))
            continue
        for count, accuracy in run["best_after"].items():
            if int(count) in CHECKPOINTS:
                values[run["method"]][int(count)].append(accuracy)
    return values


def curves(data: Path) -> str:
    values = series(data)
    body = [
        [name, *[f"{percent(mean(values[name][count]))} ({len(values[name][count])})" if values[name][count] else "" for count in CHECKPOINTS]]
        for name in NAMES if name in values
    ]
    return state(load(data, "methods")) + "\n\n" + rows(["method", *[f"{count} evaluations" for count in CHECKPOINTS]], body) + image("methods.svg", "Accuracy found against evaluations", body)


def tests(data: Path) -> str:
    groups = settings(load(data, "methods")["runs"])
    body = []
    for group in sorted(groups.values(), key=lambda group: (NAMES.index(group[0]["method"]), group[0]["evaluations"])):
        budget = group[0]["folder"].split("/")[1].split("-")[1]
        accuracies = [run["searched"]["test"] for run in group]
        uniform = mean(run["best_uniform"]["test"] for run in group)
        body.append([
            group[0]["method"], budget, seeds(group), percent(mean(run["searched"]["validation"] for run in group)), percent(mean(accuracies)), ", ".join(percent(each) for each in accuracies),
            points(mean(accuracies) - uniform),
        ])
    header = ["method", "evaluations", "seeds", "validation, mean", "test, mean", "test, a seed", "over the best uniform"]
    return rows(header, body, left=3) if body else "None was run yet."


def agent(data: Path) -> str:
    """`auto` within 30 evaluations against the paper's agent within 300: a row a network and target, means over the seeds that both have."""
    pairs = agent_pairs(data)
    if not pairs:
        return "None was run yet."
    body = []
    for ours, theirs in pairs:
        gaps = [one["searched"]["test"] - other["searched"]["test"] for one, other in zip(ours, theirs)]
        body.append([
            ours[0]["network"].removeprefix("fashion-"), ours[0]["target"], seeds(ours),
            *[percent(mean(run["searched"][split] for run in group)) for split in ["validation", "test"] for group in (ours, theirs)],
            f"**{points(mean(gaps))}**", " ".join(points(gap) for gap in gaps),
        ])
    header = ["network", "target", "seeds", "auto, validation", "ddpg, validation", "auto, test", "ddpg, test", "auto - ddpg, test", "each seed"]
    return rows(header, body, left=3)


def agent_pairs(data: Path) -> list[tuple[list[dict], list[dict]]]:
    """The runs of `auto` within 30 and of `ddpg` within 300 for a network and target, the same seeds in both."""
    groups = settings(load(data, "methods")["runs"] + load(data, "agent")["runs"])
    result = []
    for key, ours in groups.items():
        theirs = groups.get(key.replace("auto-30", "ddpg-300"), [])
        if key.endswith("auto-30") and theirs:
            common = {run["seed"] for run in ours} & {run["seed"] for run in theirs}
            result.append(tuple([run for run in group if run["seed"] in common] for group in (ours, theirs)))
    return [pair for pair in result if pair[0]]
