"""The front: nobody in it is beaten, everybody else is; and what a circuit takes to be described."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm import TASKS, Found, Verdict, VValue, front
from dmm.synthesis.front import FLOAT, description_length, total_bits, weight_bits

TEACHER = TASKS["duplicates"].teacher


def found(links, error, weight=1.0):
    """A judged circuit with so many links."""
    matrix = VValue.from_paths(list(TEACHER.matrix.map_leaves(lambda _: weight).items())[:links])
    verdict = Verdict(error, error == 0, streams=1, ticks=1, failing=None, confirmed=1, engine="compile")
    return Found(TEACHER.with_matrix(matrix), 0.0, verdict)


def beats(one, other):
    """Whether it is better in one respect and not worse in the other."""
    one, other = (one.links, one.verdict.max_error), (other.links, other.verdict.max_error)
    return one != other and all(x <= y for x, y in zip(one, other, strict=True))


circuits = st.builds(found, st.integers(1, 8), st.sampled_from([0.0, 0.1, 0.5, 2.0, math.inf]))


@given(st.lists(circuits, max_size=12))
def test_the_front_is_what_nobody_beats(several):
    best = front(several)
    assert not any(beats(one, other) for one in several for other in best)
    for each in several:
        assert any(beats(one, each) or one[0].matrix == each[0].matrix for one in best)
    sizes = [each.links for each in best]
    errors = [each.verdict.max_error for each in best]
    assert sizes == sorted(set(sizes))
    assert errors == sorted(set(errors), reverse=True)


def test_of_two_that_do_the_same_the_plainer_is_taken():
    plain, odd = found(5, 0.1), found(5, 0.1, weight=0.123)
    assert front([odd, plain]) == [plain]


def test_bits_of_weights_by_hand():
    by_hand = {
        1: 1,
        -1: 1,
        2: 3,
        3: 3,
        -4: 5,
        0.5: 3,
        1 / 3: 3,
        0.75: 7,
        7 / 8: 11,
        1 / 9: FLOAT,
        0.123: FLOAT,
        1e9: FLOAT,
    }
    assert {weight: weight_bits(weight) for weight in by_hand} == by_hand


@given(st.floats(-1e6, 1e6, allow_subnormal=False).filter(bool))
def test_bits_of_a_weight_do_not_depend_on_its_sign_and_are_few(weight):
    assert weight_bits(weight) == weight_bits(-weight)
    assert 1 <= weight_bits(weight) <= 1 + 2 * 16 + 2 * 3


def test_a_link_more_and_an_odd_weight_make_a_circuit_longer():
    lengths = [found(links, 0.0).bits for links in range(1, 9)]
    steps = {round(y - x, 6) for x, y in pairwise(lengths)}
    assert len(steps) == 1  # each link costs the same
    assert steps.pop() > 1
    assert found(8, 0.0, weight=0.123).bits - lengths[-1] == pytest.approx(8 * (FLOAT - 1))


def test_a_place_among_more_neurons_takes_more_bits():
    assert description_length(TEACHER.add("norm-9")) > description_length(TEACHER)


def test_errors_cost_bits_until_no_circuit_is_worth_them():
    costs = [total_bits(found(8, error), 4.0, 100) for error in (0.0, 1e-4, 1e-2, 1.0)]
    assert costs == sorted(set(costs))
    assert costs[0] == found(8, 0.0).bits
    assert total_bits(found(8, 4e-3), 4.0, 100) == pytest.approx(costs[0] + 50)  # half a bit for each answer
    assert total_bits(found(8, math.inf), 4.0, 100) == math.inf
