"""The statements of a program, in an order in which few old values have to be saved, and the names of its variables.

They are written twice: as a draft, which tells who reads what, and then under the names that shall be read.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from dmm.circuits.names import readable_names
from dmm.circuits.programs.expressions import word
from dmm.circuits.programs.kinds import Output, Reading
from dmm.circuits.programs.order import statement_order
from dmm.circuits.programs.writer import ANSWER, Names, Statement, Writer
from dmm.machine.machine import UNIT_DELAY
from dmm.machine.text import flow_order

Readers = dict[Output, set[Output]]


class Body(NamedTuple):
    """The statements of one tick in order, their names, what is remembered, and the readouts that are in the answer."""

    statements: Sequence[Statement]
    names: Names
    remembered: Sequence[Output]
    folded: Sequence[str]


def body_of(reading: Reading, taken: Iterable[str]) -> Body:
    """The body of the loop over a stream; no variable of it has one of the names `taken`."""
    folded = _folded(reading)
    outputs = [output for output in _preferred(reading, folded) if output[0] not in folded]
    draft = Writer(reading, _provisional(reading, outputs), folded)
    new, old = _read_by([draft.statement(output) for output in outputs], draft.names)
    alive = _reached(ANSWER, new, old)
    order, saved = statement_order([output for output in outputs if output in alive], new, old)
    names = _names(reading, order, taken)
    writer = Writer(reading, names, folded, saved)
    remembered = set().union(*(old[output] for output in order))
    return Body(
        [writer.statement(output) for output in order],
        names,
        [output for output in order[::-1] if output in remembered],
        folded,
    )


def _folded(reading: Reading) -> tuple[str, ...]:
    """The readouts that only copy, and for nobody else: they are written as part of the answer.

    Under unit delay the answer is then made before all else, so it is all readouts or none.
    """
    machine = reading.machine
    heard = {link.source for inputs in reading.heard.values() for links in inputs.values() for link in links}
    found = tuple(name for name in machine.readouts if machine.type_of(name).sink and name not in heard)
    return found if machine.timing != UNIT_DELAY or len(found) == len(machine.readouts) else ()


def _preferred(reading: Reading, folded: Sequence[str]) -> list[Output]:
    """Along the flow of data where links act at once, else against it."""
    neurons = flow_order(reading.machine)
    unit_delay = reading.machine.timing == UNIT_DELAY
    found = [x for neuron in (neurons[::-1] if unit_delay else neurons) for x in reading.outputs_of(neuron)]
    return [ANSWER, *found] if unit_delay and folded else [*found, ANSWER]


def _provisional(reading: Reading, outputs: Iterable[Output]) -> Names:
    numbered = dict(enumerate(outputs))
    inputs = {each: f"input_{i}" for i, each in enumerate(reading.needed)}
    return Names({x: f"now_{i}" for i, x in numbered.items()}, {x: f"before_{i}" for i, x in numbered.items()}, inputs)


def _read_by(statements: Iterable[Statement], names: Names) -> tuple[Readers, Readers]:
    """For every statement, whose new values it reads, and whose old ones."""
    new: Readers = {}
    old: Readers = {}
    for statement in statements:
        texts = [statement.value.text, *(e.text for e in statement.named.values())]
        found = {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        for readers, known in ((new, names.now), (old, names.before)):
            readers[statement.output] = {output for output, name in known.items() if name in found}
    return new, old


def _reached(start: Output, *read: Mapping[Output, Iterable[Output]]) -> set[Output]:
    """The outputs that are read, directly or not."""
    seen: set[Output] = set()
    waiting = [start]
    while waiting:
        output = waiting.pop()
        if output not in seen:
            seen.add(output)
            waiting += [each for readers in read for each in readers[output]]
    return seen


def _names(reading: Reading, outputs: Sequence[Output], taken: Iterable[str]) -> Names:
    """A readable name for each output, with its label where the neuron has several."""
    machine = reading.machine
    count = Counter(neuron for neuron, _ in outputs)
    shown = {neuron: machine.neurons[neuron] for neuron in machine.neurons if neuron in count}
    readouts = tuple(neuron for neuron in machine.readouts if neuron in shown)
    words = readable_names(replace(machine, neurons=shown, outputs=readouts), taken)
    used = {*taken, *words.values()}
    now = {
        (neuron, label): _free(f"{words[neuron]}_{word(label)}", used) if count[neuron] > 1 else words[neuron]
        for neuron, label in outputs
        if (neuron, label) != ANSWER
    }
    before = {output: _free(f"{variable}_before", used) for output, variable in now.items()}
    inputs = {
        (neuron, label): _free(f"{words[neuron]}_{word(label)}", used)
        for neuron, label in reading.needed
        if neuron in shown
    }
    return Names(now, before, inputs)


def _free(wanted: str, used: set[str]) -> str:
    """The name, with a number if it is used already; it is used from now on."""
    found, number = wanted, 1
    while found in used:
        number += 1
        found = f"{wanted}_{number}"
    used.add(found)
    return found
