"""Positions: where a synthesis stands. All there is to know of it, so that it can be taken up from any of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dmm.machine.machine import Machine
from dmm.synthesis.front import Found
from dmm.tasks.task import Stream


class Stage(StrEnum):
    """What a synthesis does next."""

    WARM_UP = "warm up"
    CUT = "cut"
    FIT = "fit"
    PROBE = "probe"
    LEARN = "learn"
    REFINE = "refine"
    SETTLE = "settle"
    CHALLENGE = "challenge"
    MEND = "mend"
    REWIRE = "rewire"
    JUDGE = "judge"
    THIN = "thin"
    DONE = "done"


class Undone(NamedTuple):
    """What was tried and given up: the trained links of the smaller machine, and its loss after training."""

    links: int
    loss: float


@dataclass(frozen=True)
class Position:
    """Where a synthesis stands.

    `machine` is the last accepted one and `loss` its loss; `penalty` is what its last training paid for its links, in
    units of the loss, and `undone` what the last unit that trained tried in vain. `cut` is the fraction to cut next,
    `tried` counts the changes tried in vain since the last accepted one, `steps` the steps of training so far, `mends`
    the counter-examples to finished circuits in this attempt, `last` the last attempt to be made (0: as many as the
    settings allow). `workspace` names the neurons of the compiled program, none for the whole template. `trunk` is the
    machine that single links were taken from, to go back to; `circuit` the simplified one that is being examined.
    `challenges` are the streams that were learned from besides the examples, `found` the circuits that were judged,
    `failures` says how attempts ended that led nowhere, and `spare` is the machine of least loss among those they left.
    """

    stage: Stage
    attempt: int
    machine: Machine
    loss: float
    cut: float
    tried: int = 0
    steps: int = 0
    mends: int = 0
    last: int = 0
    workspace: tuple[str, ...] = ()
    trunk: Machine | None = None
    circuit: Machine | None = None
    spare: Machine | None = None
    spare_loss: float = float("inf")
    challenges: tuple[Stream, ...] = ()
    found: tuple[Found, ...] = ()
    failures: tuple[str, ...] = ()
    penalty: float = 0.0
    undone: Undone | None = None

    @property
    def links(self) -> int:
        """The number of trained links."""
        return len((self.circuit or self.machine).matrix)


class Progress(NamedTuple):
    """A moment of a running synthesis."""

    stage: Stage
    attempt: int
    steps: int
    loss: float
    links: int
    challenges: int
