"""Does synthesis succeed with the published training text alone? Counter-examples must say the rest."""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.tasks.duplicates import DUPLICATES
from dmm.tasks.streams import PUBLISHED_TEXT, characters

SEEDS = range(10)


def measure() -> Result:
    """How many seeds succeed, then each of them."""
    text = (*characters(PUBLISHED_TEXT, ticks=len(PUBLISHED_TEXT)), *DUPLICATES.parts.silence)
    task = DUPLICATES.retaught([text])
    trials = [trial(f"seed {seed}", task, seed) for seed in SEEDS]
    return Result(
        (Figure("seeds that end exact", exact(trials)), Figure("median seed", median_seconds(trials), "s")),
        HEAD,
        tuple(each.row() for each in trials),
    )
