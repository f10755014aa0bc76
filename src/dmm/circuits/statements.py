"""Statements: what a reader is told of a machine, neuron by neuron, before it is written in any notation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from dmm.circuits.names import readable_names
from dmm.machine.flow import used_neurons, useful_links
from dmm.machine.machine import Link, Machine, Neuron
from dmm.machine.text import flow_order
from dmm.neurons.base import NeuronType
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

Sums = Mapping[str, tuple[Link, ...]]


class Form(Enum):
    """How the inputs of a neuron are written."""

    FORMULA = "what its type computes, as a formula of its inputs"
    FIELDS = "every field of its own"
    PLACES = "the type applied to its inputs in their order"
    NAMED = "the type applied to its inputs by name, which says everything"
    MIXTURE = "a weighted sum of what several types make of the first two inputs"


@dataclass(frozen=True)
class Statement:
    """What one neuron, or one output of it, is: `sums` are the links into each input."""

    name: str
    output: str | None
    kind: NeuronType
    form: Form
    sums: Sums


ADDING = frozenset({"accum"})
"""Types whose formula is a sum, so that their inputs are not told apart: the first is the memory."""

FIELD_BY_FIELD = frozenset({"identity", "output", "numbers", "trees"})
"""Types each output of which is what arrives at the input of the same name."""

MIXING = frozenset({"superfluid"})
"""Types that are a sum of others."""

FORMULAS = frozenset(
    {"input", "eos", "const_1", "constant", "timer", "accum", "delay", "dot", "compare", "less_or_equal", "absolute",
     "multiply", "product", "maximum", "minimum", "peak", "norm", "mult_mask", "lin_comb", "outer", "copy", "softmax",
     "threshold", "field", "pulse", "countdown", "since"}
)  # fmt: skip
"""Types that every notation has a formula for."""


def readable(machine: Machine) -> Machine:
    """What the answers of a machine depend on, under readable names.

    Where there are several sources, or several readouts, these keep their names, since streams and answers are labelled
    by them. Parameters that are as by default, and metadata, are left out. A self-referential machine, in which any
    neuron may come to matter and updates speak of neurons by name, keeps all.

    >>> m = Machine().add("input").add("accum-1-2").add("norm-3-1").link("accum-1-2.dict-2", "input.char")
    >>> print(readable(m.read("accum-1-2")))
    outputs accum
    input : input
    accum : accum
      dict-2 = input.char
      dict-1 := accum.dict
    """
    if machine.own_matrix:
        plain = {name: _plain(machine, name) for name in flow_order(machine)}
        return replace(machine, neurons=plain, metadata={})
    kept = [name for ends in (machine.sources, machine.readouts) if len(ends) > 1 for name in ends]
    names = {**readable_names(machine, kept), **{name: name for name in kept}}
    listens, heard = useful_links(machine), used_neurons(machine)
    useful = Support(link[:4] for name in heard for link in listens[name])
    return replace(
        machine,
        neurons={names[name]: _plain(machine, name) for name in flow_order(machine) if name in heard},
        matrix=_renamed(machine.matrix.restrict(machine.matrix.support & useful), names),
        hard=_renamed(machine.hard.restrict(machine.hard.support & useful), names),
        outputs=tuple(names[name] for name in machine.outputs),
        initial=VValue().join({names[name]: machine.initial[name] for name in machine.initial.labels if name in heard}),
        metadata={},
    )


def _plain(machine: Machine, name: str) -> Neuron:
    """The neuron without parameters that are as by default."""
    kind, neuron = machine.type_of(name), machine.neurons[name]
    settings = kind.settings(neuron.parameters)
    return neuron._replace(parameters={k: x for k, x in neuron.parameters.items() if settings[k] != kind.parameters[k]})


def _renamed(matrix: VValue, names: Mapping[str, str]) -> VValue:
    return VValue.from_paths(
        ((names[to], label, names[source], output), weight) for (to, label, source, output), weight in matrix.items()
    )


def statements(machine: Machine) -> list[Statement]:
    """The statements of a readable machine, in order of the data flow."""
    used = {name: set[str]() for name in machine.neurons}
    for link in machine.all_links():
        used[link.source].add(link.output)
    return [
        Statement(name, output, machine.type_of(name), form, sums)
        for name in flow_order(machine)
        for form, sums in [_formed(machine, name)]
        for output in _told(machine, name, form, sums, used[name])
    ]


def _formed(machine: Machine, name: str) -> tuple[Form, Sums]:
    kind, links = machine.type_of(name), [link for link in machine.all_links() if link.neuron == name]
    known = machine.inputs_of(name) or ()
    others = sorted({link.input for link in links} - {*known})  # which only a self-referential machine has
    sums = {label: _among(links, label) for label in (*known, *others)}
    if not _is_usual(machine, name, links):
        return Form.NAMED, sums
    if kind.name in FIELD_BY_FIELD and sums:
        return Form.FIELDS, sums
    if kind.name in MIXING:
        return Form.MIXTURE, sums
    if kind.inputs is None:
        return Form.NAMED, sums
    return Form.FORMULA if kind.name in FORMULAS else Form.PLACES, sums


def _is_usual(machine: Machine, name: str, links: Iterable[Link]) -> bool:
    """Whether the links tell which of them are hard: the memory alone, of weight 1, and no trained one beside it."""
    kind = machine.type_of(name)
    memory = kind.memory
    back = memory and (name, memory.input, name, memory.output)
    if any(not kind.has_input(link.input) for link in links):
        return False
    if any(link[:4] != back or link.weight != 1 for link in machine.hard_links() if link.neuron == name):
        return False
    trained = machine.matrix.restrict(Support(link[:4] for link in links if link[:4] in machine.matrix.support))
    own = [path for path in trained.support if back and path[2:] == (back[2], back[3])]
    adding = machine.type_of(name).name in ADDING
    first = [path for path in trained.support if memory and path[1] == memory.input]
    return not (own and (adding or back in own)) and not (adding and first)


def _among(links: Iterable[Link], label: str) -> tuple[Link, ...]:
    return tuple(link for link in links if link.input == label)


def _told(machine: Machine, name: str, form: Form, sums: Sums, used: set[str]) -> list[str | None]:
    """The outputs that have a statement of their own; `None` for all of them together."""
    outputs = machine.type_of(name).outputs
    if form is Form.FIELDS:
        return [*sums]
    if form is Form.FORMULA and outputs and len(outputs) > 1:
        told = outputs if name in machine.readouts else [output for output in outputs if output in used]
        return [*told] or [outputs[0]]
    return [None]
