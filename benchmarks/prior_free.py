"""Is a circuit found without any prior: from the template without layers, every output linked to every input?

The duplicate detector, clip included, from four neurons of each type, seeds 0 to 9; and the same with more freedom:
identities among the neurons, and memories whose links are trained.
"""

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, Trial, exact, median_seconds, trial
from dmm.synthesis.template import template
from dmm.tasks.duplicates import DUPLICATES
from dmm.tasks.task import Task

SEEDS, COPIES = range(10), 4
LINKS, SECONDS, ENOUGH = 15, 900.0, 5
FREE = (
    "accum.dict-1", "accum.dict-2", "accum.dict", "norm.dict", "norm.norm", "dot.dict-1", "dot.dict-2", "dot.dot",
    "compare.dict-1", "compare.dict-2", "compare.true", "compare.false", "identity.dict", "identity.norm",
)  # fmt: skip


def tasks() -> dict[str, Task]:
    """The template as it is, and with more freedom."""
    plain = DUPLICATES.with_parts(template="recurrent", width=COPIES)
    free = plain.with_parts(neurons=(*plain.parts.neurons, "identity"), fields=FREE)
    return {"recurrent": plain, "recurrent, memory trained, with identities": free}


def measure() -> Result:
    """How many seeds succeed, then each run."""
    figures, rows = [], []
    for name, task in tasks().items():
        links = len(template(task.parts).matrix)
        trials = [trial(f"{name}, {links} links, seed {seed}", task, seed) for seed in SEEDS]
        figures += [
            Figure(f"{name}: exact of {len(SEEDS)}", exact(trials)),
            Figure(f"{name}: exact, small and quick enough", sum(map(_good, trials)), at_least=ENOUGH),
            Figure(f"{name}: median", median_seconds(trials), "s"),
        ]
        rows += [each.row() for each in trials]
    return Result(tuple(figures), HEAD, tuple(rows))


def _good(each: Trial) -> bool:
    return each.found.exact and each.found.links <= LINKS and each.seconds <= SECONDS
