"""A Ray cluster of three CPUs on this machine."""

import os
import pathlib
import signal
import subprocess

from slurm_cluster import CannotStart, descendants, free_port


class RayCluster:
    def __init__(self, environment, folder):
        """`environment` is the folder of a virtual environment that has Ray."""
        self.python = pathlib.Path(environment) / "bin" / "python"
        self.program = pathlib.Path(environment) / "bin" / "ray"
        if not self.program.exists():
            raise CannotStart(f"Ray is not in {environment} (make test-cluster installs it with pip)")
        self.folder = folder
        self.environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
        self.address = None

    def start(self):
        port = free_port()
        # The ports of its workers begin at 10002 otherwise, and may meet this one.
        run = subprocess.run(
            [self.program, "start", "--head", "--port", str(port), "--num-cpus", "3", "--include-dashboard=false",
             "--min-worker-port=0", "--max-worker-port=0", "--temp-dir", self.folder],
            env=self.environment, capture_output=True, text=True, timeout=120)
        if run.returncode:
            raise CannotStart(f"ray start ended with {run.returncode}: {run.stdout[-500:]}{run.stderr[-500:]}")
        self.address = f"127.0.0.1:{port}"

    def stop(self):
        if not self.address:
            return
        # "ray stop" would end every Ray of this user; only the processes of this folder, and theirs, are ours.
        ours = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if str(self.folder).encode() in (folder / "cmdline").read_bytes():
                    ours.append(int(folder.name))
            except OSError:
                pass
        for process in {*ours, *(child for parent in ours for child in descendants(parent))} - {os.getpid()}:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
