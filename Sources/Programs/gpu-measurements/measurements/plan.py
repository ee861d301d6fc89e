"""The order of a run: parts with a share of the time each, points shuffled within a part."""

import copy
import random
import time
from dataclasses import dataclass

import torch

from . import between, kernel, networks
from .layer import Layer, random_layers
from .record import Record

COLD = ("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "vit_b_16")
# Square products that reach what the device can do; the batch is the rows.
CEILINGS = [(Layer("fully-connected", 1, side, side), side) for side in (2048, 4096, 8192)]


class DeviceLost(Exception):
    """A CUDA error that makes each later launch of the process fail."""


@dataclass
class Settings:
    seed: int = 1
    count: int = 300
    batches: tuple = (16, 1, 64)
    networks: tuple = networks.NETWORKS
    quick: bool = False


class Run:
    def __init__(self, settings: Settings, device: str, timer, record: Record):
        self.settings, self.device, self.timer, self.record = settings, device, timer, record
        self.draw = random.Random(settings.seed)
        self.layers = {name: networks.layers(name) for name in settings.networks}
        self.random = random_layers(settings.seed, settings.count)
        self.shapes, self.models = {}, {}
        self._number_shapes()

    def _number_shapes(self) -> None:
        """A shape that a network has is the network's, also when the random plan has it too."""
        plans = [(layer, name) for name, found in self.layers.items() for _, layer in found]
        plans += [(layer, "random") for layer in self.random] + [(layer, "ceiling") for layer, _ in CEILINGS]
        # A run that goes on where another ended has written these already.
        is_new = (self.record.folder / "uses.csv").stat().st_size < 100
        for layer, plan in plans:
            if layer not in self.shapes:
                self.shapes[layer] = len(self.shapes)
                if is_new:
                    self.record.write("shapes", [self.shapes[layer], plan, *layer.cells()])
        if is_new:
            for name, found in self.layers.items():
                for index, (path, layer) in enumerate(found):
                    self.record.write("uses", [name, index, path, self.shapes[layer]])

    # Points: (part, key, what measures it). A key names the point in its file.

    def layer_points(self, formats, batches, layers, cache="warm") -> list:
        """PyTorch has int8 and fp8 only for matrix products, so other layers have no such points."""
        points = []
        for layer in dict.fromkeys(layers):
            for format in formats:
                if layer.is_product or format in kernel.FLOATS:
                    points += [("layers", [self.shapes[layer], batch, format, cache], (self._layer, layer)) for batch in batches]
        return points

    def between_points(self) -> list:
        return [("between", [name, format, "x".join(map(str, shape))], (self._between, shape)) for name, format, shape in between.operations()]

    def network_points(self, formats, batches) -> list:
        return [("networks", [name, batch, f"uniform-{format}"], (self._network, None)) for name in self.layers for batch in batches for format in formats]

    def mixed_points(self, count: int, count_fp8: int, batches, first: int) -> list:
        """At the first batch all policies; at the others those with a number below `first`."""
        points = []
        for name in networks.MIXED:
            for policy, letters in networks.policies(name, self.layers.get(name, []), count, count_fp8).items():
                for batch in batches:
                    if name in self.layers and (batch == batches[0] or int(policy.rpartition("-")[2]) < first):
                        points.append(("networks", [name, batch, policy], (self._network, letters)))
        return points

    # Measuring one point

    def measure(self, points: list, until: float, turn: int = 1) -> int:
        """Measures what the record lacks, until a time; gives how many points are left."""
        points = [point for point in points if not self.record.has(point[0], point[1], turn)]
        for index, (part, key, (act, subject)) in enumerate(points):
            if time.time() > until:
                return len(points) - index
            try:
                with torch.inference_mode():
                    facts, found = act(key, subject)
                self.record.add(part, key, facts, found, turn)
            except kernel.Unsupported as reason:
                self.record.refuse(part, key, str(reason))
            except (RuntimeError, NotImplementedError, ValueError, TypeError) as error:
                reason = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
                print("failed", part, *key, reason, flush=True)
                self.record.refuse(part, key, reason)
                self._check_device(reason)
        return 0

    def _check_device(self, reason: str) -> None:
        try:
            torch.ones(1, device=self.device).sum().item()
        except RuntimeError as error:
            raise DeviceLost(reason) from error

    def _layer(self, key: list, layer: Layer):
        _, batch, format, cache = key
        kernel.allow_tf32(format)
        found = kernel.kernel(layer, batch, format, self.device)
        time_it = self.timer.time_cold if cache == "cold" else self.timer.time
        return [found.how, kernel.working_set(layer, batch, format)], time_it(found.launch)

    def _between(self, key: list, shape: tuple):
        launch, moved = between.operation(key[0], key[1], shape, self.device)
        return [moved], self.timer.time(launch)

    def _network(self, key: list, letters: str | None):
        name, batch, policy = key
        model, format = self._folded(name), policy.rpartition("-")[2]
        kernel.allow_tf32(format)
        input_type = torch.float32
        if letters is None:
            input_type = kernel.FLOATS[format]
            model = copy.deepcopy(model).to(input_type)
        else:
            model = networks.mixed(model, [path for path, _ in self.layers[name]], letters)
            input_type = torch.float32 if "f" in letters else torch.bfloat16
        model = model.to(memory_format=torch.channels_last)
        side = networks.extent(name)
        x = torch.randn(batch, 3, side, side, device=self.device, dtype=input_type).to(memory_format=torch.channels_last)
        found = self.timer.time(lambda: model(x), settle=2)
        count, elements = networks.casts(model)
        is_held_out = name in networks.HELD_OUT or (letters is not None and int(policy.rpartition("-")[2]) % 2 == 1)
        return [letters or "", "yes" if is_held_out else "no", count, elements], found

    def _folded(self, name: str):
        if name not in self.models:
            with torch.no_grad(), torch.inference_mode(False):
                self.models[name] = networks.folded(networks.network(name, self.device))
        return self.models[name]

    # The whole

    def shuffled(self, points: list) -> list:
        points = list(points)
        self.draw.shuffle(points)
        return points

    def everything(self, until: float) -> None:
        begin = time.time()
        at = lambda share: begin + share * (until - begin)
        of_networks = [layer for found in self.layers.values() for _, layer in found]
        main, more, batches = ("fp32", "bf16", "int8", "fp8"), ("tf32", "fp16"), self.settings.batches
        ceilings = [("layers", [self.shapes[layer], rows, format, "warm"], (self._layer, layer)) for layer, rows in CEILINGS for format in kernel.FORMATS]
        first = [self.layer_points(main, [batch], of_networks) for batch in batches]
        seen = [self.layer_points(main, [batch], self.random) for batch in batches]
        others = self.layer_points(more, batches, of_networks) + self.layer_points(more, batches, self.random)
        if "resnet50" in self.layers and not self.settings.quick:
            others += self.layer_points(main + more, [128], [layer for _, layer in self.layers["resnet50"]])
        cold = self.layer_points(("bf16", "fp32"), batches[:2], [layer for name in COLD for _, layer in self.layers.get(name, [])], "cold")
        uniform = self.shuffled(self.network_points(("fp32", "bf16"), batches)) + self.shuffled(self.network_points(("tf32", "fp16"), batches))
        mixed = self.mixed_points(25, 10, batches, 6)
        # Parts with the end of each as a share of the time; what a part lacks then comes at the very end.
        parts = [
            ("ceilings", ceilings, 0.03),
            ("between", self.shuffled(self.between_points()), 0.09),
            ("layers of networks", [point for part in first for point in self.shuffled(part)], 0.33),
            ("random layers", [point for part in seen for point in self.shuffled(part)], 0.50),
            ("networks", uniform, 0.64),
            ("mixed networks", self.shuffled(mixed), 0.78),
            ("tf32 and fp16", self.shuffled(others), 0.90),
            ("cold layers", self.shuffled(cold), 0.94),
        ]
        if self.settings.quick:
            parts = [(name, self.shuffled(points)[:QUICK], share) for name, points, share in parts]
        for name, points, share in parts:
            self._report(name, points, at(share), begin)
        warm = [point for points in (ceilings, *first, *seen, others, uniform, mixed, self.between_points()) for point in points]
        again = [point for point in warm if self._measured(point)]
        self._report("second pass", self.shuffled(again)[: QUICK if self.settings.quick else 160], at(0.98), begin, turn=2)
        if not self.settings.quick:
            for name, points, _ in parts:
                self._report(f"{name}, the rest", points, until, begin)

    def _measured(self, point) -> bool:
        """Whether the first pass has a figure, and not only a refusal."""
        return (point[0], *map(str, point[1]), "1") in self.record.done and not self.record.is_refused(point[0], point[1])

    def _report(self, name: str, points: list, until: float, begin: float, turn: int = 1) -> None:
        start = time.time()
        left = self.measure(points, until, turn)
        print(f"{start - begin:7.1f} s  {name}: {len(points) - left} of {len(points)} points in {time.time() - start:.1f} s", flush=True)


QUICK = 40
