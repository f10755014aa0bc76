"""The plots: what can be read off them is what was to be drawn."""

import itertools
import json
import math
import re

import pytest

import pictures
from dmm import VValue, characters
from dmm.report.course import attempts, course, shares, way_to_the_circuit
from dmm.report.folder import Entry, load_run
from dmm.report.plots import Axis, stairs, tick_texts
from dmm.report.stream_picture import Series, answers_svg
from dmm.report.training_picture import overlaid_svg, training_svg
from dmm.synthesis.position import Undone

SVG = pictures.SVG
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def numbers(text):
    return [float(x) for x in NUMBER.findall(text)]


def paths(root, *classes):
    return [each for each in root.iter(f"{SVG}path") if set(classes) <= set(each.get("class", "").split())]


def read_stairs(d):
    """The pieces of a line of steps as (from, to, height)."""
    pieces, x, y = [], 0.0, 0.0
    for command, rest in re.findall(r"([MVH])([^MVH]*)", d):
        given = numbers(rest)
        if command == "M":
            x, y = given
        elif command == "V":
            (y,) = given
        else:
            pieces.append((x, given[0], y))
            (x,) = given
    return pieces


# -- axes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("values", [[1, 2, 3], [8, 1486], [1e-12, 3.0], [0.3, 0.4], [5.0], [1e-300, 1e300], [7, 7e6]])
def test_an_axis_has_room_for_all_numbers_and_round_ticks_between(values, is_log):
    axis = Axis.around(values, 10, 110, is_log=is_log)
    places = [axis.at(x) for x in sorted(values)]
    assert all(10 <= place <= 110 for place in places)
    assert places == sorted(places)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 9
    assert ticks == sorted(set(ticks))
    assert axis.low * (1 - 1e-9) <= ticks[0]
    assert ticks[-1] <= axis.high * (1 + 1e-9)
    assert all(f"{x:.0e}"[0] in "1234567890" and math.isclose(float(f"{x:.2g}"), x, abs_tol=1e-12) for x in ticks)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    if not is_log:
        assert all(math.isclose(step, steps[0], rel_tol=1e-6) for step in steps)


@pytest.mark.parametrize("values", [[], [0.0], [-3.0, -1.0], [math.inf, math.nan, 2.0]])
@pytest.mark.parametrize("is_log", [False, True])
def test_an_axis_of_next_to_nothing_is_one(values, is_log):
    axis = Axis.around(values, 0, 100, is_log=is_log)
    assert axis.low < axis.high
    assert 0 <= axis.at(1.0) <= 100
    assert axis.ticks()


def test_a_linear_axis_is_linear_and_a_logarithmic_one_logarithmic():
    linear, log = Axis(0, 10, 100, 0), Axis(1, 1000, 0, 90, is_log=True)
    assert [linear.at(x) for x in (0, 2.5, 10, 99)] == [100, 75, 0, 0]
    assert [round(log.at(x), 9) for x in (1, 10, 1000)] == [0, 30, 90]
    assert tick_texts(log.ticks()) == ["1", "10", "100", "1,000"]


def test_a_line_of_steps_keeps_each_value_for_its_tick_and_breaks_where_there_is_none():
    across, up = Axis(0.5, 5.5, 0, 50), Axis(0, 10, 100, 0)
    assert read_stairs(stairs([1, 1, None, 4, 10], across, up)) == [
        (0, 10, 90), (10, 20, 90), (30, 40, 60), (40, 50, 0),
    ]  # fmt: skip


# -- the course of a run -----------------------------------------------------------------------------------------------

LINES = [  # unit, stage after it, attempt, steps, loss, links, counter-examples, seconds
    (1, "cut", 1, 100, 0.5, 20, 0, 1.0),
    (2, "cut", 1, 200, 0.6, 10, 0, 1.5),
    (3, "cut", 1, 300, 0.6, 10, 0, 2.0),  # trained, and no smaller: back
    (4, "fit", 1, 300, 0.6, 10, 0, 2.1),  # nothing was tried
    (5, "warm up", 2, 400, None, 20, 0, 2.2),  # the fit failed
    (6, "cut", 2, 500, 0.4, 20, 0, 3.2),
    (7, "refine", 2, 600, 0.1, 5, 0, 3.7),
    (8, "settle", 2, 600, 0.1, 5, 0, 3.7),
    (9, "mend", 2, 600, 0.0, 5, 1, 3.9),  # met a counter-example
    (10, "refine", 2, 700, 0.2, 9, 1, 4.9),  # back to the machine before
    (11, "done", 2, 700, 0.0, 4, 1, 5.0),
]
HISTORY = tuple(Entry(*line) for line in LINES)


def test_units_of_work_are_told_by_the_lines_before_and_after():
    units = course(HISTORY)
    assert [unit.work for unit in units] == [
        "warm up", "cut", "cut", "cut", "fit", "warm up", "cut", "refine", "settle", "mend", "refine",
    ]  # fmt: skip
    assert [unit.change.value for unit in units] == [
        "start", "cut", "step back", "none", "start", "none", "cut", "none", "none", "step back", "cut",
    ]  # fmt: skip
    assert [unit.entry.unit for unit in units if unit.learned] == [9]
    assert [[unit.entry.unit for unit in some] for some in attempts(units)] == [[1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11]]


def test_stages_share_all_of_the_time():
    found = {share.work: (share.units, share.steps, round(share.seconds, 6)) for share in shares(course(HISTORY))}
    assert found == {
        "warm up": (2, 200, 2.0), "cut": (4, 300, 1.6), "fit": (1, 100, 0.1), "refine": (2, 0, 0.1),
        "settle": (1, 0, 0.2), "mend": (1, 100, 1.0),
    }  # fmt: skip


def middle(mark):
    """The middle of a dot, or of a triangle."""
    x, y, radius, *_ = numbers(mark.get("d"))
    return x + radius if "a" in mark.get("d") else x, y


def test_every_unit_is_a_mark_at_its_place():
    root = pictures.parsed(training_svg(course(HISTORY)))
    dots, rings = paths(root, "dot", "s1"), paths(root, "ring", "s1")
    assert (len(dots), len(rings), len(paths(root, "learned"))) == (10, 3, 2)  # of each, one stands in the legend
    said = {"".join(each.itertext()): middle(each)[0] for each in [*dots, *rings] if len(each)}
    assert "unit 3, cut: step back, step 300, 10 links, loss 0.6" in said
    x = {int(re.search(r"unit (\d+)", text)[1]): place for text, place in said.items()}
    steps = {unit: step for unit, _, _, step, *_ in LINES}
    assert x.keys() == steps.keys()
    for unit, step in steps.items():
        assert math.isclose((x[unit] - x[1]) / (x[11] - x[1]), (step - 100) / 600, abs_tol=1e-3)


def told(entry, penalty, undone=None):
    """The line of a history with what newer versions record."""
    return entry._replace(penalty=penalty, undone=undone and Undone(*undone))


def test_penalty_stands_beside_loss_and_what_was_given_up_at_its_own_place():
    """Unit 3 tried 5 links and blew up, unit 4 repeats it without training; the fit of unit 5 failed after a cut."""
    penalties = [0.5, 0.05, 0.05, 0.05, 0.0, 0.5, 0.05, 0.0, 0.0, 0.0, 0.0]
    undone = {3: (5, math.inf), 4: (5, math.inf), 5: (8, 50.0)}
    units = course([told(entry, x, undone.get(entry.unit)) for entry, x in zip(HISTORY, penalties, strict=True)])
    assert [unit.entry.unit for unit in units if unit.undone] == [3, 5]
    root = pictures.parsed(training_svg(units))
    first, second = [numbers(each.get("d")) for each in paths(root, "line", "s0")]
    penalty, again, _ = [numbers(each.get("d")) for each in paths(root, "line", "s2")]  # the last is in the legend
    assert penalty[::2] == first[::2]  # as far along as the losses of the same units
    assert len(again) == 2 * 2
    fourth = again[3] - again[1]  # from 0.5 to 0.05: a power of ten
    losses = dict(zip((0.4, 0.1), second[1:5:2], strict=True))  # the first unit of the attempt has no loss
    assert fourth == pytest.approx((losses[0.1] - losses[0.4]) / math.log10(4), abs=0.5)
    assert penalty[1] == pytest.approx(first[1], abs=0.1)  # both 0.5
    assert "loss and penalty" in [each.text for each in root.iter(f"{SVG}text")]
    high = {number: middle(each) for each in paths(root, "ring", "s0") for number in [unit_of(each)]}
    low = {number: middle(each) for each in paths(root, "ring", "s1") if len(each) for number in [unit_of(each)]}
    assert high.keys() == low.keys() == {3, 5, 10}  # the tenth is told by its links
    links = [numbers(each.get("d")) for each in paths(root, "line", "s1")]
    assert low[3][1] > links[0][5] > links[0][1]  # below the line at 10 links, which is below 20
    assert high[3][1] <= high[5][1] < first[1]  # what blew up, at the top; a loss of 50; one of 0.5
    assert "2 steps back" in root.find(f"{SVG}desc").text


def unit_of(mark):
    return int(re.search(r"unit (\d+)", "".join(mark.itertext()))[1])


def test_the_links_of_several_runs_are_lines_that_end_where_they_end():
    short = course(HISTORY[:4])
    root = pictures.parsed(overlaid_svg([("one", course(HISTORY)), ("two", short), ("none", ())]))
    first, second = [[numbers(each.get("d")) for each in paths(root, "line", f"s{n}")] for n in (0, 1)]
    assert [len(line) // 2 for line in first[:2]] == [4, 7]
    assert first[0] == second[0], "the same history is the same line"
    ends = [each[0].text for each in root.iter(f"{SVG}path") if "dot" in each.get("class", "")]
    assert ends == ["one", "two"]


def test_the_way_to_the_circuit_is_that_of_its_attempt(trained):
    run = load_run(trained)
    way = way_to_the_circuit(run)
    attempt = {entry.unit: entry.attempt for entry in run.history}
    assert {attempt[each.unit] for each in way} == {run.last.attempt}
    assert way[-1].links == len(run.circuit.matrix)
    files = [json.loads(each.path.read_text()) for each in way]
    assert files[-1]["links"] == json.loads((trained / "circuit.json").read_text())["links"]


# -- streams -----------------------------------------------------------------------------------------------------------


def test_answers_and_targets_are_read_off_by_the_axis():
    """The numbers written at the axis say what heights mean; by these, the lines are the numbers given."""
    answers, targets = [0.0, 1.5, 3.0, -2.0], [0.0, 2.0, None, -2.0]
    stream = tuple(characters("ab", ticks=4))
    root = pictures.parsed(answers_svg([Series("sum", answers, targets)], stream, "title"))
    labels = [each for each in pictures.of_class(root, "field") if each.get("text-anchor") == "end"]
    scale = [
        (float(each.text.replace("−", "-")), float(each.get("y")) - 3.5)
        for each in labels
        if each.text not in ("item", "tick")
    ]
    (low, bottom), (high, top) = scale[0], scale[-1]

    def value(y):
        return low + (y - bottom) / (top - bottom) * (high - low)

    (line,) = [read_stairs(each.get("d")) for each in paths(root, "line") if "h" not in each.get("d")]
    (under,) = [read_stairs(each.get("d")) for each in paths(root, "under") if "h" not in each.get("d")]
    assert [round(value(y), 2) for _, _, y in line] == answers
    assert [round(value(y), 2) for _, _, y in under] == [0.0, 2.0, -2.0]
    assert len(re.findall("M", paths(root, "wrong")[0].get("d"))) == 1, "one wrong answer is marked"
    assert [each.text for each in pictures.of_class(root, "item")] == ["a", "b", "b", "b"]


@pytest.mark.parametrize("ticks", [1, 33, 70, 140])
def test_items_stand_below_their_ticks(ticks):
    stream = tuple(VValue({word: 1}) for word in itertools.islice(itertools.cycle(["rain", "a", "<b>"]), ticks))
    root = pictures.parsed(answers_svg([Series("n", [1.0] * ticks, [1.0] * ticks)], stream, "title"))
    page = pictures.page(root)
    (line,) = [read_stairs(each.get("d")) for each in paths(root, "line") if "h" not in each.get("d")]
    places = [numbers(each.get("transform"))[0] - 3.5 for each in pictures.of_class(root, "item")]
    middles = [(left + right) / 2 for left, right, _ in line]
    assert all(any(abs(place - middle) < 0.1 for middle in middles) for place in places)
    assert len(places) in (ticks, ticks // 2)
    assert all(page.left < x < page.right for x in (*places, *middles))
