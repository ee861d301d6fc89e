"""The command line of this package."""
import argparse
import importlib.util
import json
import sys
from pathlib import Path

from .evaluator import Evaluator
from .one_file import one_file
from .options import add_options, chosen
from .protocol import VERSION
from .serving import claimed_output, require_equal_results, serve
from .throughput import throughput

PROGRAM = "haq-pytorch-evaluator"


def made(source: str, parser: argparse.ArgumentParser):
    """What a function in a file gives: a model and three loaders, and perhaps a mapping of further arguments."""
    path, _, name = source.partition(":")
    if not Path(path).is_file():
        parser.error(f"there is no file {path}")
    sys.path.insert(0, str(Path(path).resolve().parent))
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None:
        parser.error(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name or "make", None)
    if not callable(function):
        parser.error(f"{path} has no function {name or 'make'}; it gives model, train_loader, validation_loader, test_loader")
    parts = tuple(function())
    if len(parts) not in (4, 5):
        parser.error(f"{name or 'make'} in {path} gives {len(parts)} things; it gives model, train_loader, "
                     "validation_loader, test_loader, and perhaps a dict of arguments for serve")
    return parts[:4], dict(parts[4]) if len(parts) == 5 else {}


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Measures PyTorch models for haq.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    source = "FILE.py:FUNCTION, which gives model, train_loader, validation_loader, test_loader, and perhaps a dict of " \
        "further arguments of serve; FUNCTION is make when it is left out"

    answer = commands.add_parser("serve", help="answer haq's requests on standard input and output")
    answer.add_argument("source", metavar="SOURCE", help=source)
    add_options(answer)

    measure = commands.add_parser(
        "throughput", help="measure samples a second in floats, quantized and fine-tuned, and print them as JSON")
    measure.add_argument("source", metavar="SOURCE", help=source)
    measure.add_argument("--samples", type=int, default=1024, help="samples of a measurement (default 1024)")
    measure.add_argument("--bits", type=int, default=8, help="bits of weights and activations (default 8)")
    measure.add_argument("--repetitions", type=int, default=5, help="runs, of which the best is printed (default 5)")
    add_options(measure)

    single = commands.add_parser("one-file", help="write this package as one file, to copy beside a program")
    single.add_argument("-o", "--output", default="haq_evaluator.py", metavar="FILE", help="default: haq_evaluator.py")
    return parser


def main(arguments: list[str] | None = None):
    parser = command_line()
    parsed = parser.parse_args(arguments)
    if parsed.command == "one-file":
        Path(parsed.output).write_text(one_file(Path(parsed.output).name, VERSION), encoding="utf-8")
        return
    options = chosen(parsed, parser)
    if parsed.command == "throughput" and (parsed.samples < 1 or parsed.repetitions < 1 or options.processes > 1):
        parser.error("throughput needs at least 1 sample and 1 repetition, and measures one process")
    # Packages that are imported, and models that are made, may print.
    replies = claimed_output() if parsed.command == "serve" else None
    parts, details = made(parsed.source, parser)
    if parsed.command == "serve":
        serve(*parts, options=options, replies=replies, **details)
        return
    if options.deterministic:
        require_equal_results()
    evaluator = Evaluator(*parts, options=options, **details)
    print(json.dumps(throughput(evaluator, parsed.samples, parsed.bits, parsed.repetitions), indent=2))


if __name__ == "__main__":
    main()
