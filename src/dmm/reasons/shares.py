"""Which leaves of a neuron's inputs made one number of its output, and how: found by trying, for any neuron type.

A leaf matters if the number changes when the leaf is taken away, or when it is made a little larger and smaller. Where
those that matter do not make the number by themselves (several leaves are largest, say, and each would do), as many
more are named as it takes. Where the number moves in proportion to them, they share it: each has a slope, and slope
times leaf adds up to the number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from dmm.vvalue.support import Path
from dmm.vvalue.tree import ZERO, Number, VValue

FEW = 8  # leaves that are tried one by one
FINE = 1024  # leaves are moved by one part in so many
ROUNDING = 1e-9  # numbers that agree so far count as equal

Emit = Callable[[VValue], Number]
_NO_PATHS: Mapping[Path, Number] = MappingProxyType({})


class Share(NamedTuple):
    """A leaf that matters, with what was received there.

    `slope` says how much the number moves with the leaf, where all leaves that matter share the number, else `None`.
    """

    path: Path
    received: Number
    slope: Number


class Split(NamedTuple):
    """How a number was made: of `nothing`, which is what zero inputs give, and of the leaves that matter."""

    value: Number
    nothing: Number
    shares: tuple[Share, ...]
    spare: tuple[Path, ...] = ()  # leaves that would have done in place of one that is named

    @property
    def is_linear(self) -> bool:
        """Whether `nothing` and slope times leaf add up to the number."""
        return all(share.slope is not None for share in self.shares)


def split(
    emit: Emit, received: VValue, *, cancelled: Mapping[Path, Number] = _NO_PATHS, late: Sequence[str] = ()
) -> Split:
    """The split of `emit(received)`.

    `cancelled` are paths where a sum happens to be zero, with the size of its terms; they may matter as well. Leaves at
    `late` inputs come first where several would do.

    >>> show = lambda found: [(".".join(path), received, slope) for path, received, slope in found.shares]
    >>> show(split(lambda v: max(0, v["x"].scalar - v["y"].scalar), VValue({"x": 5, "y": 3, "z": 1})))
    [('x', 5, 1), ('y', 3, -1)]
    >>> show(split(VValue.max_norm, VValue({"a": 2, "b": 7})))
    [('b', 7, 1)]
    >>> show(split(lambda v: v["x"].dot(v["y"]), VValue({"x": {"a": 2}, "y": {"a": 3, "b": 1}})))
    [('x.a', 2, None), ('y.a', 3, None)]
    """
    sizes = {**dict(received.items()), **cancelled}
    trial = _Trial(emit, received, sizes)
    nothing = emit(ZERO)
    matter = trial.matter([*sizes])
    named, others = trial.ranked(matter, set(late))
    if is_same(trial.value, nothing):
        named += others  # why it is not more
        others = []
    kept = trial.completed(named, others)
    slopes = _slopes(trial.only(kept), kept, nothing)
    if any(not slope and trial.without(path) != trial.value for path, slope in slopes.items()):
        slopes = {}  # needed, though the number does not move with it
    shares = (Share(path, received[path].scalar, slopes.get(path)) for path in sorted(kept))
    return Split(trial.value, nothing, tuple(shares), tuple(path for path in others if path not in kept))


class _Trial:
    """What becomes of the number when leaves are moved or taken away."""

    def __init__(self, emit: Emit, received: VValue, sizes: Mapping[Path, Number]) -> None:
        self.emit, self.received, self.sizes = emit, received, sizes
        self.value = emit(received)

    def only(self, paths: Iterable[Path]) -> "_Trial":
        return _Trial(self.emit, VValue.from_paths((path, self.received[path].scalar) for path in paths), self.sizes)

    def without(self, *paths: Path) -> Number:
        gone = VValue.from_paths((path, -self.received[path].scalar) for path in paths)
        return self.emit(self.received + gone)

    def moved(self, paths: Iterable[Path], sign: int) -> Number:
        return self.emit(nudged(self.received, {path: self.sizes[path] for path in paths}, sign))

    def matter(self, paths: list[Path]) -> list[Path]:
        """Those that matter; of many, halves are tried as a whole first."""
        if len(paths) <= FEW:
            return [path for path in paths if self.matters(path)]
        half = len(paths) // 2
        halves = (part for part in (paths[:half], paths[half:]) if self.matters(*part))
        return [path for part in halves for path in self.matter(part)]

    def matters(self, *paths: Path) -> bool:
        changed = (self.without(*paths), self.moved(paths, 1), self.moved(paths, -1))
        return any(number != self.value for number in changed)

    def ranked(self, matter: list[Path], late: set[str]) -> tuple[list[Path], list[Path]]:
        """Those without which the number is another one or moves both ways, and the others, late ones first."""
        named: list[Path] = []
        others: list[Path] = []
        for path in matter:
            moves = all(self.moved([path], sign) != self.value for sign in (1, -1))
            (named if moves or self.without(path) != self.value else others).append(path)
        return named, sorted(others, key=lambda path: path[0] not in late)

    def completed(self, named: list[Path], others: list[Path]) -> list[Path]:
        """Those named, and as few others as it takes for the number."""
        kept = list(named)
        for path in others:
            if self.only(kept).value == self.value:
                return kept
            kept.append(path)
        if not is_same(self.only(kept).value, self.value):
            kept = list(dict(self.received.items()))
            for path in (path for path in tuple(kept) if path not in named):
                fewer = [other for other in kept if other != path]
                if is_same(self.only(fewer).value, self.value):
                    kept = fewer
        return kept


def nudged(v: VValue, sizes: Mapping[Path, Number], sign: int) -> VValue:
    """With leaves a little larger or smaller, each in its own measure, so that no two make up for each other.

    >>> print(nudged(VValue({"a": 1024, "b": 2}), {("a",): 1024}, -1))
    {a: 1023, b: 2}
    """
    steps = ((path, sign * size * (FINE + i * 617 % FINE) / FINE**2) for i, (path, size) in enumerate(sizes.items()))
    return v + VValue.from_paths(steps)


def _slopes(trial: _Trial, paths: list[Path], nothing: Number) -> dict[Path, Number]:
    """How much the number moves with each leaf; nothing where they do not share it."""
    slopes: dict[Path, Number] = {}
    total = nothing
    for path in paths:
        up, down = (sign * (trial.moved([path], sign) - trial.value) * FINE / trial.sizes[path] for sign in (1, -1))
        if not abs(up - down) <= 1e3 * ROUNDING * max(abs(up), abs(down)):
            return {}
        whole = round(up)
        slopes[path] = whole if abs(up - whole) <= 1e3 * ROUNDING else up
        total = total + slopes[path] * trial.received[path].scalar
    return slopes if is_same(total, trial.value) else {}


def is_same(x: Number, y: Number) -> bool:
    """Whether two numbers are equal but for rounding."""
    return bool(abs(x - y) <= ROUNDING * max(abs(x), abs(y)))
