"""Does synthesis succeed unattended? The duplicate detector from random weights, seeds 0 to 9, 2 minutes each.

A seed succeeds with at most 12 links, an error of at most 0.1 on streams of random characters that are ten times as
long as the training texts, and at most the published loss on the published stream.
"""

from collections.abc import Iterator

from benchmarks.result import Figure, Result
from dmm.synthesis.evaluate import evaluate
from dmm.synthesis.synthesise import synthesise
from dmm.tasks.duplicates import teacher
from dmm.tasks.streams import PUBLISHED_EVERY, PUBLISHED_TEXT, PUBLISHED_TICKS, characters

SEEDS = range(10)
LINKS, ERROR, LOSS, SECONDS = 12, 0.1, 0.00161, 120.0


def measure() -> Result:
    """How many seeds succeed, then the figures of each."""
    runs = [tuple(_one(seed)) for seed in SEEDS]
    successes = sum(all(figure.met for figure in run[:3]) for run in runs)
    bare = [Figure(x.name, x.value, x.unit) for run in runs for x in run]  # a single seed may fail
    slowest = max(run[3].value for run in runs)
    return Result(
        (
            Figure("seeds that succeed", successes, at_least=len(SEEDS) - 1),
            Figure("slowest seed", slowest, "s", at_most=SECONDS),
            *bare,
        )
    )


def _one(seed: int) -> Iterator[Figure]:
    found = synthesise("duplicates", seed=seed)
    stream = characters(PUBLISHED_TEXT, every=PUBLISHED_EVERY, ticks=PUBLISHED_TICKS)
    published = evaluate(found.circuit, stream, against=teacher()).loss
    yield Figure(f"seed {seed}: links", found.links, at_most=LINKS)
    yield Figure(f"seed {seed}: held-out error", found.heldout_max_error, at_most=ERROR)
    yield Figure(f"seed {seed}: published-stream loss", published, at_most=LOSS)
    yield Figure(f"seed {seed}: time", found.seconds, "s")
