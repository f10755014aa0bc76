"""What is wrong with a machine: every problem at once, each with its place and a remedy."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from dmm.machine.flow import circles
from dmm.machine.machine import HOOK, LINK_DEPTH, TIMINGS, UNIT_DELAY, Machine
from dmm.neurons.base import NeuronType
from dmm.vvalue.support import show_path

MOST_SHOWN = 6  # links of a circle


class Problem(NamedTuple):
    """One thing wrong, where, and what to do about it. An *error* stops a machine from running, a warning does not."""

    severity: str
    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}; {self.remedy}"


class MachineError(ValueError):
    """A machine that cannot run. `problems` lists all errors; the message is one sentence about the first of them."""

    def __init__(self, problems: list[Problem], place: str = ""):
        self.problems = problems
        more = f" (and {len(problems) - 1} more like it)" if len(problems) > 1 else ""
        super().__init__(f"{place}{problems[0]}{more}")


class HaltedError(ValueError):
    """A self-referential machine that cannot go on: its network matrix is zero, or has a row for nobody knows what."""

    @classmethod
    def lost(cls, machine: Machine, tick: int) -> "HaltedError":
        """That the tick found no network matrix."""
        return cls(
            f"tick {tick}: the machine has lost its network matrix, {'.'.join(machine.own_matrix or ())} is zero, "
            f"and has halted; look at what it was sent two ticks before"
        )


def check(machine: Machine) -> list[Problem]:
    """Every problem of the machine, errors first.

    >>> m = Machine().add("norm").link("norm.dict", "input.char").link("norm.lost", "norm.norm")
    >>> for problem in check(m):
    ...     print(problem.severity, "-", problem)
    error - norm.dict <- input.char: there is no neuron 'input'; add it or remove the link
    error - the machine: no neuron is read as its answer; add one of type 'output' or name some with read(...)
    warning - norm.lost <- norm.norm: type 'norm' has no input 'lost', so the link does nothing; remove it
    """
    passes = (_neurons, _matrix, _links, _timing, _initial, _own_matrix, _readouts)
    found = [problem for each in passes for problem in each(machine)]
    return sorted(found, key=lambda problem: problem.severity)  # stable: "error" before "warning"


def refuse(problems: list[Problem]) -> None:
    """Raise `MachineError` if any of the problems is an error."""
    serious = [problem for problem in problems if problem.severity == "error"]
    if serious:
        raise MachineError(serious)


def _error(place: str, message: str, remedy: str) -> Problem:
    return Problem("error", place, message, remedy)


def _neurons(machine: Machine) -> Iterator[Problem]:
    for name, neuron in machine.neurons.items():
        kind = machine.types.get(neuron.type)
        if kind is None:
            from difflib import get_close_matches

            near = get_close_matches(neuron.type, machine.types) or ["accum"]
            remedy = f"use one that there is, such as {' or '.join(near)}, or pass yours"
            yield _error(f"neuron {name}", f"its type {neuron.type!r} is unknown", remedy)
            continue
        try:
            kind.settings(neuron.parameters)
        except (ValueError, TypeError) as problem:
            yield _error(f"neuron {name}", str(problem), "mend its parameters")


def _matrix(machine: Machine) -> Iterator[Problem]:
    for part, matrix in (("links", machine.matrix), ("hard links", machine.hard)):
        for path, weight in matrix.items():
            if len(path) != LINK_DEPTH:
                message = f"a weight stands {len(path)} labels deep"
                yield _error(f"{part}, {show_path(path)}", message, "nest to-neuron, input, from-neuron, output")
            elif not math.isfinite(weight):
                yield _error(f"{part}, {show_path(path)}", f"the weight is {weight}", "give a finite number")
    for path in machine.matrix.support & machine.hard.support:
        yield _error(show_path(path), "the link is both trained and hard", "keep one of the two")


def _links(machine: Machine) -> Iterator[Problem]:
    for link in machine.all_links():
        lost = [end for end in dict.fromkeys((link.neuron, link.source)) if end not in machine.neurons]
        for end in lost:
            yield _error(str(link), f"there is no neuron {end!r}", "add it or remove the link")
        if link[:4] == (link.neuron, HOOK, link.neuron, HOOK) and machine.own_matrix:
            continue
        kinds = [machine.types.get(machine.neurons[end].type) for end in (link.neuron, link.source) if not lost]
        for kind, side, field, has in zip(
            kinds, ("input", "output"), (link.input, link.output), ("has_input", "has_output"), strict=False
        ):
            if kind is not None and not getattr(kind, has)(field):
                message = f"type {kind.name!r} has no {side} {field!r}, so the link does nothing"
                yield Problem("warning", str(link), message, "remove it")


def _type_of(machine: Machine, name: str) -> NeuronType | None:
    return machine.types.get(machine.neurons[name].type) if name in machine.neurons else None


def _initial(machine: Machine) -> Iterator[Problem]:
    place = "the outputs before the first tick"
    for path in machine.initial.support:
        name, label = (*path, "", "")[:2]
        kind = _type_of(machine, name)
        if len(path) < 2:
            yield _error(place, f"the number at {show_path(path)} belongs to no output", "nest neuron, output, V-value")
        elif name not in machine.neurons:
            yield _error(place, f"there is no neuron {name!r}", "add it or leave it out")
        elif kind and not kind.has_output(label):
            yield _error(place, f"neuron {name!r} has no output {label!r}", "name one that its type has")


def _own_matrix(machine: Machine) -> Iterator[Problem]:
    if machine.own_matrix is None:
        return
    name, output = machine.own_matrix
    place, kind = f"own matrix {name}.{output}", _type_of(machine, name)
    if kind is None:
        yield _error(place, f"there is no neuron {name!r}", "add it or name another")
    elif not kind.has_output(output):
        yield _error(place, f"type {kind.name!r} has no output {output!r}", "name one that it has")
    elif machine.initial[name, output]:
        message = "the output has a value before the first tick besides the links of the machine"
        yield _error(place, message, "give its first value by links alone")
    if machine.timing != UNIT_DELAY:
        message = "in synchronous timing the order of neurons would depend on the matrix they make"
        yield _error(place, message, "take unit delay")
    if kind and not (machine.matrix or machine.hard):
        yield _error(place, "the machine has no links, so it would halt at once", "add the links it starts with")


def _timing(machine: Machine) -> Iterator[Problem]:
    if machine.timing not in TIMINGS:
        message = f"its timing is {machine.timing!r}"
        yield _error("the machine", message, f"choose one of {', '.join(map(repr, TIMINGS))}")
    for circle in circles(machine):
        rest = [f"... ({len(circle)} links)"] if len(circle) > MOST_SHOWN else []
        place = ", ".join([*map(str, circle[:MOST_SHOWN]), *rest])
        message, remedy = "this circle of links acts at once", "lead one of them through a neuron of type 'delay'"
        yield _error(place, message, remedy)


def _readouts(machine: Machine) -> Iterator[Problem]:
    for name in machine.outputs:
        if name not in machine.neurons:
            yield _error(f"output {name}", "there is no such neuron", "add it or read another")
    sinks = [kind for n in machine.neurons.values() if (kind := machine.types.get(n.type)) and kind.sink]
    if not machine.outputs and not sinks:
        remedy = "add one of type 'output' or name some with read(...)"
        yield _error("the machine", "no neuron is read as its answer", remedy)
