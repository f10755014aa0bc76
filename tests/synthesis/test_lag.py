"""The lag of a unit-delay task by examples."""

import pytest

from dmm import Example, Settings, VValue, task_from_examples
from dmm.synthesis.lag import with_lag

pytestmark = pytest.mark.trains
NUMBERS = [(2, 0, -3, 1, 0, -2), (0, -1, 1, 4, 0, 0), (-3, 3, 0, 0, 2, -1)]


def total(stream):
    return tuple(VValue(sum(map(abs, stream[: step + 1]))) for step in range(len(stream)))


@pytest.fixture(scope="module")
def task():
    """Sums of absolute values: a norm hears its number one tick late, and the readout the norm and the sum before."""
    examples = [Example(tuple(map(VValue, stream)), total(stream)) for stream in NUMBERS]
    return task_from_examples(examples, timing="unit delay", neurons=("norm", "accum"), layers=2, width=1)


def test_the_least_lag_that_fits_is_found(task):
    assert task.parts.lag is None
    tried = {}
    found = with_lag(task, 0, Settings(), lambda lag, loss: tried.update({lag: loss}))
    assert found.parts.lag == 2
    assert list(tried) == [1, 2, 3]
    assert tried[2] < tried[1] / 5


def test_a_lag_that_is_given_stays(task):
    given = task_from_examples(task.examples, timing="unit delay", lag=3, held_out=())
    assert with_lag(given, 0, Settings()) is given
