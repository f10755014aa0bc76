"""The schedule: what can be computed for the whole stream at once, and what must go tick by tick.

Ticks are sequential only around cycles. A neuron outside every cycle is applied to its whole input stream; one whose
only cycle is its own additive memory is a running sum; only larger cycles need a loop over time. Within a tick of a
loop, neurons move in waves, along the links that act at once; under unit delay there are none, and one wave. There,
several loops run as one if that leaves fewer things to do in a tick. Neurons of the same type, at the same place, with
equal supports form a group and are applied once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from dmm.compile.demand import Demand
from dmm.compile.supports import settings_key
from dmm.machine.flow import reached, waves
from dmm.machine.machine import UNIT_DELAY, Link, Machine
from dmm.neurons.base import NeuronType
from dmm.vvalue.support import Support


class Kind(Enum):
    """How a stage runs."""

    AT_ONCE = "the whole stream at once"
    RUNNING_SUM = "a running sum of the whole stream"
    LOOP = "tick by tick"


class Group(NamedTuple):
    """Neurons applied together: same type, parameters, and supports of what they read and emit."""

    type: NeuronType
    settings: tuple[tuple[str, Any], ...]
    reads: Support
    emits: Support
    members: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Groups that run together, in one of three ways; in a loop wave after wave, otherwise in a single one."""

    kind: Kind
    waves: tuple[tuple[Group, ...], ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of all waves in order."""
        return tuple(group for wave in self.waves for group in wave)

    def __str__(self) -> str:
        waves = ["; ".join(f"{group.type.name}: {', '.join(group.members)}" for group in wave) for wave in self.waves]
        return f"{self.kind.value}: {', then '.join(waves)}"


@dataclass(frozen=True)
class Schedule:
    """Stages in order of the data flow: a stage listens to earlier stages, and to itself if it has memory."""

    stages: tuple[Stage, ...]

    def groups(self) -> Iterator[Group]:
        """All groups in order."""
        return (group for stage in self.stages for group in stage.groups)

    def __str__(self) -> str:
        return "\n".join(map(str, self.stages))


def schedule_neurons(machine: Machine, demand: Demand) -> Schedule:
    """The schedule of the neurons that matter.

    >>> m = Machine().add("input").add("accum").add("norm").add("output").link("accum.dict-2", "input.char")
    >>> m = m.link("norm.dict", "accum.dict").link("output.dict-1", "norm.norm")
    >>> from dmm.compile.demand import infer_demand
    >>> from dmm.compile.supports import infer_supports
    >>> print(schedule_neurons(m, infer_demand(m, infer_supports(m, Support([("a",)])))))
    the whole stream at once: input: input
    a running sum of the whole stream: accum: accum
    the whole stream at once: norm: norm
    the whole stream at once: output: output
    """
    components = _joined(machine, demand, _strong_components(demand.links))
    levels = _levels(demand.links, components)
    stages: dict[tuple[int, str], list[str]] = {}
    for name, component in components.items():
        kind = _kind(machine, demand, name, component, components)
        stages.setdefault((levels[component], kind.name), []).append(name)
    return Schedule(
        tuple(Stage(Kind[kind], _waves(machine, demand, names)) for (_, kind), names in sorted(stages.items()))
    )


def _strong_components(links: Mapping[str, tuple[Link, ...]]) -> dict[str, int]:
    """The number of the strongly connected component of each neuron."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {name: i for i, name in enumerate(links)}
    edges = {(place[link.source], place[link.neuron]) for into in links.values() for link in into}
    rows, columns = np.array(sorted(edges), np.int32).reshape(-1, 2).T
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(place), len(place)))
    _, numbers = connected_components(graph, directed=True, connection="strong")
    return {name: int(number) for name, number in zip(place, numbers, strict=True)}


def _joined(machine: Machine, demand: Demand, components: dict[str, int]) -> dict[str, int]:
    """The components with all loops as one, and what lies between them, where that leaves fewer groups to go through.

    Under unit delay alone: there a neuron moves by what others said a tick ago, wherever it stands.
    """
    kinds = {name: _kind(machine, demand, name, components[name], components) for name in components}
    loops = [name for name, kind in kinds.items() if kind is Kind.LOOP]
    if machine.timing != UNIT_DELAY or len({components[name] for name in loops}) < 2:
        return components
    listens = {name: {link.source for link in into} for name, into in demand.links.items()}
    heard = {name: {other for other, sources in listens.items() if name in sources} for name in listens}
    between = {components[name] for name in reached(loops, listens) & reached(loops, heard)}
    one = components[loops[0]]
    joined = {name: one if component in between else component for name, component in components.items()}
    apart = [[name for name in loops if components[name] == number] for number in {components[name] for name in loops}]
    together = _groups(machine, demand, [name for name in joined if joined[name] == one])
    return joined if len(together) < sum(len(_groups(machine, demand, names)) for names in apart) else components


def _levels(links: Mapping[str, tuple[Link, ...]], components: Mapping[str, int]) -> dict[int, int]:
    """The length of the longest chain of components that leads to each."""
    from graphlib import TopologicalSorter

    before: dict[int, set[int]] = {component: set() for component in components.values()}
    for link in (link for into in links.values() for link in into):
        source, target = components[link.source], components[link.neuron]
        if source != target:
            before[target].add(source)
    levels: dict[int, int] = {}
    for component in TopologicalSorter(before).static_order():
        levels[component] = 1 + max((levels[earlier] for earlier in before[component]), default=-1)
    return levels


def _kind(machine: Machine, demand: Demand, name: str, component: int, components: Mapping[str, int]) -> Kind:
    if list(components.values()).count(component) > 1:
        return Kind.LOOP
    own = {(link.input, link.output) for link in demand.links[name] if link.source == name}
    if not own:
        return Kind.AT_ONCE
    kind = machine.type_of(name)
    if kind.memory and kind.additive and own == {kind.memory} and demand.emits[name].labels == (kind.memory.output,):
        return Kind.RUNNING_SUM
    return Kind.LOOP


def _waves(machine: Machine, demand: Demand, names: list[str]) -> tuple[tuple[Group, ...], ...]:
    at_once = {name: [x for x in demand.links[name] if not machine.delay(name, x.input)] for name in names}
    return tuple(_groups(machine, demand, wave) for wave in waves(at_once))


def _groups(machine: Machine, demand: Demand, names: Iterable[str]) -> tuple[Group, ...]:
    alike: dict[Group, list[str]] = {}
    for name in names:
        alone = Group(
            machine.type_of(name), settings_key(machine, name), demand.reads[name], demand.emits[name], members=()
        )
        alike.setdefault(alone, []).append(name)
    return tuple(group._replace(members=tuple(members)) for group, members in alike.items())
