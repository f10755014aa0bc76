"""Going back: each member for itself, to where it was well, at half the rate, and not for ever."""

import numpy as np
import pytest

from dmm.synthesis.safe import BLOWN, RETURNS, WORSE, Safe


def test_each_member_goes_back_for_itself_and_slows_down():
    start, first, second = (np.array([[k, 10.0 + k]]).T for k in (0.0, 1.0, 2.0))
    safe = Safe(start, np.array([0.1, 0.1], np.float32), energy=1.0)
    assert np.asarray(safe.checked(start, first, np.array([5.0, 6.0]))).tolist() == first.tolist()
    after = np.asarray(safe.checked(first, second, np.array([4.0, np.nan])))
    assert after.tolist() == [[2.0], [10.0]]  # the second is back at its start, which led to a finite loss
    assert safe.rates.tolist() == pytest.approx([0.1, 0.05])
    assert np.asarray(safe.state).tolist() == [[1.0], [10.0]]
    assert not safe.is_lost


@pytest.mark.parametrize(
    ("losses", "well"),
    [
        ([1.0, 0.5], True), ([1.0, 99 * BLOWN], False), ([1.0, np.inf], False), ([99 * BLOWN, 98 * BLOWN], True),
        ([BLOWN, (WORSE + 1) * BLOWN], False), ([np.nan, 1.0], True),
    ],
)  # fmt: skip
def test_what_counts_as_blown_up(losses, well):
    safe, state = Safe(np.zeros((1, 1)), np.ones(1, np.float32), energy=1.0), np.zeros((1, 1))
    for loss in losses:
        before = safe.rates[0]
        safe.checked(state, state, np.array([loss]))
    assert (safe.rates[0] == before) == well


def test_a_training_is_lost_when_nothing_helps():
    safe, state = Safe(np.zeros((2, 1)), np.ones(2, np.float32), energy=1.0), np.zeros((2, 1))
    for _ in range(RETURNS):
        safe.checked(state, state, np.array([np.inf, np.inf]))
        assert not safe.is_lost
    safe.checked(state, state, np.array([np.inf, np.inf]))
    assert safe.is_lost
