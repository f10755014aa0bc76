"""Is a circuit found where every neuron begins as a weighted sum of all types, and training chooses among them?

The duplicate detector, clip included, on streams of 140 ticks; memories are soft. The original attempt was given up
at a loss of 188, after 60 steps of 38 minutes.
"""

import math
import statistics
import time

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.synthesis.position import Progress
from dmm.tasks.duplicates import DUPLICATES

SEEDS = range(5)
LOSS, SECONDS = 0.05, 300.0


def measure() -> Result:
    """How many are exact, and how soon the loss is small; then each run."""
    task = DUPLICATES.with_parts(template="superfluid")
    trials, soon = [], []
    for seed in SEEDS:
        watch = _Watch()
        trials.append(trial(f"seed {seed}", task, seed, listen=watch))
        soon.append(watch.seconds)
    return Result(
        (
            Figure(f"seeds exact, of {len(SEEDS)}", exact(trials)),
            Figure(f"loss below {LOSS:g}, the quickest seed", min(soon), "s", at_most=SECONDS),
            Figure(f"loss below {LOSS:g}, the median seed", statistics.median(soon), "s"),
            Figure("median seed", median_seconds(trials), "s"),
        ),
        (*HEAD, f"loss below {LOSS:g}"),
        tuple((*each.row(), f"{seconds:.0f} s") for each, seconds in zip(trials, soon, strict=True)),
    )


class _Watch:
    """Listens until the loss is small."""

    def __init__(self) -> None:
        self.began, self.seconds = time.perf_counter(), math.inf

    def __call__(self, progress: Progress) -> None:
        if progress.loss < LOSS:
            self.seconds = min(self.seconds, time.perf_counter() - self.began)
