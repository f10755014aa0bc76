"""`dmm synth`: from a task to a circuit, with its progress on a terminal."""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dmm.cli.arguments import size
from dmm.cli.cache import use_compilation_cache
from dmm.cli.interrupt import noted_interruption
from dmm.cli.outcome import changes, outcome
from dmm.cli.progress import Display
from dmm.synthesis.optimizers import OPTIMIZERS
from dmm.tasks.parts import TEMPLATES

if TYPE_CHECKING:
    from dmm.synthesis.position import Progress
    from dmm.synthesis.settings import Settings
    from dmm.tasks.task import Stream, Task

TIMINGS = {"unit": "unit delay", "synchronous": "synchronous"}
_GIVEN_ONLY = ("held_out", "outputs", "timing", "lag")  # options that make sense with examples alone
_PARTS = ("neurons", "constants", "layers", "width", "recurrent", "template", "fields")
_NEW = (*_GIVEN_ONLY, *_PARTS, "seed", "start", "text", "gradient", "optimizer", "memory", "explain")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    add = parser.add_argument
    add("task", metavar="TASK", nargs="?", help="a task of the library; 'dmm synth --list' names them")
    add("--list", action="store_true", help="list the tasks of the library")
    add("--seed", metavar="N", type=int, help="the same seed gives the same circuit (0)")
    add("--out", metavar="DIR", help="a new folder for the run (runs/TASK-SEED, numbered if taken)")
    add("--json", action="store_true", help="print one JSON object at the end, and nothing else")
    add("--quiet", action="store_true", help="show no progress")
    given = parser.add_argument_group("a task of your own").add_argument
    given("--examples", metavar="FILE", help="learn from these examples: JSON Lines, see docs/files.md")
    given("--held-out", metavar="FILE", help="judge by these (default: every fifth of the examples)")
    given("--outputs", metavar="A,B", help="the names of the outputs (default: as the targets have them)")
    given("--timing", choices=TIMINGS, help="how the targets are timed (default: synchronous, one per step)")
    given("--lag", metavar="N", type=int, help="with --timing unit: ticks from an input to its target")
    look = parser.add_argument_group("what to look among").add_argument
    look("--neurons", metavar="A,B", help="the types of neurons, as in accum,norm,'dot(clip = 9)'")
    look("--constants", metavar="A,B", help="the constants, as in const_1,'open : constant(value = {a: 1})'")
    look("--layers", metavar="L", type=int, help="layers of neurons")
    look("--width", metavar="N", type=int, help="neurons of each type in a layer")
    look(
        "--recurrent",
        action="store_const",
        const=True,
        help="let delays (under unit delay: all inputs) listen to later layers, too",
    )
    look(
        "--template",
        choices=TEMPLATES,
        help="layered; recurrent: no layers, every output linked to every input; or superfluid: types are trained, too",
    )
    look("--fields", metavar="A.X,B.Y", help="the inputs and outputs of types that take part, as in accum.dict-2")
    look(
        "--edits",
        metavar="A.X<-B.Y,...",
        help="links that the machine may change itself, as in identity-1-1.x<-input.char",
    )
    look("--text", metavar="S", action="append", help="learn from this text alone, or from several (tasks of text)")
    look("--from", metavar="MACHINE", dest="start", help="repair this machine in place of starting from a template")
    train = parser.add_argument_group("how to train").add_argument
    train("--gradient", metavar="WAY", help="auto (measures), reverse[:TICKS], truncated:TICKS or evolution[:PAIRS]")
    train("--optimizer", choices=OPTIMIZERS, help="who takes the steps, all of them Optax's (default: adam)")
    train(
        "--memory",
        metavar="SIZE",
        type=size,
        help="what a step of training may take, as in 500M or 2G (half of what is free)",
    )
    train("--explain", action="store_const", const=True, help="say what would be done, and in what memory; then stop")
    go_on = parser.add_argument_group("going on").add_argument
    go_on("--resume", metavar="DIR", help="take up the run in this folder where it stopped")
    go_on("--rewind", metavar="N", type=int, help="with --resume: go back to where it stood after unit N")


def run(args: argparse.Namespace) -> int:
    """Run the command; 0 for a good circuit, 1 if none was found, 130 if interrupted."""
    if args.list:
        return _list()
    _refuse_nonsense(args)
    use_compilation_cache()
    from dmm.machine.files import load_machine
    from dmm.synthesis.synthesise import Outcome, resume, synthesise

    task = None if args.resume else _task(args)
    settings = None if task is None else _settings(args, task)
    if task is not None and args.explain:
        return _explain(args, task, settings)
    start = load_machine(args.start) if args.start else None
    seed = args.seed or 0
    out = args.resume or args.out or _free_folder(f"runs/{task.name if task else ''}-{seed}")
    shown = sys.stderr.isatty() and not args.quiet and not args.json
    with noted_interruption() as interruption, Display(shown=shown) as display:

        def listen(progress: "Progress") -> None:
            display.show(progress)
            interruption.check()

        if task is None:
            result = resume(out, rewind=args.rewind, listen=listen)
        else:
            result = synthesise(task, seed=seed, settings=settings, start=start, out=out, listen=listen)
    print(json.dumps(result.as_json(), default=float) if args.json else outcome(result, out))
    if start is not None and not args.json:
        print(*changes(start, result.circuit), sep="\n")
    if result.outcome is Outcome.INTERRUPTED:
        print(f"dmm synth: interrupted; go on with: dmm synth --resume {out}", file=sys.stderr)
        return 130
    return 1 if result.outcome is Outcome.NOT_FOUND else 0


def _refuse_nonsense(args: argparse.Namespace) -> None:
    if sum(x is not None for x in (args.task, args.examples, args.resume)) != 1:
        raise ValueError("name a TASK, or examples with --examples FILE, or a run to take up with --resume DIR")
    for name in ("out", "resume", "examples", "held_out", "start"):
        if getattr(args, name) == "":
            raise ValueError(f"{_option(name)} is empty; name one")
    if args.resume:
        given = next((name for name in (*_NEW, "out") if getattr(args, name) is not None), None)
        if given:
            raise ValueError(f"--resume goes on as the run was started; leave {_option(given)} away")
    elif args.rewind is not None:
        raise ValueError("--rewind goes back in a run; name it with --resume DIR")
    if args.seed is not None and args.seed < 0:
        raise ValueError(f"--seed is {args.seed}; give 0 or more")
    _refuse_misplaced(args)


def _refuse_misplaced(args: argparse.Namespace) -> None:
    """Refuse options of examples for tasks of the library, and the other way round."""
    wrong = next((name for name in _GIVEN_ONLY if args.task is not None and getattr(args, name) is not None), None)
    if wrong:
        raise ValueError(f"{_option(wrong)} belongs to --examples; tasks of the library know it")
    if args.examples and args.text:
        raise ValueError("--text belongs to a task of the library that reads text; write texts into the examples")
    if args.lag is not None and args.timing != "unit":
        raise ValueError("--lag is for unit delay; add --timing unit, or leave it away")


def _option(name: str) -> str:
    return "--from" if name == "start" else f"--{name.replace('_', '-')}"


def _task(args: argparse.Namespace) -> "Task":
    """The task of the library, or of the examples, with the parts that were asked for."""
    parts = _parts(args)
    if args.examples is None:
        from dmm.synthesis.synthesise import find_task

        task = find_task(args.task)
        task = task.with_parts(**parts)
        return task.retaught(_read(text, task) for text in args.text) if args.text else task
    from dmm.tasks.examples import load_examples
    from dmm.tasks.given import task_from_examples

    held_out = load_examples(args.held_out) if args.held_out else None
    name = Path(args.examples).stem
    return task_from_examples(
        load_examples(args.examples), name=name, summary=f"the examples in {args.examples}", held_out=held_out, **parts
    )


def _read(text: str, task: "Task") -> "Stream":
    """One character a tick; under unit delay, with silence after it, so that answers can arrive."""
    from dmm.tasks.streams import characters

    if not any(x.labels for example in task.examples for x in example.inputs):
        raise ValueError(f"task {task.name!r} reads numbers, not text; leave --text away")
    return (*characters(text, ticks=len(text)), *task.parts.silence)


def _parts(args: argparse.Namespace) -> Mapping[str, Any]:
    parts: dict[str, Any] = {name: getattr(args, name) for name in ("layers", "width", "lag")}
    parts |= {name: _names(getattr(args, name)) for name in ("neurons", "constants", "outputs", "fields", "edits")}
    parts["template"] = args.template
    parts["timing"] = args.timing and TIMINGS[args.timing]
    parts["recurrent"] = args.recurrent
    return {name: value for name, value in parts.items() if value is not None}


def _settings(args: argparse.Namespace, task: "Task") -> "Settings | None":
    """The settings that were asked for, if any; a gradient that is to be chosen is chosen here, and that is said."""
    if args.gradient is None and args.memory is None and args.optimizer is None:
        return None
    from dmm.gradients.ways import parse_gradient
    from dmm.synthesis.explain import explain
    from dmm.synthesis.settings import Settings

    settings = Settings(memory=args.memory, **({"optimizer": args.optimizer} if args.optimizer else {}))
    if args.gradient == "auto" and not args.explain:
        explained = explain(task, seed=args.seed or 0, settings=settings, measure=True)
        print(f"gradient: {explained.gradient.explain(explained.size)}, because {explained.why}", file=sys.stderr)
        return replace(settings, gradient=explained.gradient)
    chosen = args.gradient not in (None, "auto")
    return replace(settings, gradient=parse_gradient(args.gradient)) if chosen else settings


def _explain(args: argparse.Namespace, task: "Task", settings: "Settings | None") -> int:
    """Print what would be done; 1 where it does not fit into the memory."""
    from dmm.synthesis.explain import explain

    explained = explain(task, seed=args.seed or 0, settings=settings, measure=args.gradient == "auto")
    print(json.dumps(explained.as_json()) if args.json else explained)
    return 0 if explained.fits else 1


def _names(text: str | None) -> tuple[str, ...] | None:
    """Names with commas between, but for those in brackets."""
    if text is None:
        return None
    names, depth = [""], 0
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"|.', text):
        depth += (piece in ("(", "{")) - (piece in (")", "}"))
        if piece == "," and not depth:
            names.append("")
        else:
            names[-1] += piece
    return tuple(name.strip() for name in names if name.strip())


def _list() -> int:
    from dmm.cli.printing import print_columns
    from dmm.tasks.registry import TASKS

    print_columns(("task", "answers"), [(task.name, task.summary) for task in TASKS.values()])
    return 0


def _free_folder(name: str) -> str:
    path, number = Path(name), 2
    while path.exists():
        path, number = Path(f"{name}-{number}"), number + 1
    return str(path)
