"""The links of a machine as explanations need them: by neuron and input, with when they act and in which loop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dmm.machine.flow import links_at_once, useful_links, waves
from dmm.machine.machine import Link, Machine
from dmm.vvalue.tree import Number, VValue


@dataclass(frozen=True)
class Wiring:
    """The useful links of a machine without errors; `number` makes the weights that are computed with."""

    machine: Machine
    number: Callable[[Any], Number] = float

    @cached_property
    def links(self) -> dict[str, dict[str, list[Link]]]:
        """The links by neuron and input, with weights as numbers, in the order in which the interpreter adds."""
        found: dict[str, dict[str, list[Link]]] = {}
        for name, links in useful_links(self.machine).items():
            inputs = found.setdefault(name, {})
            for link in links:
                inputs.setdefault(link.input, []).append(link._replace(weight=self.number(link.weight)))
        return found

    @cached_property
    def first(self) -> VValue:
        """What the neurons emit before the first tick, as numbers."""
        return self.machine.initial.map_leaves(self.number)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The neurons that receive the stream."""
        return frozenset(self.machine.sources)

    @cached_property
    def late(self) -> frozenset[tuple[str, str]]:
        """The inputs, as (neuron, input), that receive the values of the tick before."""
        ends = ((name, label) for name, inputs in self.links.items() for label in inputs)
        return frozenset(end for end in ends if self.machine.delay(*end))

    @cached_property
    def place(self) -> dict[str, int]:
        """For each neuron its place in the order in which neurons move within a tick."""
        order = (name for wave in waves(links_at_once(self.machine)) for name in wave)
        return {name: place for place, name in enumerate(order)}

    @cached_property
    def loops(self) -> dict[str, frozenset[str]]:
        """For each neuron those that hear it and that it hears, over any number of links; empty outside of loops."""
        heard = {name: self._heard_by(name) for name in self.links}
        return {name: frozenset(other for other in heard[name] if name in heard[other]) for name in heard}

    def needed(self, neuron: str, ticks: int) -> list[tuple[str, ...]]:
        """For each tick up to `ticks` the neurons that `neuron` at the last one depends on, in order of movement."""
        found: list[tuple[str, ...]] = []
        wanted = {neuron}
        for _ in range(ticks):
            names: set[str] = set()
            later: set[str] = set()
            stack = list(wanted)
            while stack:
                name = stack.pop()
                if name not in names:
                    names.add(name)
                    for label, links in self.links[name].items():
                        sources = [link.source for link in links]
                        if (name, label) in self.late:
                            later.update(sources)
                        else:
                            stack += sources
            found.append(tuple(sorted(names, key=self.place.__getitem__)))
            wanted = later
        return found[::-1]

    def _heard_by(self, name: str) -> set[str]:
        heard: set[str] = set()
        stack = [name]
        while stack:
            for links in self.links[stack.pop()].values():
                new = {link.source for link in links} - heard
                heard |= new
                stack += new
        return heard
