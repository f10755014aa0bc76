"""`dmm live`: run a machine, and edit it while it runs, by commands from a prompt, a pipe or a file."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from dmm.cli.arguments import add_dot_clip, count, parameters, positive
from dmm.cli.printing import print_json
from dmm.live.grammar import split
from dmm.live.machine import HISTORY, LiveMachine, Reply
from dmm.live.snapshot import FORMAT, MAX_BYTES
from dmm.machine.files import load_machine

SAVED = re.compile(rf'"format"\s*:\s*"{FORMAT}"')
PROMPT = "> "
LAST = ("quit", "exit")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    parser.add_argument(
        "machine", metavar="MACHINE", help="a machine file, a bare network matrix, or what 'save' has written"
    )
    parser.add_argument(
        "--script", metavar="FILE", help="read commands from this file instead of standard input; 'help' lists them"
    )
    parser.add_argument(
        "--rate", metavar="R", type=positive, help="ticks a second once it is started (default: as fast as it can)"
    )
    parser.add_argument(
        "--history", metavar="N", type=count, default=HISTORY, help=f"keep the last N ticks (default: {HISTORY})"
    )
    add_dot_clip(parser)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object at the end: replies, tick, halted, outputs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry out the commands one by one; 1 where one of a script was refused."""
    replies, typed = [], arguments.script is None and sys.stdin.isatty()
    with _machine(arguments) as live:
        for line in _lines(_typed(live) if typed else _written(arguments.script)):
            reply = _asked(live, line) if typed else live.ask(line)
            replies.append({"command": line, "ok": reply.ok, "message": reply.message})
            if not arguments.json:
                print(reply, flush=True)
        live.pause()
        if arguments.json:
            end = {"tick": live.tick, "halted": live.halted, "outputs": live.outputs}
            print_json({"replies": replies, **end})
    refused = sum(not reply["ok"] for reply in replies)
    if arguments.script is None or not refused:
        return 0
    print(f"dmm live: {refused} of {len(replies)} commands were refused; see the replies", file=sys.stderr)
    return 1


def _machine(arguments: argparse.Namespace) -> LiveMachine:
    """The live machine in a file of either kind."""
    path = Path(arguments.machine)
    if path.is_file():
        with path.open(encoding="utf-8", errors="replace") as file:
            if SAVED.search(file.read(MAX_BYTES)):
                return LiveMachine.load(path, arguments.rate, history=arguments.history)
    machine = load_machine(path, parameters=parameters(arguments))
    return LiveMachine(machine, arguments.rate, history=arguments.history)


def _asked(live: LiveMachine, line: str) -> Reply:
    """The reply to a command that a person may stop by Ctrl-C, many ticks for instance."""
    try:
        return live.ask(line)
    except KeyboardInterrupt:
        return Reply(False, f"interrupted at tick {live.tick}")


def _lines(given: Iterator[str]) -> Iterator[str]:
    """The commands, without comments and blank lines, to the last or to one that says it is the last."""
    for line in map(split, given):
        if line in LAST:
            return
        if line:
            yield line


def _written(script: str | None) -> Iterator[str]:
    """The lines of a file, or of a pipe."""
    if script is None:
        yield from (line.rstrip("\n") for line in sys.stdin)
        return
    try:
        text = Path(script).read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise ValueError(f"--script {script}: byte {problem.start} is not UTF-8 text; give a text file") from None
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise ValueError(f"--script {script}: {reason}; check the name and its permissions") from None
    yield from text.split("\n")


def _typed(live: LiveMachine) -> Iterator[str]:
    """What a person types. Ctrl-C pauses a machine that runs, and ends the prompt of one that does not."""
    print("'help' lists the commands, 'quit' ends")
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            if not live.running:
                raise
            print(f"\n{live.pause()}")
