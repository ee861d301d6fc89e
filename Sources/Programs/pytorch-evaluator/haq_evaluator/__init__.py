"""The evaluator side of haq for a PyTorch model; it needs nothing but torch.

    import haq_evaluator
    haq_evaluator.serve(model, train_loader, validation_loader, test_loader)

The loaders give (inputs, labels). The program then speaks the protocol of docs/evaluator.md on standard input and
output: it names the layers, quantizes them at the requested widths, fine-tunes, measures accuracy, and writes the
quantized weights for `haq export`. What the rest of the program prints goes to standard error.
"""
from .evaluator import Evaluator
from .options import Options, options
from .parallel import device
from .protocol import PROTOCOL, VERSION, Failure
from .serving import serve

__version__ = VERSION
__all__ = ["Evaluator", "Failure", "Options", "PROTOCOL", "device", "options", "serve"]
