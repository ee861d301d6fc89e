"""Samples a second in floats, quantized, and fine-tuned, on the device of a model."""
import platform
import time

import torch
from torch.nn import functional as F

from .evaluator import Evaluator
from .quantized_model import QuantizedModel


def processor() -> str:
    """The name of the CPU."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def machine(device: torch.device) -> dict:
    """The device and the versions that figures belong to."""
    found = {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(),
        "kind": device.type, "threads": torch.get_num_threads(), "torch": torch.__version__,
        "python": platform.python_version()}
    if device.type == "cuda":
        found.update({"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()})
    return found


class Stopwatch:
    """Times parts of the work, the best of some repetitions, interleaved so that a busy machine slows all alike."""

    def __init__(self, device: torch.device, repetitions: int):
        self.device, self.repetitions = device, repetitions

    def seconds(self, work) -> float:
        self.wait()
        start = time.perf_counter()
        work()
        self.wait()
        return time.perf_counter() - start

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def best(self, parts: dict) -> dict[str, float]:
        for work in parts.values():
            # Memory, kernels and scales are made the first time.
            work()
        rounds = [{name: self.seconds(work) for name, work in parts.items()} for _ in range(self.repetitions)]
        return {name: min(times[name] for times in rounds) for name in parts}


def batches_on_device(evaluator: Evaluator, samples: int) -> list:
    """Batches of training data whose samples are `samples` together, so that no loader is timed."""
    placed, count = [], 0
    while count < samples:
        for batch in evaluator.train_loader:
            placed.append(evaluator.network.placed(batch))
            count += len(placed[-1][1])
            if count >= samples:
                break
    return placed


def train(evaluator: Evaluator, batches: list, quantized: QuantizedModel | None):
    """Steps of gradient descent: of the float network as PyTorch has it, or of the quantized one."""
    network, training = evaluator.network, evaluator.training
    # So low a rate that the weights stay what they are.
    if quantized is not None:
        optimizer = training.optimizer(quantized, 1e-12)
        for inputs, labels in batches:
            training.step((inputs, labels), 1.0, optimizer)
        return
    optimizer = torch.optim.SGD(network.model.parameters(), lr=1e-12, momentum=0.9, nesterov=True)
    for inputs, labels in batches:
        optimizer.zero_grad()
        F.cross_entropy(network.scores(inputs), labels).backward()
        optimizer.step()


def throughput(evaluator: Evaluator, samples: int, bits: int, repetitions: int) -> dict:
    """Samples a second, and the ratios that matter: quantized to float, fine-tuning to plain training."""
    network = evaluator.network
    policy = [{"layer": name, "weight_bits": bits, "activation_bits": bits} for name, _ in network.layers]
    watch = Stopwatch(network.device, repetitions)
    calibration = watch.seconds(evaluator.quantizers)
    scales = watch.seconds(lambda: evaluator.quantized(policy))
    quantized, batches = evaluator.quantized(policy), batches_on_device(evaluator, samples)
    count = sum(len(labels) for _, labels in batches)

    @torch.no_grad()
    def run():
        for inputs, _ in batches:
            network.scores(inputs)

    def run_quantized():
        # A policy rounds its weights once.
        with evaluator.quantized(policy).running():
            run()

    def fine_tune():
        with quantized.running():
            train(evaluator, batches, quantized)

    best = watch.best({
        "float": run, "quantized": run_quantized, "training": lambda: train(evaluator, batches, None),
        "fine_tuning": fine_tune})
    network.restore()
    rates = {f"{name}_samples_per_s": round(count / seconds, 1) for name, seconds in best.items()}
    options = evaluator.options
    return {
        **machine(network.device), "network": evaluator.name, "input_shape": list(batches[0][0].shape)
        if torch.is_tensor(batches[0][0]) else None, "bits": bits, "samples": count, "amp": options.amp,
        "channels_last": options.channels_last, "rounding": evaluator.fake_quantize.form,
        "calibration_s": round(calibration, 4), "scales_s": round(scales, 4), **rates,
        "quantized_to_float": round(best["float"] / best["quantized"], 3),
        "fine_tuning_to_training": round(best["training"] / best["fine_tuning"], 3)}
