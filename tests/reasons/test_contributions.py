"""Why a machine answered: what is named made the answer, and what is not made no difference to the interpreter."""

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmm.interpret.cycle import trace
from dmm.machine.check import MachineError
from dmm.machine.machine import Machine
from dmm.neurons.registry import NEURON_TYPES
from dmm.reasons.contributions import contributions
from dmm.reasons.reasons import Ending
from dmm.reasons.removal import without_each
from dmm.reasons.shares import split
from dmm.reasons.wiring import Wiring
from dmm.tasks.duplicates import teacher
from dmm.tasks.registry import TASKS
from dmm.tasks.streams import characters, symbols
from dmm.vvalue.tree import VValue
from strategies import echo, machines, started, streams, synchronous_machines

LAG = 4  # of the detector: links from an item to the answer
NOTHING = VValue()
ROUNDING = 1e-9
PIECEWISE_LINEAR = ("accum", "sum", "identity", "delay", "norm", "compare", "maximum", "minimum", "peak", "timer")
EXACT = {**{name: NEURON_TYPES[name] for name in PIECEWISE_LINEAR}, "echo": echo}
"""Types that compute with fractions as exactly as they are."""


def any_machines(**options):
    """Machines of both timings, some of which do not start as zero."""
    both = st.one_of(machines(recurrent=True, **options), synchronous_machines(**options))
    return st.one_of(both, both, started(both))


def values(value):
    """A value and all that it was made of."""
    yield value
    for term in value.terms:
        yield from values(term.source)


def without(stream, *gone):
    """The stream with zero at these ticks."""
    return [NOTHING if tick in gone else item for tick, item in enumerate(stream, 1)]


def emitted(machine, stream, reason, **options):
    """The number that a reason explains, as the interpreter has it at the end of a stream."""
    *_, last = trace(machine, stream, **options)
    return last.outputs[(reason.value.neuron, *reason.value.path)].scalar


def close(x, y, size=0):
    return abs(x - y) <= ROUNDING * max(abs(x), abs(y), size)


# -- the laws ----------------------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(any_machines(), streams(ticks=6), st.integers(1, 6))
def test_an_item_that_is_not_named_makes_no_difference(machine, stream, tick):
    for reason in contributions(machine, stream, tick).reasons:
        value, named = reason.value.value, {needed.tick: needed for needed in reason.items}
        assert value == emitted(machine, stream[:tick], reason)
        for at in range(1, tick + 1):
            other = emitted(machine, without(stream[:tick], at), reason)
            if at in named:
                assert close(other, named[at].without, abs(value))
                assert named[at].item == stream[at - 1]
            else:
                assert close(other, value)
        rest = {at for at in range(1, tick + 1) if at not in named}
        assert close(emitted(machine, without(stream[:tick], *rest), reason), reason.alone)


@settings(max_examples=40)
@given(any_machines(kinds=EXACT), streams(ticks=5))
def test_contributions_and_links_add_up_exactly(machine, stream):
    """In fractions: contributions to the value, and what links bring to what the trace says was received."""
    ticks = list(trace(machine, stream, number=Fraction))
    for reason in contributions(machine, stream, number=Fraction).reasons:
        for value in values(reason.value):
            if value.ending is not None:
                continue
            if value.is_sum:
                assert value.nothing + sum(term.contribution for term in value.terms) == value.value
            received, brought = ticks[value.tick - 1].inputs[value.neuron], Counter()
            for term in value.terms:
                assert term.source.value == at(machine, ticks, term.source)
                brought[term.path] += term.brought
            if not hears_itself(machine, value.neuron):  # no term of memory is left out
                assert all(total == received[path].scalar for path, total in brought.items())


def at(machine, ticks, value):
    """What the trace says of a value."""
    outputs = ticks[value.tick - 1].outputs if value.tick else machine.initial
    return outputs[(value.neuron, *value.path)].scalar


def hears_itself(machine, name):
    heard, new = set(), {name}
    while new:
        new = {link.source for link in machine.all_links() if link.neuron in new} - heard
        heard |= new
    return name in heard


@settings(max_examples=80)
@given(any_machines(), streams(ticks=5))
def test_the_walk_ends_at_items_constants_and_zeros(machine, stream):
    linked = {link.neuron for link in machine.all_links()}
    found = contributions(machine, stream, depth=100)
    for reason in found.reasons:
        for value in values(reason.value):
            assert (value.ending is None) == bool(value.terms or (value.is_sum and value.nothing))
            assert value.ending is not Ending.DEEP
            if value.ending is Ending.ITEM:
                assert value.received == stream[value.tick - 1]
            elif value.ending is Ending.CONSTANT:
                assert value.neuron not in linked
            elif value.ending is Ending.START:
                assert (value.tick, value.value) == (0, 0)
            elif value.ending is Ending.INITIAL:
                place = (value.neuron, *value.path)
                assert value.tick == 0
                assert value.value == machine.initial[place].scalar == reason.starts[place] != 0
            elif value.ending in (Ending.EMPTY, Ending.ANYWAY):
                assert value.value == machine.apply(value.neuron, NOTHING)[value.path].scalar
        starts = {(v.neuron, *v.path) for v in values(reason.value) if v.ending is Ending.INITIAL}
        assert starts <= reason.starts.keys()
        at_the_ends = {v.tick for v in values(reason.value) if v.ending is Ending.ITEM and v.value}
        assert at_the_ends <= {needed.tick for needed in reason.items if needed.shown}
    assert json.loads(json.dumps(found.as_json(), default=float)) == with_floats(found.as_json())
    assert bool(str(found)) == bool(found.reasons)  # an answer without outputs needs no reasons


@settings(max_examples=40)
@given(started(any_machines()), streams(ticks=4))
def test_what_it_would_be_had_all_started_as_zero(machine, stream):
    for reason in contributions(machine, stream).reasons:
        if machine.initial:
            assert close(reason.unstarted, emitted(replace(machine, initial=NOTHING), stream, reason))
        else:
            assert (reason.unstarted, reason.starts) == (None, {})


def with_floats(x):
    """Plain data with the fractions that parameters may be as floats."""
    if isinstance(x, dict):
        return {key: with_floats(each) for key, each in x.items()}
    return [with_floats(each) for each in x] if isinstance(x, list) else float(x) if isinstance(x, Fraction) else x


@settings(max_examples=60)
@given(any_machines(), streams(ticks=6), st.data())
def test_taking_items_away_together_is_as_one_by_one(machine, stream, data):
    """All runs side by side find what the interpreter finds run after run."""
    ticks = list(trace(machine, stream))
    neuron = data.draw(st.sampled_from(sorted(machine.neurons)))
    wanted = {}
    for tick in range(1, 7):
        *_, last = trace(machine, without(stream, tick))
        if last.outputs[neuron] != ticks[-1].outputs[neuron]:
            wanted[tick] = last.outputs[neuron]
    found = without_each(Wiring(machine), stream, ticks, neuron)
    assert {tick: x for tick, x in found.items() if not _alike(x, ticks[-1].outputs[neuron])} == {
        tick: x for tick, x in wanted.items() if not _alike(x, ticks[-1].outputs[neuron])
    }


def _alike(x, y):
    return (x - y).max_norm() <= 1e-12 * max(x.max_norm(), y.max_norm())


# -- the duplicate detector --------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.text("abcde.", min_size=2, max_size=12).filter(lambda text: len(set(text)) < len(text)), st.integers(1, 3))
def test_the_first_duplicate_is_named_and_nothing_else(text, every):
    seen = {}
    for place, character in enumerate(text):
        if character in seen:
            break
        seen[character] = place
    first, second = (1 + every * at for at in (seen[character], place))
    stream = characters(text, every=every, ticks=second + LAG)
    answers = [tick.outputs["output", "dict-1"].scalar for tick in trace(teacher(), stream)]
    assert [tick for tick, answer in enumerate(answers, 1) if answer] == [second + LAG]
    (reason,) = contributions(teacher(), stream, output="dict-1").reasons
    assert [(needed.tick, needed.item, needed.without, needed.shown) for needed in reason.items] == [
        (tick, VValue({character: 1}), 0, True) for tick in (first, second)
    ]
    assert (reason.value.value, reason.alone) == (1, 1)


def test_the_way_back_is_told_link_by_link():
    """Worked out by hand: o comes at ticks 2 and 3, and takes four links."""
    found = contributions(teacher(), characters("noon"), 6, output=("compare", "true"))
    (reason,) = found.reasons
    by_norm, by_one = reason.value.terms
    assert (by_norm.path, by_norm.contribution, by_norm.without) == (("dict-1",), 2, 0)
    assert (by_one.path, by_one.contribution, by_one.source.ending) == (("dict-2",), -1, Ending.CONSTANT)
    (by_count,) = by_norm.source.terms
    assert (by_count.path, by_count.contribution, by_count.source.tick) == (("dict", "o"), 2, 4)
    assert [(term.source.tick, term.contribution, term.source.ending) for term in by_count.source.terms] == [
        (2, 1, Ending.ITEM),
        (3, 1, Ending.ITEM),
    ]


def test_it_reads_like_this():
    found = contributions(teacher(), characters("test string.", every=10, ticks=36), output="dict-1")
    assert str(found).splitlines()[:10] == [
        "dict-1 = 1 at tick 36: of 4 items so far, 2 matter.",
        "  {t: 1} at ticks 1, 31; without one of them: 0",
        "  Alone they give 1 as well.",
        "",
        "output.dict-1 = 1 at tick 36",
        "└─ + 1 from compare.true = 1 at tick 35",
        "   ├─ dict-1: + 2 from norm.norm = 2 at tick 34; without it: 0",
        "   │  └─ + 2 from accum.dict.t = 2 at tick 33; without it: 1",
        "   │     └─ + 1 each from input.char.t at ticks 1, 31: items {t: 1}",
        "   └─ dict-2: - 1 from const_1.const_1 = 1, a constant",
    ]
    legend = [f"# {kind:<8} {NEURON_TYPES[kind].summary}" for kind in ("output", "compare", "norm", "accum")]
    assert str(found).splitlines()[10:] == ["", *legend]


def test_why_it_is_zero():
    """One n and one o: the largest count does not exceed 1, and would, if the constant were not taken off."""
    (reason,) = contributions(teacher(), characters("no"), 4, output="compare.true").reasons
    assert reason.value.value == 0
    by_norm, by_one = reason.value.terms
    assert (by_norm.received, by_norm.without) == (1, 0)
    assert (by_one.received, by_one.without) == (1, 1)
    assert by_norm.source.spare == ()


def test_a_difference_below_zero_is_told_by_what_is_too_large():
    machine = Machine(timing="synchronous").add("a", "input").add("b", "input").add("compare")
    machine = machine.link("compare.dict-1", "a.char").link("compare.dict-2", "b.char").read("compare")
    (reason,) = contributions(machine, [VValue({"a": 3, "b": 5})], output="true").reasons
    (term,) = reason.value.terms
    assert (term.path, term.received, term.without) == (("dict-2",), 5, 3)


# -- lists and delay lines ---------------------------------------------------------------------------------------------


def test_an_item_of_a_list_is_explained_by_its_own_item_and_those_that_moved_it():
    """Clicks at ticks 2, 3 and 6: what stands second then is the one of tick 3, where the last one put it."""
    machine = Machine(timing="synchronous").add("input").add("cons").link("cons.item", "input.char").read("cons")
    clicks = {2: 10, 3: 30, 6: 50}
    stream = [VValue({"x": clicks[t], "y": 7}) if t in clicks else NOTHING for t in range(1, 8)]
    for path, value, named in (
        (("this", "x"), 50, {6: 30}),
        (("rest", "this", "x"), 30, {3: 10, 6: 10}),
        (("rest", "rest", "this", "x"), 10, {2: 0, 3: 0, 6: 0}),
    ):
        (reason,) = contributions(machine, stream, output=("list", *path)).reasons
        assert reason.value.value == value
        assert {needed.tick: needed.without for needed in reason.items} == named
        assert reason.alone == value


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_a_delayed_number_is_explained_by_the_item_that_was_delayed(steps):
    machine = Machine().add("input").add("delay_line", steps=steps).link("delay_line.value", "input.char", 2)
    stream = [VValue({"a": tick}) for tick in range(1, 8)]
    (reason,) = contributions(machine.read("delay_line"), stream, output="value.a").reasons
    assert reason.value.value == 2 * (7 - steps)
    assert [(needed.tick, needed.without) for needed in reason.items] == [(7 - steps, 0)]


def test_what_a_share_depends_on():
    """The score and the alphabet of a soft-max, not the scores outside of it."""
    machine = Machine(timing="synchronous").add("input").add("k", "constant", value={"a": 1, "b": 1}).add("softmax")
    machine = machine.link("softmax.dict", "input.char").link("softmax.among", "k.value").read("softmax")
    (reason,) = contributions(machine, [VValue({"a": 1, "c": 5})], output="dict.a").reasons
    assert [term.path for term in reason.value.terms] == [("among", "a"), ("among", "b"), ("dict", "a")]


# -- memory ------------------------------------------------------------------------------------------------------------


def test_what_a_memory_starts_with_is_one_of_its_terms():
    machine = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char").read("norm")
    machine = machine.link("norm.dict", "accum.dict").start("accum.dict", {"a": 5, "b": 2})
    found = contributions(machine, [VValue({"a": 1})] * 4)
    assert str(found).splitlines()[:9] == [
        "norm = 7 at tick 4: of 4 items so far, 2 matter.",
        "  {a: 1} at ticks 1, 2; without one of them: 6",
        "  accum.dict.a = 5 before the first tick; without it: 2",
        "  Alone they give 7 as well.",
        "",
        "norm.norm = 7 at tick 4",
        "└─ + 7 from accum.dict.a = 7 at tick 3; without it: 2",
        "   ├─ dict-1: + 5 from accum.dict.a = 5 before the first tick",
        "   └─ dict-2: + 1 each from input.char.a at ticks 1, 2: items {a: 1}",
    ]
    (plain,) = found.as_json()["values"]
    assert plain["starts"] == [{"output": ["accum", "dict", "a"], "value": 5}]
    assert plain["unstarted"] == 2


def test_what_it_starts_with_may_be_gone_and_yet_matter():
    """A clock that has passed zero: what it has counted since then is its own, and would have been more."""
    found = contributions(Machine().add("input").add("timer").start("timer.timer", -3).read("timer"), [NOTHING] * 4)
    (reason,) = found.reasons
    assert (reason.value.value, reason.starts, reason.unstarted) == (1, {}, 4)
    assert str(found).splitlines()[1] == (
        "  what there was before the first tick; without it: 4, as something else would count then"
    )


def test_a_long_memory_is_one_sum_of_what_came_in():
    stream = symbols("ab·" * 100)
    (reason,) = contributions(teacher(), stream, output="accum.dict.a").reasons
    assert [(term.source.tick, term.contribution) for term in reason.value.terms] == [(t, 1) for t in range(1, 300, 3)]
    assert str(contributions(teacher(), stream, output="accum.dict.a")).splitlines()[-3] == (
        "└─ + 1 each from input.char.a at ticks 1, 4, 7, 10, 13, 16, ..., 298 (100 ticks): items {a: 1}"
    )


def test_a_memory_that_leaks_leaves_shares():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char", 8).read("accum")
    machine = machine.unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 0.5, hard=True)
    (reason,) = contributions(machine, [VValue(1), VValue(3), NOTHING, NOTHING]).reasons
    assert [(term.source.tick, term.contribution) for term in reason.value.terms] == [(1, 2), (2, 12)]


def test_fibonacci_goes_through_its_loop_once():
    """f = f + g, g = f: a hundred ticks of paths without number, each place visited once."""
    machine = Machine().add("input").add("f", "identity").add("g", "identity").link("f.x", "input.char")
    machine = machine.link("f.x", "f.x").link("f.x", "g.x").link("g.x", "f.x").read("f")
    (reason,) = contributions(machine, [VValue(1)] + [NOTHING] * 11, number=int).reasons
    (term,) = reason.value.terms
    assert (reason.value.value, term.contribution, term.source.tick) == (89, 89, 1)


def test_a_clock_counts_by_itself():
    machine = Machine().add("input").add("timer").read("timer")
    (reason,) = contributions(machine, [NOTHING] * 9).reasons
    assert (reason.value.nothing, reason.value.terms, reason.items) == (9, (), ())
    assert "+ 9 of its own" in str(contributions(machine, [NOTHING] * 9))


def test_of_a_running_maximum_only_the_first_of_the_largest_is_named():
    (reason,) = contributions(TASKS["running-maximum"].teacher, [VValue(x) for x in (2, 9, 4, 9, 1)]).reasons
    assert [(needed.tick, needed.without) for needed in reason.items] == [(2, 9)]


# -- neuron types ------------------------------------------------------------------------------------------------------


def test_of_several_that_are_largest_one_is_named_and_the_others_are_spare():
    machine = Machine(timing="synchronous").add("input").add("norm").link("norm.dict", "input.char").read("norm")
    (reason,) = contributions(machine, [VValue({"a": 2, "b": -2, "c": 1})]).reasons
    (term,) = reason.value.terms
    assert (term.path, term.contribution, term.without) == (("dict", "a"), 2, 2)
    assert reason.value.spare == (("dict", "b"),)


@pytest.mark.parametrize(
    ("kind", "received", "path", "wanted"),
    [
        ("minimum", {"dict-1": 2, "dict-2": 3}, ("dict",), {("dict-1",): (None, 0), ("dict-2",): (None, 0)}),
        ("maximum", {"dict-1": 2, "dict-2": 3}, ("dict",), {("dict-2",): (1, 2)}),
        ("compare", {"dict-1": 2, "dict-2": 3}, ("false",), {("dict-1",): (-1, 3), ("dict-2",): (1, 0)}),
        ("product", {"dict-1": 2, "dict-2": 3}, ("dict",), {("dict-1",): (None, 0), ("dict-2",): (None, 0)}),
        ("absent", {"dict-1": 1, "dict-2": 1.5}, ("dict",), {("dict-2",): (None, 1)}),
        ("arg_max", {"dict": {"a": 2, "b": 3, "c": 1}}, ("dict", "b"), {("dict", "b"): (None, 0)}),
        ("round", {"dict": {"a": 2.6, "b": 3}}, ("dict", "a"), {("dict", "a"): (None, 0)}),
        ("absolute", {"dict": {"a": -2.5, "b": 3}}, ("dict", "a"), {("dict", "a"): (-1, 0)}),
        ("less_or_equal", {"dict-1": 3, "dict-2": 1}, ("true",), {("dict-1",): (None, 1)}),
        ("sum", {"x": {"a": 4}, "y": {"a": -1, "b": 7}}, ("sum", "a"), {("x", "a"): (1, -1), ("y", "a"): (1, 4)}),
    ],
)  # fmt: skip
def test_what_matters_to_a_neuron(kind, received, path, wanted):
    """Slopes, `None` where leaves do not share the number, and the number without the leaf, by hand."""
    function = NEURON_TYPES[kind]
    found = split(lambda v: function(v)[path].scalar, VValue(received))
    slopes = {share.path: share.slope for share in found.shares}
    assert slopes == {leaf: slope for leaf, (slope, _) in wanted.items()}
    for leaf, (_, other) in wanted.items():
        rest = VValue(received) - VValue.from_paths({leaf: VValue(received)[leaf].scalar})
        assert function(rest)[path].scalar == other


def test_where_no_leaf_is_needed_as_many_are_named_as_it_takes():
    """Clipped at 4: any two of three products of 2 would do."""
    kind = NEURON_TYPES["dot"]
    received = VValue({"dict-1": {"a": 2, "b": 2, "c": 2}, "dict-2": {"a": 1, "b": 1, "c": 1}})
    found = split(lambda v: kind(v, clip=4)["dot"].scalar, received)
    kept = VValue.from_paths((share.path, share.received) for share in found.shares)
    assert (len(found.shares), kind(kept, clip=4)["dot"].scalar) == (4, 4)


def test_terms_that_cancel_are_told():
    """A character that comes again is not new: what is remembered takes away what is there."""
    (reason,) = contributions(TASKS["first"].teacher, symbols("aba")).reasons
    assert reason.value.value == 0
    assert {needed.tick: needed.without for needed in reason.items}[1] == 1


def test_an_item_may_matter_although_it_plays_no_part():
    """The closing brackets never exceed the opening ones; without the first they would."""
    stream = symbols("()(")
    (reason,) = contributions(TASKS["brackets"].teacher, stream).reasons
    (needed,) = (needed for needed in reason.items if not needed.shown)
    assert (needed.tick, needed.without, reason.value.value) == (1, 1, 0)
    assert "as something else would count then" in str(contributions(TASKS["brackets"].teacher, stream))


# -- form --------------------------------------------------------------------------------------------------------------


def test_the_depth_cuts_and_says_what_is_below():
    machine = Machine().add("input").add("n-0", "identity").link("n-0.x", "input.char")
    for i in range(1, 90):
        machine = machine.add(f"n-{i}", "identity").link(f"n-{i}.x", f"n-{i - 1}.x")
    stream = [VValue(7)] * 91
    shallow = contributions(machine.read("n-89"), stream, depth=3)
    *_, last = values(shallow.reasons[0].value)
    assert (last.neuron, last.ending, last.ticks) == ("n-86", Ending.DEEP, (1,))
    assert "n-86.x = 7 at tick 88, from the items at tick 1 ..." in str(shallow)
    *_, last = values(contributions(machine.read("n-89"), stream, depth=100).reasons[0].value)
    assert (last.neuron, last.ending) == ("input", Ending.ITEM)


def test_what_was_shown_is_referred_to():
    (reason,) = contributions(TASKS["distinct"].teacher, symbols("a")).reasons
    (product,) = reason.value.terms
    first, second = product.source.terms
    assert (first.source.ending, second.source.ending) == (None, Ending.SHOWN)


def test_every_number_of_the_answer_is_explained():
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char").add("norm").read("accum", "norm")
    machine = machine.link("norm.dict", "accum.dict")
    found = contributions(machine, symbols("ab··"))
    assert [reason.name for reason in found.reasons] == [
        ("accum", "dict", "a"),
        ("accum", "dict", "b"),
        ("norm", "norm"),
    ]
    assert [reason.name for reason in contributions(machine, symbols("ab")[:1]).reasons] == [
        ("accum", "dict"),
        ("norm", "norm"),
    ]


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ("dict-1", ["dict-1"]),
        ("output.dict-1", ["output.dict-1"]),
        ("accum", ["accum.dict..", "accum.dict.a"]),
        ('accum.dict."."', ["accum.dict.."]),
        ("accum.dict..", ["accum.dict.."]),
        (("accum", "dict", "a"), ["accum.dict.a"]),
        ("accum.dict.z", ["accum.dict.z"]),
        (("accum", "dict", "z", "y"), ["accum.dict.z.y"]),
        ("compare", ["compare.true"]),
    ],
)
def test_outputs_are_asked_for_by_path(output, names):
    found = contributions(teacher(), characters("aa."), output=output)
    assert [".".join(reason.name) for reason in found.reasons] == names


def test_an_endless_stream_is_read_as_far_as_asked():
    def endless():
        while True:
            yield VValue({"a": 1})

    (reason,) = contributions(teacher(), endless(), 6).reasons[:1]
    assert reason.value.value == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"tick": 9}, "tick is 9, but the stream ends at tick 4"),
        ({"tick": 0}, "tick is 0; the first tick is 1"),
        ({"tick": -2}, "tick is -2; the first tick is 1"),
        ({"output": "dict-3"}, "no output 'dict-3'; the answer has dict-1, dict-2, and neurons emit input.char, "),
        ({"output": ("nobody",)}, "no output 'nobody'"),
        ({"depth": 0}, "depth is 0"),
        ({"depth": 101}, "depth is 101"),
    ],
)
def test_mistakes_are_told_in_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        contributions(teacher(), characters("no"), **arguments)


def test_there_is_nothing_to_explain_in_an_empty_stream():
    with pytest.raises(ValueError, match="the stream is empty"):
        contributions(teacher(), [])


def test_a_machine_with_errors_is_refused():
    with pytest.raises(MachineError, match="ghost"):
        contributions(Machine().add("norm").link("norm.dict", "ghost.x").read("norm"), [NOTHING])


def test_numbers_that_are_too_large_are_told_where():
    machine = Machine().add("sum").add("const_1").link("sum.x", "sum.sum", 1e200).link("sum.y", "const_1.const_1")
    with pytest.raises(FloatingPointError, match=r"sum\.sum at tick 4 is too large"):
        contributions(machine.read("sum"), [NOTHING] * 9)
