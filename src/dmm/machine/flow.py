"""The flow of data: which links can carry anything, which of them act at once, and the order that follows.

Used by whatever gives a machine its meaning: the check, the interpreter, the compiler, the retiming.
"""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter

from dmm.machine.machine import LINK_DEPTH, SYNCHRONOUS, Link, Machine
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue


def require_fixed(machine: Machine, purpose: str, remedy: str = "show it as text") -> None:
    """Raise `ValueError` for a machine whose links change, with what to do in place of it.

    >>> require_fixed(Machine().add("self", "accum").governed_by("self.dict"), "this form")
    Traceback (most recent call last):
    ...
    ValueError: this form is for machines whose links stay, and here self.dict changes them; show it as text
    """
    if machine.own_matrix:
        own = ".".join(machine.own_matrix)
        raise ValueError(f"{purpose} is for machines whose links stay, and here {own} changes them; {remedy}")


def useful_links(machine: Machine) -> dict[str, list[Link]]:
    """The links into each neuron, trained and hard, that its type and the type of their source know."""
    kinds = {name: machine.types.get(neuron.type) for name, neuron in machine.neurons.items()}
    listens: dict[str, list[Link]] = {name: [] for name in machine.neurons}
    for link in (machine.unhooked() if machine.own_matrix else machine).all_links():
        kind, source = kinds.get(link.neuron), kinds.get(link.source)
        if kind and source and not kind.source and kind.has_input(link.input) and source.has_output(link.output):
            listens[link.neuron].append(link)
    return listens


def foretold_links(machine: Machine) -> list[Link]:
    """Links of weight 0 that a self-referential machine names as places in its matrix, and does not start with.

    They stand in parameters of its neurons, and in what these emit before the first tick.
    """
    named = [VValue(x) for neuron in machine.neurons.values() for x in neuron.parameters.values()]
    named += [value for layer in machine.initial.children.values() for value in layer.children.values()]
    known = (machine.matrix + machine.hard).support
    paths = {path[:LINK_DEPTH] for value in named for path in value.support if len(path) >= LINK_DEPTH} - {*known}
    return [Link._make((*path, 0)) for path in sorted(paths) if machine.own_matrix and _has_ends(machine, path)]


def _has_ends(machine: Machine, path: Path) -> bool:
    to, label, source, output = path
    kinds = [machine.types.get(machine.neurons[end].type) for end in (to, source) if end in machine.neurons]
    return len(kinds) > 1 and all(kinds) and kinds[0].has_input(label) and kinds[1].has_output(output)  # type: ignore[union-attr]


def reached(starts: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    """The neurons to which the ways lead from these, at whatever remove, themselves included.

    >>> sorted(reached(["c"], {"c": ["b"], "b": ["a"], "d": ["c"]}))
    ['a', 'b', 'c']
    """
    found, waiting = set(starts), list(starts)
    while waiting:
        more = set(ways.get(waiting.pop(), ())) - found
        found |= more
        waiting += more
    return found


def used_neurons(machine: Machine) -> set[str]:
    """The neurons that the answers depend on: the readouts, and all that they hear by useful links.

    In a self-referential machine, in which links come and go, all.
    """
    if machine.own_matrix:
        return set(machine.neurons)
    ways = {name: [link.source for link in links] for name, links in useful_links(machine).items()}
    return reached(machine.readouts, ways)


def links_at_once(machine: Machine) -> dict[str, list[Link]]:
    """The useful links into each neuron that carry values of the tick itself; under unit delay there are none."""
    if machine.timing != SYNCHRONOUS:
        return {name: [] for name in machine.neurons}
    listens = useful_links(machine)
    return {name: [link for link in links if not machine.delay(name, link.input)] for name, links in listens.items()}


def waves(listens: Mapping[str, Iterable[Link]]) -> list[tuple[str, ...]]:
    """The neurons of `listens` in the order in which they move: each wave listens to earlier waves only.

    `listens` holds the links into each neuron that act at once; they form no circle.

    >>> m = Machine(timing=SYNCHRONOUS).add("input").add("accum").add("norm").add("eos")
    >>> waves(links_at_once(m.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict")))
    [('input', 'eos'), ('accum',), ('norm',)]
    """
    before = {name: {link.source for link in links if link.source in listens} for name, links in listens.items()}
    depth: dict[str, int] = {}
    for name in TopologicalSorter(before).static_order():
        depth[name] = 1 + max((depth[source] for source in before[name]), default=-1)
    found: list[list[str]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for name in listens:
        found[depth[name]].append(name)
    return [tuple(names) for names in found]


def circles(machine: Machine) -> Iterator[tuple[Link, ...]]:
    """Circles of links that act at once, against the data flow; without the last link of each, none would be left.

    >>> m = (
    ...     Machine(timing=SYNCHRONOUS)
    ...     .add("a", "norm")
    ...     .add("b", "norm")
    ...     .link("a.dict", "b.norm")
    ...     .link("b.dict", "a.norm")
    ... )
    >>> [[str(link) for link in circle] for circle in circles(m)]
    [['a.dict <- b.norm', 'b.dict <- a.norm']]
    """
    listens = links_at_once(machine)
    seen: set[str] = set()
    for start in listens:
        if start in seen:
            continue
        seen.add(start)
        trail: list[Link] = []  # from the start to where the search stands
        place = {start: 0}  # of each neuron on the trail
        waiting = [iter(listens[start])]
        while waiting:
            link = next(waiting[-1], None)
            if link is None:
                waiting.pop()
                if trail:
                    del place[trail.pop().source]
            elif link.source in place:
                yield (*trail[place[link.source] :], link)
            elif link.source not in seen:
                seen.add(link.source)
                trail.append(link)
                place[link.source] = len(trail)
                waiting.append(iter(listens[link.source]))
