"""`dmm synth`: from a task to a circuit, with its progress on a terminal."""

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from dmm.cli.cache import use_compilation_cache
from dmm.cli.interrupt import noted_interruption

if TYPE_CHECKING:
    from dmm.synthesis.search import Progress
    from dmm.synthesis.synthesise import Synthesis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("task", metavar="TASK", nargs="?", help="the task to solve: duplicates")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="the same seed gives the same circuit (0)")
    parser.add_argument("--out", metavar="DIR", help="a new folder for the run (runs/TASK-SEED, numbered if taken)")
    parser.add_argument("--resume", metavar="DIR", help="take up the run in this folder where it stopped")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end, and nothing else")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    """Run the command; 0 for a good circuit, 1 if none was found, 130 if interrupted."""
    if (args.task is None) == (args.resume is None):
        raise ValueError("name either a TASK to start or a run to take up with --resume DIR")
    if "" in (args.out, args.resume):
        raise ValueError("the name of the folder is empty; name one")
    if args.resume and args.out:
        raise ValueError("--resume goes on in its own folder; leave --out away")
    if args.seed < 0:
        raise ValueError(f"--seed is {args.seed}; give 0 or more")
    use_compilation_cache()
    from dmm.synthesis.synthesise import Outcome, find_task, resume, synthesise

    if args.task is not None:
        find_task(args.task)
    out = args.resume or args.out or _free_folder(f"runs/{args.task}-{args.seed}")
    shown = sys.stderr.isatty() and not args.quiet and not args.json
    with noted_interruption() as interruption, _Display(shown=shown) as display:

        def listen(progress: "Progress") -> None:
            display.show(progress)
            interruption.check()

        if args.resume:
            result = resume(out, listen=listen)
        else:
            result = synthesise(args.task, seed=args.seed, out=out, listen=listen)
    print(json.dumps(result.as_json()) if args.json else _report(result, out))
    if result.outcome is Outcome.INTERRUPTED:
        print(f"dmm synth: interrupted; go on with: dmm synth --resume {out}", file=sys.stderr)
        return 130
    return 1 if result.outcome is Outcome.POOR else 0


def _free_folder(name: str) -> str:
    path, number = Path(name), 2
    while path.exists():
        path, number = Path(f"{name}-{number}"), number + 1
    return str(path)


def _report(result: "Synthesis", out: str) -> str:
    from dmm.machine.text import format_machine
    from dmm.synthesis.synthesise import Outcome

    size = f"{result.links} links in {result.seconds:.0f} s ({result.steps} steps, {result.attempts} attempts)"
    error = (
        f"largest error on held-out streams {result.heldout_max_error:.2g}; loss in training {result.train_loss:.2g}"
    )
    small = result.outcome is not Outcome.INTERRUPTED or result.links <= 100  # a larger one is no reading matter
    circuit = format_machine(result.circuit.with_no_metadata(), digits=3, legend=True) + "\n\n" if small else ""
    asked = f"# {result.task.name}: {result.task.summary}\n"
    found = f"{result.outcome.value}\n{size}\n{error}\ncircuit: {result.path}   run: {out}"
    return f"{asked}{circuit}{found}\ntry it: dmm run {result.path} --text noon."


class _Display:
    """One live line of progress on a terminal, and a line that stays for every stage that ends."""

    def __init__(self, *, shown: bool):
        self.shown = shown
        self.began = time.perf_counter()
        self.last: Progress | None = None
        self.most = 1  # links when the attempt began

    def __enter__(self) -> Self:
        if self.shown:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn())
            self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self.line = self.bar.add_task("compiling the template", total=1.0)
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self._keep()
            self.bar.stop()

    def show(self, progress: "Progress") -> None:
        """Show a moment of the search."""
        if not self.shown:
            return
        if self.last and (self.last.stage, self.last.attempt) != (progress.stage, progress.attempt):
            self._keep()
        self.last = progress
        self.most = max(self.most, progress.links)
        self.bar.update(self.line, description=self._text(progress), completed=_done(progress, self.most))

    def _keep(self) -> None:
        if self.last:
            seconds = time.perf_counter() - self.began
            self.bar.console.print(f"{self._text(self.last)}  after {seconds:.1f} s", highlight=False)

    def _text(self, p: "Progress") -> str:
        return f"{p.stage.value:<8} attempt {p.attempt}  step {p.steps:>6}  loss {p.loss:<9.3g} links {p.links:>5}"


def _done(progress: "Progress", most: int) -> float:
    """A guess at the part of an attempt that is done: by the stage, and the logarithm of the links that are left."""
    start, width = {"warm up": (0.0, 0.1), "cut": (0.1, 0.5), "refine": (0.6, 0.3), "polish": (0.9, 0.1)}[
        progress.stage
    ]
    shrunk = math.log(most / max(progress.links, 1)) / math.log(max(most, 2))
    return start + width * shrunk
