"""What a user may choose, with the help text of each."""
import argparse
import sys
from dataclasses import dataclass, fields

from .rounding import ROUNDINGS


@dataclass(frozen=True)
class Options:
    """How a model is measured and fine-tuned. The defaults are float32, one process, and what the protocol names."""

    amp: str | None = None
    channels_last: bool = False
    deterministic: bool = False
    rounding: str = "auto"
    step_sizes: str = "calibrated"
    distillation: float = 0.0
    temperature: float = 1.0
    processes: int = 1
    activation_range: str = "symmetric"

    def __post_init__(self):
        allowed = {
            "amp": (None, "bf16"), "rounding": ROUNDINGS, "activation_range": ("symmetric", "asymmetric"),
            "step_sizes": ("calibrated", "learned")}
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it is one of {', '.join(map(str, values))}")
        if self.activation_range == "asymmetric" and self.step_sizes == "learned":
            raise ValueError(
                "learned steps keep zero points at 0; take one of activation_range asymmetric and step_sizes learned")
        if not 0 <= self.distillation <= 1:
            raise ValueError(f"distillation is {self.distillation}; it is a share of the loss, 0 to 1")
        if not 0 < self.temperature < float("inf"):
            raise ValueError(f"temperature is {self.temperature}; it is above 0")
        if self.processes < 1:
            raise ValueError(f"processes is {self.processes}; it is at least 1")


def add_options(parser: argparse.ArgumentParser):
    """Adds an argument for each option."""
    parser.add_argument(
        "--amp", choices=["bf16"], help="let PyTorch compute layers in this format (autocast); without it in float32. "
        "Rounded values are then cast, too, so that 8-bit values keep their figures only nearly")
    parser.add_argument(
        "--channels-last", action="store_true", help="keep images and weights with the channels last in memory")
    parser.add_argument(
        "--deterministic", action="store_true", help="refuse algorithms whose results differ from run to run; "
        "the protocol needs equal replies to equal requests, and some fine-tuning on GPUs gives them only with this")
    parser.add_argument(
        "--rounding", choices=ROUNDINGS, default="auto", help="how integers are rounded: step by step (eager), by "
        "torch.compile, or by a Triton kernel on a GPU; all give the same numbers. auto takes Triton on a GPU and "
        "eager elsewhere. What does not work is said on standard error, and eager takes its place")
    parser.add_argument(
        "--activation-range", choices=["symmetric", "asymmetric"], default="symmetric", help="the range of integer "
        "activations of both signs: symmetric around 0, or from one end to another, with a zero point")
    parser.add_argument(
        "--step-sizes", choices=["calibrated", "learned"], default="calibrated", help="learned: fine-tuning "
        "moves the steps of weights and activations with the weights (LSQ)")
    parser.add_argument(
        "--distillation", type=float, default=0.0, metavar="SHARE", help="the share of fine-tuning's loss, 0 to 1, that "
        "is the distance from the float network's class probabilities instead of from the labels (default 0)")
    parser.add_argument(
        "--temperature", type=float, default=1.0, metavar="T", help="what class scores are divided by for "
        "--distillation (default 1)")
    parser.add_argument(
        "--processes", type=int, default=1, metavar="N", help="share each batch among N copies of this program, "
        "one for each GPU of the machine (default 1)")


def chosen(parsed: argparse.Namespace, parser: argparse.ArgumentParser) -> Options:
    """The options among parsed arguments; what is not possible ends the program with a sentence."""
    try:
        return Options(**{field.name: getattr(parsed, field.name) for field in fields(Options)})
    except ValueError as problem:
        parser.error(str(problem))


def options(arguments: list[str] | None = None) -> Options:
    """The options of a program's command line, or of other arguments; `--help` explains them."""
    parser = argparse.ArgumentParser(description="Measures a PyTorch model for haq: reads requests, writes replies.")
    add_options(parser)
    return chosen(parser.parse_args(sys.argv[1:] if arguments is None else arguments), parser)
