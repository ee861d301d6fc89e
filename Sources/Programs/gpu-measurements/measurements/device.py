"""What is measured on: facts about the device and its software, and its clocks while it runs."""

import json
import platform
import subprocess
import time
from pathlib import Path

import torch
import torchvision

QUERY = "timestamp,clocks.sm,clocks.mem,temperature.gpu,temperature.memory,power.draw,utilization.gpu,clocks_event_reasons.active"
FACTS = "name,driver_version,memory.total,clocks.max.sm,clocks.max.mem,power.limit,persistence_mode,ecc.mode.current"


def write_facts(folder: Path, settings: dict) -> None:
    facts = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "settings": settings,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
    }
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        facts |= {
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version(),
            "multiprocessors": properties.multi_processor_count,
            "l2_bytes": properties.L2_cache_size,
            "memory_bytes": properties.total_memory,
        }
        command = ["nvidia-smi", f"--query-gpu={FACTS}", "--format=csv,noheader"]
        values = subprocess.run(command, capture_output=True, text=True).stdout.strip().split(", ")
        facts["nvidia_smi"] = dict(zip(FACTS.split(","), values))
    with (folder / "facts.jsonl").open("a") as file:
        file.write(json.dumps(facts) + "\n")


def watch_clocks(folder: Path):
    """Starts nvidia-smi, which adds a line to clocks.csv each second. The caller ends it."""
    command = ["nvidia-smi", f"--query-gpu={QUERY}", "--format=csv", "-lms", "1000"]
    return subprocess.Popen(command, stdout=(folder / "clocks.csv").open("a"), stderr=subprocess.DEVNULL)
