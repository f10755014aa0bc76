"""Supports: the sets of paths a V-value may be non-zero on.

A support is static data. It indexes the last axis of a `FlatVValue`, so its order (sorted paths) is part of its
meaning, and its hash is cached because JAX looks it up at every call of a compiled function.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from dmm.vvalue.labels import format_label

Path = tuple[str, ...]


def show_path(path: Path) -> str:
    """A path as it is written in messages: `accum.dict-2`, or `the root`."""
    return ".".join(path) or "the root"


class Support:
    """A finite set of paths in sorted order.

    >>> s = Support([("b",), (), ("a", "x")])
    >>> list(s)
    [(), ('a', 'x'), ('b',)]
    >>> s.index[("b",)]
    2
    >>> print(s)
    . + {a: {x}, b}
    """

    def __init__(self, paths: Iterable[Path] = ()):
        self.paths: tuple[Path, ...] = tuple(sorted(set(paths)))

    @cached_property
    def index(self) -> dict[Path, int]:
        """The position of each path along the last axis of a flat V-value."""
        return {path: i for i, path in enumerate(self.paths)}

    @cached_property
    def _hash(self) -> int:
        return hash(self.paths)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The first labels of the paths, sorted."""
        return tuple(sorted({path[0] for path in self.paths if path}))

    @cached_property
    def depth(self) -> int:
        """The length of the longest path; 0 for the empty support."""
        return max(map(len, self.paths), default=0)

    def __getitem__(self, label: str) -> "Support":
        """The support of the sub-value at `label`."""
        return Support(path[1:] for path in self.paths if path and path[0] == label)

    def under(self, *labels: str) -> "Support":
        """The same paths with `labels` in front."""
        return Support(labels + path for path in self.paths)

    def __or__(self, other: "Support") -> "Support":
        return self if self is other or other <= self else Support((*self.paths, *other.paths))

    def __and__(self, other: "Support") -> "Support":
        return Support(path for path in self.paths if path in other.index)

    def __sub__(self, other: "Support") -> "Support":
        return Support(path for path in self.paths if path not in other.index)

    def __le__(self, other: "Support") -> bool:
        return all(path in other.index for path in self.paths)

    def __contains__(self, path: object) -> bool:
        return path in self.index

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Support) and self._hash == other._hash and self.paths == other.paths

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Support({list(self.paths)!r})"

    def __str__(self) -> str:
        parts = ["."] if () in self else []
        inner = []
        for label in self.labels:
            below = self[label]
            inner.append(format_label(label) if below.paths == ((),) else f"{format_label(label)}: {below}")
        if inner:
            parts.append("{" + ", ".join(inner) + "}")
        return " + ".join(parts) or "nothing"
