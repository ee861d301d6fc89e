"""Compares estimated sensitivities with measured ones: measure.py EVALUATOR [SAMPLES ...]

EVALUATOR is the program haq-evaluator. Of each bundled network, each layer, operand and width of 2 to 7 bits is measured
with everything else at 8 bit, and estimated in one question ("narrowings" of docs/evaluator.md), on the first SAMPLES
images of the validation split (256 by default). The reference is measured on 2,000 images. Each way is a conversation of
its own, on one thread, that begins with the widest policy on the same images, so that calibration is in neither time.
"""
import json
import math
import os
import subprocess
import sys

REFERENCE = int(os.environ.get("REFERENCE", "2000"))
WIDTHS = range(2, 8)
NETWORKS = ["fashion-mobilenet-v1", "fashion-mobilenet-v2"]


class Conversation:
    def __init__(self, evaluator, network):
        self.process = subprocess.Popen(
            [evaluator, "--threads", "1", "--network", network], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "OMP_WAIT_POLICY": "passive"})
        self.number = 0
        self.layers = self.ask("describe", {"protocol": "haq.evaluator/1.4"})["description"]["layers"]

    def ask(self, method, parameters):
        self.number += 1
        line = json.dumps({"id": self.number, "method": method, "parameters": parameters})
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            raise SystemExit(reply["error"]["message"])
        return reply

    def seconds(self):
        """CPU time of the evaluator until now."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def policy(self, narrowed=None):
        policy = [{"layer": name, "weight_bits": 8, "activation_bits": 8} for name in self.layers]
        if narrowed:
            layer, operand, bits = narrowed
            policy[layer][f"{operand}_bits"] = bits
        return policy

    def divergence(self, samples, narrowed=None, **more):
        parameters = {"split": "validation", "samples": samples, "policy": self.policy(narrowed), **more}
        return self.ask("evaluate", parameters)["evaluation"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def operands(layers):
    """As a search asks: layers in order, widest first; the first and the last layer keep 8 bit."""
    return [
        (layer, operand, bits)
        for layer in range(1, len(layers) - 1) for operand in ("weight", "activation") for bits in reversed(WIDTHS)]


def measured(evaluator, network, samples):
    conversation = Conversation(evaluator, network)
    base = conversation.divergence(samples)["divergence"]
    before = conversation.seconds()
    increases = {
        key: conversation.divergence(samples, key)["divergence"] - base for key in operands(conversation.layers)}
    seconds = conversation.seconds() - before
    conversation.end()
    return increases, seconds


def estimated(evaluator, network, samples):
    conversation = Conversation(evaluator, network)
    conversation.divergence(samples)
    before = conversation.seconds()
    keys = operands(conversation.layers)
    narrowings = [
        {"layers": [conversation.layers[layer]], "operand": operand, "bits": bits} for layer, operand, bits in keys]
    increases = conversation.divergence(samples, narrowings=narrowings)["estimated_increases"]
    seconds = conversation.seconds() - before
    conversation.end()
    return dict(zip(keys, increases)), seconds


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    for rank, index in enumerate(order):
        ranks[index] = float(rank)
    return ranks


def correlation(first, second):
    count = len(first)
    means = sum(first) / count, sum(second) / count
    covariance = sum((a - means[0]) * (b - means[1]) for a, b in zip(first, second))
    return covariance / math.sqrt(
        sum((a - means[0]) ** 2 for a in first) * sum((b - means[1]) ** 2 for b in second))


def spearman(found, reference, keys):
    keys = list(keys)
    return correlation(ranks([found[key] for key in keys]), ranks([reference[key] for key in keys]))


def row(way, samples, found, reference, seconds):
    columns = [spearman(found, reference, reference)]
    for operand in ("weight", "activation"):
        columns.append(spearman(found, reference, [key for key in reference if key[1] == operand]))
    for bits in (2, 4, 6):
        columns.append(spearman(found, reference, [key for key in reference if key[2] == bits]))
    ratios = sorted(
        math.log(found[key] / reference[key]) for key in reference if reference[key] > 1e-4 and found[key] > 0)
    figures = " | ".join(f"{column:.3f}" for column in columns)
    factor = math.exp(ratios[len(ratios) // 2])
    print(f"| {way} | {samples} | {figures} | {factor:.2f} | {seconds:.2f} s |", flush=True)


def main():
    evaluator = sys.argv[1]
    counts = [int(count) for count in sys.argv[2:]] or [256]
    for network in NETWORKS:
        print(f"\n{network}\n")
        print("| way | images | all | weights | activations | 2 bit | 4 bit | 6 bit | median ratio | CPU time |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        reference, _ = measured(evaluator, network, REFERENCE)
        for samples in counts:
            for way, find in (("measured", measured), ("estimated", estimated)):
                found, seconds = find(evaluator, network, samples)
                row(way, samples, found, reference, seconds)
                if os.environ.get("DUMP"):
                    with open(f"{os.environ['DUMP']}-{network}-{way}-{samples}.json", "w") as file:
                        json.dump([[*key, value] for key, value in found.items()], file)
        if os.environ.get("DUMP"):
            with open(f"{os.environ['DUMP']}-{network}-reference.json", "w") as file:
                json.dump([[*key, value] for key, value in reference.items()], file)


if __name__ == "__main__":
    main()
