"""Compares `haq evaluate --semantics runtime` with onnxruntime on exported files, image by image.

    python3 same_arithmetic.py .build/release [--samples 10000]

The folder is that of haq and haq-evaluator. Each policy of a bundled network is measured by haq-evaluator on the test
images of Fashion-MNIST, exported as qdq, and run in onnxruntime with all optimizations on one thread. Prints the table of
docs/results/deploy.md. Needs pip's numpy and onnxruntime, and Debian's dataset-fashion-mnist.
"""
import argparse
import base64
import json
import os
import subprocess
import tempfile

import numpy
import onnxruntime

from onnxruntime_accuracy import read

# Network, its policy in words, bits of all layers, layers with others, options of haq.
CASES = [
    ("fashion-mobilenet-v1", "`W8A8`", "W8A8", {}, []),
    ("fashion-mobilenet-v1", "`W7A8`", "W7A8", {}, []),
    ("fashion-mobilenet-v1", "`W8A8`, `--weights-in uint8`", "W8A8", {}, ["--weights-in", "uint8"]),
    ("fashion-mobilenet-v2", "`W8A8`", "W8A8", {}, []),
    ("fashion-mobilenet-v2", "`W7A8`", "W7A8", {}, []),
    ("fashion-mobilenet-v2", "`W8A8`, `--ptq best`", "W8A8", {}, ["--ptq", "best"]),
    ("fashion-mobilenet-v2", "`W8A8`, `--activation-range asymmetric`", "W8A8", {},
     ["--activation-range", "asymmetric"]),
    ("fashion-mobilenet-v1", "`W8A8`, depthwise layers `fp32`", "W8A8", {"*.depthwise": "W32A32"}, []),
    ("fashion-mobilenet-v1", "`W8A8`, pointwise layers `fp32`", "W8A8", {"*.pointwise": "W32A32"}, []),
    ("fashion-mobilenet-v2", "`W8A8`, depthwise layers `fp32`", "W8A8", {"*.depthwise": "W32A32"}, []),
    ("fashion-mobilenet-v1", "`W8A8`, pointwise layers `int4-g128/bf16`", "W8A8",
     {"*.pointwise": "int4-g128/bf16"}, []),
]
# What haq-evaluator does not take.
EXPORTED_ONLY = ["--weights-in"]


class Evaluator:
    """A conversation with haq-evaluator, in a runtime's arithmetic."""

    def __init__(self, program, network, options):
        self.process = subprocess.Popen(
            [program, "--threads", "1", "--network", network, "--semantics", "runtime", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask(1, "describe", {"protocol": "haq.evaluator/1.4"})

    def ask(self, number, method, parameters):
        self.process.stdin.write(json.dumps({"id": number, "method": method, "parameters": parameters}) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise SystemExit(reply["error"]["message"])
        return reply

    def correct(self, layers, samples):
        """Which of the first test images are right."""
        parameters = {
            "split": "test", "samples": samples, "extras": ["correct_samples"],
            "policy": layers}
        result = self.ask(2, "evaluate", parameters)["evaluation"]
        self.process.stdin.close()
        self.process.wait()
        bits = numpy.unpackbits(numpy.frombuffer(base64.b64decode(result["correct_samples"]), numpy.uint8))
        return bits[:samples].astype(bool)


def layers(policy):
    """The layers of a policy file, as the evaluator protocol has them."""
    found = []
    for layer in json.load(open(policy))["layers"]:
        entry = {"layer": layer["name"]}
        for operand in ("weight", "activation"):
            entry.update({key: layer[key] for key in (f"{operand}_bits", f"{operand}_format") if key in layer})
        found.append(entry)
    return found


def theirs(path, samples):
    folder = "/usr/share/datasets/fashion-mnist"
    images = read(os.path.join(folder, "t10k-images-idx3-ubyte.gz"), 16).reshape(-1, 1, 28, 28)[:samples]
    labels = read(os.path.join(folder, "t10k-labels-idx1-ubyte.gz"), 8)[:samples]
    images = images.astype(numpy.float32) / numpy.float32(255)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    scores = [session.run(None, {name: images[start : start + 250]})[0] for start in range(0, samples, 250)]
    return numpy.concatenate(scores).argmax(axis=1) == labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--samples", type=int, default=10000)
    arguments = parser.parse_args()
    haq, evaluator = (os.path.join(arguments.folder, name) for name in ("haq", "haq-evaluator"))
    print("| network | policy | right: haq | onnxruntime | images that differ |")
    print("|---|---|---:|---:|---:|")
    for network, title, bits, others, options in CASES:
        with tempfile.TemporaryDirectory() as place:
            policy, file = os.path.join(place, "policy.json"), os.path.join(place, "file.onnx")

            def run(*words):
                subprocess.run([haq, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            run("policy", "uniform", network, "--bits", bits, "-o", policy)
            if others:
                sets = [word for layer, pair in others.items() for word in ("--set", f"{layer}={pair}")]
                mixed = os.path.join(place, "mixed.json")
                run("policy", "apply", policy, *sets, "-o", mixed)
                policy = mixed
            # Sums in another order may choose other weights in a recipe of --ptq.
            run("export", network, "--policy", policy, "--as", "qdq", "--threads", "1", *options, "-o", file)
            asked = [word for word in options if options[0] not in EXPORTED_ONLY]
            ours = Evaluator(evaluator, network, asked).correct(layers(policy), arguments.samples)
            found = theirs(file, arguments.samples)
            print(
                f"| `{network}` | {title} | {100 * ours.mean():.2f} % | {100 * found.mean():.2f} %"
                f" | {int((ours != found).sum())} of {arguments.samples} |", flush=True)


main()
