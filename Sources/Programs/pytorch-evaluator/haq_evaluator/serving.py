"""The conversation with haq: one JSON object a line on standard input and output."""
import json
import os
import sys
import traceback

import torch
from torch import nn
from torch.utils.data import DataLoader

from .evaluator import Evaluator
from .options import Options
from .parallel import Alone, started
from .protocol import Failure


def require_equal_results():
    """Makes PyTorch refuse what gives other results in another run."""
    # Read by cuBLAS when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def claimed_output():
    """The standard output that the program started with; whatever else it prints goes to standard error from now on."""
    replies, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    return replies


def serve(
    model: nn.Module, train_loader: DataLoader, validation_loader: DataLoader, test_loader: DataLoader, *,
    options: Options = Options(), replies=None, **details
):
    """Answers requests until the input ends or says quit. See `Evaluator` for the details.

    Replies go to the standard output that the program started with, or to `replies`, which came from `claimed_output`;
    what else the program prints goes to standard error.
    """
    replies = replies or claimed_output()
    if options.deterministic:
        require_equal_results()
    ranks = started(options.processes, next(model.parameters()).device)
    evaluator = Evaluator(
        model, train_loader, validation_loader, test_loader, options=options, ranks=ranks, **details)

    def send(reply: dict):
        if ranks.rank == 0:
            print(json.dumps(reply, allow_nan=False), file=replies, flush=True)

    for line in lines(ranks):
        if not line.strip():
            continue
        request, number = None, {}
        try:
            request = json.loads(line)
            number = {"id": request["id"]}
            if request["method"] == "quit":
                return
            send({**evaluator.answer(request, lambda reply: send({**reply, **number})), **number})
        except Failure as failure:
            send({"error": {"code": failure.code, "message": str(failure)}, **number})
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            send({"error": {"code": "malformed", "message": f"the request cannot be read: {problem!r}"}, **number})
        except Exception as problem:
            send({"error": {"code": "failed", "message": f"{type(problem).__name__}: {problem}"}, **number})
            if ranks.world > 1:
                # The other processes may wait for what this one has not done; haq starts all of them again.
                traceback.print_exc()
                os._exit(1)


def lines(ranks: Alone):
    """The lines of rank 0's standard input, on every rank; None ends them."""
    while True:
        line = ranks.broadcast(sys.stdin.readline() if ranks.rank == 0 else None)
        if not line:
            return
        yield line
