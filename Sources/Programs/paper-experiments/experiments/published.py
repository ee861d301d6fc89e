"""The policies that HAQ's authors published, costed on our targets: the hardware side of 224x224 networks alone."""

import json
from pathlib import Path
from statistics import mean

from .figures import load, rows
from .plan import CLOUD, EDGE
from .program import Haq

POLICIES = json.loads((Path(__file__).parent / "published-policies.json").read_text())


def collect(haq: Haq, data: Path) -> None:
    document = {"runs": [], **latency(haq), "size": size(haq)}
    (data / "published.json").write_text(json.dumps(document, indent=1) + "\n")


def latency(haq: Haq) -> dict:
    network = "mobilenet-v2"
    bits = POLICIES[network]["weights_and_activations"]
    haq.run(["policy", "uniform", network, "--bits", "W8A8", "-o", "published-8bit.json"])
    policy = json.loads((haq.folder / "published-8bit.json").read_text())
    # -1 says that the input has 8 bit already; as an index into their table it reads the 7-bit column.
    for name, first in [("published-as-meant.json", 8), ("published-as-read.json", 7)]:
        for layer, (weights, activations) in zip(policy["layers"], bits, strict=True):
            layer["weight_bits"] = weights
            layer["activation_bits"] = first if activations == -1 else activations
        (haq.folder / name).write_text(json.dumps(policy))
    costs, kinds = {}, []
    for target, batch in [(CLOUD, "16"), (EDGE, "1")]:
        ask = lambda *rest: haq.json(["cost", network, "--target", target, "--batch", batch, *rest])
        eight = ask("--bits", "W8A8")
        kinds = [layer["kind"] for layer in eight["layers"]]
        costs[target] = {"uniform_8_bit": latencies(eight)} | {
            name: latencies(ask("--policy", f"published-{name}.json")) for name in ["as-meant", "as-read"]
        }
    return {"costs": costs, "bits": {kind: kind_means(bits, kinds, kind) for kind in ["depthwise", "convolution"]}}


def latencies(report: dict) -> dict[str, float]:
    inner = sum(layer["cost"]["latency_s"] for layer in report["layers"][1:-1])
    return {"all layers": report["total"]["latency_s"], "without the first and last": inner}


def kind_means(bits: list, kinds: list[str], kind: str) -> list[float]:
    """Mean weight and activation bits of one kind, without the first and last layer."""
    inner = [pair for pair, each in list(zip(bits, kinds, strict=True))[1:-1] if each == kind]
    return [mean(pair[role] for pair in inner) for role in [0, 1]]


def size(haq: Haq) -> dict:
    network = "resnet-50"
    bits = POLICIES[network]["weights"]
    layers = haq.json(["cost", network, "--target", CLOUD, "--bits", "W8A8"])["layers"]
    counts = [layer["cost"]["weight_bytes"] for layer in layers]
    share = lambda widths: sum(count * width for count, width in zip(counts, widths, strict=True)) / (32 * sum(counts))
    halves = sorted(counts[1:-1])
    median = halves[len(halves) // 2]
    inner = list(zip(counts, bits))[1:-1]
    return {
        "weights": sum(counts),
        "share_of_32_bit": share(bits),
        "small_layers_bits": mean(width for count, width in inner if count < median),
        "large_layers_bits": mean(width for count, width in inner if count >= median),
    }


def block(data: Path) -> str:
    document = load(data, "published")
    if "costs" not in document:
        return "Not costed yet."
    body = []
    for target, costs in document["costs"].items():
        for counted, eight in costs["uniform_8_bit"].items():
            seconds = [costs[name][counted] for name in ["as-read", "as-meant"]]
            body.append([target, counted, f"{eight * 1e3:.2f} ms", *[f"{each * 1e3:.2f} ms ({each / eight:.4f}x)" for each in seconds]])
    parts = document["bits"]
    kinds = [[kind.replace("convolution", "pointwise"), f"{parts[kind][0]:.2f}", f"{parts[kind][1]:.2f}"] for kind in parts]
    resnet = document["size"]
    return "\n\n".join([
        rows(["mobilenet-v2 on", "counted", "uniform 8 bit", "published, first activations 7 bit", "published, first activations 8 bit"], body, left=2),
        rows(["mobilenet-v2, published", "mean weight bits", "mean activation bits"], kinds),
        rows(["resnet-50, published", "measured on our layers"], [
            ["weights", f"{resnet['weights']:,}"], ["share of 32-bit weights, without centroids", f"{resnet['share_of_32_bit']:.4f}"],
            ["mean bits, layers with fewer weights than the median", f"{resnet['small_layers_bits']:.2f}"],
            ["mean bits, the other layers", f"{resnet['large_layers_bits']:.2f}"]]),
    ])
