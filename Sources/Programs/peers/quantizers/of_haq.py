"""haq: `haq export`, and for a budget `haq search` before it. The exported file is run by onnxruntime."""

import ctypes
import json
import os
import shutil
import subprocess

from result import Quantized, by_onnxruntime

PACKAGES = ["onnxruntime"]
# Of prctl: what a child leaves behind becomes a child of this process, so that haq's evaluator counts among its CPU seconds.
SET_CHILD_SUBREAPER = 36


def haq(job: dict, command: str, *options: str) -> None:
    """With the calibration images and nothing else; no labels are read."""
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    data = ["--data", job["haq_data"], "--threads", "1"]
    done = subprocess.run([job["haq"], command, job["network"], *options, *data], capture_output=True, text=True)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"haq ended with exit code {done.returncode}")


def quantize(job: dict, calibration) -> Quantized:
    if job["method"] == "float":
        return Quantized(by_onnxruntime(job["network"]), "onnxruntime")
    recipe, _, form = job["method"].partition("-")
    bits, policy = ["--bits", f"W{job['weight_bits']}A{job['activation_bits']}"], None
    if job["budget"]:
        recipe, form, bits = "best", "", ["--policy", "run/policy.json"]
        policy = search(job, len(calibration))
    haq(job, "export", *bits, "--ptq", recipe, "--objective", "agreement", "--as", form or "qcdq", "-o", "haq.onnx")
    return Quantized(by_onnxruntime("haq.onnx"), "onnxruntime", policy)


def search(job: dict, samples: int) -> list[tuple[int, int]]:
    """All layers may be narrowed, also the ends, as by the peers. The least divergence on the calibration images is sought."""
    shutil.rmtree("run", ignore_errors=True)
    target = "weights" if job["budget"] == "weight_bytes" else "bitops"
    limit = "--weight-bytes" if job["budget"] == "weight_bytes" else "--latency"
    haq(
        job, "search", "--target", f"{job['targets']}/{target}.json", limit, f"{job['share']}x", "--search-ends", "--ptq", "best",
        "--objective", "divergence", "--search-samples", str(samples), "--final-finetune-samples", "0", "-o", "run")
    with open("run/policy.json") as file:
        return [(layer["weight_bits"], layer["activation_bits"]) for layer in json.load(file)["layers"]]
