"""Rewiring: a smaller circuit by other links, found by trying them all.

Where weights are fractions, nothing need be trained: every machine that differs in one link, or in one neuron that
makes what another receives, is run on the data. This replaces a constant made in a roundabout way by the constant, a
copy by the original, and a comparison made of two norms by the comparison.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, product

import numpy as np

from dmm.machine.machine import Machine
from dmm.synthesis.folding import heard
from dmm.synthesis.training import Trainer
from dmm.vvalue.support import Path, Support
from dmm.vvalue.tree import VValue

FEWEST, MOST_INPUTS = 2, 2  # a neuron costs two links or more, one for each input and one to its listener
ROUNDING = 1e-6  # of the energy of the targets: losses are found in float32


def rewirings(machine: Machine, trainer: Trainer) -> list[VValue]:
    """The network matrices with fewer links that agree with the trainer's data, the smallest first.

    Each is the machine's with one link removed or led from another source, at its old weight or at ±1, or with all that
    one input receives made by one other neuron, and without what nobody hears then. New links are those of the trainer.
    """
    variants = chain(_one_link(machine, trainer.links), _one_neuron(machine, trainer))
    smaller = {tuple(m.items()): m for m in variants if len(m) < len(machine.matrix)}
    if not smaller:
        return []
    found = list(smaller.values())
    losses = trainer.losses(np.asarray(trainer.arrays(found).leaves))
    fit = [m for m, loss in zip(found, losses, strict=True) if loss <= ROUNDING * trainer.data.energy]
    return sorted(fit, key=len)


def _one_link(machine: Machine, links: Support) -> Iterator[VValue]:
    """One link removed, or led from elsewhere."""
    matrix = machine.matrix
    for gone, old in matrix.items():
        rest = matrix.restrict(matrix.support - Support([gone]))
        yield _heard(machine, rest)
        for path in links - matrix.support:
            if path[:2] == gone[:2]:
                for weight in {1.0, -1.0, float(old)}:
                    yield _heard(machine, rest + VValue.from_paths({path: weight}))


def _one_neuron(machine: Machine, trainer: Trainer) -> Iterator[VValue]:
    """All that one input receives made by one neuron, which nobody else needs, of what there is already."""
    matrix = machine.matrix
    whole = trainer.machine
    names = [name for name in whole.neurons if name in machine.neurons or whole.type_of(name).inputs == ()]
    ends = [(name, output) for name in names for output in whole.type_of(name).outputs or ()]
    for port in dict.fromkeys(path[:2] for path in matrix.support):
        rest = matrix.restrict(Support(path for path in matrix.support if path[:2] != port))
        needed = {path[0] for path in _heard(machine, rest).support}
        if len(matrix) - len(_heard(machine, rest)) <= FEWEST:
            continue
        for maker in [name for name in trainer.machine.neurons if name not in {*needed, port[0]}]:
            others = rest.restrict(Support(path for path in rest.support if maker not in (path[0], path[2])))
            for made in _made(maker, port, [end for end in ends if end[0] != maker], trainer):
                yield _heard(machine, others + made)


def _made(maker: str, port: Path, ends: Sequence[Path], trainer: Trainer) -> Iterator[VValue]:
    """Links into a neuron of one or two inputs from two of the `ends`, and one from it to the port."""
    kind, links = trainer.machine.type_of(maker), trainer.links
    labels = [label for label in kind.inputs or () if kind.memory is None or label != kind.memory.input]
    for chosen in product(ends, repeat=len(labels)) if 1 <= len(labels) <= MOST_INPUTS else ():
        into = [(maker, label, *end) for label, end in zip(labels, chosen, strict=True)]
        for output in kind.outputs or ():
            out = (*port, maker, output)
            if out in links and all(path in links for path in into):
                for signs in product((1.0, -1.0), repeat=len(into)):
                    paths = (out, *into[1:])
                    yield VValue.from_paths({into[0]: 1.0, **dict(zip(paths, signs, strict=True))})


def _heard(machine: Machine, matrix: VValue) -> VValue:
    return heard(machine.with_matrix(matrix)).matrix
