#!/usr/bin/env python3
"""Runs a program in an actor of a Ray cluster, and passes on lines: haq's --worker-launcher ray.

    ray_worker.py [--address ADDRESS] [--name NAME] [--cpus N] [--gpus N] -- PROGRAM [ARGUMENT ...]

Lines of standard input go to the program, lines of its output come to standard output; its standard error goes to the
log of the actor, and its end here. The first line says where the actor runs, the last one how the program ended
(docs/launchers.md). When the actor is lost, so is that last line, and the exit status is 1.
"""

import argparse
import os
import signal
import sys
import threading

import ray

VERSION = "haq.worker/1.0"


@ray.remote(max_concurrency=2, max_restarts=0)
class Worker:
    """The program, and what is said to it and by it; each method may wait while another works."""

    def __init__(self, command, folder):
        import subprocess
        self.program = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.errors = threading.Thread(target=self.note_errors, daemon=True)
        self.last_errors = b""
        self.errors.start()

    def place(self):
        """The host, the name of the actor, its devices."""
        import socket
        return (socket.gethostname(), ray.get_runtime_context().get_actor_id(), os.environ.get("CUDA_VISIBLE_DEVICES", ""))

    def note_errors(self):
        for line in self.program.stderr:
            sys.stderr.buffer.write(line)
            self.last_errors = (self.last_errors + line)[-4000:]

    def write(self, line):
        """Passes a line on; no line closes the program's input."""
        try:
            if line:
                self.program.stdin.write(line)
                self.program.stdin.flush()
            else:
                self.program.stdin.close()
        except (BrokenPipeError, ValueError):
            pass  # Its end is read as the end of its output.

    def read(self):
        """The next line; nothing at the end."""
        return self.program.stdout.readline()

    def end(self):
        """The status that a shell would state, and the last of what the program said to people."""
        status = self.program.wait()
        self.errors.join(timeout=5)
        return (status if status >= 0 else 128 - status, self.last_errors)


def pass_on_input(worker):
    try:
        # One after the other: an actor with several threads keeps no order.
        for line in sys.stdin.buffer:
            ray.get(worker.write.remote(line))
        ray.get(worker.write.remote(b""))
    except ray.exceptions.RayActorError:
        pass  # The reader of its output says so.


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="auto")
    parser.add_argument("--name", default="haq-worker")
    parser.add_argument("--cpus", type=float, default=1)
    parser.add_argument("--gpus", type=float, default=0)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()

    output = sys.stdout.buffer
    # Ray's own messages, and those of the actors, are no replies.
    sys.stdout = sys.stderr
    ray.init(address=options.address, namespace="haq", log_to_driver=False, configure_logging=False)
    # Ray has set handlers of its own. The cluster ends the actor of a program that is gone.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker = Worker.options(num_cpus=options.cpus, num_gpus=options.gpus).remote(options.command, os.getcwd())
    output.write(hello(options, worker))
    output.flush()
    threading.Thread(target=pass_on_input, args=(worker,), daemon=True).start()
    while line := ray.get(worker.read.remote()):
        output.write(line)
        output.flush()
    status, errors = ray.get(worker.end.remote())
    sys.stderr.buffer.write(errors)
    output.write(f"{VERSION}\texit\t{status}\n".encode())
    output.flush()
    return status


def hello(options, worker):
    """Waits until the cluster has room for the actor."""
    host, actor, devices = ray.get(worker.place.remote())
    return f"{VERSION}\thello\t{host}\t{options.name}/{actor}\t{devices}\n".encode()


def run():
    try:
        status = main()
    except ray.exceptions.RayActorError as lost:
        print(f"the actor is lost: {lost}", file=sys.stderr)
        status = 1
    ray.shutdown()
    sys.stderr.flush()
    # The thread that waits for input must not hold up the end.
    os._exit(status)


if __name__ == "__main__":
    run()
