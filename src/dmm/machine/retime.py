"""Retiming: a machine of one timing as a machine of the other, with the same answers.

A link takes as many ticks as there are neurons in a line of relays along it, plus one; all links from one output share
its line. `to_synchronous` needs one delay for each output. `to_unit_delay` gives every neuron a *shift*, the ticks by
which it falls behind the stream, and makes every link as long as the shifts at its ends ask for.

Source: Leiserson and Saxe, "Retiming synchronous circuitry", Algorithmica 6 (1991).
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

from dmm.machine.check import check, refuse
from dmm.machine.flow import require_fixed, useful_links
from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY, Link, Machine
from dmm.neurons.base import NeuronType
from dmm.neurons.linear import delay, identity
from dmm.vvalue.tree import VValue

RELAYED = "value"  # the field of a relay


class Retimed(NamedTuple):
    """A machine in another timing, and where to find the old answers among its own.

    The items at ticks t, t + `every`, t + 2 `every`, ... are a stream for itself, whatever stands between them: the
    answer to the item at tick t comes at tick t + `lag`. What comes before the first answer, up to tick `lag`, means
    nothing.
    """

    machine: Machine
    lag: int
    every: int


def to_synchronous(machine: Machine) -> Retimed:
    """The machine in synchronous timing, with the same answers at the same ticks: `lag` 0, `every` 1.

    What an input that is not late receives goes through a neuron of type `delay`, one for each output. Links that do
    nothing are left out; outputs before the first tick stay as they are. `MachineError` for a machine with errors.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", 2).read("norm")
    >>> print(to_synchronous(m).machine)
    timing synchronous
    outputs norm
    input : input
    delay-input-char : delay
      value := input.char
    norm : norm
      dict = 2 delay-input-char.value
    """
    refuse(check(machine))
    require_fixed(machine, "retiming", "leave it as it is")
    if machine.timing == SYNCHRONOUS:
        return Retimed(machine, lag=0, every=1)
    machine = machine.with_timing(SYNCHRONOUS)
    links = [(link, 1 - machine.delay(link.neuron, link.input)) for link in _links(machine)]
    return Retimed(_relayed(machine, links, delay), lag=0, every=1)


def to_unit_delay(machine: Machine) -> Retimed:
    """The machine under unit delay, with the same answers, after `lag` ticks, to items that come `every` so many ticks.

    `every` is the least possible, more than 1 where a loop holds more links than late ones, and every shift is the
    least for that. Relays of type `identity` make up for paths of different length, and links that do nothing are left
    out. `MachineError` for a machine with errors; `ValueError` for a neuron that cannot wait for the stream, and for
    outputs that do not start as zero: a neuron that falls behind would have lost its first one before it is heard.

    >>> m = Machine(timing=SYNCHRONOUS).add("input").add("norm").add("sum").read("sum").link("norm.dict", "input.char")
    >>> retimed = to_unit_delay(m.link("sum.a", "norm.norm").link("sum.b", "input.char"))
    >>> print(retimed.machine, (retimed.lag, retimed.every))
    outputs sum
    input : input
    identity-input-char : identity
      value := input.char
    norm : norm
      dict = input.char
    sum : sum
      a = norm.norm
      b = identity-input-char.value (2, 1)
    """
    refuse(check(machine))
    require_fixed(machine, "retiming", "leave it as it is")
    if machine.timing == UNIT_DELAY:
        return Retimed(machine, lag=0, every=1)
    _refuse_starts(machine)
    clock = _clock(machine)
    if early := clock.early:
        machine = machine.read(*machine.readouts)
        for name in early:
            machine = _read_apart(machine, name)
        clock = _clock(machine)
        if clock.early:
            late = "its answer is ready before others are, and cannot wait for them under its name"
            raise ValueError(f"neuron {clock.early[0]}: {late}; read it through a neuron of type 'identity'")
    shifts = clock.shifts | dict.fromkeys(clock.answers, clock.lag)
    links = [(leg.link, leg.room(shifts, clock.every)) for leg in clock.legs]
    return Retimed(_relayed(machine.with_timing(UNIT_DELAY), links, identity), clock.lag, clock.every)


def _refuse_starts(machine: Machine) -> None:
    for path, number in machine.initial.items():
        raise ValueError(
            f"{'.'.join(path)} starts as {number}, but what is remembered has to be zero before the stream arrives; "
            f"keep the machine in synchronous timing"
        )


# -- shifts ------------------------------------------------------------------------------------------------------------


class _Leg(NamedTuple):
    """A link of a synchronous machine: late or not, and whether what it brings may come early, being constant."""

    link: Link
    late: int
    free: bool

    def gap(self, every: int) -> int:
        """How much larger the shift at its end has to be than the one at its start."""
        return 1 - every * self.late

    def room(self, shifts: dict[str, int], every: int) -> int:
        """The relays that it needs."""
        return 0 if self.free else shifts[self.link.neuron] - shifts[self.link.source] - self.gap(every)


class _Clock(NamedTuple):
    """When the neurons of a synchronous machine are to move under unit delay."""

    legs: list[_Leg]
    every: int
    shifts: dict[str, int]
    lag: int
    answers: list[str]  # the readouts that are not constant
    early: list[str]  # those of them that would have to wait for others, and cannot


def _clock(machine: Machine) -> _Clock:
    links = _links(machine)
    memory = _remembered(machine, links)
    moving = {*(link.neuron for link in links), *machine.sources}  # the others are constant
    legs = []
    for link in links:
        late = machine.delay(link.neuron, link.input)
        legs.append(_Leg(link, late, free=not late and link.source not in moving and link.neuron not in memory))
    prompt = {name for name in memory if machine.apply(name, VValue())}
    _refuse_impatience(legs, prompt)
    enough = len(machine.neurons)  # for a path at once through all of them
    trials = ((n, _shifts(machine, legs, prompt, n)) for n in range(1, enough + 1))
    every, shifts = next((n, shifts) for n, shifts in trials if shifts is not None)
    answers = [name for name in machine.readouts if name in moving]
    lag = max((shifts[name] for name in answers), default=0)
    heard = {link.source for link in links if link.source != link.neuron}
    early = [name for name in answers if shifts[name] < lag and name in {*heard, *prompt, *machine.sources}]
    return _Clock(legs, every, shifts, lag, answers, early)


def _remembered(machine: Machine, links: Iterable[Link]) -> set[str]:
    """The neurons of which something goes into a late input, by whatever way: before the stream they must emit zero."""
    heard: dict[str, list[str]] = {}
    for link in links:
        heard.setdefault(link.neuron, []).append(link.source)
    waiting = [link.source for link in links if machine.delay(link.neuron, link.input)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += heard.get(name, ())
    return found


def _refuse_impatience(legs: Iterable[_Leg], prompt: Container[str]) -> None:
    for leg in legs:
        if leg.link.neuron in prompt and not leg.late:
            raise ValueError(
                f"neuron {leg.link.neuron}: it emits something before it receives anything from {leg.link.source}, and "
                f"that would be remembered; let its type emit zero for zero, and link it from a constant instead"
            )


def _shifts(machine: Machine, legs: Iterable[_Leg], prompt: Container[str], every: int) -> dict[str, int] | None:
    """The least shifts that leave room for every link; `None` if there are none for this `every`."""
    gaps: dict[tuple[str, str], int] = {}
    for leg in legs:
        ends = leg.link.source, leg.link.neuron
        gaps[ends] = max(leg.gap(every), gaps.get(ends, leg.gap(every)))
    shifts = dict.fromkeys(machine.neurons, 0)
    for _ in range(len(shifts) + 1):
        moved = False
        for (source, target), gap in gaps.items():
            if shifts[source] + gap > shifts[target]:
                if target in prompt:
                    return None
                shifts[target], moved = shifts[source] + gap, True
        if not moved:
            return shifts
    return None  # a circle that takes more ticks than it has


# -- surgery -----------------------------------------------------------------------------------------------------------


def _links(machine: Machine) -> list[Link]:
    return [link for links in useful_links(machine).values() for link in links]


def _relayed(machine: Machine, links: Iterable[tuple[Link, int]], relay: NeuronType) -> Machine:
    """The machine with only these links, each through so many relays; links from one output share theirs."""
    if machine.types.get(relay.name, relay) is not relay:
        raise ValueError(f"the machine has a neuron type {relay.name!r} of its own; call it otherwise")
    grown = machine
    trained: dict[tuple[str, ...], Any] = {}
    hard: dict[tuple[str, ...], Any] = {}
    lines: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for link, relays in links:
        line = lines.setdefault((link.source, link.output), [(link.source, link.output)])
        while len(line) <= relays:
            name = _fresh(f"{relay.name}-{link.source}-{link.output}", grown)
            grown = grown.add(name, relay)
            hard[(name, RELAYED, *line[-1])] = 1.0
            line.append((name, RELAYED))
        weights = trained if machine.matrix[link[:4]] else hard
        weights[(link.neuron, link.input, *line[relays])] = link.weight
    return replace(grown, matrix=VValue.from_paths(trained), hard=VValue.from_paths(hard))


def _read_apart(machine: Machine, name: str) -> Machine:
    """The same machine, where nobody listens to the readout `name` any more, but to what stands behind it.

    Behind an identity stands the neuron itself under a new name; where its outputs are not known, behind a twin of it.
    A source that is fed by its name stays as it is.
    """
    kind, behind = machine.type_of(name), _fresh(f"{name}-ahead", machine)
    if kind.source and (kind.outputs is None or len(machine.sources) > 1):
        return machine
    neurons = {behind if other == name else other: neuron for other, neuron in machine.neurons.items()}
    apart = replace(
        machine,
        neurons=neurons,
        matrix=_renamed(machine.matrix, name, behind),
        hard=_renamed(machine.hard, name, behind),
    )
    if kind.outputs is not None:
        apart = apart.add(name, identity)
        return replace(apart, hard=apart.hard + VValue.from_paths({(name, x, behind, x): 1.0 for x in kind.outputs}))
    apart = replace(apart, neurons={**neurons, name: machine.neurons[name]})
    return replace(apart, matrix=_twinned(apart.matrix, name, behind), hard=_twinned(apart.hard, name, behind))


def _renamed(matrix: VValue, old: str, new: str) -> VValue:
    return VValue.from_paths(
        ((new if to == old else to, label, new if of == old else of, output), weight)
        for (to, label, of, output), weight in matrix.items()
    )


def _twinned(matrix: VValue, twin: str, name: str) -> VValue:
    """With the links into `name` once more, into its twin."""
    return matrix + VValue.from_paths(((twin, *path[1:]), weight) for path, weight in matrix.items() if path[0] == name)


def _fresh(name: str, machine: Machine) -> str:
    """A name that no neuron has."""
    names = (name if n == 1 else f"{name}-{n}" for n in count(1))
    return next(name for name in names if name not in machine.neurons)
