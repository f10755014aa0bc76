"""What may be a leaf: real numbers, those of a user's tree finite."""

import math
from numbers import Real

from dmm.vvalue.support import Path, show_path


def is_number(x: object) -> bool:
    """Whether `x` may be a leaf: a real number, and not a truth value."""
    return isinstance(x, Real) and not isinstance(x, bool)


def require_number(x: object, path: Path) -> None:
    """Raise `TypeError` for what is no number, and `ValueError` for one that is not finite, at that path."""
    if not is_number(x):
        raise TypeError(f"the leaf at {show_path(path)} is {x!r}, not a number; give a real number or a nested object")
    try:
        finite = math.isfinite(x)  # type: ignore[arg-type]
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError(f"the number at {show_path(path)} is not finite or too large for a float; give a finite one")
