"""What can be chosen about a synthesis, with the values that are used when nobody chooses."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from dmm.gradients.base import Gradient
from dmm.gradients.ways import gradient_from_json, gradient_to_json
from dmm.synthesis.optimizers import OPTIMIZERS
from dmm.synthesis.penalties import L1, Penalty, penalty_from_json, penalty_to_json

PENALTY = L1(0.016)


@dataclass(frozen=True)
class Settings:
    """Rates, tolerances and parts of a synthesis. Losses are fractions of the energy (sum of squares) of the targets.

    The defaults were found on the duplicate detector; `docs/synthesis.md` says what was tried.
    """

    scale: float = 0.05
    """Standard deviation of the initial weights."""
    learning_rate: float = 1e-2
    """Of the optimizer; every training after a cut starts with fresh moments, since old ones undo the cut."""
    optimizer: str = "adam"
    """Who takes the steps: a name in `OPTIMIZERS`, all of which are Optax's."""
    penalty: Penalty = PENALTY
    """What links cost while the template shrinks."""
    population: int = 1
    """How many sets of random weights are warmed up at once; the one of least loss goes on."""
    pull: float = 0.0
    """How strongly what weighs a superfluid neuron's own output and what weighs its accumulator are drawn together."""
    warm_up: int = 1000
    """Steps before the first cut."""
    curriculum: int = 1
    """In how many equal parts of the warm-up the scored length of the streams grows to the whole."""
    gradient: Gradient | None = None
    """How the loss is differentiated; `None`: reverse mode, or evolution strategies where the neurons need them."""
    memory: int | None = None
    """How many bytes a step of training may take; `None`: a half of the free memory."""
    recovery: int = 100
    """Steps after a cut, before it is judged."""
    patience: int = 3
    """How many recoveries a cut is given."""
    cut: float = 0.1
    """The fraction of links cut at once, to begin with."""
    rule: str = "magnitude"
    """Which links are cut: a name in `RULES`."""
    loose: float = 1e-3
    """The loss that a cut must reach while there are many links: the penalty alone costs about half of it."""
    few: int = 30
    """With so many links or fewer, links are tried one by one."""
    fine_penalty: float = 5e-4
    """Strength of the penalty while links are tried one by one."""
    fine_recovery: int = 300
    """Steps after a single change, before it is judged."""
    tight: float = 1e-5
    """The loss that a machine of few links must reach."""
    batch: int = 8
    """How many changes are tried at once."""
    attempts: int = 24
    """How many times to start at most, each time from other weights."""
    challenges: int = 24
    """How many counter-examples to learn from at most."""
    choice: int = 1
    """How many exact circuits to find before the shortest is taken."""
    accept: float = 0.1
    """The largest error on held-out streams of a circuit that is called approximate."""
    streams: int = 10_000
    longest: int = 1000
    """A circuit is judged on so many random streams, each of up to so many ticks."""

    def __post_init__(self) -> None:
        for field in fields(self):
            check = _CHECKS.get(field.name)
            given = getattr(self, field.name)
            if check is None:
                _require(field.name, given, whole=isinstance(field.default, int))
            else:
                object.__setattr__(self, field.name, check(given))
        for name in ("cut", "learning_rate"):
            if getattr(self, name) > 1:
                raise ValueError(f"the setting {name} is {getattr(self, name)!r}; give a number up to 1")

    @property
    def fine(self) -> Penalty:
        """The penalty while links are tried one by one."""
        return replace(self.penalty, strength=self.fine_penalty)

    @property
    def free(self) -> Penalty:
        """No penalty, of the same kind as the others, so that one compiled program serves them all."""
        return replace(self.penalty, strength=0.0)

    def as_json(self) -> dict[str, Any]:
        """The settings as plain data, from which `Settings(**...)` makes them again."""
        gradient = self.gradient and gradient_to_json(self.gradient)
        return asdict(self) | {"penalty": penalty_to_json(self.penalty), "gradient": gradient}


LARGEST, LARGEST_MEMORY = 10**9, 10**15


def _gradient(given: object) -> Gradient | None:
    if isinstance(given, Mapping):
        return gradient_from_json(given)
    if given is not None and not isinstance(given, Gradient):
        raise ValueError(f"the setting gradient is {given!r}; give one such as Reverse() or EvolutionStrategies()")
    return given


def _penalty(given: object) -> Penalty:
    if isinstance(given, Mapping):
        given = penalty_from_json(given)
    if not isinstance(given, Penalty):
        raise ValueError(f"the setting penalty is {given!r}; give a penalty such as L1(0.016)")
    if not (math.isfinite(given.strength) and 0 <= given.strength <= LARGEST):
        raise ValueError(f"the strength of the penalty is {given.strength!r}; give a number, 0 or more")
    return given


def _rule(given: object) -> object:
    from dmm.synthesis.pruning import RULES

    if given not in RULES:
        raise ValueError(f"the setting rule is {given!r}; choose one of {', '.join(RULES)}")
    return given


def _optimizer(given: object) -> object:
    if given not in OPTIMIZERS:
        raise ValueError(f"the setting optimizer is {given!r}; choose one of {', '.join(OPTIMIZERS)}")
    return given


def _pull(given: object) -> object:
    _require("pull", given or 1, whole=False)
    return given


def _memory(given: object) -> object:
    if given is not None:
        _require("memory", given, whole=True, largest=LARGEST_MEMORY)
    return given


_CHECKS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "penalty": _penalty,
        "rule": _rule,
        "optimizer": _optimizer,
        "gradient": _gradient,
        "pull": _pull,
        "memory": _memory,
    }
)
"""What settings may be that are no plain numbers; each returns what is kept."""


def _require(name: str, number: object, *, whole: bool, largest: int = LARGEST) -> None:
    allowed = int if whole else (int, float)
    fine = isinstance(number, allowed) and not isinstance(number, bool) and math.isfinite(number)
    if not (fine and 0 < number <= largest):  # type: ignore[operator]  # a number, as just checked
        raise ValueError(f"the setting {name} is {number!r}; give a positive {'whole ' if whole else ''}number")
