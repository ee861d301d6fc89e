"""The evaluator side of haq for a PyTorch model: one file, no dependency but torch.

    import haq_evaluator
    haq_evaluator.serve(model, train_loader, validation_loader, test_loader)

The loaders give (inputs, labels). The program then speaks the protocol of docs/evaluator.md on standard input and output:
it names the layers, quantizes them at the widths that it is asked for, fine-tunes, and answers with the accuracy. What the
rest of the program prints goes to standard error.
"""
import contextlib, json, os, sys

import torch
from torch import nn
from torch.nn import functional as F

PROTOCOL = "haq.evaluator/1.2"
LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear)


class Failure(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Rounded(torch.autograd.Function):
    """scale * clamp(round(x / scale), low, high), ties to even; the gradient passes inside the range."""

    @staticmethod
    def forward(context, x, scale, low, high):
        context.save_for_backward((x >= low * scale) & (x <= high * scale))
        return torch.clamp(torch.round(x / scale), low, high) * scale

    @staticmethod
    def backward(context, gradient):
        (inside,) = context.saved_tensors
        return gradient * inside, None, None, None


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


class Evaluator:
    def __init__(self, model, train_loader, validation_loader, test_loader, calibration_batches=4, name=None):
        self.model, self.train_loader = model.eval(), train_loader
        self.loaders = {"validation": validation_loader, "test": test_loader}
        self.calibration_batches = calibration_batches
        self.name = name or type(model).__name__
        self.device = next(model.parameters()).device
        self.original = {key: value.detach().clone() for key, value in model.state_dict().items()}
        self.layers = self.in_order()
        self.inputs, self.scales = None, {}

    def in_order(self):
        """The quantizable layers in the order in which they run; one that runs twice counts once."""
        names = {module: name for name, module in self.model.named_modules() if isinstance(module, LAYERS)}
        order = []
        hooks = [m.register_forward_pre_hook(lambda m, _: order.append(m) if m not in order else None) for m in names]
        with torch.no_grad():
            self.model(next(iter(self.train_loader))[0][:1].to(self.device))
        for hook in hooks:
            hook.remove()
        return [(names[module], module) for module in order]

    def describe(self, theirs):
        if not theirs.startswith("haq.evaluator/1."):
            raise Failure("incompatible", f"{theirs} is asked for; this evaluator speaks {PROTOCOL}")
        sizes = {split: len(loader.dataset) for split, loader in self.loaders.items()}
        return {
            "protocol": PROTOCOL, "program": "pytorch_evaluator 1", "network": self.name,
            "layers": [name for name, _ in self.layers],
            "weight_shapes": [list(module.weight.shape) for _, module in self.layers],
            "data": type(self.train_loader.dataset).__name__, "training_samples": len(self.train_loader.dataset),
            "validation_samples": sizes["validation"], "test_samples": sizes["test"],
        }

    def calibrate(self):
        """Some inputs of every layer, once, with the original weights."""
        kept = {name: [] for name, _ in self.layers}

        def keep(name):
            return lambda module, inputs: kept[name].append(inputs[0].detach().flatten()[::7][:100_000])

        hooks = [module.register_forward_pre_hook(keep(name)) for name, module in self.layers]
        with torch.no_grad():
            for number, (inputs, _) in enumerate(self.train_loader):
                if number == self.calibration_batches:
                    break
                self.model(inputs.to(self.device))
        for hook in hooks:
            hook.remove()
        self.inputs = {name: torch.cat(values) for name, values in kept.items()}

    def grid(self, name, module, role, bits):
        """Scale and codes of a layer's weights (signed, one scale for each output) or inputs; found once for each width."""
        key = (name, role, bits)
        if key not in self.scales:
            values = module.weight.detach().flatten(1) if role == "weights" else self.inputs[name][None]
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
                weights = self.grid(name, module, "weights", entry["weight_bits"])
                inputs = self.grid(name, module, "activations", entry["activation_bits"])

                def forward(x, module=module, weights=weights, inputs=inputs):
                    weight, x = Rounded.apply(module.weight, *weights), Rounded.apply(x, *inputs)
                    if isinstance(module, nn.Linear):
                        return F.linear(x, weight, module.bias)
                    return module._conv_forward(x, weight, module.bias)

                module.forward = forward
                kept.append(module)
            yield
        finally:
            for module in kept:
                del module.forward

    def fine_tune(self, samples, learning_rate, seed):
        torch.manual_seed(seed)
        optimizer = torch.optim.SGD(self.model.parameters(), lr=learning_rate, momentum=0.9, nesterov=True)
        batch = self.train_loader.batch_size
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, -(-samples // batch)))
        seen = 0
        while seen < samples:
            for inputs, labels in self.train_loader:
                if seen >= samples:
                    break
                loss = F.cross_entropy(self.model(inputs.to(self.device)), labels.to(self.device))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                seen += len(labels)

    @torch.no_grad()
    def measure(self, split, samples, extras):
        correct, top5, loss, seen = 0, 0, 0.0, 0
        for inputs, labels in self.loaders[split]:
            inputs, labels = inputs[: samples - seen].to(self.device), labels[: samples - seen].to(self.device)
            scores = self.model(inputs)
            loss += F.cross_entropy(scores, labels, reduction="sum").item()
            best = scores.topk(min(5, scores.shape[1]), dim=1).indices == labels[:, None]
            correct, top5, seen = correct + best[:, 0].sum().item(), top5 + best.any(1).sum().item(), seen + len(labels)
            if seen >= samples:
                break
        result = {"accuracy": correct / seen, "loss": loss / seen, "samples": seen}
        return {**result, "top5_accuracy": top5 / seen} if "top5" in extras else result

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
                    self.fine_tune(**tuning)
                return self.measure(split, samples, question.get("extras") or [])
            finally:
                self.model.load_state_dict(self.original)

    def answer(self, request):
        method, parameters = request["method"], request.get("parameters") or {}
        if method == "describe":
            return {"description": self.describe(parameters["protocol"])}
        if method == "evaluate":
            return {"evaluation": self.evaluate(parameters)}
        if method in ("train", "finetune"):
            raise Failure("illegal", f"this evaluator has no {method}; use your own training script")
        if method == "quantize":
            raise Failure("illegal", "this evaluator does not hand out its grids; haq export needs haq-evaluator")
        raise Failure("malformed", f"there is no method {method}")


def serve(model, train_loader, validation_loader, test_loader, **options):
    """Answers requests until the input ends or says quit. See `Evaluator` for the options."""
    replies, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)
    evaluator = Evaluator(model, train_loader, validation_loader, test_loader, **options)
    for line in sys.stdin:
        if not line.strip():
            continue
        request = None
        try:
            request = json.loads(line)
            if request["method"] == "quit":
                return
            reply = evaluator.answer(request)
        except Failure as failure:
            reply = {"error": {"code": failure.code, "message": str(failure)}}
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            reply = {"error": {"code": "malformed", "message": f"the request cannot be read: {problem!r}"}}
        except Exception as problem:
            reply = {"error": {"code": "failed", "message": f"{type(problem).__name__}: {problem}"}}
        if isinstance(request, dict) and "id" in request:
            reply["id"] = request["id"]
        print(json.dumps(reply), file=replies, flush=True)
