"""Cuts measured shapes into cost tables: one for each network, one for random layers, and one for held-out layers.

    python3 tables_by_network.py MEASURED -o FOLDER --latencies table.csv [...]         # of measure_shapes.py
    python3 tables_by_network.py MEASURED -o FOLDER --batch 16 --formats fp32=fp32 bf16=bf16 --whole   # of measure-gpu

MEASURED is a folder with shapes.csv and uses.csv, as `measure-gpu` writes them. Networks of `--held-out` have their tables
in FOLDER/held-out; held-out/new-layers.csv has those of their shapes that no other table has. `--whole` writes networks.json
(docs/measured-networks.md), and
held-out/networks.json with the runs that are held out, from networks.csv and readers.csv.
"""
import argparse
import csv
import json
import os

COLUMNS = ["name", "kind", "groups", "in_channels", "out_channels", "input", "output", "kernel", "stride", "padding",
           "dilation", "batch", "weight_format", "activation_format", "latency_s"]
LETTERS = {"f": "fp32", "b": "bf16", "8": "fp8"}
HELD_OUT = "mobilenet_v3_large,regnet_y_400mf,convnext_tiny,vit_b_16,shufflenet_v2_x1_0"


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def sides(padding):
    top, left = padding.split("x") if "x" in padding else (padding, padding)
    return f"{top}/{left}/{top}/{left}"


def latencies_of_gpu(folder, batch, formats):
    """Medians with a warm cache, first pass, by shape: a list of (weights' format, activations' format, seconds)."""
    found = {}
    for row in read(f"{folder}/layers.csv"):
        if row["cache"] == "warm" and row["pass"] == "1" and int(row["batch"]) == batch and row["format"] in formats:
            name = formats[row["format"]]
            found.setdefault(row["shape"], []).append((name, name, row["latency_s"]))
    return found


def document_layer(name, shape):
    """A layer by docs/network.md."""
    extent = lambda text: [int(side) for side in text.split("x")]
    keys = {"name": name, "kind": shape["kind"], "in_channels": int(shape["in_channels"]), "out_channels": int(shape["out_channels"])}
    if shape["kind"] == "fully-connected":
        return keys
    top, left = extent(shape["padding"])
    keys |= {key: extent(shape[key]) for key in ("input", "output", "kernel", "stride", "dilation")}
    return keys | {"groups": int(shape["groups"]), "padding": [top, left, top, left]}


def whole_networks(folder, shapes, batch, formats, held_out):
    """The networks with who reads whose outputs, and the first-pass runs at a batch whose formats are all known."""
    uses, readers = {}, {}
    for use in read(f"{folder}/uses.csv"):
        uses.setdefault(use["network"], []).append(use)
    for row in read(f"{folder}/readers.csv"):
        readers.setdefault(row["network"], []).append([int(index) for index in row["readers"].split()])
    runs = []
    for row in read(f"{folder}/networks.csv"):
        name = row["network"]
        found = [LETTERS[letter] for letter in row["formats"]] or [row["policy"].removeprefix("uniform-")] * len(uses[name])
        is_wanted = row["pass"] == "1" and int(row["batch"]) == batch and (row["held_out"] == "yes" or name in held_out) == bool(held_out)
        if is_wanted and name in readers and all(format in formats for format in found):
            pairs = [f"{formats[format]}/{formats[format]}" if formats[format] != "fp32" else "W32A32" for format in found]
            runs.append({"network": name, "latency_s": float(row["latency_s"]), "precisions": pairs})
    names = [name for name in uses if any(run["network"] == name for run in runs)]
    networks = [{"name": name, "batch": batch, "layers": [document_layer(use["name"], shapes[use["shape"]]) for use in uses[name]],
                 "output_readers": readers[name]} for name in names]
    return networks, runs


def write_networks(path, networks, runs):
    lines = lambda items: "[\n" + ",\n".join("    " + json.dumps(item) for item in items) + "\n  ]"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write('{\n  "schema": "haq.measured-networks/1.0",\n  "networks": ' + lines(networks) + ',\n  "runs": ' + lines(runs) + "\n}\n")


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
    parser.add_argument("--formats", nargs="*", default=["fp32=fp32", "int8=int8"])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--held-out", default=HELD_OUT)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    shapes = {row["shape"]: row for row in read(f"{options.measured}/shapes.csv")}
    found, random_layers = {}, {}
    for path in options.latencies:
        for row in read(path):
            shape = row["name"].removeprefix("shape-")
            shapes.setdefault(shape, {**row, "plan": row["x-plan"]})
            names = [{"32": "fp32"}.get(row[key], f"int{row[key]}") for key in ("weight_bits", "activation_bits")]
            found.setdefault(shape, []).append((*names, row["latency_s"]))
    formats = dict(pair.split("=") for pair in options.formats)
    if not options.latencies:
        found = latencies_of_gpu(options.measured, options.batch, formats)

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
    if options.whole:
        write_networks(f"{options.output}/networks.json", *whole_networks(options.measured, shapes, options.batch, formats, []))
        write_networks(f"{options.output}/held-out/networks.json",
                       *whole_networks(options.measured, shapes, options.batch, formats, held_out))
    new = {}
    for name, uses in networks.items():
        place = f"{options.output}/held-out" if name in held_out else options.output
        write(f"{place}/{name}.csv", [row for use in uses for row in rows(use["name"], use["shape"])])
        if name in held_out:
            new |= {use["shape"]: f"{name}.{use['name']}" for use in uses if use["shape"] not in fitted}
    write(f"{options.output}/held-out/new-layers.csv", [row for shape, name in new.items() for row in rows(name, shape)])


if __name__ == "__main__":
    main()
