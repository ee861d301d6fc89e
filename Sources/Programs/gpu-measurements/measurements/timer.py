"""How long something takes: replays of a CUDA graph of several launches, or the clock on a CPU."""

import time
from typing import NamedTuple

import torch


class Spread(NamedTuple):
    """Seconds of one launch over the replays: median, least and greatest."""

    latency_s: float
    least_s: float
    greatest_s: float
    launches: int
    replays: int


def spread(seconds: list[float], launches: int) -> Spread:
    ordered = sorted(seconds)
    return Spread(ordered[len(ordered) // 2], ordered[0], ordered[-1], launches, len(ordered))


class ClockTimer:
    """For the CPU: what is measured with it only shows that the program works."""

    def time(self, launch, settle=2) -> Spread:
        launch()
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            launch()
            taken.append(time.perf_counter() - start)
        return spread(taken, 1)

    def time_cold(self, launch) -> Spread:
        return self.time(launch)


class GraphTimer:
    """Captures launches that take about GRAPH_S together, replays them REPLAYS times, and divides."""

    GRAPH_S, MOST_LAUNCHES, REPLAYS, FLUSH_BYTES = 0.6e-3, 24, 7, 192 << 20

    def __init__(self):
        self.stream = torch.cuda.Stream()
        self.pool = torch.cuda.graph_pool_handle()
        # A graph that lives keeps the memory of the pool for the graphs after it.
        seed = torch.zeros(1, device="cuda")
        with torch.cuda.stream(self.stream):
            self.stream.wait_stream(torch.cuda.default_stream())
            seed + 1
        self.keeper = self._capture(lambda: seed + 1, 1)
        self.flushed = torch.zeros(self.FLUSH_BYTES // 4, device="cuda")
        self.flush_s = None

    def time(self, launch, settle=2) -> Spread:
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            for _ in range(settle):
                launch()
            start, end = torch.cuda.Event(True), torch.cuda.Event(True)
            start.record()
            launch()
            end.record()
            end.synchronize()
            seconds = start.elapsed_time(end) * 1e-3
            launches = max(1, min(self.MOST_LAUNCHES, round(self.GRAPH_S / seconds)))
            return self._replay(self._capture(launch, launches), launches)

    def time_cold(self, launch) -> Spread:
        """With an L2 that holds nothing of the layer: a read of 192 MB lies between launches, and is subtracted."""
        flush = lambda: torch.sum(self.flushed)
        if self.flush_s is None:
            with torch.cuda.stream(self.stream):
                flush()
                self.flush_s = self._replay(self._capture(flush, 12), 12).latency_s

        def both():
            flush()
            launch()

        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            both()
            both()
            found = self._replay(self._capture(both, 12), 12)
        return Spread(*(max(0.0, value - self.flush_s) for value in found[:3]), *found[3:])

    def _replay(self, graph, launches: int) -> Spread:
        graph.replay()
        marks = [(torch.cuda.Event(True), torch.cuda.Event(True)) for _ in range(self.REPLAYS)]
        for start, end in marks:
            start.record()
            graph.replay()
            end.record()
        marks[-1][1].synchronize()
        return spread([start.elapsed_time(end) * 1e-3 / launches for start, end in marks], launches)

    def _capture(self, launch, launches: int):
        # torch.cuda.graph() would collect garbage and empty the cache each time, which takes longer than a point.
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.stream(self.stream):
            self.stream.synchronize()
            graph.capture_begin(pool=self.pool)
            try:
                for _ in range(launches):
                    launch()
            finally:
                graph.capture_end()
        return graph
