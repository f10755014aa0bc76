"""What is said before a synthesis: sizes, the gradient that will be used, and why."""

import pytest

from dmm import TASKS, EvolutionStrategies, Reverse, Settings, explain
from dmm.gradients.choice import pairs_for

pytestmark = pytest.mark.trains
TASK = TASKS["duplicates"]


def test_pieces_are_chosen_where_memory_is_short():
    rich = explain(TASK, settings=Settings(memory=10**9))
    assert (rich.gradient, rich.fits, rich.links, rich.neurons) == (Reverse(), True, 1486, 44)
    poor = explain(TASK, settings=Settings(memory=rich.bytes - 1))
    assert poor.gradient.piece is not None
    assert poor.bytes < rich.bytes
    assert poor.fits
    assert "in pieces of 12 ticks" in str(poor)


def test_a_population_takes_its_share():
    one, four = (explain(TASK, settings=Settings(memory=10**9, population=size)) for size in (1, 4))
    assert 3 * one.bytes < four.bytes < 4 * one.bytes
    assert "trained 4 at a time" in str(four)


def test_types_that_move_in_steps_are_trained_by_evolution_strategies_unless_told_otherwise():
    steps = explain(TASKS["all-different"])
    assert isinstance(steps.gradient, EvolutionStrategies)
    assert steps.why.startswith("less_or_equal moves in steps")
    told = explain(TASKS["all-different"], settings=Settings(gradient=Reverse()))
    assert (told.gradient, told.why) == (Reverse(), "")


def test_a_measurement_says_what_it_found():
    found = explain(TASKS["running-sum"], measure=True)
    assert found.gradient == Reverse()
    links = found.links
    assert f"evolution strategies would need {pairs_for(0.9, links)} pairs" in found.why
    assert found.as_json()["why"] == found.why
