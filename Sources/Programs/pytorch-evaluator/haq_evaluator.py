"""The evaluator side of haq for a PyTorch model: one file, no dependency but torch.

    import haq_evaluator
    haq_evaluator.serve(model, train_loader, validation_loader, test_loader)

The loaders give (inputs, labels). The program then speaks the protocol of docs/evaluator.md on standard input and output:
it names the layers, quantizes them at the requested widths, fine-tunes, measures accuracy, and writes the
quantized weights for `haq export`. What the rest of the program prints goes to standard error.
"""
import base64, contextlib, hashlib, json, math, os, random, re, sys

import torch
from torch import nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

PROTOCOL = "haq.evaluator/1.3"
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d)
LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear, *TRANSPOSED)


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Rounded(torch.autograd.Function):
    """scale * clamp(round(x / scale), low, high), ties to even; the gradient passes inside the range."""

    @staticmethod
    def forward(context, x, scale, low, high):
        values = torch.round(x / scale)
        context.save_for_backward((values >= low) & (values <= high))
        return torch.clamp(values, low, high) * scale

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None, None


# Floats of few bits: bits of the fraction, exponent of the smallest normal number, largest number, and its exponent.
FLOATS = {
    "fp8-e4m3": (3, -6, 448.0, 8), "fp8-e5m2": (2, -14, 57344.0, 15), "fp6-e2m3": (3, 0, 7.5, 2), "fp6-e3m2": (2, -2, 28.0, 4),
    "fp4-e2m1": (1, 0, 6.0, 2),
}
MICROSCALING = {
    "mxfp8-e4m3": "fp8-e4m3", "mxfp8-e5m2": "fp8-e5m2", "mxfp6-e2m3": "fp6-e2m3", "mxfp6-e3m2": "fp6-e3m2", "mxfp4": "fp4-e2m1",
}
HALVES = {"fp16": torch.float16, "bf16": torch.bfloat16}
GROUPS = [f"int{bits}-g{length}" for bits in range(2, 17) for length in (32, 64, 128)]
# What signed and unsigned values both take, and floats.
FORMATS = [f"int{bits}" for bits in range(2, 17)] + ["fp32", *HALVES, *FLOATS, *MICROSCALING, "nvfp4", *GROUPS]
MOST = torch.finfo(torch.float32).max


def nearest(x, name):
    """The nearest numbers of a format, ties to even; beyond the largest that one."""
    fraction, smallest, largest, _ = FLOATS[name]
    clamped = x.clamp(-largest, largest)
    # frexp's mantissa is below 1, so that its exponent is one more than the power of two.
    exponent = (torch.frexp(clamped.abs())[1] - 1).clamp(min=smallest) - fraction
    step = torch.ldexp(torch.ones_like(x), exponent)
    return torch.copysign(torch.round(clamped / step) * step, x)


def in_blocks(rows, length, rounded):
    """Rounds blocks of neighbours in each row; `rounded` gets blocks x length and the greatest magnitude of each."""
    count, width = rows.shape
    blocks = F.pad(rows, (0, -width % length)).reshape(-1, length)
    return rounded(blocks, blocks.abs().amax(dim=1, keepdim=True)).reshape(count, -1)[:, :width]


def microscaled(blocks, largest, name):
    exponent = (torch.frexp(largest)[1] - 1 - FLOATS[name][3]).clamp(-127, 127)
    exponent = torch.where(largest > 0, exponent, torch.full_like(exponent, -127))
    one = torch.ones_like(largest)
    rounded = nearest(blocks * torch.ldexp(one, -exponent), name) * torch.ldexp(one, exponent)
    return torch.where(largest.isfinite(), rounded, torch.full_like(rounded, math.nan))


def nvfp4_scale(largest):
    """What a block's scale is multiplied by, for a tensor whose greatest magnitude is `largest`."""
    scale = torch.tensor(448.0 * 6) / largest
    return torch.where(scale.isfinite() & (scale > 0), scale, torch.where(scale > 0, torch.tensor(MOST), torch.tensor(1.0)))


def nvfp4(blocks, largest, encoding):
    scale = nearest((largest / 6 * encoding).clamp(max=MOST), "fp8-e4m3") * (1 / encoding)
    rounded = nearest(blocks * (1 / scale).clamp(max=MOST), "fp4-e2m1") * scale
    return torch.where(largest.isfinite(), rounded, torch.full_like(rounded, math.nan))


def group_scales(largest, high):
    """fp16 numbers; the smallest one for what would be less, and 0 for a group of zeros."""
    scale = (largest / high).clamp(max=65504).half().float()
    return torch.where(largest > 0, scale.clamp(min=2.0**-24), torch.zeros_like(scale))


def grouped(blocks, largest, high):
    scale = group_scales(largest, high)
    codes = torch.where(scale > 0, torch.clamp(torch.round(blocks / scale), -high, high), torch.zeros_like(blocks))
    # A zero of integers has no sign.
    return (codes + 0.0) * scale


class Formatted(torch.autograd.Function):
    """Numbers as a format has them that is no integers with scales of their own; the gradient passes within its range.

    `rows` are what a layer sums over: blocks lie along them. `scale`: of 8-bit floats and fewer, for all or for each row; of
    `nvfp4` the greatest magnitude that the tensor's scale is chosen for.
    """

    @staticmethod
    def forward(context, rows, name, scale):
        limit = scale * FLOATS[name][2] if name in FLOATS else torch.tensor(math.inf)
        context.save_for_backward(rows.abs() <= limit)
        if name == "fp32":
            return rows.clone()
        if name in HALVES:
            return rows.to(HALVES[name]).float()
        if name in FLOATS:
            return nearest(rows / scale, name) * scale
        if name in MICROSCALING:
            return in_blocks(rows, 32, lambda blocks, largest: microscaled(blocks, largest, MICROSCALING[name]))
        if name == "nvfp4":
            return in_blocks(rows, 16, lambda blocks, largest: nvfp4(blocks, largest, nvfp4_scale(scale)))
        bits, length = map(int, re.fullmatch(r"int(\d+)-g(\d+)", name).groups())
        return in_blocks(rows, length, lambda blocks, largest: grouped(blocks, largest, 2 ** (bits - 1) - 1))

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None


def precision(entry, role):
    """The format of a layer's weights or activations in a policy: a number of bits, or a name; 32 bits are floats."""
    name = entry.get(f"{role}_format")
    if name is None:
        bits = entry[f"{role}_bits"]
        return "fp32" if bits == 32 else bits
    if entry.get(f"{role}_bits") is not None:
        raise Failure("malformed", f"{role}_bits and {role}_format exclude each other")
    whole = re.fullmatch(r"int(\d+)", name)
    if whole and int(whole[1]) in range(1, 17):
        return int(whole[1])
    if name not in FORMATS:
        raise Failure("malformed", f"\"{name}\" is no number format")
    return name


class FinalActivation(TorchFunctionMode):
    """Watches a model run, and remembers the class scores before a softmax or sigmoid at its end.

    Losses apply softmax themselves, so the scores of a model that ends in one are what it reads. The function is also found behind
    calls that leave the numbers in their order, such as a reshape; a model that ends in log_softmax is right as it is.
    """

    MOVES = {"reshape", "view", "flatten", "squeeze", "unsqueeze", "to", "float", "type", "clone", "contiguous", "detach", "identity", "dropout"}

    def __init__(self):
        super().__init__()
        self.name = self.result = self.scores = None

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        name = getattr(function, "__name__", "")
        operand = args[0] if args else (kwargs or {}).get("input")
        if name in ("softmax", "sigmoid"):
            self.name, self.result, self.scores = name, result, operand
        elif self.result is not None and operand is self.result and name in self.MOVES:
            self.scores = function(self.scores, *args[1:], **{key: value for key, value in (kwargs or {}).items() if key != "input"})
            self.result = result
        return result

    def ends(self, output):
        """Whether what the model gave is what the function made: one number for each class."""
        if output is not self.result or output.dim() != 2 or output.shape[1] < 2 or self.scores.shape != output.shape:
            return False
        # Over another axis than the classes it makes no probabilities of them.
        return self.name == "sigmoid" or bool((output.detach().sum(1) - 1).abs().max() < 1e-3)


def best_scale(x, scale_of_clip, low, high, candidates=64):
    """The scale whose rounded values lie nearest to x in the mean square, one for each row of x."""
    top = x.abs().amax(dim=1).clamp(min=1e-12)
    best, least = None, None
    for step in range(1, candidates + 1):
        scale = scale_of_clip(top * step / candidates)
        error = (torch.clamp(torch.round(x / scale[:, None]), low, high) * scale[:, None] - x).square().sum(dim=1)
        if best is None:
            best, least = scale, error
        else:
            best = torch.where(error < least, scale, best)
            least = torch.minimum(error, least)
    return best


def outputs_first(module, weight):
    """A layer's weights with a row for each output: transposed convolutions have a row for each input, by groups."""
    if not isinstance(module, TRANSPOSED):
        return weight
    groups, inputs = module.groups, len(weight) // module.groups
    return weight.reshape(groups, inputs, weight.shape[1], *weight.shape[2:]).transpose(1, 2).reshape(-1, inputs, *weight.shape[2:])


def as_the_module_has_it(module, rows):
    """The inverse of `outputs_first`."""
    if not isinstance(module, TRANSPOSED):
        return rows
    groups, outputs = module.groups, len(rows) // module.groups
    return rows.reshape(groups, outputs, rows.shape[1], *rows.shape[2:]).transpose(1, 2).reshape(-1, outputs, *rows.shape[2:])


def apply_layer(module, x, weight, output_size=None):
    """What the module computes, with other weights."""
    if isinstance(module, nn.Linear):
        return F.linear(x, weight, module.bias)
    if not isinstance(module, TRANSPOSED):
        return module._conv_forward(x, weight, module.bias)
    function = F.conv_transpose1d if isinstance(module, nn.ConvTranspose1d) else F.conv_transpose2d
    extra = module.output_padding
    if output_size is not None:
        # What the stride leaves open, so that the output has the size that the model asks for.
        sides = list(output_size)[-len(module.stride):]
        extra = tuple(
            side - ((length - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1) for side, length, stride, padding, dilation, kernel
            in zip(sides, x.shape[-len(sides):], module.stride, module.padding, module.dilation, module.kernel_size))
    return function(x, weight, module.bias, module.stride, module.padding, extra, module.groups, module.dilation)


def packed(correct):
    """A bit for each sample as base64, the first in the highest bit of the first byte."""
    bits = "".join("1" if right else "0" for right in correct)
    return base64.b64encode(bytes(int(bits[at:at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))).decode()


def seed_everything(seed, stream=0):
    """Whatever loaders and augmentations draw from; a stream of its own for each epoch."""
    torch.manual_seed((seed + stream * 0x9E3779B97F4A7C15) % 2**63)
    random.seed(f"{seed} {stream}")


def rate(job, step, steps_per_epoch):
    """The learning rate of a step of `finetune`, counted from 0 over all epochs."""
    warm_up, steps = job["warm_up_epochs"] * steps_per_epoch, job["epochs"] * steps_per_epoch
    if step < warm_up:
        return job["learning_rate"] * (step + 1) / warm_up
    if job["schedule"] == "step":
        return job["learning_rate"] * 0.1 ** ((step >= steps // 2) + (step >= steps * 3 // 4))
    if job["schedule"] == "cosine":
        return job["learning_rate"] * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))
    return job["learning_rate"]


class Evaluator:
    def __init__(self, model, train_loader, validation_loader, test_loader, calibration_batches=4, name=None):
        self.model, self.train_loader = model.eval(), train_loader
        self.loaders = {"validation": validation_loader, "test": test_loader}
        self.calibration_batches = calibration_batches
        self.name = name or type(model).__name__
        self.device = next(model.parameters()).device
        self.original = {key: value.detach().clone() for key, value in model.state_dict().items()}
        self.layers, self.normalizations = self.in_order()
        self.final_activation = self.final()
        self.inputs, self.scales = None, {}

    def in_order(self):
        """The quantizable layers in the order in which they run, one that runs twice once, and the batch normalizations of each."""
        names = {module: name for name, module in self.model.named_modules() if isinstance(module, LAYERS)}
        outputs, normalizations, batch_norm = [], {}, F.batch_norm

        def watched(x, mean, variance, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
            for module, output in outputs:
                if output is x:
                    normalizations.setdefault(names[module], []).append((mean, variance, weight, bias, eps))
            return batch_norm(x, mean, variance, weight, bias, training, momentum, eps)

        hooks = [m.register_forward_hook(lambda m, _, output: outputs.append((m, output))) for m in names]
        F.batch_norm = watched
        try:
            with torch.no_grad():
                self.model(next(iter(self.train_loader))[0][:1].to(self.device))
        finally:
            F.batch_norm = batch_norm
            for hook in hooks:
                hook.remove()
        return [(names[module], module) for module in dict(outputs)], normalizations

    @torch.no_grad()
    def final(self):
        """The function that the model ends in; None when it gives its class scores."""
        with FinalActivation() as watched:
            output = self.model(next(iter(self.train_loader))[0][:1].to(self.device))
        return watched.name if torch.is_tensor(output) and watched.ends(output) else None

    def class_scores(self, inputs):
        """What the model gives, or the class scores before the softmax or sigmoid that it ends in."""
        if not self.final_activation:
            return self.model(inputs)
        with FinalActivation() as watched:
            output = self.model(inputs)
        return watched.scores if watched.ends(output) else output

    def describe(self, theirs):
        if not theirs.startswith("haq.evaluator/1."):
            raise Failure("incompatible", f"{theirs} was requested; this evaluator speaks {PROTOCOL}")
        sizes = {split: len(loader.dataset) for split, loader in self.loaders.items()}
        description = {
            "protocol": PROTOCOL, "program": "pytorch_evaluator 1", "network": self.name,
            "layers": [name for name, _ in self.layers],
            "weight_shapes": [list(outputs_first(module, module.weight).shape) for _, module in self.layers],
            "data": type(self.train_loader.dataset).__name__, "training_samples": len(self.train_loader.dataset),
            "validation_samples": sizes["validation"], "test_samples": sizes["test"],
            # What signed and unsigned values both take.
            "weight_bits": list(range(2, 17)) + [32], "activation_bits": list(range(2, 17)) + [32],
            "weight_formats": FORMATS, "activation_formats": FORMATS,
        }
        return {**description, "final_activation": self.final_activation} if self.final_activation else description

    def calibrate(self):
        """Some inputs of every layer, once, with the original weights."""
        kept = {name: [] for name, _ in self.layers}
        tops = {name: torch.tensor(0.0) for name, _ in self.layers}

        def keep(name):
            def hook(module, inputs):
                if not torch.isfinite(inputs[0]).all():
                    raise Failure("failed", f"calibration batch {number} (counted from 0): the input of layer {name} is infinite or not a number")
                kept[name].append(inputs[0].detach().flatten()[::7][:100_000])
                tops[name] = torch.maximum(tops[name], inputs[0].detach().abs().max().cpu())
            return hook

        hooks = [module.register_forward_pre_hook(keep(name)) for name, module in self.layers]
        # The same inputs whatever was asked before.
        seed_everything(0)
        try:
            with torch.no_grad():
                for number, (inputs, _) in enumerate(self.train_loader):
                    if number == self.calibration_batches:
                        break
                    self.model(inputs.to(self.device))
        finally:
            for hook in hooks:
                hook.remove()
        self.inputs = {name: torch.cat(values) for name, values in kept.items()}
        self.tops = {name: top.to(self.device) for name, top in tops.items()}

    def quantizer(self, name, module, role, bits):
        """Scale, lowest and highest quantized value of a layer's weights (signed, one scale for each output) or inputs; found once for each width."""
        key = (name, role, bits)
        if key not in self.scales:
            values = outputs_first(module, module.weight.detach()).flatten(1) if role == "weights" else self.inputs[name][None]
            signed = role == "weights" or bool((values < 0).any())
            if bits > 16 or (signed and bits < 2):
                raise Failure("illegal", f"layer {name}: {bits}-bit {role} are not possible; they take {2 if signed else 1} to 16 bits")
            high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1
            low = -high if signed else 0
            scale = best_scale(values, lambda clip: clip / high, low, high)
            if role == "weights":
                scale = scale.reshape([-1] + [1] * (module.weight.dim() - 1))
            self.scales[key] = (scale, low, high)
        return self.scales[key]

    def format_scale(self, name, module, role, form):
        """What `Formatted` takes as scale: floats of few bits reach the greatest magnitude, of a row of weights or in calibration."""
        key = (name, role, form)
        if key not in self.scales:
            weights = outputs_first(module, module.weight.detach()).flatten(1)
            top = weights.abs().amax(dim=1, keepdim=True) if role == "weights" else self.tops[name].reshape(1, 1)
            if form in FLOATS:
                smallest = torch.finfo(torch.float32).tiny
                scale = torch.where(top > 0, (top / FLOATS[form][2]).clamp(min=smallest), torch.ones_like(top))
                self.scales[key] = scale if role == "weights" else scale.flatten()
            else:
                self.scales[key] = top.amax()
        return self.scales[key]

    def rounding(self, name, module, role, form):
        """A function that rounds weights, outputs first, or inputs."""
        if not isinstance(form, str):
            quantizer = self.quantizer(name, module, role, form)
            return lambda x: Rounded.apply(x, *quantizer)
        scale = self.format_scale(name, module, role, form)
        if role == "weights":
            # The scale of a tensor of weights follows the weights.
            return lambda x: Formatted.apply(
                x.flatten(1), form, x.detach().abs().amax() if form == "nvfp4" else scale).reshape(x.shape)
        # Blocks lie along what the layer sums over: the channels of a map, the last axis of a linear layer.
        axis = -1 if isinstance(module, nn.Linear) else 1 - (len(module.stride) + 2)

        def inputs(x):
            last = x.movedim(axis, -1)
            return Formatted.apply(last.reshape(-1, last.shape[-1]), form, scale).reshape(last.shape).movedim(-1, axis)

        return inputs

    @contextlib.contextmanager
    def quantized(self, policy):
        """The model with every layer's weights and inputs rounded while it runs."""
        wanted = [entry["layer"] for entry in policy]
        if wanted != [name for name, _ in self.layers]:
            raise Failure("illegal", f"the policy does not name the layers of {self.name} in order")
        if self.inputs is None:
            self.calibrate()
        kept = []
        try:
            for (name, module), entry in zip(self.layers, policy):
                weights = self.rounding(name, module, "weights", precision(entry, "weight"))
                inputs = self.rounding(name, module, "activations", precision(entry, "activation"))

                def forward(x, output_size=None, module=module, weights=weights, inputs=inputs):
                    rows = weights(outputs_first(module, module.weight))
                    return apply_layer(module, inputs(x), as_the_module_has_it(module, rows), output_size)

                module.forward = forward
                kept.append(module)
            yield
        finally:
            for module in kept:
                del module.forward

    def fine_tune(self, samples, learning_rate, seed, activation_clips):
        self.check_clips(activation_clips)
        if samples < 1 or not 0 < learning_rate < math.inf:
            raise Failure("illegal", "fine-tuning needs at least one sample and a learning rate above 0")
        seed_everything(seed)
        optimizer = torch.optim.SGD(self.model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)
        batch = self.train_loader.batch_size
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, -(-samples // batch)))
        seen = 0
        while seen < samples:
            for inputs, labels in self.train_loader:
                if seen >= samples:
                    break
                loss = F.cross_entropy(self.class_scores(inputs.to(self.device)), labels.to(self.device))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                seen += len(labels)

    def check_clips(self, clips):
        if clips not in (None, "calibrated"):
            raise Failure("illegal", f"this evaluator has no {clips} clips of activations; leave out --pact")

    def fine_tune_fully(self, job, policy, report):
        """Whole epochs with the straight-through estimator; goes on from the checkpoint when there is one."""
        self.check_clips(job.get("activation_clips"))
        count, epochs, batch = len(self.train_loader.dataset), job["epochs"], job["batch_size"]
        if not (epochs >= 1 and 1 <= batch <= count and 0 < job["learning_rate"] < math.inf
                and 0 <= job["weight_decay"] < math.inf and 0 <= job["warm_up_epochs"] <= epochs
                and job["schedule"] in ("cosine", "step", "constant")):
            raise Failure("illegal", f"fine-tuning needs at least 1 epoch, a batch of 1 to {count}, a learning rate above 0, a weight "
                          "decay of at least 0, no more epochs of warming up than in all, and the schedule cosine, step or constant")
        loader = torch.utils.data.DataLoader(
            self.train_loader.dataset, batch_size=batch, shuffle=True, drop_last=True,
            collate_fn=self.train_loader.collate_fn, num_workers=self.train_loader.num_workers)
        weights = [module.weight for _, module in self.layers]
        others = [p for p in self.model.parameters() if all(p is not weight for weight in weights)]
        groups = [{"params": weights, "weight_decay": job["weight_decay"]}, {"params": others, "weight_decay": 0}]
        optimizer = torch.optim.SGD(groups, lr=job["learning_rate"], momentum=0.9, nesterov=True)
        identity = {"policy": policy, "job": {key: job[key] for key in sorted(job) if key not in ("checkpoint", "output")}}
        identity.update(self.identity())
        history = []
        with self.quantized(policy):
            try:
                if os.path.exists(job["checkpoint"]):
                    saved = self.checkpoint(job["checkpoint"])
                    if saved["identity"] != identity:
                        raise Failure("illegal", f"the checkpoint {job['checkpoint']} cannot be used: it belongs to another network, policy, "
                                      "data set or training. Name another with --checkpoint, or remove it")
                    self.model.load_state_dict(saved["model"])
                    optimizer.load_state_dict(saved["optimizer"])
                    history = saved["history"]
                for progress in history:
                    report(progress)
                for epoch in range(len(history), epochs):
                    # An epoch's draws depend on the seed and its number alone, so that a resumed training is the same.
                    seed_everything(job["seed"], epoch)
                    loss = self.epoch(loader, optimizer, lambda step: rate(job, epoch * len(loader) + step, len(loader)))
                    validation = self.measure("validation", len(self.loaders["validation"].dataset), [])
                    history.append({"epoch": epoch + 1, "epochs": epochs, "training_loss": loss, "validation": validation})
                    saved = {"identity": identity, "history": history, "model": self.model.state_dict(), "optimizer": optimizer.state_dict()}
                    torch.save(saved, job["checkpoint"] + ".new")
                    os.replace(job["checkpoint"] + ".new", job["checkpoint"])
                    report(history[-1])
                tuned = {key: value.detach().clone() for key, value in self.model.state_dict().items()}
            finally:
                self.model.load_state_dict(self.original)
        if job.get("output"):
            try:
                self.model.load_state_dict(tuned)
                self.write_onnx(job["output"])
            finally:
                self.model.load_state_dict(self.original)

    def epoch(self, loader, optimizer, rate_at):
        total = 0.0
        for step, (inputs, labels) in enumerate(loader):
            for group in optimizer.param_groups:
                group["lr"] = rate_at(step)
            loss = F.cross_entropy(self.class_scores(inputs.to(self.device)), labels.to(self.device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total / len(loader)

    def identity(self):
        digest = hashlib.sha256()
        for key, value in self.original.items():
            digest.update(key.encode() + value.cpu().contiguous().numpy().tobytes())
        sizes = [len(loader.dataset) for loader in (self.train_loader, *self.loaders.values())]
        return {"network": self.name, "weights": digest.hexdigest(), "samples": sizes}

    def checkpoint(self, path):
        try:
            saved = torch.load(path, map_location=self.device)
            saved["identity"]["policy"], saved["history"], saved["model"], saved["optimizer"]
            return saved
        except FileNotFoundError:
            raise Failure("illegal", f"the checkpoint {path} cannot be used: there is no such file")
        except Exception as problem:
            raise Failure("illegal", f"the checkpoint {path} cannot be used: it is not one of this program ({type(problem).__name__})")

    def write_onnx(self, path):
        example = next(iter(self.train_loader))[0][:1].to(self.device)
        options = {"opset_version": 13, "input_names": ["inputs"], "output_names": ["scores"]}
        # Newer versions of torch would take an exporter that needs more packages.
        if "dynamo" in torch.onnx.export.__code__.co_varnames:
            options["dynamo"] = False
        torch.onnx.export(self.model, example, path + ".new", dynamic_axes={"inputs": {0: "batch"}, "scores": {0: "batch"}}, **options)
        os.replace(path + ".new", path)

    @torch.no_grad()
    def hand_out(self, policy, output, checkpoint=None):
        """The quantizers of every layer, and a file of the quantized weights and the biases, batch normalizations folded in as haq folds them."""
        if checkpoint:
            saved = self.checkpoint(checkpoint)
            if any(saved["identity"][key] != value for key, value in {"policy": policy, **self.identity()}.items()):
                raise Failure("illegal", f"the checkpoint {checkpoint} cannot be used: it belongs to another network or policy")
        encodings, numbers = [], []
        with self.quantized(policy):
            try:
                if checkpoint:
                    self.model.load_state_dict(saved["model"])
                for (name, module), entry in zip(self.layers, policy):
                    factor, bias = self.folded(name, module)
                    form, inputs = precision(entry, "weight"), precision(entry, "activation")
                    rounded = self.rounding(name, module, "weights", form)(outputs_first(module, module.weight))
                    weight = rounded * factor.reshape([-1] + [1] * (rounded.dim() - 1))
                    if isinstance(form, str):
                        weight_quantizer = self.weight_format(name, module, form, factor)
                    else:
                        scale, low, high = self.quantizer(name, module, "weights", form)
                        # A channel that the normalization multiplies by zero keeps its scale; all of its quantized values are zero.
                        scales = torch.where(factor == 0, scale.flatten(), scale.flatten() * factor.abs())
                        weight_quantizer = self.encoding(form, scales, low, high)
                    activation_quantizer = (
                        self.activation_format(name, module, inputs) if isinstance(inputs, str)
                        else self.encoding(inputs, *self.quantizer(name, module, "activations", inputs)))
                    encodings.append({"layer": name, "weight": weight_quantizer, "activation": activation_quantizer})
                    numbers += [weight, bias]
            finally:
                self.model.load_state_dict(self.original)
        with open(output, "wb") as file:
            for values in numbers:
                file.write(values.float().cpu().contiguous().numpy().astype("<f4").tobytes())
        return encodings

    def weight_format(self, name, module, form, factor):
        """The format of weights that a batch normalization multiplies by `factor`."""
        if form in FLOATS or form in GROUPS:
            if form in FLOATS:
                scales = self.format_scale(name, module, "weights", form)
            else:
                bits, length = map(int, re.fullmatch(r"int(\d+)-g(\d+)", form).groups())
                rows = outputs_first(module, module.weight).flatten(1)
                largest = F.pad(rows, (0, -rows.shape[1] % length)).reshape(len(rows), -1, length).abs().amax(dim=2)
                scales = group_scales(largest, 2 ** (bits - 1) - 1)
                scales = torch.where(scales > 0, scales, torch.ones_like(scales))
            # A channel that the normalization multiplies by zero keeps its scales; all of its numbers are zero.
            scales = torch.where(factor[:, None] == 0, scales, scales * factor[:, None].abs())
            return {"format": form, "scales": scales.flatten().tolist()}
        if form != "fp32" and not (factor == 1).all():
            raise Failure("illegal", f"layer {name}: a batch normalization behind it multiplies its {form} weights, which are then no "
                          f"{form} numbers; make it part of the layer first, as torch.nn.utils.fusion does")
        return {"format": form}

    def activation_format(self, name, module, form):
        if form in FLOATS:
            return {"format": form, "scales": self.format_scale(name, module, "activations", form).flatten().tolist()}
        return {"format": form}

    def encoding(self, bits, scale, low, high):
        return {"bits": bits, "lowest": low, "highest": high, "zero_point": 0, "scales": scale.flatten().tolist()}

    def folded(self, name, module):
        """What a layer's outputs are multiplied by, and its bias, when the batch normalization behind it is part of it."""
        outputs = len(outputs_first(module, module.weight))
        bias = torch.zeros(outputs, device=self.device) if module.bias is None else module.bias
        found = self.normalizations.get(name, [])
        if len(found) > 1:
            raise Failure("illegal", f"layer {name} runs before {len(found)} batch normalizations; there are no single weights to hand out")
        if not found:
            return torch.ones_like(bias), bias
        mean, variance, weight, shift, epsilon = found[0]
        if mean is None or variance is None:
            raise Failure("illegal", f"layer {name} runs before a batch normalization without running statistics; it cannot be part of the weights")
        factor = (1 if weight is None else weight) / torch.sqrt(variance + epsilon)
        return factor, (bias - mean) * factor + (0 if shift is None else shift)

    @torch.no_grad()
    def measure(self, split, samples, extras):
        correct, top5, loss, seen = [], 0, 0.0, 0
        for inputs, labels in self.loaders[split]:
            inputs, labels = inputs[: samples - seen].to(self.device), labels[: samples - seen].to(self.device)
            scores = self.class_scores(inputs)
            losses = F.cross_entropy(scores, labels, reduction="none")
            if not torch.isfinite(losses).all():
                image = seen + int((~torch.isfinite(losses)).nonzero()[0])
                raise Failure("failed", f"sample {image} (counted from 0) of the {split} split: the class scores or their loss are infinite or not a number")
            loss += losses.sum().item()
            best = scores.topk(min(5, scores.shape[1]), dim=1).indices == labels[:, None]
            correct, top5, seen = correct + best[:, 0].tolist(), top5 + best.any(1).sum().item(), seen + len(labels)
            if seen >= samples:
                break
        result = {"accuracy": sum(correct) / seen, "loss": loss / seen, "samples": seen}
        if "top5" in extras:
            result["top5_accuracy"] = top5 / seen
        if "correct_samples" in extras:
            result["correct_samples"] = packed(correct)
        return result

    def evaluate(self, question):
        split, policy, tuning = question["split"], question.get("policy"), question.get("fine_tuning")
        samples = question.get("samples") or len(self.loaders[split].dataset)
        if not 1 <= samples <= len(self.loaders[split].dataset):
            raise Failure("illegal", f"{samples} samples of the {split} split; it has {len(self.loaders[split].dataset)}")
        if policy is None:
            return self.measure(split, samples, question.get("extras") or [])
        with self.quantized(policy):
            try:
                if tuning:
                    self.fine_tune(tuning["samples"], tuning["learning_rate"], tuning["seed"], tuning.get("activation_clips"))
                return self.measure(split, samples, question.get("extras") or [])
            finally:
                self.model.load_state_dict(self.original)

    def answer(self, request, report):
        """The final reply; `report` sends what goes before it."""
        method, parameters = request["method"], request.get("parameters") or {}
        if method == "describe":
            return {"description": self.describe(parameters["protocol"])}
        if method == "evaluate":
            return {"evaluation": self.evaluate(parameters)}
        if method == "finetune":
            self.fine_tune_fully(parameters["job"], parameters["policy"], lambda progress: report({"progress": progress}))
            return {"done": True}
        if method == "quantize":
            return {"encodings": self.hand_out(parameters["policy"], parameters["output"], parameters.get("checkpoint"))}
        if method == "train":
            raise Failure("illegal", "this evaluator does not train from scratch; use your own training script")
        raise Failure("malformed", f"there is no method {method}")


def serve(model, train_loader, validation_loader, test_loader, **options):
    """Answers requests until the input ends or says quit. See `Evaluator` for the options."""
    replies, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    evaluator = Evaluator(model, train_loader, validation_loader, test_loader, **options)

    def send(reply):
        print(json.dumps(reply, allow_nan=False), file=replies, flush=True)

    for line in sys.stdin:
        if not line.strip():
            continue
        request, number = None, {}
        try:
            request = json.loads(line)
            number = {"id": request["id"]}
            if request["method"] == "quit":
                return
            send({**evaluator.answer(request, lambda reply: send({**reply, **number})), **number})
        except Failure as failure:
            send({"error": {"code": failure.code, "message": str(failure)}, **number})
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            send({"error": {"code": "malformed", "message": f"the request cannot be read: {problem!r}"}, **number})
        except Exception as problem:
            send({"error": {"code": "failed", "message": f"{type(problem).__name__}: {problem}"}, **number})
