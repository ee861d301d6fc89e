"""haq's workers on a real Slurm, whose jobs, nodes and submitting program die."""

import os
import re
import signal
import subprocess
import time
import unittest

import running
from slurm_cluster import NODES, wait_until

SLURM = ["--worker-launcher", "slurm"]


class SlurmTests(unittest.TestCase):
    def setUp(self):
        if running.slurm_problem:
            self.skipTest(running.slurm_problem)
        self.cluster, self.searches = running.slurm, running.searches
        self.environment = self.cluster.environment
        self.expected = running.expected()
        self.output = self.id().rsplit(".", 1)[1]

    def tearDown(self):
        self.cluster.recover()

    def start(self, *options, workers=3):
        return self.searches.start(
            self.searches.arguments(self.output, *SLURM, "--workers", str(workers), *options), self.environment)

    def finish(self, program):
        self.assertEqual(program.wait(timeout=240), 0, self.searches.errors())
        self.assertEqual(self.searches.results(self.output), self.expected)

    def all_up(self, workers=3):
        for worker in range(1, workers + 1):
            self.searches.wait_for(f"worker {worker} is up", self.output)
        # In the middle of a question each.
        time.sleep(0.5)

    def job(self, worker):
        return next(job for job, name, _ in self.cluster.jobs() if name == f"haq-worker-{worker}")

    def test_three_workers_find_what_one_on_this_machine_finds(self):
        self.finish(self.start())
        log = self.searches.workers_log(self.output)
        self.assertEqual(set(re.findall(r"worker \d: host (node\d), evaluations [1-9]", log)), set(NODES), log)
        wait_until(lambda: not self.cluster.jobs(), 30, "the end of the jobs of a search that has ended")

    def test_a_cancelled_job_is_replaced(self):
        program = self.start()
        self.all_up()
        self.cluster.command("scancel", self.job(2))
        self.finish(program)
        log = self.searches.workers_log(self.output)
        self.assertRegex(log, r"worker 2 died and is started again: .* on node\d was lost")
        self.assertEqual(log.count("worker 2 is up"), 2, log)

    def test_a_cancelled_step_is_replaced(self):
        program = self.start()
        self.all_up()
        self.cluster.command("scancel", self.job(1) + ".0")
        self.finish(program)
        self.assertRegex(self.searches.workers_log(self.output), r"worker 1 died .* was lost")

    def test_a_preempted_job_waits_for_its_node_and_comes_back(self):
        program = self.start()
        self.all_up()
        urgent = subprocess.Popen(
            ["srun", "--partition=urgent", "--nodes=3", "sleep", "2"], env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.finish(program)
        urgent.wait(timeout=60)
        log = self.searches.workers_log(self.output)
        self.assertEqual(len(set(re.findall(r"worker (\d) died .* was lost", log))), 3, log)

    def test_a_node_that_dies_is_replaced_by_others(self):
        program = self.start(workers=2)
        self.all_up(2)
        host = re.search(r"worker 1 is up on (node\d)", self.searches.workers_log(self.output)).group(1)
        self.cluster.kill_node(host)
        self.finish(program)
        log = self.searches.workers_log(self.output)
        self.assertRegex(log, rf"worker 1 died .* on {host} was lost .*Node failure on {host}")
        again = re.findall(r"worker 1 is up on (node\d)", log)
        self.assertEqual(len(again), 2, log)
        self.assertNotEqual(again[1], host)

    def test_a_killed_evaluator_is_started_again(self):
        program = self.start()
        self.all_up()
        evaluator = next(
            int(line.split()[0]) for line in subprocess.run(
                ["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()
            if line.split()[1:2] == ["/usr/bin/python3"] and f"{self.searches.folder}/evaluator.py" in line)
        os.kill(evaluator, signal.SIGKILL)
        self.finish(program)
        # The shell beside it says how it ended, so the worker was not lost.
        self.assertRegex(self.searches.workers_log(self.output), r"worker \d died .*exit status 137")

    def test_a_killed_search_leaves_no_jobs_and_is_resumed(self):
        for _ in range(2):
            program = (
                self.start() if not (self.searches.folder / self.output).exists()
                else self.searches.start([self.searches.haq, "study", "resume", self.output], self.environment))
            wait_until(lambda: self.searches.workers_log(self.output).count("is up") >= 1, 60, "the first worker")
            time.sleep(1.5)
            self.assertIsNone(program.poll(), self.searches.errors())
            os.kill(program.pid, signal.SIGKILL)
            program.wait()
            wait_until(lambda: not self.cluster.jobs(), 30, "the end of the jobs of a killed search")
            (self.searches.folder / self.output / "workers.log").unlink()
        self.assertGreater(self.searches.evaluations(self.output), 0)
        self.finish(self.searches.start([self.searches.haq, "study", "resume", self.output], self.environment))

    def test_steps_of_an_allocation(self):
        words = self.searches.arguments(self.output, *SLURM, "--workers", "3")
        self.finish(self.searches.start(["salloc", "--nodes=3", *words], self.environment))
        jobs = re.findall(r"is up on node\d \(job (\d+)\.(\d+)", self.searches.workers_log(self.output))
        # Three steps of one job.
        self.assertEqual(len({job for job, _ in jobs}), 1, jobs)
        self.assertEqual(len({step for _, step in jobs}), 3, jobs)

    def test_the_search_begins_with_one_worker_and_does_not_wait_for_the_others(self):
        blocker = subprocess.Popen(
            ["srun", "--nodes=2", "sleep", "300"], env=self.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until(lambda: any(state == "R" for _, _, state in self.cluster.jobs()), 30, "the start of a job")
        self.finish(self.start())
        log = self.searches.workers_log(self.output)
        self.assertEqual(log.count("host none, evaluations 0"), 2, log)
        # The jobs of those that still waited are cancelled, which Slurm does a moment later.
        wait_until(
            lambda: [name for _, name, _ in self.cluster.jobs()] == ["sleep"], 30,
            "the end of the jobs of workers that never came up")
        blocker.terminate()
        blocker.wait()

    def test_a_full_cluster_is_waited_for(self):
        blocker = subprocess.Popen(
            ["srun", "--nodes=3", "sleep", "300"], env=self.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until(lambda: any(state == "R" for _, _, state in self.cluster.jobs()), 30, "the start of a job")
        program = self.start()
        self.searches.wait_for("no worker is up yet: all wait in the queue of the cluster", self.output)
        self.cluster.command("scancel", "--name=sleep")
        self.finish(program)
        blocker.wait()

    def test_a_wrong_partition_is_an_error_at_once(self):
        options = self.searches.folder / "wrong.json"
        options.write_text('{"schema": "haq.launcher/1.0", "launcher": "slurm", "partition": "gpuu"}')
        program = self.start("--launcher-options", "wrong.json")
        self.assertEqual(program.wait(timeout=30), 1)
        self.assertIn("invalid partition specified: gpuu", self.searches.errors())

    def test_a_time_limit_ends_no_search(self):
        # A minute is the shortest; Slurm looks at limits every half minute.
        options = self.searches.folder / "limited.json"
        options.write_text(
            '{"schema": "haq.launcher/1.0", "launcher": "slurm", "partition": "test", "time_limit_min": 1, '
            '"arguments": ["--comment=haq"]}')
        program = self.start("--launcher-options", "limited.json")
        self.all_up()
        limits = self.cluster.command("squeue", "-h", "-o", "%l %k").split("\n")
        self.assertEqual(limits[0], "1:00 haq")
        self.finish(program)
