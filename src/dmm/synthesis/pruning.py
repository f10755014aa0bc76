"""Pruning rules: which links of a machine may go."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import jax
import numpy as np

from dmm.compile.demand import infer_demand
from dmm.compile.supports import infer_supports
from dmm.machine.machine import Link, Machine
from dmm.synthesis.self_reference import without_dead_governed
from dmm.synthesis.training import Trainer
from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue


def without(machine: Machine, gone: Support) -> Machine:
    """The machine without these trained links."""
    return machine.with_matrix(machine.matrix.restrict(machine.matrix.support - gone))


def without_dead(machine: Machine, stream: Support) -> Machine:
    """The machine without the links and neurons that cannot influence an answer on streams over `stream`.

    The answers stay the same: supports say which paths anything can arrive on, demand says what is read.
    """
    if machine.own_matrix:
        return without_dead_governed(machine, stream)
    demand = infer_demand(machine, infer_supports(machine, stream))
    used = Support(link[:4] for links in demand.links.values() for link in links)
    kept = {*demand.reads, *machine.readouts, *(machine.sources if len(machine.sources) > 1 else ())}
    alive = machine.among(kept)
    return replace(alive, matrix=alive.matrix.restrict(used), hard=alive.hard.restrict(used))


Rule = Callable[[Trainer, VValue], Mapping[Path, float]]
"""The importance of every link of a network matrix, as a number of its own kind; the least important go first."""


def magnitude(_: Trainer, matrix: VValue) -> Mapping[Path, float]:
    """The absolute weight."""
    return {path: abs(weight) for path, weight in matrix.items()}


def first_order(trainer: Trainer, matrix: VValue) -> Mapping[Path, float]:
    """How far the answers move, to first order, when the link is deleted: the sum of squares of w ∂answer/∂w.

    Estimated by `PROBES` backward passes of random signs over the answers. The gradient of the loss itself says
    nothing in a minimum, where it is zero, or under a penalty, where it is the penalty's.
    """
    weights = FlatVValue(trainer.arrays([matrix]).leaves[0], trainer.links)
    probes = [trainer.movement(trainer.data, weights, jax.random.key(probe)) for probe in range(PROBES)]
    found = np.sum([np.asarray(probe) for probe in probes], axis=0)
    return {path: float(found[trainer.links.index[path]]) for path in matrix.support}


def deletion(trainer: Trainer, matrix: VValue) -> Mapping[Path, float]:
    """The loss after deletion of the link alone."""
    return trainer.effects(matrix)


PROBES = 4
RULES: Mapping[str, Rule] = MappingProxyType({"magnitude": magnitude, "first-order": first_order, "deletion": deletion})
"""Every rule by name."""


def least(importance: Mapping[Path, float], count: int) -> Support:
    """The `count` least important links."""
    return Support(sorted(importance, key=lambda path: importance[path])[:count])


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
