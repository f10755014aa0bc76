"""Does synthesis succeed with larger templates? The duplicate detector, deeper and wider."""

from dataclasses import replace

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.synthesis.template import template
from dmm.tasks.duplicates import DUPLICATES

SIZES = ((5, 2), (8, 3), (8, 4), (12, 4))
"""Layers and neurons of each type in a layer: 1, 5.5, 10 and 22 times the links of the published template."""
SEEDS = range(3)


def measure() -> Result:
    """Exact circuits and seconds by size, then each run."""
    figures, rows = [], []
    for layers, width in SIZES:
        task = replace(DUPLICATES, parts=replace(DUPLICATES.parts, layers=layers, width=width))
        links = len(template(task.parts).matrix)
        name = f"{layers} x {width}, {links} links"
        trials = [trial(f"{name}, seed {seed}", task, seed) for seed in SEEDS]
        figures += [
            Figure(f"{name}: exact of {len(SEEDS)}", exact(trials)),
            Figure(f"{name}: median", median_seconds(trials), "s"),
        ]
        rows += [each.row() for each in trials]
    return Result(tuple(figures), HEAD, tuple(rows))
