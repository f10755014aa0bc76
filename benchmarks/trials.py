"""Trials: syntheses run one after the other, each compiled anew, and what is told of each."""

import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from dmm.machine.machine import Machine
from dmm.synthesis.settings import Settings
from dmm.synthesis.synthesise import Synthesis, synthesise
from dmm.tasks.task import Task


class Trial(NamedTuple):
    """One synthesis and the seconds it took, compilation included."""

    name: str
    found: Synthesis
    seconds: float

    def row(self) -> tuple[Any, ...]:
        """What `HEAD` names."""
        found, verdict = self.found, self.found.verdict
        return (
            self.name, "yes" if found.exact else "no", found.links, f"{verdict.max_error:.2g}",
            f"{self.seconds:.0f}", found.attempts, len(found.challenges), found.steps,
            "" if found.exact or not found.failures else found.failures[-1],
        )  # fmt: skip


HEAD = ("", "exact", "links", "error", "seconds", "attempts", "counter-examples", "steps", "reason")


def trial(
    name: str, task: Task | str, seed: int, settings: Settings | None = None, start: Machine | None = None
) -> Trial:
    """Run one, and tell how it went on a terminal."""
    import jax

    jax.clear_caches()
    began = time.perf_counter()
    found = synthesise(task, seed=seed, settings=settings, start=start)
    done = Trial(name, found, time.perf_counter() - began)
    print(*done.row(), sep="  ", file=sys.stderr, flush=True)
    return done


def median_seconds(trials: Sequence[Trial]) -> float:
    """The median of their seconds."""
    return statistics.median(each.seconds for each in trials)


def exact(trials: Sequence[Trial]) -> int:
    """How many are exact."""
    return sum(each.found.exact for each in trials)
