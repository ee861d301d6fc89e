"""Which of the same images two networks get right: the difference of their shares and its standard error."""

import base64
import math
from dataclasses import dataclass


def bits(right: list[bool]) -> str:
    """A bit for each image, the first in the highest of the first byte, zeros behind the last, as base64."""
    packed = bytearray((len(right) + 7) // 8)
    for index, is_right in enumerate(right):
        if is_right:
            packed[index // 8] |= 0x80 >> index % 8
    return base64.b64encode(bytes(packed)).decode()


def count(text: str) -> int:
    return sum(byte.bit_count() for byte in base64.b64decode(text, validate=True))


@dataclass(frozen=True)
class Difference:
    """Of shares of all images: the first network's less the second's."""

    difference: float
    # sqrt(b + c - (b - c)^2 / n) / n, for b and c images that only one of them gets right (McNemar, 1947).
    standard_error: float

    @property
    def verdict(self) -> str:
        """Whether the first is more than the standard error above or below the second."""
        if abs(self.difference) <= self.standard_error:
            return "level"
        return "above" if self.difference > 0 else "below"


def difference(one: str, other: str, samples: int) -> Difference:
    """- Raises ValueError: where the two are not of as many images."""
    first, second = (base64.b64decode(text, validate=True) for text in (one, other))
    if not len(first) == len(second) == (samples + 7) // 8:
        raise ValueError(f"{len(first)} and {len(second)} bytes are not the bits of {samples} images")
    gained = sum((a & ~b).bit_count() for a, b in zip(first, second))
    lost = sum((b & ~a).bit_count() for a, b in zip(first, second))
    net = gained - lost
    return Difference(net / samples, math.sqrt(gained + lost - net * net / samples) / samples)
