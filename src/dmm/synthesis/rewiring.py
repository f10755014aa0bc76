"""Rewiring: a smaller circuit by another source for one link, found by trying them all.

Where weights are fractions, nothing need be trained: every machine that differs in one link is run on the data, all of
them at once. This replaces a constant made in a roundabout way by the constant, a copy by the original, and a delay
that nobody needs by nothing.
"""

from collections.abc import Iterator

import numpy as np

from dmm.machine.machine import Machine
from dmm.synthesis.training import Trainer
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

ROUNDING = 1e-6  # of the energy of the targets: losses are found in float32


def rewirings(machine: Machine, trainer: Trainer) -> list[VValue]:
    """The network matrices with fewer links that agree with the trainer's data, the smallest first.

    Each is the machine's with one link removed or led from another source, at its old weight or at ±1, and without what
    nobody hears then. New links are those of the trainer.
    """
    smaller = {tuple(m.items()): m for m in _variants(machine, trainer.links)}
    found = [m for m in smaller.values() if len(m) < len(machine.matrix)]
    if not found:
        return []
    losses = trainer.losses(np.asarray(trainer.arrays(found).leaves))
    fit = [m for m, loss in zip(found, losses, strict=True) if loss <= ROUNDING * trainer.data.energy]
    return sorted(fit, key=len)


def _variants(machine: Machine, links: Support) -> Iterator[VValue]:
    matrix = machine.matrix
    for gone, old in matrix.items():
        rest = matrix.restrict(matrix.support - Support([gone]))
        yield heard(machine, rest)
        for path in links - matrix.support:
            if path[:2] == gone[:2]:
                for weight in {1.0, -1.0, float(old)}:
                    yield heard(machine, rest + VValue.from_paths({path: weight}))


def heard(machine: Machine, matrix: VValue) -> VValue:
    """The links of the matrix that lead to a readout."""
    listens: dict[str, set[str]] = {}
    for path in (*matrix.support, *machine.hard.support):
        listens.setdefault(path[0], set()).add(path[2])
    known, waiting = set(machine.readouts), list(machine.readouts)
    while waiting:
        new = listens.get(waiting.pop(), set()) - known
        known |= new
        waiting += new
    return matrix.restrict(Support(path for path in matrix.support if path[0] in known))
