"""Does synthesis mend broken machines? The duplicate detector with its weights and links disturbed, twenty times.

Every weight is multiplied by a random factor from 1/4 to 4, and one in four changes its sign; then one to three links
are removed or added at random.
"""

import random

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.machine.machine import Machine
from dmm.tasks.duplicates import DUPLICATES, teacher
from dmm.vvalue.tree import VValue

SEEDS = range(20)
MENDED = 18


def measure() -> Result:
    """How many are mended, then each."""
    trials = [trial(f"breakage {seed}", DUPLICATES, seed, start=broken(seed)) for seed in SEEDS]
    return Result(
        (
            Figure("breakages mended", exact(trials), at_least=MENDED),
            Figure("median", median_seconds(trials), "s"),
        ),
        HEAD,
        tuple(each.row() for each in trials),
    )


def broken(seed: int) -> Machine:
    """The detector, broken."""
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)

    def factor() -> float:
        return draw.choice((-1, 1, 1, 1)) * 2 ** draw.uniform(-2, 2)

    machine = teacher()
    machine = machine.with_matrix(VValue.from_paths({link[:4]: link.weight * factor() for link in machine.links()}))
    for _ in range(draw.randint(1, 3)):
        if draw.random() < 0.5:
            link = draw.choice(list(machine.links()))
            machine = machine.unlink((link.neuron, link.input), (link.source, link.output))
        else:
            machine = machine.link(draw.choice(_inputs(machine)), draw.choice(_outputs(machine)), factor())
    return machine


def _inputs(machine: Machine) -> list[tuple[str, str]]:
    ends = [(name, label) for name in machine.neurons for label in machine.type_of(name).inputs or ()]
    return [(name, label) for name, label in ends if not machine.hard[name, label]]


def _outputs(machine: Machine) -> list[tuple[str, str]]:
    others = [name for name in machine.neurons if name not in machine.readouts]
    return [(name, label) for name in others for label in machine.type_of(name).outputs or ()]
