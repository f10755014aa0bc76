"""`dmm eval`: how well machines do what a teacher does, on a text."""

import argparse
from dataclasses import asdict

from dmm.cli.arguments import add_dot_clip, add_stream_options, characters_of, parameters
from dmm.cli.engine import add_engine_options, running
from dmm.cli.printing import print_columns, print_json
from dmm.engines import run as answers
from dmm.machine.files import load_machine
from dmm.synthesis.evaluate import Evaluation, evaluate
from dmm.tasks.duplicates import teacher
from dmm.tasks.streams import characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument("machines", metavar="MACHINE", nargs="+", help="a machine file or a bare network matrix")
    parser.add_argument("--text", metavar="S", type=characters_of, required=True, help="the characters to feed")
    add_stream_options(parser, "character, the last one repeated,")
    parser.add_argument("--against", metavar="MACHINE", help="the teacher (default: the duplicate character detector)")
    add_dot_clip(parser)
    add_engine_options(parser, engine="compile", dtype="float32")
    parser.add_argument("--json", action="store_true", help="print JSON: an object, or an array for several machines")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate every machine, then print all figures; none where one machine fails."""
    given = parameters(arguments)
    machines = [(path, load_machine(path, parameters=given)) for path in arguments.machines]
    against = arguments.against
    master = load_machine(against, parameters=given) if against else teacher(clip=arguments.dot_clip)
    stream = characters(arguments.text, every=arguments.every, ticks=arguments.ticks)
    engine, dtype = arguments.engine, arguments.dtype
    with running(against or "the teacher", engine):
        expected = answers(master, stream, engine=engine, dtype=dtype)
    figures = []
    for path, machine in machines:
        with running(path, engine):
            figures.append(evaluate(machine, stream, against=expected, engine=engine, dtype=dtype))
    _print(arguments.machines, figures, arguments.json)
    return 0


def _print(paths: list[str], figures: list[Evaluation], as_json: bool) -> None:
    if as_json:
        documents = [{**asdict(found), "machine": path} for path, found in zip(paths, figures, strict=True)]
        print_json(documents if len(documents) > 1 else documents[0])
        return
    rows = [
        (f"{found.loss:.7g}", f"{found.max_squared_error:.7g}", str(found.ticks), str(found.links), path)
        for path, found in zip(paths, figures, strict=True)
    ]
    print_columns(("loss", "max squared error", "ticks", "links", "machine"), rows)
