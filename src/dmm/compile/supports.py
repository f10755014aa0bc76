"""Support inference: which paths every input and output can be non-zero on, in any tick, for any weights.

The least fixed point over ticks, from what the outputs are before the first. A machine whose trees never stop growing
is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from dmm.compile.abstract import CompileError, behaviour
from dmm.machine.flow import useful_links
from dmm.machine.machine import Link, Machine
from dmm.vvalue.copies import JOINT
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import MAX_DEPTH as DEEPEST_TREE
from dmm.vvalue.tree import VValue

MAX_DEPTH = 40  # labels, besides those that are given; a machine that settles beyond this would be the first
MAX_PATHS = 100_000  # leaves of one neuron
DEEPEST = DEEPEST_TREE - 1  # below the name of a neuron


@dataclass(frozen=True)
class Supports:
    """For every neuron, the support of what it can receive and emit (first labels: its inputs and outputs)."""

    inputs: Mapping[str, Support]
    outputs: Mapping[str, Support]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {self.inputs[name]} -> {self.outputs[name]}" for name in self.inputs)


def infer_supports(machine: Machine, stream: Support) -> Supports:
    """The supports of every neuron when the items of the stream lie on `stream`.

    >>> m = Machine().add("input").add("accum").link("accum.dict-2", "input.char").read("accum")
    >>> print(infer_supports(m, Support([("a",), ("b",)])))
    input: {a, b} -> {char: {a, b}}
    accum: {dict-1: {a, b}, dict-2: {a, b}} -> {dict: {a, b}}
    """
    listens = useful_links(machine)
    listeners: dict[str, set[str]] = {}
    for link in (link for links in listens.values() for link in links):
        listeners.setdefault(link.source, set()).add(link.neuron)
    inputs: dict[str, Support] = {}
    outputs = {name: machine.initial[name].support for name in machine.neurons}
    deepest, most_joints = deepest_settled(machine, stream), MAX_DEPTH + joints(stream)
    waiting = dict.fromkeys(machine.neurons)
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        received = source_support(machine, name, stream) or _received(listens[name], outputs)
        inputs[name] = received
        emitted = outputs[name] | behaviour(machine.type_of(name), settings_key(machine, name), received).outputs
        if emitted != outputs[name]:
            refuse_growth(name, emitted, deepest, most_joints)
            outputs[name] = emitted
            waiting.update(dict.fromkeys(listeners.get(name, ())))
    return Supports({name: inputs[name] for name in machine.neurons}, outputs)


def settings_key(machine: Machine, name: str) -> tuple[tuple[str, object], ...]:
    """The parameters of a neuron in hashable form."""
    return tuple(sorted(machine.type_of(name).settings(machine.neuron(name).parameters).items()))


def source_support(machine: Machine, name: str, stream: Support) -> Support | None:
    """What a source receives of the stream; `None` for a neuron that is not one."""
    if not machine.type_of(name).source:
        return None
    return stream[name] if len(machine.sources) > 1 else stream


def item_places(machine: Machine, name: str, reads: Support, stream: Support) -> np.ndarray:
    """Where in the items of the stream the paths stand that a source reads."""
    prefix = (name,) if len(machine.sources) > 1 else ()
    return np.array([stream.index[prefix + path] for path in reads], np.int32)


def _received(links: Iterable[Link], outputs: Mapping[str, Support]) -> Support:
    paths: set[Path] = set()
    emitted: dict[tuple[str, str], Support] = {}
    for link in links:
        end = (link.source, link.output)
        if end not in emitted:
            emitted[end] = outputs[link.source][link.output]
        paths.update((link.input, *path) for path in emitted[end])
    return Support(paths)


def deepest_settled(machine: Machine, stream: Support) -> int:
    """How deep the trees of a machine may be, if they stop growing: some labels deeper than what it is given.

    Its whole-number parameters add to that: it is such a one that cuts off what would grow, as `length` of `cons` does.

    >>> items = Support([("a", "b")])
    >>> deepest_settled(Machine().add("cons", length=100), items), deepest_settled(Machine().add("cons"), items)
    (142, 42)
    """
    given, bounds = [stream.depth, machine.initial.depth], 0
    for name in machine.neurons:
        kind = machine.type_of(name)
        settings = kind.settings(machine.neuron(name).parameters)
        given += [value.depth for value in settings.values() if isinstance(value, VValue)]
        bounds += sum(int(settings[label]) for label, allowed in kind.ranges.items() if allowed.whole)
    return min(MAX_DEPTH + max(given) + bounds, DEEPEST)


def joints(support: Support) -> int:
    """The most hyphens in a label: in the name of a copy of a copy there is one for each.

    >>> joints(Support([("cell-1-2", "dict"), ("x",)]))
    2
    """
    return max((label.count(JOINT) for path in support for label in path), default=0)


def refuse_growth(name: str, support: Support, deepest: int = MAX_DEPTH, most_joints: int = MAX_DEPTH) -> None:
    """Raise `CompileError` if what the neuron emits is larger than what ever settled: deeper, more, or longer names."""
    if support.depth > deepest or len(support) > MAX_PATHS or joints(support) > most_joints:
        longest = max(support, key=len)
        raise CompileError(
            f"neuron {name}: its trees never stop growing (a path such as {'.'.join(longest[:6])}... grows with every "
            f"tick); run the machine in the interpreter, or break the cycle that nests its output into itself"
        )
