"""Streams spelled out, and streams drawn at random."""

import re
from collections import Counter

import pytest

from dmm import VValue, mixtures, symbols
from dmm.tasks.streams import spell


def test_symbols_undo_spelling():
    assert spell(symbols("··ab·é")) == "··ab·é"
    assert symbols(["the", "·", "sun"]) == (VValue({"the": 1}), VValue(), VValue({"sun": 1}))


def test_mixtures_take_whatever_may_stand_in_a_stream():
    (stream,) = mixtures(["a", 2, None, {"b": {"c": 3}}, VValue({"d": 4})])(seed=3, count=1, ticks=400)
    assert set(map(str, stream)) <= {"{a: 1}", "2", "0", "{b: {c: 3}}", "{d: 4}"}


def test_phrases_stay_whole_up_to_the_end():
    texts = [spell(stream) for stream in mixtures([("a", "b", "c"), "d"])(seed=1, count=40, ticks=31)]
    assert all(re.fullmatch("(abc|d)*(ab?)?", text) for text in texts)
    assert {text[-1] for text in texts} == set("abcd")


@pytest.mark.parametrize("items", ["ab", "abcdef·", "abcdefghijkl·"])
def test_frequencies_differ_from_stream_to_stream(items):
    """Some streams have hardly more than one item, of different kinds; in others no item is most of the stream."""
    streams = [Counter(spell(stream)).most_common(1)[0] for stream in mixtures(symbols(items))(1, 400, 100)]
    nearly_constant = [item for item, count in streams if count >= 85]
    assert 20 <= len(nearly_constant) <= 250
    assert set(nearly_constant) == set(items)
    assert sum(count <= 100 / len(items) * 1.7 for _, count in streams) >= 20
