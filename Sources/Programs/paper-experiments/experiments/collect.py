"""Reads run folders into small files: one JSON an experiment, with everything that its page says."""

import csv
import json
from pathlib import Path

from . import layers, published
from .plan import BITFUSION, CHECKPOINTS, CLOUD, EDGE, Plan, Search
from .program import Haq
from .runs import is_finished


def collect(plan: Plan, haq: Haq, data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    searches = [search for chain in plan.chains for search in chain]
    finished = [search for search in searches if is_finished(haq.folder / search.folder)]
    for experiment in sorted({search.experiment for search in searches}):
        rows = [row(search, haq) for search in finished if search.experiment == experiment]
        planned = sum(search.experiment == experiment for search in searches)
        write({"planned": planned, "runs": sorted(rows, key=lambda each: each["folder"])}, data / f"{experiment}.json")
        table(rows, data / f"{experiment}.csv")
    transfer(finished, haq, data)
    draw(finished, haq, data)
    published.collect(haq, data)
    layers.collect(haq, data)
    print(f"{len(finished)} of {len(searches)} searches are in {data}")


def row(search: Search, haq: Haq) -> dict:
    folder = haq.folder / search.folder
    report = json.loads((folder / "report.json").read_text())
    comparison = report["comparison"]
    names = ["best_uniform", "uniform_8_bit", "deep_compression"]
    budget = report["budgets"][0]
    return {
        "folder": search.folder,
        "command": "haq " + " ".join(search.arguments(haq)),
        "network": report["network"]["name"],
        "target": None if "deep_compression" in comparison else report["target"]["id"],
        "method": report["method"],
        "seed": report["seed"],
        "evaluations": report["evaluations"],
        "policies": report["episodes"],
        "probes": report["sensitivity"]["count"],
        "budget": {key: budget.get(key) for key in ["metric", "limit", "least_reachable", "uniform_8_bit"]},
        "float_test": report["float"]["test"]["accuracy"],
        "searched": contender(report["searched"]),
        **{name: contender(comparison[name]) for name in names if name in comparison},
        "pact": [contender(each) for each in comparison.get("uniform_pact", [])],
        "layers": [[each["name"], each["kind"], each["weight_bits"], each["activation_bits"]] for each in report["layers"]],
        "best_after": best_after(folder / "episodes.jsonl"),
    }


def contender(part: dict) -> dict:
    keys = ["precision", "convolution_weight_bits", "fully_connected_weight_bits"]
    return {
        **{key: part[key] for key in keys if key in part},
        "cost": part["cost"],
        "validation": part["validation"]["accuracy"],
        "test": part["test"]["accuracy"],
    }


def best_after(episodes: Path) -> dict[str, float]:
    """The best accuracy on the search's own validation pictures after a number of measured policies."""
    accuracies = [json.loads(line)["validation"]["accuracy"] for line in episodes.read_text().splitlines()]
    counts = [count for count in CHECKPOINTS if count <= len(accuracies)]
    return {str(count): max(accuracies[:count]) for count in {*counts, len(accuracies)}}


def table(rows: list[dict], file: Path) -> None:
    """The same for spreadsheets: a line for each policy that was compared."""
    with file.open("w", newline="") as output:
        lines = csv.writer(output, lineterminator="\n")
        lines.writerow(["network", "target", "method", "seed", "evaluations", "budget", "budget_si", "policy",
                        "cost_si", "validation_accuracy", "test_accuracy", "command"])
        for each in sorted(rows, key=lambda each: each["folder"]):
            contenders = [(name, each[name]) for name in ["searched", "best_uniform", "uniform_8_bit", "deep_compression"] if name in each]
            contenders += [(f"pact {part['precision']}", part) for part in each["pact"]]
            metric = each["budget"]["metric"]
            for name, part in contenders:
                precision = part.get("precision")
                label = f"{name} {precision}" if name == "best_uniform" else name
                lines.writerow([each["network"], each["target"] or "", each["method"], each["seed"], each["evaluations"], metric,
                                each["budget"]["limit"], label, part["cost"][metric], part["validation"], part["test"], each["command"]])


def pictured(finished: list[Search]) -> dict[str, str]:
    """The policies that are drawn and transferred, by what they were made for: the first seed's."""
    folders = {search.folder for search in finished}
    network = "fashion-mobilenet-v1"
    wanted = {
        EDGE: f"shares/{network}-{EDGE}-0.6x-seed1",
        CLOUD: f"shares/{network}-{CLOUD}-0.6x-seed1",
        BITFUSION: f"transfer/{network}-bitfusion-seed1",
    }
    return {target: folder for target, folder in wanted.items() if folder in folders}


def transfer(finished: list[Search], haq: Haq, data: Path) -> None:
    policies = pictured(finished)
    if len(policies) < 2:
        return
    files = [f"{folder}/policy.json" for folder in policies.values()]
    command = ["transfer", *files, "--targets", ",".join([EDGE, CLOUD, BITFUSION]), "--metric", "latency"]
    write({"command": "haq " + " ".join(command), "table": haq.json(command)}, data / "transfer-table.json")


def draw(finished: list[Search], haq: Haq, data: Path) -> None:
    for target, folder in pictured(finished).items():
        picture = (data.parent / f"policy-{target}.svg").resolve()
        haq.run(["figure", f"{folder}/policy.json", "--target", target, "-o", str(picture)])


def write(document: dict, file: Path) -> None:
    file.write_text(json.dumps(document, indent=1) + "\n")
