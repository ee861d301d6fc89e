"""Copies of this program that share the work: one for each GPU of a machine, or several on a CPU."""
import datetime
import os
import subprocess
import sys
import threading

import torch

# What a copy is started with; the first program has none of it.
RANK, WORLD, PORT = "HAQ_EVALUATOR_RANK", "HAQ_EVALUATOR_WORLD", "HAQ_EVALUATOR_PORT"
# Ranks wait for the next request as long as the search has other things to do.
PATIENCE = datetime.timedelta(days=30)


def device() -> torch.device:
    """The device for the model: the GPU of this copy of the program, or the CPU where there is none."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get(RANK, "0")) % torch.cuda.device_count())


class Alone:
    """One process: nothing to share."""

    rank, world = 0, 1

    def broadcast(self, value):
        """The value of rank 0."""
        return value

    def gathered(self, value) -> list:
        """The values of all ranks, in their order."""
        return [value]

    def add_gradients(self, parameters):
        """Makes every rank's gradients the sum over all ranks."""


class Ranks(Alone):
    """Several processes with the same model and data."""

    def __init__(self, rank: int, world: int, store, where: torch.device):
        self.rank, self.world = rank, world
        distributed = torch.distributed
        distributed.init_process_group("gloo", store=store, rank=rank, world_size=world, timeout=PATIENCE)
        # Objects travel between CPUs, gradients between GPUs.
        self.gradients = distributed.new_group(backend="nccl", timeout=PATIENCE) if where.type == "cuda" else None

    def broadcast(self, value):
        box = [value]
        torch.distributed.broadcast_object_list(box)
        return box[0]

    def gathered(self, value) -> list:
        values = [None] * self.world
        torch.distributed.all_gather_object(values, value)
        return values

    def add_gradients(self, parameters):
        parameters = [parameter for parameter in parameters if parameter.requires_grad]
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        flat = torch.cat([parameter.grad.flatten() for parameter in parameters])
        torch.distributed.all_reduce(flat, group=self.gradients)
        start = 0
        for parameter in parameters:
            part = flat[start:start + parameter.numel()]
            parameter.grad.copy_(part.reshape(parameter.shape))
            start += parameter.numel()


def meeting_point(world: int, port: int, first: bool):
    """Where processes find each other; the first one listens, on a free port for 0."""
    # Waiting here would keep other threads of Python from running, and with them the one that sees a copy die.
    return torch.distributed.TCPStore("127.0.0.1", port, world, first, timeout=PATIENCE, wait_for_workers=False)


def started(processes: int, where: torch.device) -> Alone:
    """This process among its copies; the first one starts the others by its own command line."""
    if RANK in os.environ:
        rank, world, port = (int(os.environ[name]) for name in (RANK, WORLD, PORT))
        return Ranks(rank, world, meeting_point(world, port, first=False), where)
    if processes == 1:
        return Alone()
    store = meeting_point(processes, 0, first=True)
    for rank in range(1, processes):
        environment = {**os.environ, RANK: str(rank), WORLD: str(processes), PORT: str(store.port)}
        copy = subprocess.Popen(
            [sys.executable, *sys.orig_argv[1:]], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())
        threading.Thread(target=end_with, args=(copy, rank), daemon=True).start()
    return Ranks(0, processes, store, where)


def end_with(copy: subprocess.Popen, rank: int):
    """Ends this program when a copy has died: the others would wait for it for ever. haq starts all of them again."""
    if copy.wait() != 0:
        print(f"haq_evaluator: process {rank} ended with status {copy.returncode}", file=sys.stderr, flush=True)
        os._exit(1)
