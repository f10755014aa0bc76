"""Does synthesis succeed for every task of the collection? Ten seeds each.

The error is the largest on 10,000 random streams of up to 1,000 steps, which is more than 60 times the training length.
"""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.tasks.registry import TASKS

SEEDS = range(10)
ENOUGH = 8  # exact seeds of a task that counts as solved
UNSOLVED = 2  # tasks that may fail


def measure() -> Result:
    """How many tasks are solved, exact seeds and seconds by task, then each run."""
    figures, rows, solved = [], [], 0
    for name in TASKS:
        trials = [trial(f"{name}, seed {seed}", name, seed) for seed in SEEDS]
        solved += exact(trials) >= ENOUGH
        figures += [
            Figure(f"{name}: exact of {len(SEEDS)}", exact(trials)),
            Figure(f"{name}: median", median_seconds(trials), "s"),
        ]
        rows += [each.row() for each in trials]
    first = Figure(f"tasks exact in {ENOUGH} of {len(SEEDS)} seeds", solved, at_least=len(TASKS) - UNSOLVED)
    return Result((first, *figures), HEAD, tuple(rows))
