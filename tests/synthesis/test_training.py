"""Training: it descends, keeps to the links it was given, and can be repeated."""

import pytest

from dmm import TASKS, VValue, flatten, run
from dmm.synthesis.training import Trainer

TASK = TASKS["duplicates"]
pytestmark = pytest.mark.trains


@pytest.fixture(scope="module")
def trainer():
    streams = flatten([list(stream) for stream in TASK.training])
    targets = flatten([run(TASK.teacher, stream) for stream in TASK.training])
    wider = TASK.teacher.link("compare.dict-1", "const_1.const_1").link("output.dict-2", "compare.false")
    return Trainer(wider, streams, targets)


def perturbed():
    return TASK.teacher.matrix.map_leaves(lambda weight: weight * 0.9)


def test_the_teacher_has_no_loss_and_the_loss_is_a_sum_of_squares(trainer):
    assert trainer.loss(TASK.teacher.matrix) == 0
    machine = TASK.teacher.with_matrix(perturbed())
    errors = [
        (a - b).dot(a - b)
        for stream in TASK.training
        for a, b in zip(run(machine, stream), run(TASK.teacher, stream), strict=True)
    ]
    assert trainer.loss(perturbed()) == pytest.approx(sum(errors), rel=1e-5)


def test_training_descends_and_leaves_other_links_alone(trainer):
    before = trainer.loss(perturbed())
    matrix, loss = trainer.train(perturbed(), steps=200, learning_rate=3e-3)
    assert loss < 0.02 * before
    assert matrix.support == TASK.teacher.matrix.support
    assert trainer.train(perturbed(), steps=200, learning_rate=3e-3) == (matrix, loss)


def test_enough_is_enough(trainer):
    heard = []
    trainer.train(
        perturbed(), steps=1000, learning_rate=3e-3, enough=1.0, listen=lambda steps, loss: heard.append((steps, loss))
    )
    assert sum(steps for steps, _ in heard) < 1000
    assert heard[-1][1] < 1.0


def test_effects_are_the_losses_without_each_link(trainer):
    effects = trainer.effects(TASK.teacher.matrix)
    assert set(effects) == set(TASK.teacher.matrix.support)
    for path, loss in effects.items():
        rest = TASK.teacher.matrix - VValue.from_paths({path: 1.0})
        assert loss == pytest.approx(trainer.loss(rest), rel=1e-6)
        assert loss > 1
