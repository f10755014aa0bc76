"""A machine as frozen data, and the verbs to build one by hand."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from dmm.neurons.base import NeuronType
from dmm.neurons.registry import ALIASES, NEURON_TYPES
from dmm.vvalue.copies import JOINT
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

LINK_DEPTH = 4  # to-neuron, input, from-neuron, output
UNIT_DELAY = "unit delay"
SYNCHRONOUS = "synchronous"
TIMINGS = (UNIT_DELAY, SYNCHRONOUS)

HOOK = "hook"  # the field at both ends of a link that only keeps its neuron active

NOTEBOOK_DIGITS = 4


class Neuron(NamedTuple):
    """A neuron's type, by name, and the parameters that differ from the type's defaults."""

    type: str
    parameters: Mapping[str, Any] = MappingProxyType({})


class Link(NamedTuple):
    """(neuron, input) <- (source, output), with its weight."""

    neuron: str
    input: str
    source: str
    output: str
    weight: Any

    def __str__(self) -> str:
        return f"{self.neuron}.{self.input} <- {self.source}.{self.output}"


@dataclass(frozen=True)
class Machine:
    """Neurons, the network matrix of trained links, and hard links that training leaves alone.

    `matrix` and `hard` are V-values with paths (to-neuron, input, from-neuron, output); where they share a link their
    weights would add. Every verb returns a new machine. `outputs` names the neurons read as the machine's answer; left
    empty, they are the neurons whose type is a sink. `timing` says when links act: under "unit delay" a tick later, in
    "synchronous" timing within the step, save for those into late inputs. `initial` holds the outputs before the first
    tick, paths (neuron, output, ...). `own_matrix` names an output that is the network matrix, tick by tick, of a
    self-referential machine; trained and hard links together are then what it starts with (see `governed_by`).

    >>> m = Machine().add("input").add("accum").add("norm").add("output")
    >>> m = m.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict").link("output.dict-1", "norm.norm", 2)
    >>> [str(link) for link in m.links()]
    ['accum.dict-2 <- input.char', 'norm.dict <- accum.dict', 'output.dict-1 <- norm.norm']
    >>> [str(link) for link in m.hard_links()]
    ['accum.dict-1 <- accum.dict']
    """

    neurons: Mapping[str, Neuron] = field(default_factory=dict)
    matrix: VValue = VValue()
    hard: VValue = VValue()
    outputs: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[str, NeuronType] = field(default_factory=lambda: NEURON_TYPES, compare=False, repr=False)
    timing: str = UNIT_DELAY
    initial: VValue = VValue()
    own_matrix: tuple[str, str] | None = None

    # -- verbs -----------------------------------------------------------------------------------------------------

    def add(self, name: str, kind: str | NeuronType | None = None, /, **parameters: Any) -> "Machine":
        """With one more neuron, and its memory link if its type has one.

        `kind` is a neuron type or the name of one; by default the part of `name` before the first `-`.
        """
        if name in self.neurons:
            raise ValueError(f"there is a neuron {name!r} already; choose another name")
        types = self.types
        if isinstance(kind, NeuronType):
            types, kind = {**types, kind.name: kind}, kind.name
        kind = kind or type_in_name(name)
        known = types.get(kind)
        if known is None:
            raise ValueError(f"neuron {name!r}: unknown type {kind!r}; known are {', '.join(types)}")
        known.settings(parameters)
        grown = replace(self, types=types, neurons={**self.neurons, name: described(kind, parameters)})
        return grown.remember(name) if known.memory else grown

    def remember(self, name: str) -> "Machine":
        """With the hard memory link of neuron `name`, weight 1."""
        memory = self.type_of(name).memory
        if memory is None:
            raise ValueError(f"neuron {name!r} of type {self.neurons[name].type!r} has no memory; link it by hand")
        return replace(self, hard=self.hard + VValue.from_paths({(name, memory.input, name, memory.output): 1.0}))

    def link(
        self, to: str | tuple[str, str], source: str | tuple[str, str], weight: Any = 1.0, *, hard: bool = False
    ) -> "Machine":
        """With one more link, `to` and `source` as "neuron.field"; its weight is added to one that is there already."""
        link = VValue.from_paths({(*address(to), *address(source)): weight})
        return replace(self, hard=self.hard + link) if hard else replace(self, matrix=self.matrix + link)

    def unlink(self, to: str | tuple[str, str], source: str | tuple[str, str]) -> "Machine":
        """Without the link, trained or hard."""
        gone = VValue.from_paths({(*address(to), *address(source)): 1})
        return replace(self, matrix=_without(self.matrix, gone), hard=_without(self.hard, gone))

    def read(self, *names: str) -> "Machine":
        """With the neurons of these names as its outputs."""
        return replace(self, outputs=names)

    def among(self, names: Container[str]) -> "Machine":
        """With these neurons only, what they emit before the first tick, and the links among them."""
        kept = Support(link[:4] for link in self.all_links() if link.neuron in names and link.source in names)
        return replace(
            self,
            neurons={name: neuron for name, neuron in self.neurons.items() if name in names},
            matrix=self.matrix.restrict(kept),
            hard=self.hard.restrict(kept),
            initial=self.initial.join({name: x for name, x in self.initial.children.items() if name in names}),
        )

    def with_matrix(self, matrix: VValue) -> "Machine":
        """The same neurons and hard links around another network matrix."""
        return replace(self, matrix=matrix)

    def with_timing(self, timing: str) -> "Machine":
        """The same neurons and links, acting in "unit delay" or "synchronous" timing; `ValueError` for another word.

        To keep the answers, too, see `to_synchronous` and `to_unit_delay`.
        """
        if timing not in TIMINGS:
            raise ValueError(f"there is no timing {timing!r}; choose one of {', '.join(TIMINGS)}")
        return replace(self, timing=timing)

    def start(self, at: str | tuple[str, str], value: Any) -> "Machine":
        """With `value`, a V-value or what makes one, as that output before the first tick, in place of what it was.

        >>> m = Machine().add("timer").start("timer.timer", 10).read("timer")
        >>> from dmm import run
        >>> print(*run(m, [VValue()] * 2), sep="; ")
        {timer: 11}; {timer: 12}
        """
        name, output = address(at)
        others = {**self.initial.children, name: _replaced(self.initial[name], output, VValue(value))}
        return replace(self, initial=VValue().join(others))

    def governed_by(self, output: str | tuple[str, str]) -> "Machine":
        """The self-referential machine whose network matrix, in every tick, is that output's value of the tick before.

        It starts with the links that the machine has. What links bring to the neuron of that output changes the matrix
        as it runs. Neurons are active while the matrix has a row for them; those that have none now get a `hook`.

        >>> more = {"total": {"x": {"one": {"const_1": 1}}}}  # to be added to the weight of total.x <- one.const_1
        >>> m = Machine().add("self", "accum").add("more", "constant", value=more).link("self.dict-2", "more.value")
        >>> m = m.add("one", "const_1").add("total", "sum").link("total.x", "one.const_1").read("total")
        >>> from dmm import run
        >>> print(*run(m.governed_by("self.dict"), [VValue()] * 4), sep="; ")
        0; {sum: 1}; {sum: 2}; {sum: 3}
        """
        governed = replace(self, own_matrix=address(output))
        rows = {link.neuron for link in self.all_links()}
        for name in self.neurons:
            governed = governed if name in rows else governed.hook(name)
        return governed

    def hook(self, name: str) -> "Machine":
        """With a hard link that carries nothing, and that keeps the neuron active in a self-referential machine."""
        return self.link((name, HOOK), (name, HOOK), hard=True)

    def with_metadata(self, **entries: Any) -> "Machine":
        """With entries added to the metadata, which files keep and nothing else reads."""
        return replace(self, metadata={**self.metadata, **entries})

    def with_no_metadata(self) -> "Machine":
        """The machine alone, as it is shown."""
        return replace(self, metadata={})

    # -- reading ---------------------------------------------------------------------------------------------------

    def links(self) -> Iterator[Link]:
        """The trained links, sorted."""
        return _links(self.matrix)

    def hard_links(self) -> Iterator[Link]:
        """The hard links, sorted."""
        return _links(self.hard)

    def all_links(self) -> Iterator[Link]:
        """Trained and hard links together."""
        return _links(self.matrix + self.hard)

    def hooked(self) -> tuple[str, ...]:
        """The neurons with a hook, of weight 1."""
        return tuple(name for name in self.neurons if self.hard[name, HOOK, name, HOOK] == VValue(1))

    def unhooked(self) -> "Machine":
        """Without hooks, for reading."""
        hooks = Support((name, HOOK, name, HOOK) for name in self.hooked())
        return replace(self, hard=self.hard.restrict(self.hard.support - hooks))

    def type_of(self, name: str) -> NeuronType:
        """The type of the neuron `name`; in a self-referential machine, also of one that its name alone tells."""
        return self.types[self.neuron(name).type]

    def neuron(self, name: str) -> Neuron:
        """The neuron `name`, or `KeyError`.

        In a self-referential machine there may be ever new names: `cell-2` is then like the neuron `cell`, if there is
        one, and `accum-2` of the type `accum`.
        """
        if name in self.neurons or not self.own_matrix:
            return self.neurons[name]
        like, joint, _ = name.rpartition(JOINT)
        if joint and (like in self.neurons or JOINT in like):
            return self.neuron(like)
        kind = type_in_name(name)
        return Neuron(kind) if kind in self.types else self.neurons[name]

    @property
    def first_outputs(self) -> VValue:
        """All outputs before the first tick, the network matrix of a self-referential machine among them."""
        if self.own_matrix is None:
            return self.initial
        neuron, output = self.own_matrix
        return self.initial + VValue().join({neuron: VValue().join({output: self.matrix + self.hard})})

    def inputs_of(self, name: str) -> tuple[str, ...] | None:
        """The inputs that the neuron `name` has; `None` means any."""
        return self.type_of(name).inputs_by(self.neuron(name).parameters)

    def delay(self, name: str, label: str) -> int:
        """The ticks that a link into that input takes: 1, or 0 where it acts at once."""
        return int(self.timing == UNIT_DELAY or label in self.type_of(name).late)

    def apply(self, name: str, v: Any) -> Any:
        """What the neuron `name` makes of the inputs `v`, tree or flat."""
        kind = self.type_of(name)
        return kind(v, **kind.settings(self.neuron(name).parameters))

    @property
    def sources(self) -> tuple[str, ...]:
        """The neurons that receive the stream."""
        return tuple(name for name in self.neurons if self.type_of(name).source)

    @property
    def readouts(self) -> tuple[str, ...]:
        """The neurons read as the machine's answer."""
        return self.outputs or tuple(name for name in self.neurons if self.type_of(name).sink)

    def show(self, form: str = "equations", *, digits: int | None = None) -> str:
        """The machine in one of the forms of `dmm show`: equations, text, python, latex, mermaid, dot, svg, html, json.

        `digits` rounds the weights, for reading. `ValueError` for an unknown form, and for one that cannot round.

        >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char", 0.5).read("norm")
        >>> print(m.show("latex"))
        \\begin{aligned}
        \\mathrm{input}_{t} &= x_{t} \\\\
        \\mathrm{norm}_{t} &= \\left\\lVert 0.5\\,\\mathrm{input}_{t-1} \\right\\rVert_\\infty
        \\end{aligned}
        """
        from dmm.circuits.forms import show

        return show(self, form, digits=digits)

    def __str__(self) -> str:
        from dmm.machine.text import format_machine

        return format_machine(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture and the equations; of a machine with errors, its text."""
        from html import escape

        try:
            page = f"{self.show('svg')}\n<pre>{escape(self.show(digits=NOTEBOOK_DIGITS))}</pre>"
        except ValueError:
            return {"text/plain": str(self)}
        return {"text/plain": str(self), "text/html": page}


def described(kind: str, parameters: Mapping[str, Any]) -> Neuron:
    """The neuron of that type, V-values among its parameters as the numbers and nested dictionaries of a file."""
    plain = {k: VValue(x).to_nested() if isinstance(x, VValue | Mapping) else x for k, x in parameters.items()}
    return Neuron(kind, plain)


def type_in_name(name: str) -> str:
    """The neuron type that a published name such as `accum-1-2` tells: the part before the first `-`.

    Or a longer part, where that is the name of a type, as in `less-or-equal-1` or `max-norm`.
    """
    parts = name.split(JOINT)
    for count in range(len(parts), 1, -1):
        longer = "_".join(parts[:count])
        if longer in NEURON_TYPES or longer in ALIASES:
            return ALIASES.get(longer, longer)
    return ALIASES.get(parts[0], parts[0])


def address(end: str | tuple[str, str]) -> tuple[str, str]:
    """One end of a link, (neuron, field), from "neuron.field" or the pair itself."""
    parts = tuple(end.split(".", 1)) if isinstance(end, str) else tuple(end)
    if len(parts) != 2 or not all(parts):
        raise ValueError(f"{end!r} does not name a neuron and its field; write 'accum.dict-2' or ('accum', 'dict-2')")
    return parts[0], parts[1]


def link_ends(text: str) -> tuple[str, str, str, str]:
    """The path of the link that is written so.

    >>> link_ends("norm.dict <- accum.dict")
    ('norm', 'dict', 'accum', 'dict')
    """
    to, arrow, source = text.partition("<-")
    if not arrow:
        raise ValueError(f"{text!r} is no link; write it as in 'norm.dict <- accum.dict'")
    return (*address(to.strip()), *address(source.strip()))


def _replaced(value: VValue, label: str, part: VValue) -> VValue:
    return value.join({**value.children, label: part})


def _links(matrix: VValue) -> Iterator[Link]:
    return (Link._make((*path, weight)) for path, weight in matrix.items() if len(path) == LINK_DEPTH)


def _without(matrix: VValue, gone: VValue) -> VValue:
    return matrix.restrict(matrix.support - gone.support)
