"""Wiring: the down movement into a stage as a few small matrix products.

Paths that travel between the same outputs and the same inputs form a *block*: one matrix of weights times their
values, sources first. So a norm's single number meets the one column that reads it, and the characters of a dictionary
never touch neurons that emit scalars. Rows of zeros are added only where a few multiplications save a whole product.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dmm.compile.schedule import Group
from dmm.machine.machine import Link, Machine
from dmm.vvalue.support import Path, Support

End = tuple[int, str]  # a group, by number, and one of its fields


class Part(NamedTuple):
    """The paths of a group's values `[members, ..., paths]` that a block takes; -1 stands for one it lacks, a zero."""

    group: int
    rows: np.ndarray


@dataclass(frozen=True)
class Block:
    """`weights[index] @ concatenate(parts of the sources)`, shape `[targets, ..., paths]`.

    `index[m, s]` is the place of the weight from source s to target m in the vector of all weights; its last entry
    stands for no link and is zero. `delay` is 1 where the values are those of the tick before.
    """

    sources: tuple[Part, ...]
    index: np.ndarray
    delay: int


class Piece(NamedTuple):
    """The targets of a block, start to stop, that are one input of a target group."""

    block: int
    start: int
    stop: int


@dataclass(frozen=True)
class Target:
    """How the inputs of one group, `[members, ..., covers]`, are put together: pieces side by side, reordered.

    `covers` are the paths that some piece brings; whatever else the group reads is zero.
    """

    group: int
    members: int
    covers: Support
    pieces: tuple[Piece, ...]
    order: np.ndarray


@dataclass(frozen=True)
class Wiring:
    """All blocks into the groups of a stage, and how their products become inputs."""

    blocks: tuple[Block, ...]
    targets: tuple[Target, ...]


def wire(
    machine: Machine,
    groups: Mapping[int, Group],
    targets: Iterable[int],
    links: Iterable[Link],
    weight_index: Mapping[Path, int],
) -> Wiring:
    """The wiring of `links` into the groups numbered `targets`; `weight_index` says where each weight stands."""
    home = {name: (g, k) for g, group in groups.items() for k, name in enumerate(group.members)}
    into: dict[tuple[End, End], list[tuple[int, int, int]]] = {}
    delays: dict[End, int] = {}
    for link in links:
        (g, i), (h, j) = home[link.source], home[link.neuron]
        place = weight_index[link[:4]]
        into.setdefault(((g, link.output), (h, link.input)), []).append((i, j, place))
        delays[h, link.input] = machine.delay(link.neuron, link.input)
    classes = _classes(groups, into, delays)
    blocks = tuple(
        _block(groups, into, ends, paths, len(weight_index), delays[ends[1][0]]) for ends, paths in classes.items()
    )
    return Wiring(blocks, tuple(_target(groups, h, classes) for h in targets))


WORTH = 2000  # multiplications per tick that cost no more than one more product, with its gradient

Classes = dict[tuple[tuple[End, ...], tuple[End, ...]], list[Path]]


def _classes(groups: Mapping[int, Group], into: Iterable[tuple[End, End]], delays: Mapping[End, int]) -> Classes:
    """The paths by (outputs they come from, inputs they go to), where all inputs are late or none is."""
    comes: dict[tuple[Path, int], tuple[set[End], set[End]]] = {}
    for (g, output), (h, label) in into:
        for path in groups[g].emits[output] & groups[h].reads[label]:
            sources, targets = comes.setdefault((path, delays[h, label]), (set(), set()))
            sources.add((g, output))
            targets.add((h, label))
    classes: Classes = {}
    for path, delay in sorted(comes):
        sources, targets = comes[path, delay]
        classes.setdefault((tuple(sorted(sources)), tuple(sorted(targets))), []).append(path)
    return _merged(groups, classes)


def _merged(groups: Mapping[int, Group], classes: Classes) -> Classes:
    """Classes with the same targets as one, where products with zeros cost less than a product of its own."""
    merged: Classes = {}
    for (sources, targets), paths in classes.items():
        for (others, same), more in merged.items():
            both = tuple(sorted({*sources, *others}))
            apart = len(paths) * _starts(groups, sources)[-1] + len(more) * _starts(groups, others)[-1]
            together = (len(paths) + len(more)) * _starts(groups, both)[-1]
            if same == targets and (together - apart) * _starts(groups, targets)[-1] <= WORTH:
                del merged[others, same]
                merged[both, targets] = sorted([*more, *paths])
                break
        else:
            merged[sources, targets] = paths
    return merged


def _block(
    groups: Mapping[int, Group],
    into: Mapping[tuple[End, End], list[tuple[int, int, int]]],
    ends: tuple[tuple[End, ...], tuple[End, ...]],
    paths: list[Path],
    none: int,
    delay: int,
) -> Block:
    sources, targets = ends
    rows, columns = _starts(groups, sources), _starts(groups, targets)
    index = np.full((columns[-1], rows[-1]), none, np.int32)
    for source, row in zip(sources, rows, strict=False):
        for target, column in zip(targets, columns, strict=False):
            for i, j, place in into.get((source, target), ()):
                index[column + j, row + i] = place
    parts = (Part(g, _rows(groups[g].emits, output, paths)) for g, output in sources)
    return Block(tuple(parts), index, delay)


def _target(groups: Mapping[int, Group], h: int, classes: Classes) -> Target:
    reads, pieces, covered = groups[h].reads, [], []
    for number, ((_, targets), paths) in enumerate(classes.items()):
        starts = _starts(groups, targets)
        for (group, label), start in zip(targets, starts, strict=False):
            if group == h:
                pieces.append(Piece(number, start, start + len(groups[h].members)))
                covered += [(label, *path) for path in paths]
    stacked = {path: i for i, path in enumerate(covered)}
    covers = reads & Support(covered)
    order = np.array([stacked[path] for path in covers], np.int32)
    return Target(h, len(groups[h].members), covers, tuple(pieces), order)


def _starts(groups: Mapping[int, Group], ends: tuple[End, ...]) -> list[int]:
    return [0, *np.cumsum([len(groups[g].members) for g, _ in ends]).tolist()]


def _rows(support: Support, label: str, paths: Iterable[Path]) -> np.ndarray:
    return np.array([support.index.get((label, *path), -1) for path in paths], np.int32)
