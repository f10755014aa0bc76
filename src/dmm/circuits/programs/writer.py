"""Every output of a machine, and its answer, as an expression of Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dmm.circuits.programs.expressions import (
    NOTHING,
    TREE,
    Expression,
    bracketed,
    call,
    coerced,
    literal,
    name,
    scalar_of,
    string_text,
    total,
)
from dmm.circuits.programs.kinds import Output, Reading, row_of
from dmm.circuits.programs.rows import ITEM, Inputs
from dmm.machine.machine import Link
from dmm.vvalue.tree import NUMBER as RESERVED
from dmm.vvalue.tree import ZERO

ANSWER: Output = (RESERVED, RESERVED)
"""Stands for the answer among the outputs; none of them is called so."""


class Names(NamedTuple):
    """The variables of outputs, of what they were at the tick before, where that is saved, and of long inputs."""

    now: Mapping[Output, str]
    before: Mapping[Output, str]
    inputs: Mapping[tuple[str, str], str]


class Statement(NamedTuple):
    """The value that an output gets; parts of it that are named beforehand; who still needs its old value then."""

    output: Output
    value: Expression
    named: Mapping[str, Expression]
    late_readers: Sequence[Output]


@dataclass(frozen=True)
class Writer:
    """Writes statements: with these names, the readouts in `folded` as part of the answer.

    `saved` tells, for outputs whose old value is saved, who reads that; `None` is for a draft, in which every late
    reader does.
    """

    reading: Reading
    names: Names
    folded: Sequence[str]
    saved: Mapping[Output, Sequence[Output]] | None = None

    def statement(self, output: Output) -> Statement:
        """The statement for an output, or for the answer."""
        late_readers = (self.saved or {}).get(output, ())
        if output == ANSWER:
            return Statement(output, self._answer(), {}, late_readers)
        inputs = self._inputs(output)
        named = {
            label: (self.names.inputs[output[0], label], e)
            for label, e in inputs.items()
            if not e.is_name and self._uses(output, inputs, label) > 1
        }
        short = {label: name(text, e.kind) for label, (text, e) in named.items()}
        return Statement(output, self._value(output, Inputs(inputs | short)), dict(named.values()), late_readers)

    def _inputs(self, output: Output) -> Inputs:
        """What the neuron receives, as far as it is needed for anything."""
        neuron, _ = output
        machine = self.reading.machine
        if machine.type_of(neuron).source:
            item = name(ITEM, TREE)
            if len(machine.sources) > 1:
                item = call("part", item, Expression(TREE, string_text(neuron)))
            return Inputs({ITEM: call("leaves", item, kind=TREE)})
        inputs = Inputs()
        for label, links in self.reading.heard[neuron].items():
            need = self.reading.needed.get((neuron, label), NOTHING)
            if need:
                heard = [(link.weight, self._source(link, output)) for link in links]
                if need is not TREE:
                    heard = [(weight, scalar_of(e)) for weight, e in heard]
                inputs[label] = total(heard)
        return inputs

    def _source(self, link: Link, reader: Output) -> Expression:
        """What a link brings to its reader."""
        source = link.source, link.output
        if self.reading.is_literal(link):
            return literal(self.reading.constants[source])
        if source not in self.names.now:  # it holds nothing, or nothing that would matter to anybody
            return literal(0)
        saved = self.reading.is_late(link) and (self.saved is None or reader in self.saved.get(source, ()))
        return name((self.names.before if saved else self.names.now)[source], self.reading.kinds[source])

    def _value(self, output: Output, inputs: Inputs) -> Expression:
        neuron, label = output
        machine, kind = self.reading.machine, self.reading.kinds[output]
        heard = {each: e.value for each, e in inputs.items() if e.value is not None}
        if len(heard) == len(inputs):
            return coerced(literal(machine.apply(neuron, ZERO.join(heard))[label]), kind)
        settings = machine.type_of(neuron).settings(machine.neurons[neuron].parameters)
        return coerced(row_of(machine, neuron).write(inputs, **settings).get(label, literal(0)), kind)

    def _uses(self, output: Output, inputs: Inputs, label: str) -> int:
        """How often an input is written in the value of an output."""
        mark = Expression(inputs[label].kind, "\0")
        return self._value(output, Inputs(inputs | {label: mark})).text.count(mark.text)

    def _answer(self) -> Expression:
        readouts = self.reading.machine.readouts
        if len(readouts) == 1:
            return self._answer_of(readouts[0])
        parts = {readout: self._answer_of(readout) for readout in sorted(readouts)}
        return _nonzero({readout: part for readout, part in parts.items() if part.kind})

    def _answer_of(self, readout: str) -> Expression:
        entries = {}
        for output in sorted(self.reading.outputs_of(readout)):
            if readout in self.folded:
                e = self._value(output, self._inputs(output))
            elif output in self.reading.constants:
                e = literal(self.reading.constants[output])
            else:
                e = name(self.names.now[output], self.reading.kinds[output])
            entries[output[1]] = call("nested", e) if e.kind is TREE else e
        return _nonzero(entries)


def _nonzero(entries: Mapping[str, Expression]) -> Expression:
    """The entries that are not 0, as a dictionary of the program."""
    if not entries:
        return literal(0)
    parts = [(f"{string_text(label)}: ", e) for label, e in entries.items()]
    return bracketed("nonzero({", parts, TREE)
