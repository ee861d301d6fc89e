"""The haq program, as the experiments call it."""

import json
import os
import subprocess
from pathlib import Path


class Haq:
    def __init__(self, program: Path, folder: Path):
        self.program = program
        self.folder = folder

    def run(self, arguments: list[str]) -> str:
        """What it prints, run in the folder of all runs; an error with its last words if it fails."""
        done = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"haq {' '.join(arguments)}\nended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    def json(self, arguments: list[str]) -> dict:
        return json.loads(self.run([*arguments, "--format", "json"]))

    def uniform_cost(self, network: str, target: str, bits: int) -> dict[str, float]:
        """Costs in SI units with one width for weights and activations, and 8 bit in the first and last layer."""
        policy = self.folder / f"uniform-{network}-{bits}.json"
        if not policy.exists():
            # Written beside and renamed, because two searches may ask at once.
            draft = policy.with_suffix(f".{os.getpid()}-{target}")
            self.run(["policy", "uniform", network, "--bits", f"W{bits}A{bits}", "--ends", "W8A8", "-o", str(draft)])
            draft.replace(policy)
        return self.json(["cost", network, "--target", target, "--policy", policy.name])["total"]

    def codebook_bytes(self, network: str, bits: float) -> float:
        """Bytes of indices and 32-bit centroids at one width, and 8 bit in the first and last layer; linear between widths."""
        if bits != int(bits):
            low, high = (self.codebook_bytes(network, width) for width in [int(bits), int(bits) + 1])
            return low + (high - low) * (bits - int(bits))
        layers = self.json(["cost", network, "--target", "bismo-zynq7020", "--bits", "W8A8"])["layers"]
        weights = [layer["cost"]["weight_bytes"] for layer in layers]
        widths = [8] + [int(bits)] * (len(weights) - 2) + [8]
        return sum(count * width / 8 + 4 * min(2**width, count) for count, width in zip(weights, widths))
