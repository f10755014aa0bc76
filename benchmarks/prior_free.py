"""Is a circuit found without any prior: from the template without layers, every output linked to every input?

The duplicate detector, clip included, from four neurons of each type, seeds 0 to 9.
"""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, Trial, exact, median_seconds, trial
from dmm.tasks.duplicates import DUPLICATES

SEEDS, COPIES = range(10), 4
LINKS, SECONDS, ENOUGH = 15, 900.0, 5


def measure() -> Result:
    """How many seeds succeed, then each run."""
    task = DUPLICATES.with_parts(template="recurrent", width=COPIES)
    trials = [trial(f"seed {seed}", task, seed) for seed in SEEDS]
    return Result(
        (
            Figure(f"seeds exact, of {len(SEEDS)}", exact(trials)),
            Figure("seeds exact, small and quick enough", sum(map(_good, trials)), at_least=ENOUGH),
            Figure("median seed", median_seconds(trials), "s"),
        ),
        HEAD,
        tuple(each.row() for each in trials),
    )


def _good(each: Trial) -> bool:
    return each.found.exact and each.found.links <= LINKS and each.seconds <= SECONDS
