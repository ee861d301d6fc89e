"""Cuts measured shapes into cost tables: one for each network, one for random layers, and one for held-out layers.

    python3 tables_by_network.py MEASURED -o FOLDER --latencies table.csv [...]         # of measure_shapes.py
    python3 tables_by_network.py MEASURED -o FOLDER --formats fp32=W32A32,int8=W8A8 --batch 16   # of measure-gpu

MEASURED is a folder with shapes.csv and uses.csv, as `measure-gpu` writes them. Networks of `--held-out` have their tables
in FOLDER/held-out; held-out/new-layers.csv has those of their shapes that no other table has.
"""
import argparse
import csv
import os

COLUMNS = ["name", "kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride", "padding",
           "dilation", "batch", "weight_bits", "activation_bits", "latency_s"]
HELD_OUT = "mobilenet_v3_large,regnet_y_400mf,convnext_tiny,vit_b_16,shufflenet_v2_x1_0"


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def sides(padding):
    top, left = padding.split("x") if "x" in padding else (padding, padding)
    return f"{top}/{left}/{top}/{left}"


def latencies_of_gpu(folder, batch, formats):
    """Medians with a warm cache, first pass, by shape: a list of (weight bits, activation bits, seconds)."""
    found = {}
    for row in read(f"{folder}/layers.csv"):
        if row["cache"] == "warm" and row["pass"] == "1" and int(row["batch"]) == batch and row["format"] in formats:
            found.setdefault(row["shape"], []).append((*formats[row["format"]], row["latency_s"]))
    return found


def write(path, rows):
    if not rows:
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured")
    parser.add_argument("-o", dest="output", required=True)
    parser.add_argument("--latencies", nargs="*", default=[])
    parser.add_argument("--formats", default="fp32=W32A32,int8=W8A8")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--held-out", default=HELD_OUT)
    options = parser.parse_args()
    shapes = {row["shape"]: row for row in read(f"{options.measured}/shapes.csv")}
    found, random_layers = {}, {}
    for path in options.latencies:
        for row in read(path):
            shape = row["name"].removeprefix("shape-")
            shapes.setdefault(shape, {**row, "plan": row["x-plan"]})
            found.setdefault(shape, []).append((row["weight_bits"], row["activation_bits"], row["latency_s"]))
    if not options.latencies:
        formats = dict(pair.split("=") for pair in options.formats.split(","))
        found = latencies_of_gpu(options.measured, options.batch, {name: bits[1:].split("A") for name, bits in formats.items()})

    def rows(name, shape):
        keys = shapes[shape]
        padding = keys["padding"] if "/" in keys["padding"] else sides(keys["padding"])
        layer = [keys[column] for column in COLUMNS[1:9]] + [padding, keys["dilation"], options.batch]
        return [[name, *layer, *cells] for cells in sorted(found.get(shape, []))]

    networks, held_out = {}, options.held_out.split(",")
    for use in read(f"{options.measured}/uses.csv"):
        networks.setdefault(use["network"], []).append(use)
    fitted = {use["shape"] for name, uses in networks.items() if name not in held_out for use in uses}
    for shape in shapes:
        if shapes[shape]["plan"].startswith("random"):
            fitted.add(shape)
            random_layers.setdefault(shapes[shape]["plan"], []).append(shape)
    for plan, members in random_layers.items():
        write(f"{options.output}/{plan}.csv", [row for shape in members for row in rows(f"shape-{shape}", shape)])
    new = {}
    for name, uses in networks.items():
        place = f"{options.output}/held-out" if name in held_out else options.output
        write(f"{place}/{name}.csv", [row for use in uses for row in rows(use["name"], use["shape"])])
        if name in held_out:
            new |= {use["shape"]: f"{name}.{use['name']}" for use in uses if use["shape"] not in fitted}
    write(f"{options.output}/held-out/new-layers.csv", [row for shape, name in new.items() for row in rows(name, shape)])


if __name__ == "__main__":
    main()
