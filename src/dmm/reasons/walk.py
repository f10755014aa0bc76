"""The walk from a value back to the items that made it, along the links and through the ticks.

Every value is split by its neuron into the leaves received (see `shares`), and every leaf into what the links brought.
Where a sum is fed by itself, as the dictionary of an accumulator is by its memory, the walk goes through the memory at
once: what is left are the terms that came in at some tick, each with the part of it that is still there.
"""

from collections.abc import Sequence
from functools import cache
from heapq import heappop, heappush
from typing import NamedTuple

from dmm.interpret.cycle import Tick
from dmm.machine.machine import Link
from dmm.reasons.reasons import Ending, Term, Value
from dmm.reasons.shares import Share, Split, nudged, split
from dmm.reasons.wiring import Wiring
from dmm.vvalue.support import Path
from dmm.vvalue.tree import Number, VValue


class Place(NamedTuple):
    """A number in the run of a machine: of a neuron, at a path of its output, in a tick."""

    neuron: str
    path: Path
    tick: int


class Arrival(NamedTuple):
    """A term before its source is explained: a link, where from, and at which leaf it arrived."""

    link: Link
    source: Place
    share: Share
    contribution: Number = None
    remembered: bool = False  # came in at an earlier tick


class Made(NamedTuple):
    """How the number at a place was made."""

    split: Split
    nothing: Number
    arrivals: tuple[Arrival, ...]


class Walk:
    """The run of a machine over a stream, to be walked back."""

    def __init__(self, wiring: Wiring, ticks: Sequence[Tick]) -> None:
        self.wiring, self.ticks = wiring, ticks
        self.made = cache(self._made)
        self.split = cache(self._split)
        self.tried = cache(self._tried)
        self.brought = cache(self._brought)
        self.around = cache(self._around)

    def number(self, place: Place) -> Number:
        """The number at a place."""
        return self._outputs(place.tick)[(place.neuron, *place.path)].scalar

    def items(self, start: Place) -> tuple[int, ...]:
        """The ticks of the items behind a number."""
        return tuple(sorted({place.tick for place in self._origins(start) if place.tick}))

    def starts(self, start: Place) -> dict[Path, Number]:
        """What is behind a number of all that was there before the first tick: paths (neuron, output, ...)."""
        found = {(place.neuron, *place.path): self.number(place) for place in self._origins(start) if not place.tick}
        return {path: number for path, number in sorted(found.items()) if number}

    def _origins(self, start: Place) -> set[Place]:
        """The items behind a number, and the places before the first tick."""
        seen, stack, found = {start}, [start], set()
        while stack:
            place = stack.pop()
            if self._is_item(place) or not place.tick:
                found.add(place)
            else:
                new = {arrival.source for arrival in self.made(place).arrivals} - seen
                seen |= new
                stack += new
        return found

    def _outputs(self, tick: int) -> VValue:
        """All outputs after that tick."""
        return self.ticks[tick - 1].outputs if tick else self.wiring.first

    def explain(self, start: Place, depth: int) -> Value:
        """The value at a place with what made it, so many links deep, every value explained where it comes first."""
        seen: set[Place] = set()

        def value(place: Place, depth: int) -> Value:
            ending = self._ending(place)
            if ending is None and place in seen:
                ending = Ending.SHOWN
            elif ending is None and not depth:
                ending = Ending.DEEP
            if ending is not None:
                return self._end(place, ending)
            seen.add(place)
            parts, nothing, arrivals = self.made(place)
            terms = tuple(self._term(place, arrival, value(arrival.source, depth - 1)) for arrival in arrivals)
            number, received = self.number(place), self._received(place)
            return Value(*place, number, nothing, parts.is_linear, terms, parts.spare, received)

        return value(start, depth)

    def _term(self, place: Place, arrival: Arrival, source: Value) -> Term:
        path, received, _ = arrival.share
        without = None
        if not arrival.remembered:
            rest = self._received(place) - VValue.from_paths({path: received})
            without = self.wiring.machine.apply(place.neuron, rest)[place.path].scalar
        return Term(arrival.link, path, source, received, arrival.contribution, without)

    # -- one value -------------------------------------------------------------------------------------------------

    def _split(self, place: Place) -> Split:
        """How the neuron made the number of what it received in the tick."""
        name, path, tick = place
        kind, received, brought = self.wiring.machine.type_of(name), self._received(place), self.brought(name, tick)
        memory = kind.memory
        cancelled = tuple((p, size) for p, size in brought.items() if not received[p].scalar)
        if kind.additive and memory is not None and path[0] == memory.output:
            kept = (memory.input, *path[1:])
            rest = received.join({label: received[label] for label in received.labels if label != memory.input})
            found = self.tried(name, path, rest, tuple(leaf for leaf in cancelled if leaf[0][0] != memory.input))
            return _with_memory(found, kept, received[kept].scalar, matters=kept in brought)
        local = self._local(place)
        found = self.tried(name, path, local, cancelled)
        if found.value or found.shares:
            return found
        empty = {(label, *tail) for label in self.wiring.links[name] for tail in ((), path[1:])}
        return self.tried(name, path, local, tuple((p, 1) for p in sorted(empty) if not received[p].scalar))

    def _tried(self, name: str, path: Path, received: VValue, cancelled: tuple[tuple[Path, Number], ...]) -> Split:
        machine = self.wiring.machine
        late = machine.type_of(name).late
        return split(lambda v: machine.apply(name, v)[path].scalar, received, cancelled=dict(cancelled), late=late)

    def _local(self, place: Place) -> VValue:
        """What was received where it was sent on to, if the number comes of that alone; else all that was received."""
        around = self.around(place.neuron, place.tick)
        received = around[0][0]
        paths = [(label, *place.path[1:]) for label in received.labels]
        if len(received) <= len(paths):
            return received
        parts = [VValue.from_paths((path, v[path].scalar) for path in paths) for v, _ in around]
        emitted = (self.wiring.machine.apply(place.neuron, part)[place.path].scalar for part in parts)
        same = all(x == wanted[place.path].scalar for x, (_, wanted) in zip(emitted, around, strict=True))
        return parts[0] if same else received

    def _around(self, name: str, tick: int) -> list[tuple[VValue, VValue]]:
        """What a neuron received, and the same with all leaves a little larger or smaller, with what it emits of it."""
        received = self.ticks[tick - 1].inputs[name]
        leaves = dict(received.items())
        close = [received, *(nudged(received, leaves, sign) for sign in (1, -1))]
        return [(v, self.wiring.machine.apply(name, v)) for v in close]

    def _brought(self, name: str, tick: int) -> dict[Path, Number]:
        """The paths at which links bring something, each with the size of the largest term."""
        sizes: dict[Path, Number] = {}
        for label, links in self.wiring.links[name].items():
            at = tick - ((name, label) in self.wiring.late)
            for link in links:
                for tail, number in self._outputs(at)[link.source, link.output].items():
                    path = (label, *tail)
                    sizes[path] = max(sizes.get(path, 0), abs(link.weight * number))
        return sizes

    def _into(self, place: Place, share: Share) -> list[tuple[Link, Place]]:
        """The links into a leaf that matters with their sources: those that brought something, if any did."""
        label, *tail = share.path
        at = place.tick - ((place.neuron, label) in self.wiring.late)
        links = self.wiring.links[place.neuron].get(label, ())
        sources = [(link, Place(link.source, (link.output, *tail), at)) for link in links]
        filled = [(link, source) for link, source in sources if self.number(source)]
        return filled or ([] if self.wiring.loops[place.neuron] else sources)

    def _made(self, start: Place) -> Made:
        """The terms of a number; where it is a sum of itself, through all earlier ticks."""
        parts = self.split(start)
        if parts.is_linear:
            return self._gathered(start)
        brought = ((share, *pair) for share in parts.shares for pair in self._into(start, share))
        return Made(parts, parts.nothing, tuple(Arrival(link, source, share) for share, link, source in brought))

    def _gathered(self, start: Place) -> Made:
        loop = self.wiring.loops[start.neuron]
        nothing: Number = 0
        arrivals = []
        parts: dict[Place, Number] = {start: 1}  # how much of the number at each place is in the one to be explained
        waiting = [(self._age(start), start)]
        while waiting:
            _, place = heappop(waiting)
            nothing = nothing + parts[place] * self.split(place).nothing
            for share in self.split(place).shares:
                for link, source in self._into(place, share):
                    part = parts[place] * share.slope * link.weight
                    if source.neuron not in loop or not source.tick or not self.split(source).is_linear:
                        arrivals.append(Arrival(link, source, share, part * self.number(source), place != start))
                        continue
                    if source not in parts:
                        heappush(waiting, (self._age(source), source))
                    parts[source] = parts.get(source, 0) + part
        arrivals.sort(key=lambda arrival: (arrival.source.tick, arrival.link[:4], arrival.source.path))
        return Made(self.split(start), nothing, tuple(arrivals))

    def _age(self, place: Place) -> tuple[int, int]:
        return -place.tick, -self.wiring.place[place.neuron]

    def _received(self, place: Place) -> VValue:
        return self.ticks[place.tick - 1].inputs[place.neuron] if place.tick else VValue()

    # -- ends ------------------------------------------------------------------------------------------------------

    def _is_item(self, place: Place) -> bool:
        source = place.neuron in self.wiring.sources
        return source and bool(place.tick) and bool(self.split(place).shares)

    def _ending(self, place: Place) -> Ending | None:
        if not place.tick:
            return Ending.INITIAL if self.number(place) else Ending.START
        if place.neuron in self.wiring.sources:
            return Ending.ITEM
        parts, nothing, arrivals = self.made(place)
        if arrivals or (parts.shares and nothing):
            return None
        if not self.wiring.links[place.neuron]:
            return Ending.CONSTANT
        return Ending.ANYWAY if self._received(place) else Ending.EMPTY

    def _end(self, place: Place, ending: Ending) -> Value:
        received = self._received(place)
        ticks = self.items(place) if ending in (Ending.ITEM, Ending.DEEP) else ()
        return Value(*place, self.number(place), received=received, ticks=ticks, ending=ending)


def _with_memory(rest: Split, path: Path, remembered: Number, *, matters: bool) -> Split:
    """The split of f(v + m), which is f(v) + m: that of f(v), and the leaf of the memory besides."""
    share = Share(path, remembered, 1 if rest.is_linear else None)
    return Split(rest.value + remembered, rest.nothing, (*rest.shares, share) if matters else rest.shares, rest.spare)
