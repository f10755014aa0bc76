"""Templates: over-full machines to start a synthesis from."""

import random
from collections.abc import Iterable

from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue

CONSTANTS = ("eos", "const_1")


def layered(
    kinds: Iterable[str] = ("accum", "norm", "dot", "compare"),
    *,
    layers: int = 5,
    width: int = 2,
    first: Iterable[str] = ("input", *CONSTANTS),
) -> Machine:
    """Layers of `width` neurons of each kind; every output linked to every free input of every later layer.

    The memory input of an accumulating type is reserved for its memory. All weights are 1 until `initialise` draws
    some. The default is the template of the published feedforward-run-3.

    >>> len(layered().matrix)
    1486
    """
    machine = Machine()
    outputs: list[tuple[str, str]] = []
    for name in first:
        machine, ends = _add(machine, name, ())
        outputs += ends
    links: list[tuple[str, str, str, str]] = []
    for layer in range(1, layers + 1):
        new: list[tuple[str, str]] = []
        for kind in kinds:
            for place in range(1, width + 1):
                machine, ends = _add(machine, f"{kind}-{layer}-{place}", outputs, links)
                new += ends
        outputs += new
    machine, _ = _add(machine, "output", outputs, links)
    return machine.with_matrix(VValue.from_paths(dict.fromkeys(links, 1.0)))


def initialise(machine: Machine, seed: int, scale: float = 0.05) -> Machine:
    """The machine with weights drawn from a normal distribution of mean 0 and standard deviation `scale`."""
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)
    weights = {path: draw.gauss(0.0, scale) for path in machine.matrix.support}
    return machine.with_matrix(VValue.from_paths(weights))


def _add(
    machine: Machine,
    name: str,
    sources: Iterable[tuple[str, str]],
    links: list[tuple[str, str, str, str]] | None = None,
) -> tuple[Machine, list[tuple[str, str]]]:
    """The machine with the neuron, its links from `sources` noted, and the outputs it offers."""
    machine = machine.add(name)
    kind = machine.type_of(name)
    reserved = {kind.memory.input} if kind.memory else set()
    for label in kind.inputs or ():
        if label not in reserved and links is not None:
            links += [(name, label, *source) for source in sources]
    return machine, [(name, output) for output in kind.outputs or ()]
