"""Writes small data: 400 pictures of Fashion-MNIST as IDX files, a few color pictures in folders of classes, and without."""

import gzip
import struct
import sys
import zlib
from pathlib import Path

SOURCE = Path("/usr/share/datasets/fashion-mnist")


def subset(name: str, count: int, folder: Path) -> None:
    """The first pictures of one split, with their labels."""
    with gzip.open(SOURCE / f"{name}-images-idx3-ubyte.gz") as file:
        file.read(16)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 2051, count, 28, 28) + file.read(784 * count))
    with gzip.open(SOURCE / f"{name}-labels-idx1-ubyte.gz") as file:
        file.read(8)
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, count) + file.read(count))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(path: Path, color: tuple[int, int, int]) -> None:
    """A square of one color, 32 pixels wide: 8 bits, RGB, every row unfiltered."""
    rows = (b"\0" + bytes(color) * 32) * 32
    header = struct.pack(">2I5B", 32, 32, 8, 2, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


if __name__ == "__main__":
    for folder in ["data", "images"]:
        Path(folder).mkdir()
        subset("train", 300, Path(folder))
        subset("t10k", 100, Path(folder))
    for split in ["train", "test"]:
        for label in range(10):
            for number in range(12):
                png(Path(f"images/{split}/class{label}/{number}.png"), (25 * label, 20 * number, 128))
    for number in range(40):
        png(Path(f"photographs/{number}.png"), (6 * number, 255 - 6 * number, 128))
