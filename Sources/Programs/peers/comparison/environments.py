"""A virtual environment for each file of requirements/, made by pip when a row first needs it."""

import hashlib
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"


class InstallError(Exception):
    """The last line of what pip wrote."""


def python(name: str, folder: Path) -> Path:
    """The interpreter of an environment, which is made if it is not there or its requirements have changed."""
    requirements = REQUIREMENTS / f"{name}.txt"
    environment = folder / "environments" / name
    stamp = environment / "requirements.sha256"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    interpreter = environment / "bin/python"
    if stamp.exists() and stamp.read_text() == digest:
        return interpreter
    print(f"installing {name}", flush=True)
    run([sys.executable, "-m", "venv", "--clear", environment])
    run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements])
    stamp.write_text(digest)
    return interpreter


def run(command: list) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        raise InstallError(last_line(done.stderr) or f"{command[0]} ended with exit code {done.returncode}")


def last_line(text: str) -> str:
    """The last line that says something, cut to what a table bears."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
