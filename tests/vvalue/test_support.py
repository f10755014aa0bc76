"""Supports are finite sets of paths in sorted order."""

from hypothesis import given

from dmm.vvalue.support import Support
from strategies import labels, paths, supports


@given(supports(), supports())
def test_supports_are_sets(s, t):
    assert set(s | t) == set(s) | set(t)
    assert set(s & t) == set(s) & set(t)
    assert set(s - t) == set(s) - set(t)
    assert (s <= t) == (set(s) <= set(t))
    assert (s == t) == (set(s) == set(t))
    assert len(s) == len(set(s))


@given(supports(labels))
def test_order_is_part_of_the_meaning(s):
    assert list(s) == sorted(s)
    assert [s.index[path] for path in s] == list(range(len(s)))
    again = Support(reversed(s.paths))
    assert again == s
    assert hash(again) == hash(s)
    assert s.depth == max(map(len, s), default=0)


@given(supports(), paths())
def test_below_and_under(s, path):
    below = s.under(*path)
    for label in path:
        assert below.labels == ((label,) if len(s) else ())
        below = below[label]
    assert below == s
    assert (path in s) == (path in set(s))
    assert Support([()] if () in s else []) | Support(p for x in s.labels for p in s[x].under(x)) == s


def test_supports_are_not_lists_of_paths():
    assert Support([("a",)]) != [("a",)]
    assert Support([("a",)]) != Support([("a", "a")])
