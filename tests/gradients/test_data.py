"""Examples as arrays: nothing is lost, nothing is added, and only what has a target is scored."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm import Example, VValue, unflatten
from dmm.gradients.data import STREAMS, TICKS, Data

NOTHING = VValue()
items = st.sampled_from([NOTHING, VValue({"a": 1}), VValue({"b": 2, "c": {"d": -1}}), VValue(3)])
steps = st.lists(st.tuples(items, st.none() | items), min_size=1, max_size=20)
examples = st.lists(steps.map(lambda pairs: Example(*zip(*pairs, strict=True))), min_size=1, max_size=6)


@given(examples, st.integers(0, 3))
def test_everything_stands_where_it_belongs(examples, lag):
    data = Data.of(examples, lag)
    streams, targets = unflatten(data.streams), unflatten(data.targets)
    expected = {}
    for row, example in enumerate(examples):
        for step, (item, target) in enumerate(zip(*example, strict=True)):
            assert streams[row][step] == item
            if target is not None:
                expected[row, step + lag] = target
    found = {
        (row, tick): targets[row][tick] for row in range(len(targets)) for tick in range(len(targets[row]))
        if data.scored[row, tick]
    }  # fmt: skip
    assert found == expected
    assert sum(map(bool, chain(*streams))) == sum(bool(item) for example in examples for item in example.inputs)
    assert sum(map(bool, chain(*targets))) == sum(map(bool, expected.values()))
    assert data.energy == (float(sum(target.dot(target) for target in expected.values())) or 1.0)


@given(examples, st.integers(0, 3))
def test_sizes_are_rounded_up_so_that_one_more_seldom_changes_them(examples, lag):
    count, ticks = Data.of(examples, lag).scored.shape
    needed = max(len(example.inputs) for example in examples) + lag
    assert ticks % TICKS == 0
    assert count == 1 if len(examples) == 1 else (count % STREAMS == 0 and count - STREAMS < len(examples) <= count)
    assert ticks - TICKS < needed <= ticks


def test_an_example_without_targets_is_refused_by_its_number():
    fine = Example((NOTHING,), (NOTHING,))
    with pytest.raises(ValueError, match="example 2 has no targets; give one a step"):
        Data.of([fine, Example((NOTHING,), None)])
