"""Measures a list of shapes in onnxruntime in interleaved rounds, on a machine that others use as well.

    python3 measure_shapes.py shapes.csv -o table.csv [--precisions W32A32,W8A8] [--batch 1] [--threads 1] [--limit 600]
    python3 measure_shapes.py random:300 -o table.csv

Each round takes all points in another order; a visit builds the layer's session, warms it up, and times a burst. The cost
of a point is the least of its visits' medians, since other work on the machine only ever adds, of visits that haq_costs.Witness
saw undisturbed where there are any; `x-spread` is how far the second least is above it. A point that was disturbed in every
visit still stands too high.
"""
import argparse
import csv
import math
import os
import random
import statistics
import time

import haq_costs
import onnxruntime_costs

SHAPE = ("kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride", "padding", "dilation")


def layer_keys(row):
    extent = lambda text: [int(side) for side in text.split("x")]
    keys = {name: row[name] if name == "kind" else int(row[name]) for name in SHAPE[:4]}
    keys |= {name: extent(row[name]) for name in ("input", "output", "kernel", "stride", "dilation")}
    top, left = extent(row["padding"])
    return keys | {"padding": [top, left, top, left]}


def random_rows(count, seed=1):
    """Shapes in the ranges of image networks, among them channels that are no multiples of 8, narrow groups and patches."""
    draw, found = random.Random(seed), {}

    def channels(least, most):
        step = draw.choice((1, 2, 2, 4, 8, 8))
        return max(step, round(math.exp(draw.uniform(math.log(least), math.log(most))) / step) * step)

    while len(found) < count:
        form = draw.choices(("depthwise", "groups", "product", "vector", "window", "patch", "dense"),
                            (25, 15, 32, 10, 10, 3, 5))[0]
        side, kernel, stride, groups = draw.choice((7, 8, 10, 14, 16, 20, 28, 32, 40, 56, 64, 80, 112)), 1, 1, 1
        inside, outside = channels(8, 1400), channels(8, 1400)
        if form == "depthwise":
            groups, outside, kernel, stride = inside, inside, draw.choice((3, 3, 5, 7)), draw.choice((1, 1, 2))
        elif form == "groups":
            width, groups = draw.choice((4, 8, 8, 16, 24, 32, 40, 48, 64)), draw.randint(2, 56)
            inside = outside = width * groups
            kernel, stride = 3, draw.choice((1, 1, 2))
        elif form == "product":
            stride = draw.choice((1, 1, 1, 1, 2))
        elif form == "vector":
            side = 1
        elif form == "window":
            kernel, stride, inside = draw.choice((3, 3, 5, 7)), draw.choice((1, 2)), draw.choice((3, inside, inside))
        elif form == "patch":
            kernel = stride = draw.choice((2, 4, 8, 16))
            inside, side = draw.choice((3, inside)), kernel * draw.choice((7, 14, 28))
        elif form == "dense":
            side = 1
        padding = 0 if form == "patch" else kernel // 2
        out = (side + 2 * padding - kernel) // stride + 1
        kind = {"depthwise": "depthwise", "dense": "fully-connected"}.get(form, "convolution")
        cells = (kind, groups, inside, outside, *(f"{n}x{n}" for n in (side, out, kernel, stride, padding, 1)))
        work = out * out * kernel * kernel * inside * outside / groups
        if work <= 1e9 and inside * side * side <= 2e6 and outside * out * out <= 2e6 and inside * outside / groups <= 4e6:
            found.setdefault(cells, {"shape": str(10_000 + len(found)), "plan": "random-2", **dict(zip(SHAPE, cells))})
    return list(found.values())


def visit(point, threads, witness):
    """Whether something disturbed a burst of about 40 ms, at least 3 runs, and its median in seconds."""
    run = onnxruntime_costs.prepared(point, threads, "CPUExecutionProvider")
    run()
    start = time.perf_counter()
    run()
    count = max(3, min(60, int(0.04 / max(1e-7, time.perf_counter() - start))))
    times = []
    quiet = witness.is_undisturbed()
    for _ in range(count):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    quiet = witness.is_undisturbed() and quiet
    return not quiet, statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", help="shapes.csv, or random:COUNT")
    parser.add_argument("-o", dest="output", required=True)
    parser.add_argument("--precisions", default="W32A32,W8A8")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600, help="seconds in all")
    parser.add_argument("--most-macs", type=float, default=2e9, help="larger layers are left out")
    parser.add_argument("--cpu", type=int, help="run on this processor alone")
    options = parser.parse_args()
    if options.cpu is not None:
        os.sched_setaffinity(0, {options.cpu})
    if options.shapes.startswith("random:"):
        rows = random_rows(int(options.shapes[7:]))
    else:
        rows = [row for row in csv.DictReader(open(options.shapes)) if row["plan"] != "ceiling"]
    points = []
    for row in rows:
        for precision in options.precisions.split(","):
            bits = precision[1:].split("A")
            point = haq_costs.Point(
                {"layer": layer_keys(row), "weight_bits": bits[0], "activation_bits": bits[1]}, options.batch)
            if point.layer.macs * options.batch <= options.most_macs:
                points.append((row, bits, point, []))
    until, draw, rounds, witness = time.time() + options.limit, random.Random(1), 0, haq_costs.Witness()
    while time.time() < until:
        draw.shuffle(points)
        for row, bits, point, medians in points:
            if time.time() > until:
                break
            medians.append(visit(point, options.threads, witness))
        rounds += 1
        write(options.output, points, options.batch)
        print(f"round {rounds}, {until - time.time():.0f} s left", flush=True)


def write(path, points, batch):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", *SHAPE[:8], "padding", "dilation", "batch", "weight_bits", "activation_bits", "latency_s",
                      "x-visits", "x-spread", "x-plan"])
        for row, bits, point, medians in sorted(points, key=lambda entry: (int(entry[0]["shape"]), entry[1])):
            if medians:
                quietest = min(disturbed for disturbed, _ in medians)
                best = sorted(seconds for disturbed, seconds in medians if disturbed == quietest)
                spread = f"{best[1] / best[0] - 1:.4f}" if len(best) > 1 else ""
                padding = "/".join(str(side) for side in point.layer.padding)
                out.writerow([f"shape-{row['shape']}", *(row[name] for name in SHAPE[:8]), padding, row["dilation"], batch,
                              *bits, f"{best[0]:.5g}", len(best), spread, row["plan"]])


if __name__ == "__main__":
    main()
