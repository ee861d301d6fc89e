"""Model size: codebooks of searched widths against Deep Compression."""

from pathlib import Path
from statistics import mean

from .figures import average, bits_of, image, load, percent, points, rows, seeds, settings, state


def table(data: Path) -> str:
    document = load(data, "size")
    body = []
    for key, group in settings(document["runs"]).items():
        compressed = [run for run in group if "deep_compression" in run]
        searched = average(group, "searched")
        if compressed:
            pairs = sorted({f"{run['deep_compression']['convolution_weight_bits']} and {run['deep_compression']['fully_connected_weight_bits']} bit" for run in compressed})
            size = mean(run["deep_compression"]["cost"]["weight_bytes"] for run in compressed)
            theirs = average(compressed, "deep_compression")
            columns = [f"{percent(theirs)} ({', '.join(pairs)}, {size / 1e3:.2f} kB)", f"**{points(searched - theirs)}**"]
        else:
            columns = ["does not fit", ""]
        body.append([
            group[0]["network"].removeprefix("fashion-"), key.rsplit("-", 1)[1].replace("bit", " bit"), seeds(group),
            f"{group[0]['budget']['limit'] / 1e3:.2f} kB", columns[0],
            f"{percent(searched)} ({mean(run['searched']['cost']['weight_bytes'] for run in group) / 1e3:.2f} kB)",
            columns[1], percent(average(group, "best_uniform")) if "best_uniform" in group[0] else "none fits", percent(average(group, "uniform_8_bit")),
        ])
    header = ["network", "about", "seeds", "budget", "Deep Compression", "searched", "searched - Deep Compression", "one width, ends 8 bit", "8 bit"]
    return state(document) + "\n\n" + (rows(header, body, left=3) if body else "None was run yet.") + image("size.svg", "Accuracy against size", body)


def layers(data: Path) -> str:
    """Mean weight bits by kind of layer, first and last layer left out."""
    body = []
    for key, group in settings(load(data, "size")["runs"]).items():
        means = [mean(width for run in group for width in bits_of(run, kind, 2)) for kind in ["depthwise", "convolution"]]
        body.append([group[0]["network"].removeprefix("fashion-"), key.rsplit("-", 1)[1].replace("bit", " bit"), seeds(group), *[f"{value:.2f}" for value in means]])
    header = ["network", "about", "seeds", "depthwise, mean weight bits", "pointwise, mean weight bits"]
    return rows(header, body, left=3) if body else "None was run yet."
