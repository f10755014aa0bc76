"""What lets training survive a machine whose every output is linked to every input?

The warm-up of the duplicate detector without layers, from eight sets of random weights, with clipped gradients, returns
from blow-ups, and streams that grow, each left away or added; also where memories are trained, and where the weights
begin so large that what goes round grows.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.result import Figure, Result
from dmm.gradients.data import Data
from dmm.synthesis import optimizers, safe
from dmm.synthesis.settings import Settings
from dmm.synthesis.template import initialise, template
from dmm.synthesis.training import Trainer
from dmm.tasks.duplicates import DUPLICATES

SEEDS = range(1, 9)
COPIES, LEARNS, FITS = 4, 0.5, 1e-3
ALL = (
    "accum.dict-1", "accum.dict-2", "accum.dict", "norm.dict", "norm.norm", "dot.dict-1", "dot.dict-2", "dot.dot",
    "compare.dict-1", "compare.dict-2", "compare.true", "compare.false",
)  # fmt: skip
MACHINES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"memories given": {}, "memories trained": {"fields": ALL}},
)
SCALES = (0.05, 0.3, 1.0)
HEAD = ("machine", "links", "initial weights", "variant", "finite", "learns", "fits", "median loss")


class Variant(NamedTuple):
    """Whether gradients are clipped, whether what blows up goes back, and in how many parts the streams grow."""

    clipped: bool = True
    returns: bool = True
    curriculum: int = 1


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        "as by default": Variant(),
        "without clipping": Variant(clipped=False),
        "without returns": Variant(returns=False),
        "without either": Variant(clipped=False, returns=False),
        "curriculum of 4": Variant(curriculum=4),
        "curriculum of 4, without either": Variant(clipped=False, returns=False, curriculum=4),
    }
)


def measure() -> Result:
    """How many fit by default, with memories given; then all."""
    rows = [_row(name, scale, variant) for name in MACHINES for scale in SCALES for variant in VARIANTS]
    return Result((Figure(f"fit by default, of {len(SEEDS)}", rows[0][6]),), HEAD, tuple(rows))


def _row(name: str, scale: float, variant: str) -> tuple[Any, ...]:
    """How many seeds end finite, below half of the energy, and below `FITS` of it."""
    task = DUPLICATES.with_parts(template="recurrent", width=COPIES, **MACHINES[name])
    machine, data, s = template(task.parts), Data.of(task.examples, task.lag), Settings()
    matrices = [initialise(machine, seed, scale).matrix for seed in SEEDS]
    with _changed(VARIANTS[variant]) as parts:
        trainer = Trainer(machine, data, len(SEEDS))
        for part in range(1, parts + 1):
            trainer.data = data.beginning(part / parts)
            trained = trainer.train(
                matrices, steps=s.warm_up // parts, learning_rate=s.learning_rate, penalty=s.penalty
            )
            matrices = [each.matrix for each in trained]
    trainer.data = data
    losses = np.array([trainer.loss(matrix) for matrix in matrices]) / float(data.energy)
    counts = [int(np.sum(each)) for each in (np.isfinite(losses), losses < LEARNS, losses < FITS)]
    row = name, len(machine.matrix), scale, variant, *counts, f"{np.median(losses):.2g}"
    print(*row, sep="  ", file=sys.stderr, flush=True)
    return row


@contextmanager
def _changed(variant: Variant) -> Iterator[int]:
    """Train without what the variant leaves away."""
    with ExitStack() as changes:
        if not variant.clipped:
            changes.enter_context(patch.object(optimizers, "CLIP", math.inf))
        if not variant.returns:
            changes.enter_context(patch.multiple(safe, BLOWN=math.inf, WORSE=math.inf))
        yield variant.curriculum
