#!/usr/bin/env python3
"""A cost program of a board whose costs are known: 1 ns for each channel, bit of a weight and side of a layer.

Each answer takes a while, and each question is noted in the file `asked`.
"""

import json
import sys
import time

DESCRIPTION = {
    "protocol": "haq.costs/1.0", "program": "board 1", "device": "a board",
    "layers": ["convolution", "depthwise", "fully-connected"], "precisions": ["W4A4", "W8A8"],
    "metrics": ["latency_s"], "measured": True}


def seconds(point):
    layer = point["layer"]
    return layer["out_channels"] * layer["in_channels"] * layer["output"][0] * point["weight_bits"] / 1e9


def say(request, keys):
    print(json.dumps({**keys, "id": request["id"]}), flush=True)


for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "quit":
        break
    if request["method"] == "describe":
        say(request, {"description": DESCRIPTION})
        continue
    for number, point in enumerate(request["parameters"]["points"]):
        with open("asked", "a") as asked:
            asked.write("x")
        time.sleep(0.1)
        cost = seconds(point)
        say(request, {
            "point": number, "cost": {"latency_s": cost}, "spread": 0.01, "repetitions": 25, "least_s": cost})
    say(request, {"done": True})
