"""Traces: table, picture and page say what the interpreter says."""

import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest

import pictures
from dmm import TASKS, Machine, VValue, characters, load_run, record, run, trace
from dmm.report import trace_table
from dmm.report.answers import inside_section
from dmm.report.trace import Trace
from dmm.report.trace_picture import MOST_ROWS, MOST_TICKS, Shades
from dmm.tasks.duplicates import teacher
from pages import read_page

SVG = pictures.SVG
SAID = re.compile(r"(.+) at ticks? (\d+)(?: to (\d+))?: (.+)")


def signed() -> Machine:
    """The sum of numbers so far, a half of it with the other sign, and something that never speaks."""
    machine = Machine().add("input").add("accum-1-2").add("norm").add("dot").add("out", "numbers")
    machine = machine.link("accum-1-2.dict-2", "input.char").link("norm.dict", "accum-1-2.dict", -1)
    machine = machine.link("dot.dict-1", "norm.norm").link("out.half", "accum-1-2.dict", -0.5)
    return machine.link("out.none", "dot.dot").link("out.size", "norm.norm")


def said_by(svg):
    """What the tooltips of a picture say: a number or a text for each row and tick."""
    found = {}
    for cell in pictures.parsed(svg).iter(f"{SVG}path"):
        text = cell.findtext(f"{SVG}title")
        if text:
            name, first, last, value = SAID.fullmatch(text).groups()
            for tick in range(int(first), int(last or first) + 1):
                assert (name, tick) not in found, "cells do not overlap"
                found[name, tick] = value.replace("−", "-")
    return found


def numbers_of(machine, stream, names):
    """The leaves that are not zero, from the interpreter, by name of row and tick."""
    found = {}
    for number, tick in enumerate(trace(machine, stream), 1):
        for word, end in names.items():
            for path, x in tick.outputs[end].items():
                found[" ".join([word, *path]), number] = f"{x:.3g}"
    return found


# -- what it holds -----------------------------------------------------------------------------------------------------


def test_a_trace_has_what_the_iterator_yields():
    stream = characters("aab.", ticks=9)
    found = record(teacher(), iter(stream))
    assert found.ticks == tuple(trace(teacher(), stream))
    assert found.answers == run(teacher(), stream)
    assert found.emitted("accum.dict") == [tick.outputs["accum", "dict"] for tick in found.ticks]
    assert found.received(("accum", "dict-2")) == [tick.inputs["accum", "dict-2"] for tick in found.ticks]
    assert len(found) == found.last == 9


def test_a_part_keeps_the_numbers_of_its_ticks():
    found = record(teacher(), characters("aab.", ticks=9))
    part = found.part(3, 6)
    assert (part.first, part.last, part.ticks) == (3, 6, found.ticks[2:6])
    assert part.part(4) == found.part(4, 6)
    assert [row["tick"] for row in part.rows()] == [3, 4, 5, 6]
    assert part.table().splitlines()[-1].split()[0] == "6"
    with pytest.raises(ValueError, match="there are no ticks 2 to 6; choose among 3 to 6"):
        part.part(2)


def test_other_numbers_and_items_as_dictionaries():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char", Fraction(1, 3)).read("accum")
    found = record(machine, [{"a": 1}, {"a": 1}, 0], number=Fraction)
    assert found.emitted("accum.dict")[-1] == VValue({"a": Fraction(2, 3)})


MISTAKES = {
    "unknown neuron": (lambda found: found.emitted("nrom.norm"), "there is no neuron 'nrom'; there are "),
    "unknown among many": (lambda found: found.table(["accum", "nrom"]), "there is no neuron 'nrom'; there are "),
    "no output": (lambda found: found.emitted("norm"), "'norm' does not name a neuron and its field"),
    "nothing": (lambda found: record(found.machine, []), "the stream is empty"),
}


@pytest.mark.parametrize(("ask", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(ask, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        ask(record(teacher(), characters("ab")))


# -- the table ---------------------------------------------------------------------------------------------------------


def columns_of(line):
    """Where the columns of a line of a table begin, a wide character counting as two."""
    wide = "".join(c + "~" if unicodedata.east_asian_width(c) in "WF" else c for c in line)
    return [found.start() for found in re.finditer(r"(?:^|(?<=  ))\S", wide)]


@pytest.mark.parametrize("text", ["字a日本", "한글ab", "ＡＢ"])
def test_columns_of_wide_characters_align(text):
    head, *rows = record(teacher(), characters(text)).table(["input", "accum", "norm"]).splitlines()
    assert any(unicodedata.east_asian_width(c) in "WF" for row in rows for c in row)
    starts = columns_of(head)
    assert len(starts) == 4
    assert all(set(columns_of(row)) == set(starts) for row in rows)


def test_a_line_is_never_wider_than_asked_for():
    found = record(teacher(), characters("字a日本語ですか.", ticks=14))
    for width in (24, 40, 61):
        for line in found.table(width=width).split("\n\n", 1)[1].splitlines():
            assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) <= width


def test_what_has_no_picture_is_escaped():
    table = record(teacher(), [VValue({"\x1b[31m": 1}), VValue({"\ud800": 1})]).table()
    assert "\\u001b[31m" in table
    assert table.encode()


# -- the picture -------------------------------------------------------------------------------------------------------


def test_every_cell_is_what_the_interpreter_says():
    stream = characters("aab.b", every=2, ticks=14)
    rows = {"accum": ("accum", "dict"), "norm": ("norm", "norm"), "const_1": ("const_1", "const_1")}
    rows |= {"compare.true": ("compare", "true"), "dot": ("dot", "dot"), "eos": ("eos", "char")}
    rows |= {"output.dict-1": ("output", "dict-1"), "output.dict-2": ("output", "dict-2")}
    assert said_by(record(teacher(), stream).svg()) == numbers_of(teacher(), stream, rows)


def test_negative_numbers_are_told_by_colour_and_by_a_sign_that_print_keeps():
    machine, stream = signed(), [VValue(x) for x in (3, 1, -7, 0.25, 0, 0)]
    svg = record(machine, stream).svg()
    ends = {"accum": ("accum-1-2", "dict"), "norm": ("norm", "norm"), "out.half": ("out", "half")}
    assert said_by(svg) == numbers_of(machine, stream, {**ends, "out.size": ("out", "size")})
    root = pictures.parsed(svg)
    cells = [cell for cell in root.iter(f"{SVG}path") if cell.find(f"{SVG}title") is not None]
    texts = [text.text for text in pictures.of_class(root, "field") if {"on", "over"} & set(text.get("class").split())]
    negative = [cell for cell in cells if ": −" in cell.findtext(f"{SVG}title")]
    assert negative
    assert {cell.get("class")[0] for cell in negative} == {"n"}
    assert {cell.get("class")[0] for cell in cells if cell not in negative} == {"p"}
    dashes = [dash for dash in pictures.of_class(root, "minus") if len(dash.get("d")) > 0]
    levels = len({cell.get("class")[1:] for cell in cells})
    assert sum(text.startswith("−") for text in texts) + len(dashes) >= len(negative) + levels - 1
    remarks = " ".join(text.text for text in pictures.of_class(root, "quiet"))
    assert "Orange with a dash or a minus sign: negative." in remarks
    assert "Always zero: dot." in remarks


def test_cells_stand_below_the_numbers_and_items_of_their_ticks():
    svg = record(teacher(), characters("hello.", ticks=11)).svg()
    root, page = pictures.parsed(svg), pictures.page(pictures.parsed(svg))
    (items,) = pictures.of_class(root, "items")
    texts = [(text.text, float(text.get("x")), float(text.get("y"))) for text in items.iter(f"{SVG}text")]
    numbered = {int(text): x for text, x, _ in texts if text.isdigit()}
    assert [*numbered] == [*range(1, 12)]
    assert "".join(text for text, x, _ in texts if x in numbered.values() and not text.isdigit()) == "hello......"
    below = max(y for *_, y in texts)
    for cell in root.iter(f"{SVG}path"):
        if text := cell.findtext(f"{SVG}title"):
            _, first, last, _ = SAID.fullmatch(text).groups()
            x, y, wide = (float(n) for n in re.findall(r"-?[\d.]+", cell.get("d"))[:3])
            assert x + wide / 2 == pytest.approx((numbered[int(first)] + numbered[int(last or first)]) / 2, abs=0.02)
            assert y > below
            assert page.holds(x, y)
            assert page.holds(x + wide, y)


def test_the_larger_the_darker():
    levels = {}
    for cell in pictures.parsed(record(signed(), [VValue(x) for x in range(-9, 10)]).svg()).iter(f"{SVG}path"):
        if text := cell.findtext(f"{SVG}title"):
            size = abs(float(SAID.fullmatch(text)[4].replace("−", "-")))
            levels.setdefault(size, set()).add(int(cell.get("class")[1:]))
    assert all(len(level) == 1 for level in levels.values())
    order = [min(levels[size]) for size in sorted(levels)]
    assert order == sorted(order)
    assert (order[0], order[-1]) == (1, 8)


@pytest.mark.parametrize("sizes", [[], [2.0], [1.0, 1.0000001], [1.0, 2.0, 5.0], [0.1 * n for n in range(1, 40)],
                                   [10.0**n for n in range(-9, 9)], [float("inf"), 1.0]])  # fmt: skip
def test_the_legend_says_what_levels_mean(sizes):
    shades = Shades.of(sizes)
    for x in sizes:
        level = shades.level(-x)
        assert 1 <= level <= 8
        if x != float("inf"):
            limits = dict(zip(shades.levels, shades.limits, strict=True))
            assert float(f"{x:.3g}") <= limits[level]
            if shades.is_exact:
                assert limits[level] == float(f"{x:.3g}")


def test_trees_are_opened_as_long_as_there_is_room_and_else_show_their_largest_leaf():
    text = "".join(chr(ord("a") + n) for n in range(26)) + "".join(chr(ord("A") + n) for n in range(26)) + "zz"
    machine = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char", -1)
    found = record(machine.link("norm.dict", "accum.dict").read("norm"), characters(text, ticks=len(text)))
    said = said_by(found.svg())
    assert said["accum", 54] == str(found.emitted("accum.dict")[53])[:400]
    assert said["norm", 54] == "1"
    root = pictures.parsed(found.svg())
    assert "largest of 52 leaves" in pictures.texts(root)
    few = said_by(found.part(1, 40).svg())
    assert few["accum a", 40] == "-1"
    assert len({name for name, _ in few}) <= MOST_ROWS


def test_a_long_stream_is_drawn_in_part_and_says_so():
    found = record(teacher(), characters("ab", ticks=MOST_TICKS + 60))
    root = pictures.parsed(found.svg())
    assert any(f"Drawn are ticks 1 to {MOST_TICKS} of 1 to {MOST_TICKS + 60}." in text for text in pictures.texts(root))
    assert max(tick for _, tick in said_by(found.svg())) == MOST_TICKS
    assert min(tick for _, tick in said_by(found.part(101).svg())) == 101


def test_odd_labels_and_names_are_escaped():
    machine = Machine().add("<i>&", "input").add('"<b>"', "accum").link(('"<b>"', "dict-2"), ("<i>&", "char"))
    found = record(machine.read('"<b>"'), [VValue({"<script>": 1}), VValue({"\u2028": 1}), VValue({"\ud800": 2})])
    shown = found._repr_mimebundle_()
    assert "<script" not in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    assert (shown["text/plain"] + shown["text/html"]).encode()
    pictures.parsed(found.svg())
    read_page(found.html())


# -- notebooks, pages, reports -----------------------------------------------------------------------------------------


def test_a_notebook_gets_the_picture_and_the_table():
    found = record(teacher(), characters("noon.", ticks=500))
    shown = found._repr_mimebundle_(include=None, exclude=None)
    assert found.svg() in shown["text/html"]
    assert shown["text/plain"].splitlines()[-1] == "... and 300 more ticks"
    short = record(teacher(), characters("noon."))
    assert short._repr_mimebundle_()["text/plain"] == short.table() == str(short)


def test_a_page_has_the_picture_and_the_table_and_needs_nothing():
    found = record(teacher(), characters("no<on.", ticks=12))
    page = read_page(found.html())
    assert page.all("h1")[0].words == "Trace of no<on......."
    assert page.all("pre")[0].text == found.table()
    assert len(page.all("svg")) == 1
    assert not {"script", "link", "img"} & {element.tag for element in page.everything()}
    assert "12 ticks, unit delay." in [each.words for each in page.all("p")]


def test_the_report_shows_the_trace_of_the_first_training_stream(trained):
    found = load_run(trained)
    (figure,) = inside_section(found).blocks
    stream = TASKS["running-sum"].examples[0].inputs
    said, total = said_by(figure.svg), 0
    for tick, item in enumerate(stream, 1):
        total += item.scalar
        assert said.get(("accum", tick), "0") == f"{total:g}"


def test_the_report_draws_a_machine_that_explodes():
    machine = Machine().add("const_1").add("sum").link("sum.x", "sum.sum", 1e200).link("sum.y", "const_1.const_1")
    ticks = tuple(trace(machine.read("sum"), [VValue()] * 9))
    svg = Trace(machine.read("sum"), (VValue(),) * 9, ticks).svg()
    assert "inf" in said_by(svg)["sum", 9]


def test_the_picture_in_the_documentation_is_this_one():
    drawn = Path(__file__).resolve().parents[2] / "docs" / "trace.svg"
    assert drawn.read_text(encoding="utf-8") == record(teacher(), characters("hello.", ticks=11)).svg()


def test_of_a_machine_that_changes_itself_the_changes_are_told_and_the_neurons_that_come_to_be():
    machine = Machine().add("lap", "input").add("self", "accum").add("count", "accum").link("count.dict-2", "lap.char")
    machine = machine.add("grow", "copy", neurons={"count": 1}).link("self.dict-2", "grow.matrix")
    machine = machine.link("grow.matrix", "self.dict").link("grow.copies", "lap.char").read("count")
    found = record(machine.governed_by("self.dict"), [VValue({"new": 1}), *[VValue()] * 4])
    text = found.table(folded=False)
    assert "changes in self.dict" in text
    links = {"dict-1": {"count-new": {"dict": 1}}, "dict-2": {"lap": {"char": 1}}}
    assert str(VValue({"count-new": links})) in text.splitlines()[-1]
    assert found.neurons()[-1] == "count-new"
    assert "count-new" in found.svg()
    with pytest.raises(ValueError, match="there is no neuron 'count-old'"):
        found.table(["count-old"])


def test_a_value_that_stays_is_written_once(monkeypatch):
    written = []
    monkeypatch.setattr(trace_table, "rounded", lambda value: written.append(value) or str(value))
    machine = Machine().add("always", "constant", value={"a": 1}).add("timer").add("self", "accum")
    traced = record(machine.read("timer", "always").governed_by("self.dict"), [VValue()] * 20)
    assert str(traced).startswith("always always.value = {a: 1}")
    assert written.count(VValue({"a": 1})) == 1
