"""The file that fine-tuning writes after each epoch, and whom it belongs to."""
import hashlib
import os

import torch

from .protocol import Failure

# A checkpoint that keeps the best epoch has that too.
KEYS = ("identity", "history", "model", "optimizer", "learned")


def weights_digest(state: dict) -> str:
    """SHA-256 of the names and numbers of a model."""
    digest = hashlib.sha256()
    for key, value in state.items():
        digest.update(key.encode() + value.cpu().contiguous().float().numpy().tobytes())
    return digest.hexdigest()


def read_checkpoint(path: str, device: torch.device) -> dict:
    """The contents of a checkpoint; an error where it is none."""
    try:
        saved = torch.load(path, map_location=device)
        [saved[key] for key in KEYS]
        saved["identity"]["policy"]
        return saved
    except FileNotFoundError:
        raise Failure("illegal", f"the checkpoint {path} cannot be used: there is no such file")
    except Exception as problem:
        raise Failure(
            "illegal",
            f"the checkpoint {path} cannot be used: it is not one of this program ({type(problem).__name__})")


def write_checkpoint(path: str, contents: dict):
    """Writes a whole file or none."""
    torch.save({**{key: contents[key] for key in KEYS}, "best": contents.get("best")}, path + ".new")
    os.replace(path + ".new", path)
