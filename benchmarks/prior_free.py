"""Is a circuit found without any prior: from the template without layers, every output linked to every input?

The duplicate detector, clip included, from four neurons of each type, seeds 0 to 9: once with the memories of
accumulators given, once with every link trained, memories too.
"""

from benchmarks.result import Figure, Result
from benchmarks.survival import MACHINES
from benchmarks.trials import HEAD, Trial, exact, median_seconds, trial
from dmm.tasks.duplicates import DUPLICATES

SEEDS, COPIES = range(10), 4
LINKS, SECONDS, ENOUGH = 15, 900.0, 5


def measure() -> Result:
    """How many seeds succeed, then each run."""
    given, trained = (
        [trial(f"{name}, seed {seed}", DUPLICATES.with_parts(template="recurrent", width=COPIES, **parts), seed)
         for seed in SEEDS]
        for name, parts in MACHINES.items()
    )  # fmt: skip
    return Result(
        (
            Figure(f"memories given: seeds exact, of {len(SEEDS)}", exact(given)),
            Figure("memories given: seeds exact, small and quick enough", sum(map(_good, given)), at_least=ENOUGH),
            Figure("memories given: median seed", median_seconds(given), "s"),
            Figure(f"memories trained: seeds exact, of {len(SEEDS)}", exact(trained)),
            Figure("memories trained: median seed", median_seconds(trained), "s"),
        ),
        HEAD,
        tuple(each.row() for each in (*given, *trained)),
    )


def _good(each: Trial) -> bool:
    return each.found.exact and each.found.links <= LINKS and each.seconds <= SECONDS
