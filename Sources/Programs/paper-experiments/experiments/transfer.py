"""Policies on targets that they were not made for."""

from pathlib import Path

from .figures import load, percent, rows


def table(data: Path) -> str:
    document = load(data, "transfer-table")
    if "table" not in document:
        return "There are not two policies yet."
    policies = document["table"]["policies"]
    body = []
    for policy in policies:
        cells = [f"{cost['cost'] * 1e3:.3f} ms" + (f" ({100 * cost['loss']:+.1f} %)" if "loss" in cost else "") for cost in policy["costs"]]
        body.append([policy["made_for"], percent(policy["accuracy"]), *cells])
    header = ["made for", "test", *[f"on {cost['target']}" for cost in policies[0]["costs"]]]
    return rows(header, body) + f"\n\nThe command, in the folder of the runs:\n\n    {document['command']}"
