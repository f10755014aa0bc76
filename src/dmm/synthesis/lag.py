"""The lag of a unit-delay task by examples, where nobody knows it: how many ticks an answer takes.

Every link takes a tick, so a template of so many layers can answer after one tick, or two, up to the length of its
longest path. Each lag is tried by a short training; the least that fits about as well as the best is taken.
"""

from collections.abc import Callable
from dataclasses import replace

from dmm.gradients.data import Data
from dmm.gradients.ways import suited
from dmm.synthesis.settings import Settings
from dmm.synthesis.template import initialise, template, weights_seed
from dmm.synthesis.training import Trainer
from dmm.tasks.task import Task

ABOUT = 2.0  # a loss of so many times the least, and the loss that a cut may reach, is about as good


def with_lag(task: Task, seed: int, settings: Settings, tell: Callable[[int, float], None] | None = None) -> Task:
    """The task, its lag found where it has none. `tell(lag, loss)` hears of every lag that is tried."""
    if task.parts.lag is not None:
        return task
    machine = template(task.parts)
    start = initialise(machine, weights_seed(seed), settings.scale)
    lags = range(1, task.parts.layers + 2)
    gradient = settings.gradient or suited(machine)
    trainer = Trainer(
        machine, Data.of(task.examples, lags[-1]), gradient=gradient, pull=settings.pull, optimizer=settings.optimizer
    )
    losses = {}
    for lag in lags:
        trainer.data = Data.of(task.examples, lag, room=lags[-1] - lag)
        (trained,) = trainer.train(
            [start.matrix],
            steps=settings.warm_up,
            learning_rate=settings.learning_rate,
            penalty=settings.penalty,
            seed=seed,
        )
        losses[lag] = trained.loss / trainer.data.energy
        if tell:
            tell(lag, trained.loss)
    good = ABOUT * min(losses.values()) + settings.loose
    found = min(lag for lag in lags if losses[lag] <= good)
    return replace(task, parts=replace(task.parts, lag=found))
