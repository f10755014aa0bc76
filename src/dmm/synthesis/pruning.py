"""Pruning rules: which links of a machine may go."""

from dataclasses import replace

from dmm.compile.demand import infer_demand
from dmm.compile.supports import infer_supports
from dmm.machine.machine import Link, Machine
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue


def without(machine: Machine, gone: Support) -> Machine:
    """The machine without these trained links."""
    return machine.with_matrix(machine.matrix.restrict(machine.matrix.support - gone))


def without_dead(machine: Machine, stream: Support) -> Machine:
    """The machine without the links and neurons that cannot influence an answer on streams over `stream`.

    The answers stay the same: supports say which paths anything can arrive on, demand says what is read.
    """
    demand = infer_demand(machine, infer_supports(machine, stream))
    used = Support(link[:4] for links in demand.links.values() for link in links)
    return replace(
        machine,
        neurons={name: n for name, n in machine.neurons.items() if name in demand.reads or name in machine.readouts},
        matrix=machine.matrix.restrict(used),
        hard=machine.hard.restrict(used),
    )


def smallest(machine: Machine, count: int) -> Support:
    """The `count` trained links of smallest absolute weight."""
    by_size = sorted(machine.links(), key=lambda link: abs(link.weight))
    return Support(link[:4] for link in by_size[:count])


def bypasses(machine: Machine, allowed: Support) -> list[tuple[Support, VValue]]:
    """Ways to do without one neuron: links to remove, and links around it to add.

    For every neuron, one of its listeners' links and one of its own are joined into a direct link, if `allowed` has
    it, with the product of their weights; all other links of the neuron go. What the neuron did to the signal and the
    tick it took are lost, so a training must decide.
    """
    around = []
    for name in machine.neurons:
        into = [link for link in machine.links() if link.neuron == name]
        out = [link for link in machine.links() if link.source == name]
        gone = Support(link[:4] for link in (*into, *out))
        around += [
            (gone, new) for first in into if (new := _joined(first, out, allowed, machine.matrix.support - gone))
        ]
    return around


def _joined(first: Link, out: list[Link], allowed: Support, kept: Support) -> VValue | None:
    """The direct links from the source of `first` to every listener in `out`; `None` if one is not to be had."""
    paths: list[Path] = [(link.neuron, link.input, first.source, first.output) for link in out]
    if not out or not all(path in allowed and path not in kept for path in paths):
        return None
    return VValue.from_paths({path: first.weight * link.weight for path, link in zip(paths, out, strict=True)})
