"""Writes the tables of docs/results/peers.md, between their markers, from the rows and the reasons alone."""

import json
import re
from collections import Counter
from pathlib import Path

from . import paired
from .plan import HAQ, NETWORKS, SETTINGS, Network, Row, Setting, reference, rows
from .record import Record

BLOCK = re.compile(r"(<!-- begin ([a-z0-9-]+): written by measure-peers -->\n).*?(\n<!-- end -->)", re.DOTALL)
NOT_YET = "not measured yet"


class Results:
    """- Parameters: measured: rows of the record by key. reasons: why haq is below a peer, by key."""

    def __init__(self, measured: dict[str, dict], reasons: dict[str, str]):
        self.measured, self.reasons = measured, reasons

    def has(self, row: Row) -> bool:
        return "right" in self.measured.get(row.key, {})

    def share(self, row: Row) -> float:
        return self.measured[row.key]["right"] / self.measured[row.key]["samples"]

    def difference(self, row: Row, other: Row) -> paired.Difference | None:
        """Of the first less the second; None where one of the two is not measured."""
        if not self.has(row) or not self.has(other):
            return None
        one, two = self.measured[row.key], self.measured[other.key]
        return paired.difference(one["right_samples"], two["right_samples"], one["samples"])


def write(page: Path, data: Path, is_check: bool) -> None:
    """Raises SystemExit: with `is_check`, where the page is not what the data gives."""
    results = Results(Record(data / "rows.jsonl").rows, json.loads((data / "reasons.json").read_text()))
    text = page.read_text()
    fresh = filled(text, results)
    if is_check and fresh != text:
        raise SystemExit(f"{page}: not what {data} gives; run Sources/Programs/peers/measure-peers page")
    if not is_check:
        page.write_text(fresh)


def filled(text: str, results: Results) -> str:
    return BLOCK.sub(lambda match: match[1] + block(match[2], results) + match[3], text)


def block(name: str, results: Results) -> str:
    if name == "summary":
        return summary(results)
    if name == "calibrators":
        return calibrators(results)
    if name == "versions":
        return versions(results)
    network = next(network for network in NETWORKS if network.name == name)
    return "\n\n".join(table(network, setting, results) for setting in SETTINGS)


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def points(found: paired.Difference) -> str:
    return f"{100 * found.difference:+.2f} ± {100 * found.standard_error:.2f}"


def table(network: Network, setting: Setting, results: Results) -> str:
    compared = reference(network, setting)
    title = f"### `{network.name}`, {setting.name}"
    lines = [title, ""] + ([f"A budget: {setting.meaning}.", ""] if setting.meaning else [])
    share = " | of W8A8" if setting.budget else ""
    lines.append(f"| | {network.metric} | less haq | CPU s | run by{share} | |")
    lines.append("|---|---:|---:|---:|---|" + ("---:|" if setting.budget else "") + "---|")
    for row in rows():
        if (row.network, row.setting) == (network, setting):
            lines.append(line(row, compared, results))
    return "\n".join(lines)


def line(row: Row, compared: Row, results: Results) -> str:
    found = results.measured.get(row.key)
    cost = [f"{found['share']:.3f}x"] if row.setting.budget and found and "share" in found else [""] * bool(row.setting.budget)
    if not results.has(row):
        cells = [row.title, "", "", "", "", *cost, found["reason"].replace("|", "\\|") if found else NOT_YET]
    else:
        difference = None if row == compared else results.difference(row, compared)
        cells = [
            row.title, percent(results.share(row)), points(difference) if difference else "",
            f"{found['cpu_s']:.0f}" if "cpu_s" in found else "not taken", found["evaluated_by"], *cost, remark(row, difference, results)]
    return "| " + " | ".join(cells) + " |"


def remark(row: Row, difference: paired.Difference | None, results: Results) -> str:
    if not difference or difference.verdict != "above" or row.peer == HAQ:
        return ""
    return "**above haq**: " + results.reasons.get(row.key, "the reason is not known yet")


def summary(results: Results) -> str:
    """How many rows of peers are above, level with and below haq."""
    verdicts, failed, missing = Counter(), 0, 0
    above = []
    for row in rows():
        if row.peer == HAQ:
            continue
        compared = reference(row.network, row.setting)
        if row.key in results.measured and not results.has(row):
            failed += 1
        elif found := results.difference(row, compared):
            verdicts[found.verdict] += 1
            above += [f"{row.title} ({row.network.name}, {row.setting.name})"] if found.verdict == "above" else []
        else:
            missing += 1
    lines = [
        "| rows of peers | |", "|---|---:|",
        f"| below haq by more than the standard error | {verdicts['below']} |",
        f"| within the standard error | {verdicts['level']} |",
        f"| above haq by more than the standard error | {verdicts['above']} |",
        f"| the peer gives no network, with the reason | {failed} |",
        f"| {NOT_YET} | {missing} |"]
    return "\n".join(lines + (["", "Above haq: " + "; ".join(above) + "."] if above else []))


def calibrators(results: Results) -> str:
    """`--ptq fast` beside the calibrator of onnxruntime that is best on the test images, at W8A8."""
    lines = ["| network | `--ptq fast` | best calibrator | | fast less it |", "|---|---:|---|---:|---:|"]
    for network in NETWORKS:
        all_rows = [row for row in rows() if (row.network, row.setting) == (network, SETTINGS[0])]
        fast = next(row for row in all_rows if (row.peer, row.method) == (HAQ, "fast"))
        theirs = [row for row in all_rows if row.peer.name == "onnxruntime" and results.has(row)]
        if not theirs or not results.has(fast):
            lines.append(f"| `{network.name}` | {NOT_YET} | | | |")
            continue
        best = max(theirs, key=results.share)
        lines.append(
            f"| `{network.name}` | {percent(results.share(fast))} | {best.peer.methods[best.method]}"
            f" | {percent(results.share(best))} | {points(results.difference(fast, best))} |")
    return "\n".join(lines)


def versions(results: Results) -> str:
    found = {}
    for row in results.measured.values():
        for package, version in row.get("versions", {}).items():
            found.setdefault(package, set()).add(version)
    lines = ["| package | version |", "|---|---|"]
    return "\n".join(lines + [f"| {package} | {', '.join(sorted(each))} |" for package, each in sorted(found.items())])
