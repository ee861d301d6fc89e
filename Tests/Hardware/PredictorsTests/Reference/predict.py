"""Writes predictor.json and what numpy predicts from it: the expected values of PredictorFileTests.

    python3 predict.py > expected.json

The formulas are those of docs/predictor.md, written without the program.
"""
import json
import math
import pathlib

import numpy

NAMES = ["macs", "weights", "inputs", "outputs", "rows", "out_channels", "in_channels", "group_out_channels",
         "group_in_channels", "groups", "kernel_area", "stride", "batch", "input_area", "dilation"]
TILED = ["tiles_of_128", "waste_of_128", "waste_of_64"]
TWOS = ["in_channels", "out_channels", "group_in_channels", "group_out_channels"]
KNOWN = ["convolution,1,3,32,32x32,16x16,3x3,2x2,1x1,4,2.5e-05", "convolution,1,32,64,16x16,16x16,1x1,1x1,1x1,4,4e-05",
         "depthwise,64,64,64,16x16,16x16,3x3,1x1,1x1,4,1.5e-05", "convolution,1,64,128,16x16,16x16,1x1,1x1,1x1,4,7.5e-05",
         "convolution,4,64,64,16x16,8x8,3x3,2x2,1x1,4,3e-05", "fully-connected,1,128,10,1x1,1x1,1x1,1x1,1x1,4,2e-06"]
ASKED = ["convolution,1,32,96,16x16,16x16,1x1,1x1,1x1,4", "depthwise,96,96,96,16x16,8x8,3x3,2x2,1x1,4",
         "fully-connected,1,128,100,1x1,1x1,1x1,1x1,1x1,4", "convolution,1,48,48,16x16,16x16,3x3,1x1,2x2,4"]
ROOFLINES = {family: {"fixed_s": 1e-6 * (1 + index), "s_per_mac": 1e-11 * (2 + index), "s_per_byte": 1e-9 / (1 + index)}
             for index, family in enumerate(["pointwise", "convolution", "grouped", "depthwise", "fully-connected"])}


def counts(line):
    kind, groups, inputs, outputs, *rest = line.split(",")[:10]
    groups, inputs, outputs, batch = int(groups), int(inputs), int(outputs), int(rest[-1])
    into, out, kernel, stride, dilation = (tuple(int(side) for side in cell.split("x")) for cell in rest[:-1])
    area = lambda extent: extent[0] * extent[1]
    weights = outputs * (inputs // groups) * area(kernel)
    rows, columns = batch * area(out), outputs // groups
    tiles = lambda side: -(-rows // side) * -(-columns // side)
    return kind, {
        "tiles_of_128": tiles(128) * groups, "waste_of_128": tiles(128) * 128 * 128 / (rows * columns),
        "waste_of_64": tiles(64) * 64 * 64 / (rows * columns),
        "macs": batch * area(out) * weights, "weights": weights, "inputs": batch * inputs * area(into),
        "outputs": batch * outputs * area(out), "rows": batch * area(out), "out_channels": outputs, "in_channels": inputs,
        "group_out_channels": outputs // groups, "group_in_channels": inputs // groups, "groups": groups,
        "kernel_area": area(kernel), "stride": math.sqrt(area(stride)), "batch": batch, "input_area": area(into),
        "dilation": math.sqrt(area(dilation))}


def features(line):
    kind, found = counts(line)
    twos = [min(5, (found[name] & -found[name]).bit_length() - 1) for name in TWOS]
    return [math.log2(found[name]) for name in NAMES + TILED] + twos + [kind == "fully-connected", kind == "matmul"]


def roofline(line):
    kind, found = counts(line)
    family = kind
    if kind == "convolution":
        family = "grouped" if found["groups"] > 1 else "pointwise" if found["kernel_area"] == found["stride"] == 1 else kind
    line = ROOFLINES[family]
    work = found["weights"] * 1 + found["inputs"] + found["outputs"]  # W8A8: a byte each
    terms = [line["fixed_s"], found["macs"] * line["s_per_mac"], work * line["s_per_byte"]]
    return math.log(sum(term**4 for term in terms)) / 4


known = numpy.array([features(line) for line in KNOWN], float)
means, deviations = known.mean(0), known.std(0)
deviations[deviations < 1e-6] = 1
lengths, signal, noise, widening = numpy.linspace(1, 3, known.shape[1]), 0.5, 0.1, 1.25


def kernel(left, right):
    distance = numpy.sqrt(5 * (((left[:, None] - right[None]) / lengths) ** 2).sum(2))
    return signal**2 * (1 + distance + distance**2 / 3) * numpy.exp(-distance)


errors = numpy.array([math.log(float(line.split(",")[-1])) - roofline(line) for line in KNOWN])
scaled = (known - means) / deviations
asked = (numpy.array([features(line) for line in ASKED], float) - means) / deviations
matrix = kernel(scaled, scaled) + (noise**2 + 1e-8) * numpy.eye(len(KNOWN))
cross = kernel(asked, scaled)
mean = cross @ numpy.linalg.solve(matrix, errors)
variance = signal**2 - (cross * numpy.linalg.solve(matrix, cross.T).T).sum(1) + noise**2

file = {
    "schema": "haq.predictor/1.0", "program_version": "by hand", "tables": [{"file": "known.csv", "sha256": "0" * 64}],
    "least_batch": 4, "greatest_batch": 4, "correlation": 0.25,
    "features": ["log2_" + name for name in NAMES + TILED] + ["twos_in_" + name for name in TWOS] + ["is_fully_connected", "is_matmul"],
    "columns": "kind,groups,in_channels,out_channels,input,output,kernel,stride,dilation,batch,latency_s",
    "precisions": [{
        "precision": "W8A8", "rooflines": ROOFLINES, "scaling": {"means": means.tolist(), "deviations": deviations.tolist()},
        "covariance": {"lengths": lengths.tolist(), "signal": signal, "noise": noise}, "widening": widening, "points": KNOWN}]}
pathlib.Path(__file__).with_name("predictor.json").write_text(json.dumps(file, indent=1) + "\n")
print(json.dumps([
    {"layer": line, "latency_s": math.exp(roofline(line) + shift), "deviation": widening * math.sqrt(spread)}
    for line, shift, spread in zip(ASKED, mean, variance)], indent=1))
