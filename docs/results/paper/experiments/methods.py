"""Methods against each other, at equal numbers of evaluations."""

from collections import defaultdict
from pathlib import Path
from statistics import mean

from .figures import image, load, percent, points, rows, seeds, settings, state
from .plan import CHECKPOINTS

NAMES = ["auto", "ilp", "greedy", "evolution", "ddpg", "random"]


def series(data: Path) -> dict[str, dict[int, list[float]]]:
    """Accuracies on the search's own validation pictures, as calibrated, a value a seed, after so many evaluations."""
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
