"""The two-stroke cycle and its repetition over a stream, in both timings.

State is what the papers make it: the V-value of all outputs, paths (neuron, output, ...). It starts as zero, or as what
the machine says. Under unit delay all links are late, all neurons move in one wave, and a cycle is that of the papers.
In synchronous timing the neurons move wave after wave, and links that act at once bring each wave what earlier ones
have just emitted.

Source: arXiv:1712.07447, section 4.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from dmm.interpret.own_matrix import Governed
from dmm.machine.check import check, refuse
from dmm.machine.flow import links_at_once, waves
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue


class Tick(NamedTuple):
    """What every neuron received and emitted in one tick: V-values with paths (neuron, field, ...)."""

    inputs: VValue
    outputs: VValue


class Movements(NamedTuple):
    """The links of a machine by when they act, as network matrices, and the neurons in the order in which they move."""

    late: VValue
    waves: tuple[tuple[tuple[str, ...], VValue], ...]  # neurons that move together, the links that act on them at once


def movements(machine: Machine, number: Callable[[Any], Any]) -> Movements:
    """Those of a machine without errors; `number` makes the weights that are computed with."""
    late, moves, listens = machine.matrix + machine.hard, [], links_at_once(machine)
    for names in waves(listens):
        at_once = VValue.from_paths((link[:4], link.weight) for name in names for link in listens[name])
        moves.append((names, at_once.map_leaves(number)))
        late = late - at_once
    return Movements(late.map_leaves(number), tuple(moves))


def down(weights: VValue, outputs: VValue) -> VValue:
    """The down movement: every input becomes the weighted sum of the outputs linked to it."""
    return weights.apply_matrix(outputs, 2)


def up(machine: Machine, names: Iterable[str], inputs: VValue) -> dict[str, VValue]:
    """The up movement: every neuron applies its type to its inputs."""
    return {name: machine.apply(name, inputs[name]) for name in names}


def cycle(machine: Machine, moves: Movements, before: VValue, item: VValue) -> Tick:
    """One tick: the late links carry the outputs of the tick before, the sources receive `item`, and all move."""
    linked = down(moves.late, before)
    inputs, outputs = linked.join({**linked.children, **feed(machine.sources, item)}), VValue()
    for names, at_once in moves.waves:
        inputs = inputs + down(at_once, outputs)
        outputs = outputs + outputs.join(up(machine, names, inputs))
    return Tick(inputs, outputs)


def feed(sources: tuple[str, ...], item: VValue) -> dict[str, VValue]:
    """What each source receives: the item itself, or, where there are several sources, the part under its name."""
    return {name: item[name] if len(sources) > 1 else item for name in sources}


def read(machine: Machine, outputs: VValue) -> VValue:
    """The machine's answer in a tick: what its readout emits, or, where there are several, that by name."""
    readouts = machine.readouts
    return outputs.join({name: outputs[name] for name in readouts}) if len(readouts) > 1 else outputs[readouts[0]]


def trace(
    machine: Machine, stream: Iterable[VValue], state: VValue | None = None, number: Callable[[Any], Any] = float
) -> Iterator[Tick]:
    """The ticks of the machine over the stream, one by one, each with every neuron's inputs and outputs.

    `state` is the V-value of all outputs before the first of them, by default the machine's own. `number` makes the
    numbers that are computed with: `float`, `numpy.float32`, or `fractions.Fraction` for exact arithmetic. A machine
    with errors raises `MachineError`; a self-referential one that loses its matrix raises `HaltedError`.
    """
    refuse(check(machine))
    outputs = state if state is not None else machine.first_outputs.map_leaves(number)
    step = movement(machine, number)
    for item in stream:
        tick = step(outputs, VValue(item).map_leaves(number))
        yield tick
        outputs = tick.outputs


def movement(machine: Machine, number: Callable[[Any], Any] = float) -> Callable[[VValue, VValue], Tick]:
    """The tick that follows on the outputs before and the item, as a function, for a machine without errors."""
    if machine.own_matrix is None:
        return partial(cycle, machine, movements(machine, number))
    governed, ticks, several = Governed(machine), count(1), len(machine.sources) > 1

    def step(before: VValue, item: VValue) -> Tick:
        return Tick(*governed.tick(before, item.__getitem__ if several else lambda _: item, next(ticks)))

    return step


def run(
    machine: Machine, stream: Iterable[VValue], state: VValue | None = None, number: Callable[[Any], Any] = float
) -> tuple[list[VValue], VValue]:
    """The machine's answers, one a tick, and the state after the last; give it back to go on from there.

    >>> m = Machine().add("input").add("timer").add("output").link("output.dict-1", "timer.timer")
    >>> answers, state = run(m, [VValue()] * 3)
    >>> [a["dict-1"].scalar for a in answers]
    [0, 1.0, 2.0]
    """
    answers, outputs = [], state if state is not None else machine.first_outputs.map_leaves(number)
    for tick in trace(machine, stream, outputs, number):
        outputs = tick.outputs
        answers.append(read(machine, outputs))
    return answers, outputs
