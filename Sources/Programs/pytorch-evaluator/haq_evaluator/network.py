"""A model as this program runs it: its quantizable layers, its class scores, its device and number format."""
import contextlib

import torch
from torch import nn
from torch.nn import functional as F

from .batches import inputs_and_labels, first_of, moved, output_of, scores_in
from .final_activation import FinalActivation
from .layers import LAYERS
from .options import Options


class Network:
    """A model in evaluation mode on its own device.

    `layers`: pairs of name and module in the order in which they run. `normalizations`: for the name of a layer, the
    batch normalizations that read its output. `final_activation`: `softmax`, `sigmoid` or None.
    """

    def __init__(self, model: nn.Module, example, options: Options = Options(), outputs=None):
        """`example` is a batch of a loader; `outputs` finds the class scores in what the model gives."""
        self.options, self.outputs = options, outputs or scores_in
        self.device = next(model.parameters()).device
        self.model = model.eval()
        if options.channels_last:
            self.model.to(memory_format=torch.channels_last)
        self.example = moved(first_of(inputs_and_labels(example)[0], 1), self.device, options.channels_last)
        self.layers, self.normalizations = self.in_order()
        self.final_activation = self.final()
        # The numbers that other weights are compared with and restored from.
        self.original = {key: value.detach().clone() for key, value in model.state_dict().items()}

    def restore(self):
        """Gives the model the weights that it came with."""
        self.model.load_state_dict(self.original)

    def placed(self, batch):
        """Inputs and labels of a batch on the device."""
        inputs, labels = inputs_and_labels(batch)
        return moved(inputs, self.device, self.options.channels_last), moved(labels, self.device)

    def scores(self, inputs) -> torch.Tensor:
        """Class scores in float32, N x classes or N x classes x positions."""
        with self.autocast():
            if not self.final_activation:
                return self.outputs(output_of(self.model, inputs)).float()
            with FinalActivation() as watched:
                output = self.outputs(output_of(self.model, inputs))
            return (watched.scores if watched.ends(output) else output).float()

    def autocast(self):
        if self.options.amp is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def in_order(self):
        """The layers in the order in which they run, one that runs twice once, and each one's batch normalizations."""
        names = {module: name for name, module in self.model.named_modules() if isinstance(module, LAYERS)}
        outputs, normalizations, batch_norm = [], {}, F.batch_norm

        def watched(x, mean, variance, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
            for module, output in outputs:
                if output is x:
                    normalizations.setdefault(names[module], []).append((mean, variance, weight, bias, eps))
            return batch_norm(x, mean, variance, weight, bias, training, momentum, eps)

        hooks = [m.register_forward_hook(lambda m, _, output: outputs.append((m, output))) for m in names]
        F.batch_norm = watched
        try:
            with torch.no_grad():
                output_of(self.model, self.example)
        finally:
            F.batch_norm = batch_norm
            for hook in hooks:
                hook.remove()
        return [(names[module], module) for module in dict(outputs)], normalizations

    @torch.no_grad()
    def final(self) -> str | None:
        """The function that the model ends in; None when it gives its class scores."""
        with FinalActivation() as watched:
            output = self.outputs(output_of(self.model, self.example))
        # Whether a sample has class scores at several positions.
        self.dense = output.dim() > 2
        return watched.name if watched.ends(output) else None
