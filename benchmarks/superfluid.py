"""Is a circuit found where every neuron begins as a weighted sum of all types, and training chooses among them?

The duplicate detector, clip included; memories are soft. First the published stream of 140 ticks: how soon is the loss
small while the template shrinks? The original attempt was given up at 188, after 60 steps of 38 minutes. Then circuits,
from four texts.
"""

import math
import statistics
import time
from dataclasses import replace

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.synthesis.position import Progress
from dmm.synthesis.search import advance
from dmm.synthesis.settings import Settings
from dmm.synthesis.workbench import Workbench
from dmm.tasks.duplicates import DUPLICATES
from dmm.tasks.streams import PUBLISHED_EVERY, PUBLISHED_TEXT, PUBLISHED_TICKS, characters

SEEDS, STARTS = range(5), range(3)
LOSS, SECONDS = 0.05, 300.0


def measure() -> Result:
    """How soon the loss is small, and how many circuits are exact; then each run."""
    soon = [_seconds(seed) for seed in STARTS]
    trials = [trial(f"seed {seed}", DUPLICATES.with_parts(template="superfluid"), seed) for seed in SEEDS]
    return Result(
        (
            Figure(f"140 ticks: loss below {LOSS:g}, the first of {len(STARTS)} seeds", min(soon), "s", SECONDS),
            Figure(f"140 ticks: loss below {LOSS:g}, the median", statistics.median(soon), "s"),
            Figure(f"seeds exact, of {len(SEEDS)}", exact(trials)),
            Figure("median seed", median_seconds(trials), "s"),
        ),
        HEAD,
        tuple(each.row() for each in trials),
    )


def _seconds(seed: int) -> float:
    """Until the loss is small on the published stream, compilation and all attempts included; infinite if too many."""
    stream = tuple(characters(PUBLISHED_TEXT, every=PUBLISHED_EVERY, ticks=PUBLISHED_TICKS))
    task = replace(DUPLICATES.with_parts(template="superfluid"), examples=(DUPLICATES.example(stream),))
    losses: list[float] = []

    def listen(progress: Progress) -> None:
        losses.append(progress.loss)

    bench = Workbench(task, seed, Settings(), listen)
    position, began = bench.start(), time.perf_counter()
    while min(losses, default=math.inf) >= LOSS:
        position = advance(bench, position)
        if time.perf_counter() - began > 2 * SECONDS:
            return math.inf
    return time.perf_counter() - began
