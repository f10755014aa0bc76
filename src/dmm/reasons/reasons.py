"""What an explanation is made of: values of neurons, the terms that made them, and the items behind all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from dmm.machine.machine import Link
from dmm.vvalue.support import Path
from dmm.vvalue.tree import Number, VValue


class Ending(Enum):
    """Why an explanation goes no further at a value."""

    ITEM = "an item of the stream"
    CONSTANT = "a constant"
    START = "zero before the first tick"
    INITIAL = "what the machine starts with"
    EMPTY = "nothing has come in"
    ANYWAY = "none of what it receives makes a difference"
    SHOWN = "explained above"
    DEEP = "explained further by a greater depth"


@dataclass(frozen=True)
class Value:
    """A number that a neuron emitted: at `path` of its output (the output's label comes first), in a tick.

    `terms` made it. Where they share it (`is_sum`), their contributions and that of `nothing`, which the neuron emits
    of zero inputs, add up to it. Terms of memory are not listed: in their place stand those of earlier ticks that were
    remembered. `ending` says why there are none; `ticks` are then the items that it comes from.
    """

    neuron: str
    path: Path
    tick: int
    value: Number
    nothing: Number = 0
    is_sum: bool = False
    terms: tuple["Term", ...] = ()
    spare: tuple[Path, ...] = ()  # leaves received that would have done as well as one from which a term comes
    received: VValue = VValue()  # by the neuron in this tick; an item of the stream is received, too
    ticks: tuple[int, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True)
class Term:
    """What one link brought: `weight` times the value of its source, received at `path`, the input's label first.

    `received` is all that came in there, and `without` what would have been emitted without it (of a memory that
    was gone through: `None`). `contribution` is the part in the value explained, `None` where that is no sum.
    """

    link: Link
    path: Path
    source: Value
    received: Number
    contribution: Number
    without: Number

    @property
    def brought(self) -> Number:
        """Weight times the value of the source."""
        return self.link.weight * self.source.value


@dataclass(frozen=True)
class Needed:
    """An item that matters, and what the value explained would be if that item alone had been zero.

    Where the value would be another one, although the item is behind no value explained, it is not `shown`: something
    that plays no part would play one.
    """

    tick: int
    item: VValue
    without: Number
    shown: bool = True


@dataclass(frozen=True)
class Reason:
    """Why one number of a neuron's output was what it was: its value, and the items that matter.

    `name` is its path in the answer of the machine; `alone` is what it would be if all other items had been zero.
    `starts` are the outputs before the first tick that it comes from, and `unstarted` is what it would be had all of
    them been zero (`None` where they are).
    """

    name: Path
    value: Value
    items: tuple[Needed, ...]
    alone: Number
    starts: Mapping[Path, Number] = field(default_factory=dict)
    unstarted: Number | None = None


@dataclass(frozen=True)
class Contributions:
    """Why a machine emitted what it did in a tick, a reason for each number. Printed, it is for people."""

    tick: int
    items: int  # of the stream so far, zeros left out
    reasons: tuple[Reason, ...]
    legend: Mapping[str, str]  # what each neuron type computes

    def __str__(self) -> str:
        from dmm.reasons.outline import format_contributions

        return format_contributions(self)

    def as_json(self) -> dict[str, Any]:
        """What `dmm explain --json` prints: plain data, with all digits."""
        from dmm.reasons.outline import contributions_to_json

        return contributions_to_json(self)
