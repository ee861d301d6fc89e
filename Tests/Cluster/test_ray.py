"""haq's workers on a Ray cluster of this machine."""

import os
import re
import signal
import time
import unittest

import running
from slurm_cluster import processes


class RayTests(unittest.TestCase):
    def setUp(self):
        if running.ray_problem:
            self.skipTest(running.ray_problem)
        self.searches = running.searches
        self.expected = running.expected()
        self.output = self.id().rsplit(".", 1)[1]
        (self.searches.folder / "ray.json").write_text(
            '{"schema": "haq.launcher/1.0", "launcher": "ray", "address": "%s", "python": "%s"}'
            % (running.ray.address, running.ray.python))

    def start(self):
        return self.searches.start(
            self.searches.arguments(
                self.output, "--workers", "3", "--worker-launcher", "ray", "--launcher-options", "ray.json"),
            running.ray.environment)

    def finish(self, program):
        self.assertEqual(program.wait(timeout=240), 0, self.searches.errors())
        self.assertEqual(self.searches.results(self.output), self.expected)

    def test_three_actors_find_what_one_evaluator_on_this_machine_finds(self):
        self.finish(self.start())
        log = self.searches.workers_log(self.output)
        self.assertEqual(len(re.findall(r"worker \d: host \S+, evaluations [1-9]", log)), 3, log)

    def test_a_measurement_in_an_actor_has_the_table_of_this_machine(self):
        measurements = running.measurements()
        program = self.searches.start(
            measurements.arguments("ray", "--program-launcher", "ray.json"),
            running.ray.environment)
        self.assertEqual(program.wait(timeout=240), 0, self.searches.errors())
        self.assertEqual(measurements.table("ray"), measurements.table("local"))
        self.assertIn("the cost program is up on", self.searches.errors())

    def test_a_killed_actor_is_replaced(self):
        program = self.start()
        for worker in (1, 2, 3):
            self.searches.wait_for(f"worker {worker} is up", self.output)
        time.sleep(0.3)
        os.kill(processes("ray::Worker")[0], signal.SIGKILL)
        self.finish(program)
        self.assertRegex(self.searches.workers_log(self.output), r"worker \d died and is started again: .* was lost")
