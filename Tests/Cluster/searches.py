"""Searches of a tiny network, on this machine or a cluster, and what came of them."""

import os
import pathlib
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
# All that must not depend on where evaluators run and what befalls them.
RESULTS = ["policy.json", "episodes.jsonl", "report.json"]


class Searches:
    """Run in one folder, with one evaluator and seed."""

    def __init__(self, haq, folder):
        self.haq = str(haq)
        self.folder = pathlib.Path(folder)
        for name in ("layers.json", "evaluator.py"):
            (self.folder / name).write_bytes((HERE / name).read_bytes())

    def arguments(self, output, *options, method="random"):
        return [
            self.haq, "search", "layers.json", "--target", "bismo-zynq7020", "--latency", "0.7x", "--threads", "1",
            "--method", method, "--evaluations", "40", "--search-samples", "100", "--sensitivity-samples", "20",
            "--final-finetune-samples", "0", "--evaluator", f"/usr/bin/python3 {self.folder}/evaluator.py",
            "-o", output, *options]

    def start(self, words, environment):
        """A running program, whose errors go to `errors`."""
        errors = open(self.folder / "errors", "wb")
        return subprocess.Popen(
            words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=errors, start_new_session=True)

    def errors(self):
        return (self.folder / "errors").read_text()

    def run(self, words, environment=None, seconds=240):
        running = self.start(words, environment)
        try:
            status = running.wait(timeout=seconds)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
        if status != 0:
            raise AssertionError(f"{' '.join(words[:3])} ended with {status}:\n{self.errors()}")

    def results(self, output):
        return {name: (self.folder / output / name).read_bytes() for name in RESULTS}

    def workers_log(self, output):
        log = self.folder / output / "workers.log"
        return log.read_text() if log.exists() else ""

    def evaluations(self, output):
        """How many a study has recorded while its search runs."""
        show = subprocess.run(
            [self.haq, "study", "show", output], cwd=self.folder, capture_output=True, text=True)
        words = show.stdout.split()
        return next((int(word) for word, what in zip(words, words[1:]) if what == "evaluations" and word.isdigit()), 0)

    def wait_for(self, text, output, seconds=60):
        """Until the log of the workers has a text."""
        deadline = time.monotonic() + seconds
        while text not in self.workers_log(output):
            if time.monotonic() > deadline:
                raise AssertionError(f"workers.log never had \"{text}\":\n{self.workers_log(output)}\n{self.errors()}")
            time.sleep(0.05)
