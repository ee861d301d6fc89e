"""Measures one row in the environment of its peer: run.py JOB RESULT

JOB and RESULT are JSON files; comparison/measuring.py writes the one and reads the other. RESULT says which test images are
right, or the reason why there are none.
"""

import importlib
import json
import os
import sys
import time
import traceback

import numpy

from result import Unsupported


def cpu_seconds() -> float:
    """Of this process and of the children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def packed(right: numpy.ndarray) -> str:
    import base64

    return base64.b64encode(numpy.packbits(right).tobytes()).decode()


def cost(layers: list, policy: list, budget: str) -> float:
    """Bytes of weights, or products of single bits of one image."""
    if budget == "weight_bytes":
        return sum(layer.weights * weight / 8 for layer, (weight, _) in zip(layers, policy, strict=True))
    return sum(layer.macs * weight * activation for layer, (weight, activation) in zip(layers, policy, strict=True))


def measured(job: dict) -> dict:
    with numpy.load(job["data"]) as arrays:
        calibration, images, labels = (arrays[name] for name in ("calibration", "images", "labels"))
    quantizer = importlib.import_module(job["module"])
    result = {}
    if job["budget"]:
        from network import layers

        found = layers(job["network"])
        whole = cost(found, [(8, 8)] * len(found), job["budget"])
        job["limit"] = job["share"] * whole
    begin = cpu_seconds()
    quantized = quantizer.quantize(job, calibration)
    result["cpu_s"] = round(cpu_seconds() - begin, 1)
    if job["budget"]:
        share = cost(found, quantized.policy, job["budget"]) / whole
        result["share"] = round(share, 4)
        if share > job["share"] * (1 + 1e-9):
            raise Unsupported(f"its policy has {share:.3f}x, above the budget of {job['share']:g}x")
    scores = quantized.scores(images).reshape(len(images), -1)
    right = scores.argmax(axis=1) == labels
    result |= {
        "samples": len(images), "right": int(right.sum()), "right_samples": packed(right), "evaluated_by": quantized.evaluated_by,
        "versions": versions(quantizer.PACKAGES)}
    return result


def versions(packages: list[str]) -> dict[str, str]:
    from importlib import metadata

    return {package: metadata.version(package) for package in packages}


def main(job: str, result: str) -> None:
    try:
        with open(job) as file:
            found = measured(json.load(file))
    except Unsupported as reason:
        found = {"reason": str(reason)}
    except Exception as problem:
        traceback.print_exc()
        words = [line.strip() for line in str(problem).splitlines() if line.strip()]
        found = {"reason": f"{type(problem).__name__}: {words[0][:160] if words else 'no text'}"}
    with open(result + ".draft", "w") as file:
        json.dump(found, file)
    os.replace(result + ".draft", result)


if __name__ == "__main__":
    main(*sys.argv[1:])
