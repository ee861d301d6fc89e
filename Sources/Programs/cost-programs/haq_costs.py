"""The program's side of haq's cost protocol: one file, no dependency.

    import haq_costs

    def cost(layer, weight_bits, activation_bits, batch):
        return {"latency_s": batch * layer.macs * weight_bits * activation_bits / 1e12}

    haq_costs.serve(cost, program="my-chip 1", device="my chip", precisions=["W4A8", "W8A8"])

Pairs with other formats than integers and 32-bit floats are written as names, such as "bf16/bf16" and "int4-g128/bf16". At
such a pair, `weight_bits` or `activation_bits` is a text, the format's name.

Run so, the program answers haq as docs/cost-programs.md says. What it prints goes to standard error. `measure` serves a
program that runs layers on a device: it takes a function that makes a layer ready and gives a function that runs it once.
"""
import json
import math
import os
import random
import signal
import sys
import time

PROTOCOL = "haq.costs/1.0"
KINDS = ("convolution", "depthwise", "transposed-convolution", "fully-connected", "matmul")


class Unsupported(Exception):
    """The target cannot run a point; the text says why."""


class Failure(Exception):
    """The error of a request: `illegal`, `failed`, `malformed` or `incompatible`, and one sentence."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Layer:
    """A layer as docs/network.md section 2 has it: kind, groups, in_channels, out_channels; pairs (height, width) input,
    output, kernel, stride and dilation; padding (top, left, bottom, right)."""

    def __init__(self, keys):
        self.kind = str(keys["kind"])
        self.groups, self.in_channels, self.out_channels = (int(keys[key]) for key in ("groups", "in_channels", "out_channels"))
        for name in ("input", "output", "kernel", "stride", "dilation"):
            height, width = keys[name]
            setattr(self, name, (int(height), int(width)))
        self.padding = tuple(int(side) for side in keys["padding"])
        if len(self.padding) != 4 or min(self.groups, self.in_channels, self.out_channels, *self.kernel, *self.stride) < 1:
            raise ValueError("a layer with impossible sizes")

    @property
    def weights(self):
        """Numbers in the weights; for matmul, in its second operand."""
        return self.out_channels * (self.in_channels // self.groups) * self.kernel[0] * self.kernel[1]

    @property
    def macs(self):
        """Multiply-accumulates of one sample."""
        rows = self.input if self.kind == "transposed-convolution" else self.output
        return self.weights * rows[0] * rows[1]

    @property
    def inputs(self):
        """Numbers in the input of one sample."""
        return self.in_channels * self.input[0] * self.input[1]

    @property
    def outputs(self):
        """Numbers in the output of one sample."""
        return self.out_channels * self.output[0] * self.output[1]


# Bits of an element, elements that share a scale, and bits of that scale.
FORMATS = {"fp16": (16, 0, 0), "bf16": (16, 0, 0), "fp8-e4m3": (8, 0, 0), "fp8-e5m2": (8, 0, 0), "fp6-e2m3": (6, 0, 0),
           "fp6-e3m2": (6, 0, 0), "fp4-e2m1": (4, 0, 0), "mxfp8-e4m3": (8, 32, 8), "mxfp8-e5m2": (8, 32, 8),
           "mxfp6-e2m3": (6, 32, 8), "mxfp6-e3m2": (6, 32, 8), "mxfp4": (4, 32, 8), "nvfp4": (4, 16, 8)}
FORMATS.update({f"int{bits}-g{length}": (bits, length, 16) for bits in range(2, 17) for length in (32, 64, 128)})


def stored_bits(form, rows, row_length):
    """Bits of a tensor of rows with their scales, at a number of bits or the name of a format. A row of weights is what one
    output reads; all elements of an activation are one row."""
    bits, length, scale = FORMATS[form] if isinstance(form, str) else (form, 0, 0)
    blocks = -(-row_length // length) if length else 0
    return rows * (row_length * bits + blocks * scale) + (32 if form == "nvfp4" else 0)


def form_of(name):
    """What `weight_bits` is at a format: a number of bits for "int8" and "fp32", else the name."""
    if name in FORMATS:
        return name
    bits = 32 if name == "fp32" else int(name[3:]) if name.startswith("int") and name[3:].isdigit() else 0
    if not 1 <= bits <= 32 or name == "int32":
        raise ValueError(f"{name} is no number format")
    return bits


def name_of(form):
    """The name of a format by a number of bits, or by itself."""
    return form if isinstance(form, str) else "fp32" if form == 32 else f"int{form}"


def pair_of(text):
    """Weights and activations of "W4A8" or "int4/bf16", each a number of bits or the name of a format."""
    if "/" in text:
        weight, activation = text.split("/")
        return form_of(weight), form_of(activation)
    weight, activation = text.upper().removeprefix("W").split("A")
    return int(weight), int(activation)


class Point:
    """A layer at a pair of formats and a batch."""

    def __init__(self, keys, batch):
        self.layer, self.batch = Layer(keys["layer"]), batch
        self.weight_bits, self.activation_bits = (
            form_of(keys[f"{operand}_format"]) if keys.get(f"{operand}_format") is not None else int(keys[f"{operand}_bits"])
            for operand in ("weight", "activation"))

    @property
    def pair(self):
        return self.weight_bits, self.activation_bits

    @property
    def formats(self):
        """Names of the formats of weights and activations, those of integers and 32-bit floats too."""
        return name_of(self.weight_bits), name_of(self.activation_bits)

    @property
    def precision(self):
        if any(isinstance(form, str) for form in self.pair):
            return "/".join(self.formats)
        return f"W{self.weight_bits}A{self.activation_bits}"


class Server:
    """Answers requests; `answer(points, reply)` calls `reply(number, keys)` for each point as its cost is known."""

    def __init__(self, answer, program, device, precisions, layers=KINDS[:2] + KINDS[3:4], metrics=("latency_s",),
                 measured=False, software=None, batch=None, parameters=None, network=None):
        self.answer, self.network, self.parameters = answer, network, {} if parameters is None else parameters
        self.pairs = {pair_of(text) for text in precisions}
        self.description = {"protocol": PROTOCOL, "program": program, "device": device, "layers": list(layers),
                            "precisions": list(precisions), "metrics": list(metrics), "measured": measured}
        optional = {"software": software, "batch": batch, "network": True if network else None}
        self.description.update({key: value for key, value in optional.items() if value is not None})

    def describe(self, theirs, parameters):
        if not str(theirs).startswith("haq.costs/1."):
            raise Failure("incompatible", f"{theirs} was requested; this program speaks {PROTOCOL}")
        for key, value in parameters.items():
            if key not in self.parameters:
                raise Failure("illegal", f"this program knows no parameter \"{key}\"; it knows {', '.join(self.parameters) or 'none'}")
            if isinstance(value, str) != isinstance(self.parameters[key], str):
                raise Failure("illegal", f"the parameter \"{key}\" is {value!r}, and must be of the type of {self.parameters[key]!r}")
        self.parameters.update(parameters)
        return {"description": self.description}

    def replies(self, request, send):
        method, parameters = request["method"], request.get("parameters") or {}
        if method == "describe":
            return send(self.describe(parameters["protocol"], parameters.get("parameters") or {}))
        if method not in ("cost", "network"):
            raise Failure("malformed", f"there is no method {method}")
        batch = int(parameters["batch"])
        points = [Point(keys, batch) for keys in parameters["points" if method == "cost" else "layers"]]
        if method == "cost":
            for number, point in enumerate(points):
                if point.layer.kind not in self.description["layers"]:
                    send({"point": number, "unsupported": f"this program has no costs of {point.layer.kind} layers"})
                elif point.pair not in self.pairs:
                    send({"point": number, "unsupported": f"this program has no costs at {point.precision}"})
            asked = [number for number, point in enumerate(points) if point.layer.kind in self.description["layers"]
                     and point.pair in self.pairs]
            self.answer([points[number] for number in asked], lambda at, keys: send({"point": asked[at], **keys}))
            return send({"done": True})
        if not self.network:
            raise Failure("illegal", "this program does not say what networks cost as a whole")
        return send(as_reply(lambda: self.network(points, parameters.get("file"))))

    def run(self):
        """Answers until the input ends or says quit."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        output, sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8"), sys.stderr
        os.dup2(2, 1)
        for line in sys.stdin:
            if not line.strip():
                continue
            number = {}

            def send(reply):
                print(json.dumps({**reply, **number}, allow_nan=False), file=output, flush=True)

            try:
                request = json.loads(line)
                if not isinstance(request, dict):
                    raise TypeError("not an object")
                number = {"id": int(request["id"])}
                if request["method"] == "quit":
                    return
                self.replies(request, send)
            except BrokenPipeError:
                # haq has ended, and reads no more.
                os._exit(0)
            except Failure as failure:
                send({"error": {"code": failure.code, "message": str(failure)}})
            except (AttributeError, KeyError, TypeError, ValueError, IndexError) as problem:
                # What the request says; a fault of the program itself is caught where its function is called.
                send({"error": {"code": "malformed", "message": f"the request cannot be read: {problem!r}"}})


def as_reply(cost):
    """The keys of a reply from what a function of costs gives or raises."""
    try:
        found = cost()
        keys = found if "cost" in found else {"cost": found}
        for metric, value in keys["cost"].items():
            if not math.isfinite(value):
                raise Failure("failed", f"{metric} of a point is {value}")
        return keys
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    except Failure:
        raise
    except Exception as problem:
        raise Failure("failed", f"{type(problem).__name__}: {problem}") from problem


def serve(cost, network=None, **description):
    """Answers haq with `cost(layer, weight_bits, activation_bits, batch)`, which gives a number for each metric or raises
    Unsupported. Bits are numbers, or the names of other formats where `precisions` has such pairs. `network(points, file)`,
    optional, does the same for a whole network. See Server for the rest."""

    def answer(points, reply):
        for number, point in enumerate(points):
            reply(number, as_reply(lambda: cost(point.layer, point.weight_bits, point.activation_bits, point.batch)))

    Server(answer, network=network, **description).run()


def quantile(ordered, share):
    """Of sorted numbers, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def summary(seconds):
    """The keys of a reply from the seconds of each repetition."""
    ordered = sorted(seconds)
    median = quantile(ordered, 0.5)
    spread = (quantile(ordered, 0.75) - quantile(ordered, 0.25)) / 2 / median if median > 0 else 0.0
    return {"cost": {"latency_s": median}, "least_s": ordered[0], "spread": spread, "repetitions": len(ordered)}


class Witness:
    """Work that takes the same time whenever nothing disturbs this processor. It takes longer where the other thread of the
    core is busy, perhaps with another virtual machine's work, or where the clock is lower; no statistics of this machine
    show that.

    `patience_s` is how long is waited in all for a processor without disturbance."""

    def __init__(self, tolerance=0.2, patience_s=60, clock=time.perf_counter, sleep=time.sleep):
        self.tolerance, self.patience_s, self.clock, self.sleep = tolerance, patience_s, clock, sleep
        self.least_s = math.inf
        for _ in range(100):
            self.is_undisturbed()

    def is_undisturbed(self):
        """Whether the work takes at most `tolerance` longer than ever before."""
        seconds = min(self.seconds() for _ in range(3))
        self.least_s = min(self.least_s, seconds)
        return seconds <= (1 + self.tolerance) * self.least_s

    def seconds(self):
        start = self.clock()
        total = 0
        for number in range(700):
            total += number * number % 7
        return self.clock() - start

    def wait(self):
        """Waits for a tenth of a second, if there is patience left."""
        if self.patience_s > 0:
            self.patience_s -= 0.1
            self.sleep(0.1)


class Taken:
    """The seconds of one point's repetitions."""

    def __init__(self):
        self.all, self.undisturbed = [], []

    def add(self, seconds, is_undisturbed):
        self.all.append(seconds)
        if is_undisturbed:
            self.undisturbed.append(seconds)

    def kept(self, least):
        """Those that nothing disturbed, where there are `least`; else all."""
        return self.undisturbed if len(self.undisturbed) >= least else self.all


class Repetitions:
    """How points are measured: in groups that take turns, in a new order each round, so that drift does not look like a
    layer. A repetition lasts `least_s` at least, running the layer several times if need be. With a `Witness`, repetitions
    that something disturbed are left out, where enough others are among the `most`."""

    def __init__(self, least=11, most=101, precision=0.02, least_s=1e-3, group=8, seed=1, clock=time.perf_counter, witness=None):
        self.least, self.most, self.precision, self.least_s = least, most, precision, least_s
        self.group, self.random, self.clock, self.witness = group, random.Random(seed), clock, witness

    def fewest(self):
        """The same with no more than the least number of repetitions."""
        return Repetitions(self.least, self.least, self.precision, self.least_s, self.group, clock=self.clock)

    def measure(self, points, prepare, reply):
        """Calls `prepare(point)`, which gives a function that runs the layer, or `timed(times)` that gives its seconds."""
        for start in range(0, len(points), self.group):
            ready = {}
            for number in range(start, min(start + self.group, len(points))):
                try:
                    ready[number] = self.warmed_up(prepare(points[number]))
                except Unsupported as reason:
                    reply(number, {"unsupported": str(reason)})
                except Exception as problem:
                    raise Failure("failed", f"{type(problem).__name__}: {problem}") from problem
            taken = {number: Taken() for number in ready}
            while taken:
                order = list(taken)
                self.random.shuffle(order)
                quiet = self.witness is None or self.witness.is_undisturbed()
                if not quiet:
                    self.witness.wait()
                for number in order:
                    timed, times = ready[number]
                    seconds, was_quiet = timed(times) / times, quiet
                    quiet = self.witness is None or self.witness.is_undisturbed()
                    taken[number].add(seconds, was_quiet and quiet)
                for number in order:
                    if self.is_enough(taken[number]):
                        reply(number, summary(taken.pop(number).kept(self.least)))

    def is_enough(self, taken):
        """Whether the standard error of the median, that of normal noise of this spread, is below the precision."""
        if len(taken.all) >= self.most:
            return True
        seconds = taken.all if self.witness is None else taken.undisturbed
        if len(seconds) < self.least:
            return False
        # Quartiles of a normal distribution lie 0.674 deviations from its middle; medians scatter 1.25 times as means do.
        error = 1.25 / 0.674 * summary(seconds)["spread"] / len(seconds) ** 0.5
        return error <= self.precision

    def warmed_up(self, run):
        """A function that times several runs, and how many make a repetition."""
        timed = run if getattr(run, "is_timed", False) else self.by_clock(run)
        timed(1)
        times = 1
        while True:
            seconds = timed(times)
            if seconds >= self.least_s or times >= 10_000:
                return timed, times
            times = max(times * 2, min(10_000, int(times * self.least_s / max(seconds, 1e-9)) + 1))

    def by_clock(self, run):
        def timed(times):
            start = self.clock()
            for _ in range(times):
                run()
            return self.clock() - start

        return timed


def measure(prepare, repetitions=None, **description):
    """Answers haq with measured latencies: `prepare(point)` makes a layer ready and gives a function that runs it once, or
    raises Unsupported."""
    repetitions = repetitions or Repetitions()
    Server(lambda points, reply: repetitions.measure(points, prepare, reply), measured=True, **description).run()


def processor():
    """The name of this machine's processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith(("model name", "Model")))
    except (OSError, StopIteration):
        import platform

        return platform.processor() or platform.machine()


def pinned(threads):
    """Binds this process to its first processors, one for each thread, and gives how many there are."""
    available = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    threads = min(threads or len(available), len(available))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, available[:threads])
    return threads
