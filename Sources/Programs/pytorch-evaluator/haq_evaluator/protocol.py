"""What both sides of docs/evaluator.md share: its version, its errors, and bits as text."""
import base64

PROTOCOL = "haq.evaluator/1.5"
VERSION = "1.0.0"


class Failure(Exception):
    """A request that fails: `code` is one of section 5 of the protocol, the message one sentence for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def packed(correct: list[bool]) -> str:
    """A bit for each sample as base64, the first in the highest bit of the first byte."""
    bits = "".join("1" if right else "0" for right in correct)
    return base64.b64encode(bytes(int(bits[at:at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))).decode()
