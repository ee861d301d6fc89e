"""Models that end in softmax or sigmoid, whose class scores are what the function reads."""
import torch
from torch.overrides import TorchFunctionMode


class FinalActivation(TorchFunctionMode):
    """Watches a model run, and remembers the class scores before a softmax or sigmoid at its end.

    Losses apply softmax themselves, so the scores of a model that ends in one are what it reads. The function is also
    found behind calls that leave the numbers in their order, such as a reshape; a model that ends in log_softmax is
    right as it is.
    """

    MOVES = {
        "reshape", "view", "flatten", "squeeze", "unsqueeze", "to", "float", "type", "clone", "contiguous", "detach",
        "identity", "dropout",
    }

    def __init__(self):
        super().__init__()
        self.name = self.result = self.scores = None

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        name = getattr(function, "__name__", "")
        operand = args[0] if args else (kwargs or {}).get("input")
        if name in ("softmax", "sigmoid"):
            self.name, self.result, self.scores = name, result, operand
        elif self.result is not None and operand is self.result and name in self.MOVES:
            options = {key: value for key, value in (kwargs or {}).items() if key != "input"}
            self.scores = function(self.scores, *args[1:], **options)
            self.result = result
        return result

    def ends(self, output: torch.Tensor) -> bool:
        """Whether what the model gave is what the function made: one number for each class."""
        if output is not self.result or output.dim() != 2 or output.shape[1] < 2 or self.scores.shape != output.shape:
            return False
        # Over another axis than the classes it makes no probabilities of them.
        return self.name == "sigmoid" or bool((output.detach().sum(1) - 1).abs().max() < 1e-3)
