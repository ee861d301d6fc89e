"""Answers to the requests of docs/evaluator.md about one model."""
import math

import torch
from torch import nn
from torch.utils.data import DataLoader

from .calibration import calibration
from .checkpoint import read_checkpoint, weights_digest
from .fine_tuning import Training
from .fine_tuning_job import require_possible, restore_learned, run_job
from .layers import outputs_first
from .measurement import Measurement
from .network import Network
from .number_formats import FORMATS
from .options import Options
from .parallel import Alone
from .protocol import PROTOCOL, VERSION, Failure
from .quantized_file import write_quantized
from .quantized_model import QuantizedModel
from .quantizers import Quantizers
from .rounding import FakeQuantize
from .schedule import seed_everything


class Evaluator:
    """Measures, fine-tunes and quantizes a model. The loaders give (inputs, labels), or mappings with `labels`."""

    def __init__(
        self, model: nn.Module, train_loader: DataLoader, validation_loader: DataLoader, test_loader: DataLoader,
        calibration_batches: int = 4, name: str | None = None, outputs=None, options: Options = Options(),
        ranks: Alone = Alone()
    ):
        self.train_loader, self.ranks, self.options = train_loader, ranks, options
        self.calibration_batches, self.name = calibration_batches, name or type(model).__name__
        self.network = Network(model, next(iter(train_loader)), options, outputs)
        self.measurement = Measurement(self.network, {"validation": validation_loader, "test": test_loader}, ranks)
        self.training = Training(self.network, train_loader, ranks)
        self.fake_quantize = FakeQuantize(options.rounding, self.network.device)
        self.known_quantizers: Quantizers | None = None

    def describe(self, theirs: str) -> dict:
        if not theirs.startswith("haq.evaluator/1."):
            raise Failure("incompatible", f"{theirs} was requested; this evaluator speaks {PROTOCOL}")
        network = self.network
        description = {
            "protocol": PROTOCOL, "program": f"haq_evaluator {VERSION}, torch {torch.__version__}",
            "network": self.name,
            "layers": [name for name, _ in network.layers],
            "weight_shapes": [list(outputs_first(module, module.weight).shape) for _, module in network.layers],
            "data": type(self.train_loader.dataset).__name__, "training_samples": len(self.train_loader.dataset),
            "validation_samples": self.measurement.samples("validation"),
            "test_samples": self.measurement.samples("test"),
            # What signed and unsigned values both take.
            "weight_bits": list(range(2, 17)) + [32], "activation_bits": list(range(2, 17)) + [32],
            "weight_formats": FORMATS, "activation_formats": FORMATS,
        }
        if network.final_activation:
            description["final_activation"] = network.final_activation
        return description

    def quantizers(self) -> Quantizers:
        """Calibrates at the first request that needs it."""
        if self.known_quantizers is None:
            self.known_quantizers = Quantizers(
                calibration(self.network, self.train_loader, self.calibration_batches), self.options.activation_range)
        return self.known_quantizers

    def quantized(self, policy: list[dict], learned: str | None = None) -> QuantizedModel:
        return QuantizedModel(self.network, policy, self.quantizers(), self.fake_quantize, learned)

    def learned(self, clips: str | None) -> str | None:
        """What fine-tuning moves beside weights, by the request's `activation_clips` and this program's options."""
        if clips not in (None, "calibrated", "learned", "learned_steps"):
            raise Failure(
                "illegal", f"activation_clips is \"{clips}\"; it is \"calibrated\", \"learned\" or \"learned_steps\"")
        if clips == "learned_steps":
            if self.options.activation_range == "asymmetric":
                raise Failure("illegal", "learned steps keep zero points at 0; leave out --lsq, or the option --activation-range")
            return "steps"
        if self.options.step_sizes == "learned":
            if clips == "learned":
                raise Failure("illegal", "this evaluator learns the steps of activations already; leave out --pact")
            return "steps"
        return "clips" if clips == "learned" else None

    def evaluate(self, question: dict) -> dict:
        split, policy, tuning = question["split"], question.get("policy"), question.get("fine_tuning")
        if split not in self.measurement.loaders:
            raise Failure("malformed", f"there is no split \"{split}\"; there are validation and test")
        extras, bar = question.get("extras") or [], question.get("stop_below")
        every = self.measurement.samples(split)
        samples = every if question.get("samples") is None else question["samples"]
        if not 1 <= samples <= every:
            raise Failure("illegal", f"{samples} samples of the {split} split; it has {every}")
        if policy is None:
            if tuning:
                raise Failure("illegal", "fine-tuning needs a policy; the float network is not fine-tuned")
            return self.measurement.measure(split, samples, extras, bar, quantized=False)
        learned = None
        if tuning:
            learned = self.learned(tuning.get("activation_clips"))
            self.training.descend_on(tuning.get("loss"))
            if tuning["samples"] < 1 or not 0 < tuning["learning_rate"] < math.inf:
                raise Failure("illegal", "fine-tuning needs at least one sample and a learning rate above 0")
        quantized = self.quantized(policy, learned)
        self.measurement.remember_floats(split, samples)
        if not tuning:
            with quantized.running():
                return self.measurement.measure(split, samples, extras, bar)
        try:
            with quantized.running():
                self.training.samples(quantized, tuning["samples"], tuning["learning_rate"], tuning["seed"])
                return self.measurement.measure(split, samples, extras, bar)
        finally:
            self.network.restore()

    def fine_tune(self, job: dict, policy: list[dict], report) -> dict:
        """Whole epochs; `report` gets each as `progress`. The result is what the last reply says beside `done`."""
        require_possible(job, len(self.train_loader.dataset))
        quantized = self.quantized(policy, self.learned(job.get("activation_clips")))
        self.measurement.remember_floats("validation", self.measurement.samples("validation"))
        kept = {key: job[key] for key in sorted(job) if key not in ("checkpoint", "output")}
        self.training.descend_on(job.get("loss"))
        return run_job(
            job, quantized, self.training, self.measurement, {**self.identity(policy), "job": kept}, report)

    def identity(self, policy: list[dict]) -> dict:
        """What a checkpoint belongs to."""
        loaders = (self.train_loader, *self.measurement.loaders.values())
        # Checkpoints of symmetric ranges do not say so.
        ranges = {} if self.options.activation_range == "symmetric" else {"activation_range": "asymmetric"}
        return {
            **ranges, "policy": policy, "network": self.name, "weights": weights_digest(self.network.original),
            "samples": [len(loader.dataset) for loader in loaders], "step_sizes": self.options.step_sizes,
            "distillation": [self.options.distillation, self.options.temperature]}

    def hand_out(self, policy: list[dict], output: str, checkpoint: str | None = None) -> list[dict]:
        """The quantizers of every layer, and a file of the quantized weights and the biases."""
        if not checkpoint:
            return write_quantized(self.network, self.quantized(policy), policy, output)
        saved = read_checkpoint(checkpoint, self.network.device)
        if {key: value for key, value in saved["identity"].items() if key != "job"} != self.identity(policy):
            raise Failure(
                "illegal", f"the checkpoint {checkpoint} cannot be used: it belongs to another network or policy")
        quantized = self.quantized(policy, self.learned(saved["identity"]["job"].get("activation_clips")))
        kept = saved.get("best") or saved
        restore_learned(quantized, kept["learned"])
        try:
            self.network.model.load_state_dict(kept["model"])
            return write_quantized(self.network, quantized, policy, output)
        finally:
            self.network.restore()

    def answer(self, request: dict, report) -> dict:
        """The final reply; `report` sends what goes before it."""
        method, parameters = request["method"], request.get("parameters") or {}
        # Whatever a request draws does not depend on what was asked before.
        seed_everything(0)
        if method == "describe":
            return {"description": self.describe(parameters["protocol"])}
        if method == "evaluate":
            return {"evaluation": self.evaluate(parameters)}
        if method == "finetune":
            outcome = self.fine_tune(
                parameters["job"], parameters["policy"], lambda progress: report({"progress": progress}))
            return {"done": True, **outcome}
        if method == "quantize":
            encodings = self.hand_out(parameters["policy"], parameters["output"], parameters.get("checkpoint"))
            return {"encodings": encodings}
        if method == "train":
            raise Failure("illegal", "this evaluator does not train from scratch; use your own training script")
        raise Failure("malformed", f"there is no method {method}")
