"""The two-stroke cycle and its repetition over a stream.

State is what the papers make it: the V-value of all outputs, paths (neuron, output, ...). It starts as zero.

Source: arXiv:1712.07447, section 4.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from dmm.machine.check import check, refuse
from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue


class Tick(NamedTuple):
    """What every neuron received and emitted in one tick: V-values with paths (neuron, field, ...)."""

    inputs: VValue
    outputs: VValue


def down(weights: VValue, outputs: VValue) -> VValue:
    """The down movement: every input becomes the weighted sum of the outputs linked to it."""
    return weights.apply_matrix(outputs, 2)


def up(machine: Machine, inputs: VValue) -> VValue:
    """The up movement: every neuron applies its type to its inputs."""
    return VValue().join({name: machine.apply(name, inputs[name]) for name in machine.neurons})


def cycle(machine: Machine, weights: VValue, outputs: VValue, item: VValue) -> Tick:
    """One tick under unit delay: the links carry the outputs of the tick before, the sources receive `item`."""
    linked = down(weights, outputs)
    inputs = linked.join({**linked.children, **feed(machine, item)})
    return Tick(inputs, up(machine, inputs))


def feed(machine: Machine, item: VValue) -> dict[str, VValue]:
    """What each source receives: the item itself, or, where there are several sources, the part under its name."""
    sources = machine.sources
    return {name: item[name] if len(sources) > 1 else item for name in sources}


def read(machine: Machine, outputs: VValue) -> VValue:
    """The machine's answer in a tick: what its readout emits, or, where there are several, that by name."""
    readouts = machine.readouts
    return outputs.join({name: outputs[name] for name in readouts}) if len(readouts) > 1 else outputs[readouts[0]]


def trace(
    machine: Machine, stream: Iterable[VValue], state: VValue | None = None, number: Callable[[Any], Any] = float
) -> Iterator[Tick]:
    """The ticks of the machine over the stream, one by one, each with every neuron's inputs and outputs.

    `number` makes the numbers that are computed with: `float`, `numpy.float32`, or `fractions.Fraction` for exact
    arithmetic. A machine with errors raises `MachineError`.
    """
    refuse(check(machine))
    weights = (machine.matrix + machine.hard).map_leaves(number)
    outputs = state if state is not None else VValue()
    for item in stream:
        tick = cycle(machine, weights, outputs, item.map_leaves(number))
        yield tick
        outputs = tick.outputs


def run(
    machine: Machine, stream: Iterable[VValue], state: VValue | None = None, number: Callable[[Any], Any] = float
) -> tuple[list[VValue], VValue]:
    """The machine's answers, one a tick, and the state after the last; give it back to go on from there.

    >>> m = Machine().add("input").add("timer").add("output").link("output.dict-1", "timer.timer")
    >>> answers, state = run(m, [VValue()] * 3)
    >>> [a["dict-1"].scalar for a in answers]
    [0, 1.0, 2.0]
    """
    answers, outputs = [], state if state is not None else VValue()
    for tick in trace(machine, stream, outputs, number):
        outputs = tick.outputs
        answers.append(read(machine, outputs))
    return answers, outputs
