"""A Slurm cluster of three nodes on this machine, which lives in a folder of its own and ends with the tests."""

import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ["munged", "slurmctld", "slurmd", "srun", "salloc", "scancel", "squeue", "sinfo"]
NODES = ["node1", "node2", "node3"]


class CannotStart(Exception):
    """Why there is no cluster here."""


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CannotStart(f"{what} took more than {seconds} s")
        time.sleep(0.1)


class SlurmCluster:
    """Partitions: `test`, the default, and `urgent`, whose jobs cancel those of `test`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        missing = [name for name in PROGRAMS if not program(name)]
        if missing:
            raise CannotStart(f"{', '.join(missing)}: not installed (make setup-cluster installs Debian's slurm-wlm)")
        self.daemons = {}
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}
        for name in list(self.environment):
            # Of a cluster that the tests themselves run in.
            if name.startswith("SLURM") and name != "SLURM_CONF":
                del self.environment[name]

    def start(self):
        self.write_configuration()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self.run_daemon("munged", [
            "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
            f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log",
            f"--seed-file={self.folder}/munge.seed"])
        wait_until((self.folder / "munge.socket").exists, 10, "the start of munged")
        self.run_daemon("slurmctld", ["-D", "-c"])
        for node in NODES:
            self.start_node(node)
        wait_until(lambda: self.idle_nodes() == len(NODES), 30, "the start of the nodes")

    def write_configuration(self):
        user, host = getpass.getuser(), socket.gethostname().split(".")[0]
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={free_port()} CPUs=1" for node in NODES)
        (self.folder / "state").mkdir()
        for node in NODES:
            (self.folder / f"spool-{node}").mkdir()
        (self.folder / "slurm.conf").write_text(f"""\
ClusterName=haq
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={free_port()}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
CryptoType=crypto/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool-%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd-%n.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd-%n.log
# Nothing of the machine itself is touched: no cgroups, no accounting.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
# A node that is gone is noticed after this many seconds.
SlurmdTimeout=5
KillWait=2
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
{nodes}
PartitionName=test Nodes=ALL Default=YES MaxTime=60 PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=60 PriorityTier=2
""")

    def run_daemon(self, name, arguments, key=None):
        log = open(self.folder / f"{key or name}.out", "ab")
        # In a session of its own: Ctrl-C ends the tests, which then end it.
        self.daemons[key or name] = subprocess.Popen(
            [program(name), *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)

    def start_node(self, node):
        self.run_daemon("slurmd", ["-D", "-N", node], key=node)

    def kill_node(self, node):
        """As when its power goes: the daemon, and all that it runs, without a word."""
        children = descendants(self.daemons[node].pid)
        steps = [pid for pid in processes("slurmstepd") if f"{self.folder}/slurmd-{node}.log" in open_files(pid)]
        for pid in {self.daemons[node].pid, *children, *steps, *(p for s in steps for p in descendants(s))}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.daemons[node].wait()

    def command(self, *words):
        run = subprocess.run(
            [program(words[0]), *words[1:]], env=self.environment, capture_output=True, text=True, timeout=60)
        return run.stdout

    def idle_nodes(self):
        return len(self.command("sinfo", "-N", "-h", "-p", "test", "-t", "idle", "-o", "%N").split())

    def jobs(self):
        """Numbers and names of those that wait or run."""
        return [tuple(line.split()) for line in self.command("squeue", "-h", "-o", "%i %j %t").splitlines()]

    def wait_until_idle(self):
        wait_until(lambda: not self.jobs() and self.idle_nodes() == len(NODES), 60, "the end of all jobs")

    def recover(self):
        """Ends all jobs, and starts the nodes that died."""
        self.command("scancel", "--user", str(os.getuid()))
        for node in NODES:
            if self.daemons[node].poll() is not None:
                self.start_node(node)
        self.wait_until_idle()

    def stop(self):
        for name in reversed(list(self.daemons)):
            daemon = self.daemons[name]
            if daemon.poll() is None:
                daemon.terminate()
                try:
                    daemon.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()

    def last_words(self):
        logs = sorted(self.folder.glob("*.out")) + sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}: {line}" for log in logs for line in log.read_text().splitlines()[-2:])


def processes(name):
    """All whose program has this name."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().startswith(name[:15]):
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def descendants(process):
    parents = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found, pending = [], [process]
    while pending:
        parent = pending.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        pending += children
    return found


def open_files(process):
    names = []
    try:
        for descriptor in pathlib.Path(f"/proc/{process}/fd").iterdir():
            names.append(os.readlink(descriptor))
    except OSError:
        pass
    return " ".join(names)
