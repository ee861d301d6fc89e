"""Measures what docs/results/ptq.md shows, and prints its tables: measure.py [--ranges] EVALUATOR FOLDER [NAME ...]

With --ranges, the tables are those of zero points. EVALUATOR is the program haq-evaluator. FOLDER is one that
docs/examples/export/deploy and then photographs.py have filled; it has efficientnet_lite0.onnx and unlabelled.npz. Each
network and recipe is one conversation with the evaluator (docs/evaluator.md), on one thread; `haq evaluate` with the same
options gives the same figures. NAMEs choose networks.
"""
import json
import os
import subprocess
import sys

RECIPES = [
    ("`none`", []),
    ("`none`, `--clipping mse`", ["--clipping", "mse"]),
    ("`fast`", ["--ptq", "fast"]),
    ("`best`", ["--ptq", "best"]),
    ("`best`, `--activation-range asymmetric`", ["--ptq", "best", "--activation-range", "asymmetric"]),
]
BITS = [(8, 8), (6, 8), (4, 8), (4, 4)]
ASYMMETRIC = ["--activation-range", "asymmetric"]
RANGES = [
    (f"`{recipe}`, `--clipping {rule}`, {title}", ["--ptq", recipe, "--clipping", rule] + options)
    for recipe, rule in [("none", "mse"), ("best", "mse"), ("none", "kl"), ("none", "max")]
    for title, options in [("symmetric", []), ("asymmetric", ASYMMETRIC)]
]
RANGE_BITS = [(8, 8), (8, 6), (8, 4), (4, 4)]


def measure(evaluator, arguments, bits):
    """Accuracy by bits, the divergence, and the seconds of CPU time for all."""
    before = os.times()
    process = subprocess.Popen(
        [evaluator, "--threads", "1"] + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_WAIT_POLICY": "passive"})

    def ask(number, method, parameters):
        process.stdin.write(json.dumps({"id": number, "method": method, "parameters": parameters}) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        if "error" in reply:
            raise SystemExit(reply["error"]["message"])
        return reply

    layers = ask(1, "describe", {"protocol": "haq.evaluator/1.3"})["description"]["layers"]
    results = {}
    for number, (weights, activations) in enumerate(bits):
        policy = [{"layer": layer, "weight_bits": weights, "activation_bits": activations} for layer in layers]
        found = ask(number + 2, "evaluate", {"split": "test", "policy": policy})["evaluation"]
        results[(weights, activations)] = (found["accuracy"], found["divergence"])
    process.stdin.close()
    process.wait()
    after = os.times()
    return results, after.children_user + after.children_system - before.children_user - before.children_system


def main():
    words = [word for word in sys.argv[1:] if word != "--ranges"]
    recipes, widths = (RECIPES, BITS) if len(words) == len(sys.argv) - 1 else (RANGES, RANGE_BITS)
    evaluator, folder = words[:2]
    chosen = words[2:]
    networks = [
        (
            "efficientnet_lite0",
            ["--network", os.path.join(folder, "efficientnet_lite0.onnx")]
            + ["--data", os.path.join(folder, "unlabelled.npz"), "--objective", "agreement"],
        ),
        ("fashion-mobilenet-v1", ["--network", "fashion-mobilenet-v1"]),
        ("fashion-mobilenet-v2", ["--network", "fashion-mobilenet-v2"]),
    ]
    for name, arguments in networks:
        if chosen and name not in chosen:
            continue
        print(f"\n`{name}`\n")
        print("| quantized by | " + " | ".join(f"W{w}A{a}" for w, a in widths) + " | CPU seconds |")
        print("|---|" + "---:|" * (len(widths) + 1))
        for title, options in recipes:
            results, seconds = measure(evaluator, arguments + options, widths)
            cells = [f"{100 * results[bits][0]:.2f} % ({results[bits][1]:.4f})" for bits in widths]
            print(f"| {title} | " + " | ".join(cells) + f" | {seconds:.0f} |", flush=True)


main()
