"""Does synthesis succeed for every task of the collection? Ten seeds each.

The error is the largest on 10,000 random streams of up to 1,000 steps; the far error is that on streams 100 times as
long as the longest that the circuit was trained on.
"""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, Trial, exact, median_seconds, trial
from dmm.synthesis.questions import drawn, questions
from dmm.tasks.registry import TASKS

SEEDS = range(10)
ENOUGH = 8  # exact seeds of a task that counts as solved
UNSOLVED = 2  # tasks that may fail
FAR, FAR_STREAMS, FAR_SEED = 100, 20, 3  # a seed that no stage of a synthesis uses


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
        rows += [(*each.row(), far_error(each)) for each in trials]
    first = Figure(f"tasks exact in {ENOUGH} of {len(SEEDS)} seeds", solved, at_least=len(TASKS) - UNSOLVED)
    return Result((first, *figures), (*HEAD, "far error"), tuple(rows))


def far_error(trial: Trial) -> str:
    """The largest error on the long streams."""
    task = trial.found.task
    asked = questions(task, drawn(task, FAR_SEED, FAR_STREAMS, FAR * task.ticks))
    assert asked is not None
    return f"{asked.errors(trial.found.circuit).largest:.2g}"
