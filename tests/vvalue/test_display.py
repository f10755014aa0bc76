"""What notebooks show of V-values: read back as a tree of elements, it is the value, as far as it is not cut."""

import re
from fractions import Fraction

import jax
import pytest
from hypothesis import given

from dmm import VValue, flatten
from dmm.vvalue.display import MOST_LEAVES
from pages import read_page
from strategies import trees

PAGE = "<!DOCTYPE html><html>{}</html>"


def page_of(value):
    return read_page(PAGE.format(value._repr_mimebundle_(include=None, exclude=None)["text/html"]))


def plain(text):
    """The pieces of a value's text form that must be seen: labels and numbers, in any order."""
    return sorted(re.findall(r'"(?:[^"\\]|\\.)*"|[^\s{}:,+.]+', text))


def leaves_of(page):
    """How many numbers stand in a page: leaves, and scalars of branches."""
    spans = [each for each in page.all("span") if "b" in [inner.tag for inner in each.everything()]]
    branches = [each for each in page.all("summary") if re.search(r": \S+ \+", each.words)]
    (root,) = page.all("html")[0].content
    first = root.content[0] if root.content else None
    is_number = first is not None and first.tag == "div" and not first.everything() and "…" not in first.text
    return len(spans) + len(branches) + is_number * (first.text != "0")


@given(trees())
def test_every_leaf_is_shown(v):
    shown = v._repr_mimebundle_()
    assert shown["text/plain"].encode()
    page = page_of(v)
    assert leaves_of(page) == len(v)
    assert {each.tag for each in page.everything()} <= {"html", "div", "span", "b", "details", "summary"}
    assert all(each.attributes.keys() <= {"style", "open"} for each in page.everything())


def test_it_is_nested_and_says_how_much_is_below():
    page = page_of(VValue({"a": 2, "b": {":number": 1, "c": 3, "d": {"x": 1, "y": -0.5}}, "e": {"f": {"g": 7}}}))
    outer, inner = page.all("details")
    assert outer.all("summary")[0].words == "b: 1 + 3 leaves"
    assert inner.all("summary")[0].words == "d 2 leaves"
    assert inner in outer.everything()
    assert [each.words for each in inner.all("span")[1:]] == ["x: 1", "y: -0.5"]
    assert "e.f.g: 7" in [each.words for each in page.all("span")], "a chain of labels is one path"
    assert all("open" in each.attributes for each in (outer, inner))


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (3, "3"), (Fraction(1, 3), "1/3"), (-0.5, "-0.5")])
def test_a_number_is_itself(value, text):
    assert VValue(value)._repr_mimebundle_()["text/plain"] == text
    assert page_of(VValue(value)).words == text


def test_a_long_value_is_cut_and_says_by_how_much():
    v = VValue.from_paths({(f"k{n // 100:03}", f"l{n % 100:03}"): n + 1 for n in range(20_000)})
    shown = v._repr_mimebundle_()
    assert shown["text/plain"].endswith(f"\n... and {20_000 - MOST_LEAVES:,} more leaves")
    assert len(shown["text/plain"]) < 10_000
    assert len(shown["text/html"]) < 60_000
    page = page_of(v)
    branches = page.all("details")
    assert [each.all("summary")[0].words for each in branches] == [f"k{n:03} 100 leaves" for n in range(4)]
    assert not any("open" in each.attributes for each in branches)
    seen = leaves_of(page)
    left = re.findall(r"… and ([\d,]+) more labels? with ([\d,]+) lea", page.words)
    assert seen + sum(int(leaves.replace(",", "")) for _, leaves in left) == 20_000
    assert left[-1] == ("196", "19,600")


def test_labels_and_numbers_are_escaped_and_long_ones_cut():
    v = VValue({"<script>alert(1)</script>": 1, "\ud800": 2, "\n": 3, "x" * 300: Fraction(10**90 + 1, 3)})
    shown = v._repr_mimebundle_()
    assert (shown["text/plain"] + shown["text/html"]).encode()
    assert "<script" not in shown["text/html"]
    words = page_of(v).words
    assert '"<script>alert(1)</script>": 1' in words
    assert '"\\ud800": 2' in words
    assert '"\\n": 3' in words
    assert f"{'x' * 60}… (240 more)" in words
    assert "… (61 more characters)" in words


# -- arrays ------------------------------------------------------------------------------------------------------------


def test_a_flat_value_shows_its_shape_its_support_and_its_numbers():
    v, w = VValue({"a": 2.0, "b": {"c": -1.0}}), VValue({"a": 1.0})
    shown = flatten([v, w])._repr_mimebundle_(include=None, exclude=None)
    assert shown["text/plain"].splitlines() == [
        "FlatVValue of 2 paths, leaves float32 [2, 2]", "support {a, b: {c}}", "[0] {a: 2, b: {c: -1}}", "[1] {a: 1}",
    ]  # fmt: skip
    page = read_page(PAGE.format(shown["text/html"]))
    rows = [[cell.words for cell in row.all("th", "td")] for row in page.all("tr")]
    assert rows == [["", "a", "b.c"], ["[0]", "2", "-1"], ["[1]", "1", "0"]]


def test_without_leading_axes_it_shows_the_tree():
    flat = flatten(VValue({"a": 2, "b": {"c": 3}}))
    assert "a: 2" in page_of(flat).words
    assert "b.c: 3" in page_of(flat).words


def test_many_rows_and_paths_are_cut_and_counted():
    v = VValue({f"k{n:02}": n + 1 for n in range(40)})
    shown = flatten([[v] * 5] * 7)._repr_mimebundle_()
    page = read_page(PAGE.format(shown["text/html"]))
    assert len(page.all("tr")) == 7
    assert "… and 29 more V-values" in page.words
    assert "… and 24 more paths" in page.words
    assert shown["text/plain"].endswith("... and 29 more V-values")


def test_numbers_that_are_not_finite_are_shown():
    flat = flatten(VValue({"a": 1.0, "b": 2.0})) * float("inf")
    assert "a: inf" in page_of(flat).words


def test_nothing_is_asked_of_a_value_that_is_being_traced():
    seen = []
    jax.jit(lambda v: seen.append(v._repr_mimebundle_()) or v)(flatten(VValue({"a": 1.0})))
    assert seen[0]["text/plain"].splitlines() == ["FlatVValue of 1 path, leaves float32 [1]", "support {a}"]
    structure = jax.tree.structure(flatten(VValue({"a": 1.0})))
    hole = jax.tree.unflatten(structure, [object()])
    assert hole._repr_mimebundle_() == {"text/plain": repr(hole)}
