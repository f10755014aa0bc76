"""What can be chosen about a synthesis, with the values that are used when nobody chooses."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Settings:
    """Sizes, rates and tolerances of a synthesis. Losses are fractions of the energy (sum of squares) of the targets.

    The defaults were found on the duplicate detector; `docs/synthesis.md` says what was tried.
    """

    layers: int = 5
    width: int = 2
    scale: float = 0.05
    """Standard deviation of the initial weights."""
    learning_rate: float = 1e-2
    """Of Adam; every training after a cut starts with fresh moments, since old ones undo the cut."""
    penalty: float = 0.03
    """Coefficient of L1 while the template shrinks."""
    warm_up: int = 1000
    """Steps before the first cut."""
    recovery: int = 100
    """Steps after a cut, before it is judged."""
    patience: int = 3
    """How many recoveries a cut is given."""
    cut: float = 0.1
    """The fraction of links cut at once, to begin with."""
    loose: float = 1e-3
    """The loss that a cut must reach while there are many links: the penalty alone costs about half of it."""
    few: int = 30
    """With so many links or fewer, links are tried one by one."""
    fine_penalty: float = 1e-3
    """Coefficient of L1 while links are tried one by one."""
    fine_recovery: int = 300
    """Steps after a single change, before it is judged."""
    tight: float = 1e-5
    """The loss that a machine of few links must reach."""
    polish: tuple[float, ...] = (3e-3, 1e-3, 3e-4, 1e-4)
    """Learning rates of the last trainings, without penalty."""
    polish_steps: int = 1000
    attempts: int = 6
    """How many times to start at most, each time from other weights."""
    choice: int = 2
    """How many good circuits to find before the smallest is taken."""
    accept: float = 0.1
    """The largest error on held-out streams of a good circuit."""
    held_out_count: int = 32
    held_out_factor: int = 10
    """Held-out streams are so many times as long as the training streams."""

    def __post_init__(self) -> None:
        for field in fields(self):
            given, default = getattr(self, field.name), field.default
            if isinstance(default, tuple):
                if not isinstance(given, list | tuple) or not given:
                    raise ValueError(f"the setting {field.name} is {given!r}; give a list of positive numbers")
                object.__setattr__(self, field.name, tuple(given))
            for number in given if isinstance(default, tuple) else (given,):
                _require(field.name, number, whole=isinstance(default, int))
        for name in ("cut", "learning_rate"):
            if getattr(self, name) > 1:
                raise ValueError(f"the setting {name} is {getattr(self, name)!r}; give a number up to 1")

    def as_json(self) -> dict[str, Any]:
        """The settings as plain data."""
        return asdict(self)


LARGEST = 10**9


def _require(name: str, number: object, *, whole: bool) -> None:
    allowed = int if whole else (int, float)
    fine = isinstance(number, allowed) and not isinstance(number, bool) and math.isfinite(number)
    if not (fine and 0 < number <= LARGEST):  # type: ignore[operator]  # a number, as just checked
        raise ValueError(f"the setting {name} is {number!r}; give a positive {'whole ' if whole else ''}number")
