"""Rounding: weights brought to plain numbers one after the other, while the others make up for it.

Where weights are free together, as those of a memory and of what it remembers, this spends the freedom on plain
numbers, whatever form it has; `fix_gauge` does the same at once for the forms it knows.
"""

from collections.abc import Callable, Iterator, Sequence

from dmm.synthesis.simplify import rounded
from dmm.synthesis.training import Trained
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

Settle = Callable[[VValue, Support], Trained]
"""A network matrix settled, save for the weights of some links."""


def plainer(trained: Trained, first: Sequence[Path], settle: Settle, bound: float) -> Trained:
    """The network matrix with as many weights as possible at ±1 or another plain number, at a loss of at most `bound`.

    Each keeps what it is given; the links in `first` come first.
    """
    fixed: list[Path] = []
    for path in dict.fromkeys([*first, *trained.matrix.support]):
        for number in _plain_numbers(float(trained.matrix[path].scalar)):
            given = trained.matrix.restrict(trained.matrix.support - Support([path])) + VValue.from_paths(
                {path: number}
            )
            found = settle(given, Support([*fixed, path]))
            if found.loss <= bound and found.matrix.support == trained.matrix.support:
                trained = found
                fixed.append(path)
                break
    return trained


def _plain_numbers(weight: float) -> Iterator[float]:
    """1 of the same sign, and a fraction that is close."""
    yield 1.0 if weight > 0 else -1.0
    if abs(rounded(weight)) != 1 and rounded(weight) != weight:
        yield rounded(weight)
