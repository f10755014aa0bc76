"""What does it bring that a machine changes its own links, and is it found that it should?

The task `variables`: values are told by name and asked for by name. First machines of the same neurons are trained on
the same streams by the same gradient: one that may write into one link of its own, and one that may not, whose links
are all trained, those into and out of the neurons that write and hold included, with a second layer of each type on
top. Then the whole synthesis, from random weights to a judged circuit.
"""

from dataclasses import replace

import numpy as np

from benchmarks.result import Figure, Result
from benchmarks.trials import HEAD, exact, median_seconds, trial
from dmm.gradients.data import Data
from dmm.synthesis.settings import Settings
from dmm.synthesis.template import initialise, template, weights_seed
from dmm.synthesis.training import Trainer
from dmm.tasks.parts import Parts
from dmm.tasks.variables import NAMES, VARIABLES, commands

SEEDS, MEMBERS, STEPS = range(5), 4, 3000
STREAMS, TICKS = 8, 96
FALLING = (1.0, 0.3, 0.1)
FIELDS = ("outer.dict-1", "outer.dict-2", "outer.dict", "accum.dict-2", "accum.dict")


def measure() -> Result:
    """What is left of the targets' energy after training, by the best of all seeds; then each synthesis."""
    edited, still = VARIABLES.parts, _static(VARIABLES.parts)
    learned = {name: _left(parts) for name, parts in (("edits", edited), ("static", still))}
    trials = [trial(f"seed {seed}", VARIABLES, seed) for seed in SEEDS]
    return Result(
        (
            Figure("left of the targets by the edited machine, best of 20", min(learned["edits"]), at_most=0.01),
            Figure("left of the targets by the edited machine, median", float(np.median(learned["edits"]))),
            Figure("left of the targets by the static machine, best of 20", min(learned["static"]), at_least=0.1),
            Figure("left of the targets by the static machine, median", float(np.median(learned["static"]))),
            Figure("links trained in the edited machine", len(template(edited).matrix)),
            Figure("links trained in the static machine", len(template(still).matrix)),
            Figure(f"circuits exact, of {len(SEEDS)} seeds", exact(trials)),
            Figure("median seed", median_seconds(trials), "s"),
        ),
        HEAD,
        tuple(each.row() for each in trials),
    )


def _static(parts: Parts) -> Parts:
    """The same neurons, and more of them, where nothing changes the links."""
    place = "place-1 : constant(value = {identity-1-1: {x: {name: {char: 1}}}})"
    return replace(
        parts,
        neurons=(*parts.neurons, "outer", "accum"),
        constants=(*parts.constants, place),
        fields=(*parts.fields, *FIELDS),
        edits=(),
    )


def _left(parts: Parts) -> list[float]:
    """The share of the energy of held-out targets that is left, for every seed and member of its population."""
    settings, machine = Settings(), template(parts)
    task = replace(VARIABLES, parts=parts)
    train, held_out = (Data.of(tuple(map(task.example, commands(seed, STREAMS, TICKS, NAMES)))) for seed in (1, 2))
    trainer, left = Trainer(machine, train, MEMBERS), []
    for seed in SEEDS:
        members = range(MEMBERS)
        matrices = [initialise(machine, weights_seed(seed, 1, k), 2 * settings.scale).matrix for k in members]
        trainer.data = train
        for part in FALLING:
            trained = trainer.train(
                matrices,
                steps=STEPS // len(FALLING),
                learning_rate=part * settings.learning_rate,
                penalty=settings.fine,
            )
            matrices = [each.matrix for each in trained]
        trainer.data = held_out
        left += [trainer.loss(matrix) / float(held_out.energy) for matrix in matrices]
    return left
