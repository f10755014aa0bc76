"""Do evolution strategies do what reverse mode does, at what cost, and what it cannot do?

The same small machine trained to the same loss by both; broken detectors mended by both; and a task whose answer moves
in steps. An evaluation is one run of a machine on all streams; an exact gradient counts as one, too.
"""

import time
from dataclasses import replace
from typing import Any

from benchmarks.repair import broken
from benchmarks.result import Figure, Result
from benchmarks.trials import Trial, exact, trial
from dmm.gradients.base import Gradient
from dmm.gradients.data import Data
from dmm.gradients.evolution import EvolutionStrategies
from dmm.gradients.reverse import Reverse
from dmm.synthesis.settings import Settings
from dmm.synthesis.template import initialise, template
from dmm.synthesis.training import CHUNK, Trainer
from dmm.tasks.duplicates import DUPLICATES

WAYS: tuple[Gradient, ...] = (Reverse(), EvolutionStrategies())
LAYERS, WIDTH = 2, 1  # 92 links
STEPS, MOST, CLOSE = 2000, 20_000, 1.05
BREAKAGES, SEEDS = range(5), range(5)
FEW_ATTEMPTS = 4  # of reverse mode where it stalls
HEAD = ("what", "by", "success", "links", "loss", "seconds", "steps", "evaluations", "reason")


def measure() -> Result:
    """How often each succeeds, then each run."""
    trained = [_training(way) for way in WAYS]
    mended = [[_trial(way, "breakage", seed, broken(seed)) for seed in BREAKAGES] for way in WAYS]
    stepped = [_trial(way, "all-different", seed) for seed in SEEDS for way in WAYS[1:]]
    stalled = _trial(WAYS[0], "all-different", 0)
    by_evolution = exact(mended[1])
    rows = [*trained]
    for way, trials in zip(WAYS, mended, strict=True):
        rows += [_row(way, each) for each in trials]
    rows += [_row(WAYS[0], stalled), *(_row(WAYS[1], each) for each in stepped)]
    return Result(
        (
            Figure("training: evaluations, evolution over reverse", trained[1][7] / trained[0][7]),
            Figure("training: seconds, evolution over reverse", float(trained[1][5]) / float(trained[0][5])),
            Figure(f"breakages mended by evolution, of {len(BREAKAGES)}", by_evolution, at_least=len(BREAKAGES) - 1),
            Figure(f"all-different by evolution, exact of {len(SEEDS)}", exact(stepped), at_least=1),
            Figure("all-different by reverse mode, exact", exact([stalled]), at_most=0),
        ),
        HEAD,
        tuple(rows),
    )


def evaluations(way: Gradient, steps: int) -> int:
    """Runs on all streams in so many steps."""
    return steps * (2 * way.pairs + 1 if isinstance(way, EvolutionStrategies) else 1)


def _name(way: Gradient) -> str:
    return "evolution" if isinstance(way, EvolutionStrategies) else "reverse"


def _training(way: Gradient) -> tuple[Any, ...]:
    """Reverse mode for some steps, or evolution strategies until they are where it ended."""
    machine = initialise(template(replace(DUPLICATES.parts, layers=LAYERS, width=WIDTH)), 1, Settings().scale)
    data = Data.of(DUPLICATES.examples)
    settings = {"learning_rate": 1e-2, "penalty": Settings().free}
    goal = CLOSE * Trainer(machine, data).train([machine.matrix], steps=STEPS, **settings)[0].loss
    taken: list[int] = []
    trainer = Trainer(machine, data, gradient=way)
    trainer.train([machine.matrix], steps=CHUNK, **settings)  # compiles
    began = time.perf_counter()
    (trained,) = trainer.train(
        [machine.matrix], steps=MOST, enough=goal, listen=lambda steps, _: taken.append(steps), **settings
    )
    seconds, steps = time.perf_counter() - began, sum(taken)
    reached = trained.loss <= CLOSE * goal
    links = len(machine.matrix)
    return (
        f"training of {links} links to {goal:.3g}", _name(way), "yes" if reached else "no", links,
        f"{trained.loss:.3g}", f"{seconds:.1f}", steps, evaluations(way, steps), "",
    )  # fmt: skip


def _trial(way: Gradient, what: str, seed: int, start: Any = None) -> Trial:
    task = DUPLICATES if start is not None else what
    settings = Settings(gradient=way, **({} if start or way is not WAYS[0] else {"attempts": FEW_ATTEMPTS}))
    return trial(f"{what} {seed}, {_name(way)}", task, seed, settings, start)


def _row(way: Gradient, each: Trial) -> tuple[Any, ...]:
    found = each.found
    reason = "" if found.exact or not found.failures else found.failures[-1]
    return (
        each.name, _name(way), "yes" if found.exact else "no", found.links, f"{found.train_loss:.2g}",
        f"{each.seconds:.0f}", found.steps, evaluations(way, found.steps), reason,
    )  # fmt: skip
