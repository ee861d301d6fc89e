"""Fine-tuning over whole epochs, with a checkpoint after each: section 4.4 of the protocol."""
import copy
import math
import os

from torch.utils.data import DataLoader

from .checkpoint import read_checkpoint, write_checkpoint
from .fine_tuning import Training
from .measurement import Measurement
from .network import Network
from .onnx_file import write_onnx
from .protocol import Failure
from .quantized_model import QuantizedModel


def require_possible(job: dict, samples: int):
    """Raises an error for a job that cannot be carried out."""
    if not (job["epochs"] >= 1 and 1 <= job["batch_size"] <= samples and 0 < job["learning_rate"] < math.inf
            and 0 <= job["weight_decay"] < math.inf and 0 <= job["warm_up_epochs"] <= job["epochs"]
            and job["schedule"] in ("cosine", "step", "constant") and job.get("keep") in (None, "last", "best")):
        raise Failure(
            "illegal", f"fine-tuning needs at least 1 epoch, a batch of 1 to {samples}, a learning rate above 0, a "
            "weight decay of at least 0, no more epochs of warming up than in all, the schedule cosine, step or constant, "
            "and keep last or best")


def run_job(
    job: dict, quantized: QuantizedModel, training: Training, measurement: Measurement, identity: dict, report
):
    """Trains, or goes on from the checkpoint when there is one; the model is afterwards as it was before.

    The result is what the last reply says of it. With `keep` of "best", output and checkpoint have the weights of the epoch
    with the best figures on the validation split, 0 for those before the first.
    """
    network, given, ranks = training.network, training.loader, training.ranks
    loader = DataLoader(
        given.dataset, batch_size=job["batch_size"], shuffle=True, drop_last=True, collate_fn=given.collate_fn,
        num_workers=given.num_workers, pin_memory=given.pin_memory, worker_init_fn=given.worker_init_fn)
    optimizer = training.optimizer(quantized, job["learning_rate"], job["weight_decay"])
    history, path, best = [], job["checkpoint"], None
    try:
        with quantized.running():
            if os.path.exists(path):
                saved = read_checkpoint(path, network.device)
                if saved["identity"] != identity:
                    raise Failure(
                        "illegal", f"the checkpoint {path} cannot be used: it belongs to another network, policy, "
                        "data set or training. Name another with --checkpoint, or remove it")
                network.model.load_state_dict(saved["model"])
                restore_learned(quantized, saved["learned"])
                optimizer.load_state_dict(saved["optimizer"])
                history, best = saved["history"], saved.get("best")
            elif job.get("keep") == "best":
                before = measurement.measure("validation", measurement.samples("validation"))
                best = kept(0, before, network, quantized)
            for progress in history:
                report(progress)
            for epoch in range(len(history), job["epochs"]):
                loss = training.epoch(loader, optimizer, job, epoch)
                quantized.require_ranges()
                validation = measurement.measure("validation", measurement.samples("validation"))
                history.append(
                    {"epoch": epoch + 1, "epochs": job["epochs"], "training_loss": loss, "validation": validation})
                if best and is_better(validation, best["validation"]):
                    best = kept(epoch + 1, validation, network, quantized)
                if ranks.rank == 0:
                    write_checkpoint(path, {
                        "identity": identity, "history": history, "model": network.model.state_dict(),
                        "optimizer": optimizer.state_dict(),
                        "learned": {key: value.detach() for key, value in quantized.learned.items()}, "best": best})
                report(history[-1])
        if best:
            network.model.load_state_dict(best["model"])
            restore_learned(quantized, best["learned"])
        if job.get("output") and ranks.rank == 0:
            write_onnx(network, job["output"], quantized.clamps())
        return {"kept_epoch": best["epoch"]} if best else {}
    finally:
        network.restore()


def is_better(figures: dict, other: dict) -> bool:
    """Whether figures are of a better network than others on the same samples: by accuracy, then by loss."""
    return (figures["accuracy"], -figures["loss"]) > (other["accuracy"], -other["loss"])


def kept(epoch: int, validation: dict, network: Network, quantized: QuantizedModel) -> dict:
    """A copy of what training has moved until the end of an epoch, and the figures of that."""
    return {
        "epoch": epoch, "validation": validation,
        "model": copy.deepcopy(network.model.state_dict()),
        "learned": {key: value.detach().clone() for key, value in quantized.learned.items()}}


def restore_learned(quantized: QuantizedModel, saved: dict):
    """Gives a model the ranges that a checkpoint has."""
    for key, parameter in quantized.learned.items():
        parameter.data.copy_(saved[key])
