"""Does synthesis succeed unattended? The duplicate detector from random weights, seeds 0 to 19.

Each starts from four texts of at most sixteen characters. Exact means: equal to the teacher on 10,000 random streams of
up to 1,000 ticks, and on the published ones. The teacher has 8 links.
"""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial

SEEDS, LINKS, SECONDS = range(20), 8, 60.0


def measure() -> Result:
    """How many seeds succeed, then each of them."""
    trials = [trial(f"seed {seed}", "duplicates", seed) for seed in SEEDS]
    small = sum(each.found.exact and each.found.links <= LINKS for each in trials)
    return Result(
        (
            Figure("seeds that end exact", exact(trials), at_least=len(SEEDS)),
            Figure(f"seeds with {LINKS} links", small, at_least=len(SEEDS) - 2),
            Figure("slowest seed", max(each.seconds for each in trials), "s", at_most=SECONDS),
            Figure("median seed", median_seconds(trials), "s"),
        ),
        HEAD,
        tuple(each.row() for each in trials),
    )
