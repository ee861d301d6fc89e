"""haq measure through a real Slurm, whose jobs, nodes and submitting program die."""

import os
import re
import signal
import subprocess
import unittest

import running
from slurm_cluster import wait_until


class MeasurementTests(unittest.TestCase):
    def setUp(self):
        if running.slurm_problem:
            self.skipTest(running.slurm_problem)
        self.cluster, self.searches = running.slurm, running.searches
        self.measurements = running.measurements()
        (self.searches.folder / "node.json").write_text('{"schema": "haq.launcher/1.0", "launcher": "slurm"}')
        self.name = self.id().rsplit(".", 1)[1]

    def tearDown(self):
        self.cluster.recover()

    def start(self):
        return self.searches.start(
            self.measurements.arguments(self.name, "--program-launcher", "node.json"), self.cluster.environment)

    def wait_for_answers(self, count):
        wait_until(lambda: len(self.measurements.questions(self.name)) >= count, 60, f"the first {count} answers")

    def finish(self, program):
        """All is recorded, once, and is what a program on this machine answers."""
        self.assertEqual(program.wait(timeout=240), 0, self.searches.errors())
        self.assertEqual(self.measurements.table(self.name), self.measurements.table("local"))
        questions = self.measurements.questions(self.name)
        self.assertEqual(sorted(questions), sorted(self.measurements.questions("local")))
        self.assertEqual(len(questions), len(set(questions)))

    def assert_asked_again_at_most(self, count):
        """What was in work when the job ended is asked again, and what the ends of pipes held."""
        again = self.measurements.asked(self.name) - self.measurements.asked("local")
        self.assertIn(again, range(count + 1))

    def test_a_cancelled_job_is_replaced_and_nothing_is_lost(self):
        program = self.start()
        self.wait_for_answers(20)
        (job, name, _), = self.cluster.jobs()
        self.assertEqual(name, "haq-cost-program")
        self.cluster.command("scancel", job)
        self.finish(program)
        self.assert_asked_again_at_most(3)
        errors = self.searches.errors()
        self.assertRegex(errors, r"the cost program died and is started again: the cost program .* on node\d was lost")
        self.assertEqual(errors.count("the cost program is up on node"), 2, errors)
        wait_until(lambda: not self.cluster.jobs(), 30, "the end of the job of a measurement that has ended")

    def test_a_node_that_dies_is_replaced_by_another(self):
        program = self.start()
        self.wait_for_answers(20)
        host = re.search(r"the cost program is up on (node\d)", self.searches.errors()).group(1)
        self.cluster.kill_node(host)
        self.finish(program)
        again = re.findall(r"the cost program is up on (node\d)", self.searches.errors())
        self.assertEqual(len(again), 2, self.searches.errors())
        self.assertNotEqual(again[1], host)

    def test_a_preempted_job_waits_for_its_node_and_comes_back(self):
        program = self.start()
        self.wait_for_answers(20)
        urgent = subprocess.Popen(
            ["srun", "--partition=urgent", "--nodes=3", "sleep", "6"], env=self.cluster.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.finish(program)
        urgent.wait(timeout=60)
        self.assert_asked_again_at_most(3)
        self.assertIn("the cost program waits in the queue of the cluster", self.searches.errors())

    def test_a_killed_measurement_leaves_no_job_and_goes_on(self):
        program = self.start()
        self.wait_for_answers(20)
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        wait_until(lambda: not self.cluster.jobs(), 60, "the end of the job of a killed measurement")
        self.finish(self.start())
