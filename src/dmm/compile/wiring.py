"""Wiring: the down movement into a stage as a few small matrix products.

Paths that travel between the same outputs and the same inputs form a *block*: their values, sources last, times one
matrix of weights. So a norm's single number meets the one column that reads it, and the characters of a dictionary
never touch neurons that emit scalars: exact supports, no padding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dmm.compile.schedule import Group
from dmm.machine.machine import Link
from dmm.vvalue.support import Path, Support

End = tuple[int, str]  # a group, by number, and one of its fields


class Part(NamedTuple):
    """Rows (paths) of a group's values `[..., paths, members]`."""

    group: int
    rows: np.ndarray


@dataclass(frozen=True)
class Block:
    """`concatenate(parts of the sources) @ weights[index]`, shape `[..., paths, columns]`.

    `index[s, m]` is the place of the weight from source column s to target column m in the vector of all weights; its
    last entry stands for no link and is zero.
    """

    sources: tuple[Part, ...]
    index: np.ndarray


class Piece(NamedTuple):
    """The columns of a block that belong to one input of a target group."""

    block: int
    start: int
    stop: int


@dataclass(frozen=True)
class Target:
    """How the inputs of one group, `[..., reads, members]`, are put together: pieces on top of each other, reordered.

    Rows that no piece covers are zero; there are `missing` of them, and they come last before reordering.
    """

    group: int
    members: int
    pieces: tuple[Piece, ...]
    missing: int
    order: np.ndarray


@dataclass(frozen=True)
class Wiring:
    """All blocks into the groups of a stage, and how their products become inputs."""

    blocks: tuple[Block, ...]
    targets: tuple[Target, ...]

    def multiply_adds(self) -> int:
        """Multiplications per tick of the down movement."""
        return sum(len(block.sources[0].rows) * block.index.size for block in self.blocks)


def wire(
    groups: Mapping[int, Group], targets: Iterable[int], links: Iterable[Link], weight_index: Mapping[Path, int]
) -> Wiring:
    """The wiring of `links` into the groups numbered `targets`; `weight_index` says where each weight stands."""
    home = {name: (g, k) for g, group in groups.items() for k, name in enumerate(group.members)}
    into: dict[tuple[End, End], list[tuple[int, int, int]]] = {}
    for link in links:
        (g, i), (h, j) = home[link.source], home[link.neuron]
        place = weight_index[link[:4]]
        into.setdefault(((g, link.output), (h, link.input)), []).append((i, j, place))
    classes = _classes(groups, into)
    blocks = tuple(_block(groups, into, s, t, paths, len(weight_index)) for (s, t), paths in classes.items())
    return Wiring(blocks, tuple(_target(groups, h, classes) for h in targets))


Classes = dict[tuple[tuple[End, ...], tuple[End, ...]], list[Path]]


def _classes(groups: Mapping[int, Group], into: Iterable[tuple[End, End]]) -> Classes:
    """The paths by (outputs they come from, inputs they go to)."""
    comes: dict[Path, tuple[set[End], set[End]]] = {}
    for (g, output), (h, label) in into:
        for path in groups[g].emits[output] & groups[h].reads[label]:
            sources, targets = comes.setdefault(path, (set(), set()))
            sources.add((g, output))
            targets.add((h, label))
    classes: Classes = {}
    for path in sorted(comes):
        sources, targets = comes[path]
        classes.setdefault((tuple(sorted(sources)), tuple(sorted(targets))), []).append(path)
    return classes


def _block(
    groups: Mapping[int, Group],
    into: Mapping[tuple[End, End], list[tuple[int, int, int]]],
    sources: tuple[End, ...],
    targets: tuple[End, ...],
    paths: list[Path],
    none: int,
) -> Block:
    rows, columns = _starts(groups, sources), _starts(groups, targets)
    index = np.full((rows[-1], columns[-1]), none, np.int32)
    for source, row in zip(sources, rows, strict=False):
        for target, column in zip(targets, columns, strict=False):
            for i, j, place in into.get((source, target), ()):
                index[row + i, column + j] = place
    parts = (Part(g, _rows(groups[g].emits, output, paths)) for g, output in sources)
    return Block(tuple(parts), index)


def _target(groups: Mapping[int, Group], h: int, classes: Classes) -> Target:
    reads, pieces, covered = groups[h].reads, [], []
    for number, ((_, targets), paths) in enumerate(classes.items()):
        starts = _starts(groups, targets)
        for (group, label), start in zip(targets, starts, strict=False):
            if group == h:
                pieces.append(Piece(number, start, start + len(groups[h].members)))
                covered += [(label, *path) for path in paths]
    missing = reads - Support(covered)
    stacked = {path: i for i, path in enumerate((*covered, *missing))}
    return Target(
        h, len(groups[h].members), tuple(pieces), len(missing), np.array([stacked[path] for path in reads], np.int32)
    )


def _starts(groups: Mapping[int, Group], ends: tuple[End, ...]) -> list[int]:
    return [0, *np.cumsum([len(groups[g].members) for g, _ in ends]).tolist()]


def _rows(support: Support, label: str, paths: Iterable[Path]) -> np.ndarray:
    return np.array([support.index[label, *path] for path in paths], np.int32)
