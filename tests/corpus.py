"""Small machines, each for one thing that the engines must get right; rows of (machine, stream)."""

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.vvalue.tree import VValue
from strategies import bend, echo, fade, keep, select

A, B, NOTHING = VValue({"a": 1.0}), VValue({"b": 1.5}), VValue()
STREAM = [A, B, VValue({":number": 2.0, "a": -0.5}), NOTHING, A, B]


def counter():
    """Character counts, and their norm."""
    m = (
        Machine()
        .add("input")
        .add("accum")
        .add("norm")
        .link("accum.dict-2", "input.char")
        .link("norm.dict", "accum.dict")
    )
    return m.read("accum", "norm")


def leaking_accumulator():
    """A memory of weight 0.5, next to one of weight -1, read as one group."""
    m = Machine().add("input").add("accum-1").add("accum-2")
    for name, weight in (("accum-1", 0.5), ("accum-2", -1.0)):
        ends = (f"{name}.dict-1", f"{name}.dict")
        m = m.unlink(*ends).link(*ends, weight, hard=True).link(f"{name}.dict-2", "input.char", weight)
    return m.read("accum-1", "accum-2")


def trained_memory():
    """A memory link among the trained ones."""
    m = Machine().add("input").add("accum")
    m = m.unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 0.9)
    return m.link("accum.dict-2", "input.char", 2.0).read("accum")


def fed_memory():
    """An accumulator whose memory input also receives the stream, and the clock beside it."""
    m = Machine().add("input").add("accum").add("timer").link("accum.dict-1", "input.char", 0.3)
    return m.link("accum.dict-2", "timer.timer").link("timer.timer", "accum.dict", 0.1).read("accum", "timer")


def identity_rings():
    """Delay lines that close on themselves: of one neuron, and of two with fields that cross."""
    m = Machine().add("input").add("a", "identity").add("b", "identity").add("c", "identity")
    m = m.link("a.x", "input.char").link("a.x", "a.x", 0.5)
    m = m.link("b.x", "input.char").link("c.y", "b.x").link("b.z", "c.y", -0.5).link("c.w", "b.z")
    return m.read("a", "b", "c")


def fields_alike_and_not():
    """A loop of two neurons with three fields each, two of which hold the same trees and the third a number only."""
    m = (
        Machine()
        .add("input")
        .add("norm")
        .add("a", "identity")
        .add("b", "identity")
        .link("norm.dict", "input.char", 0.2)
    )
    m = m.link("a.x", "input.char", 0.3).link("b.x", "a.y", -0.4).link("a.x", "b.x", 0.6).link("b.x", "b.y", 0.2)
    m = m.link("a.y", "b.x", 0.7).link("b.y", "a.x", 0.5).link("b.y", "b.y", -0.1)
    m = m.link("a.z", "norm.norm").link("b.z", "a.z", 0.8).link("a.z", "b.z", -0.3)
    return m.read("a", "b")


def two_loops():
    """Two cycles one after the other, the first of scalars, the second of trees, and a neuron that reads both."""
    m = Machine().add("input").add("norm").add("compare").add("const_1").add("sum").add("accum").add("dot")
    m = m.link("norm.dict", "compare.true", 0.7).link("norm.dict", "input.char", 0.4)
    m = m.link("compare.dict-1", "norm.norm").link("compare.dict-2", "const_1.const_1", 0.1)
    m = m.link("sum.x", "accum.dict", -0.3).link("sum.y", "compare.true").link("sum.z", "input.char")
    m = m.link("accum.dict-2", "sum.sum", 0.8).link("dot.dict-1", "accum.dict").link("dot.dict-2", "sum.sum", 0.2)
    return m.read("dot", "accum", "compare")


def constants():
    """Several neurons that listen to nothing, alike and not."""
    m = Machine().add("input").add("const_1").add("const_1-b").add("eos").add("eos-b").add("output")
    m = m.add("k", "constant", value=VValue({":number": 2, "a": {"b": -1}})).add("z", "constant", value=VValue(0))
    m = m.link("output.dict-1", "const_1.const_1", 2).link("output.dict-1", "const_1-b.const_1", 3)
    m = m.link("output.dict-2", "k.value").link("output.dict-2", "z.value").add("sum")
    return m.link("sum.a", "eos.char").link("sum.b", "eos-b.char", -3).link("sum.c", "k.value").read("output", "sum")


def several_sources():
    """Each source receives the part of the stream under its name."""
    m = Machine().add("a", "input").add("b", "input").add("dot", "dot", clip=100)
    return (
        m.link("dot.dict-1", "a.char").link("dot.dict-2", "b.char").link("dot.dict-2", "a.char", 2.0).read("dot", "b")
    )


def dead_ends():
    """Neurons that nobody reads, links that do nothing, and an answer that is always zero."""
    m = Machine().add("input").add("norm").add("norm-unread").add("output").link("norm.dict", "input.char")
    m = m.link("norm-unread.dict", "input.char").link("norm.lost", "input.char").link("output.dict-2", "norm.missing")
    return m.link("input.char", "norm.norm").link("output.dict-1", "norm.norm", 3)


def user_types():
    """Types that are not the library's, with parameters, memory, masks and products."""
    m = Machine().add("input").add("select", select).add("keep", keep).add("bend", bend, slope=0.25).add("fade", fade)
    m = m.link("select.mask", "input.char").link("select.main", "keep.x", 0.5).link("keep.x", "input.char")
    m = m.link("bend.x", "select.combined").link("bend.y", "select.masked", -1.0).link("fade.x", "keep.x", 0.5)
    return m.link("fade.x", "bend.rest").read("fade", "bend", "select")


def highest_and_lowest():
    """Leaf by leaf: a running maximum, one that forgets, and both beside the stream; no two leaves tie."""
    m = Machine().add("input").add("peak").add("peak-2").add("maximum").add("minimum").add("absolute")
    m = m.link("peak.dict-2", "input.char").link("peak-2.dict-2", "input.char", -1.9)
    m = m.unlink("peak-2.dict-1", "peak-2.dict").link("peak-2.dict-1", "peak-2.dict", 0.5)
    m = m.link("maximum.dict-1", "peak.dict", 0.25).link("maximum.dict-2", "input.char")
    m = m.link("minimum.dict-1", "peak.dict").link("minimum.dict-2", "peak-2.dict")
    m = m.link("absolute.dict", "minimum.dict", -3.0).link("absolute.dict", "input.char")
    return m.read("peak-2", "maximum", "minimum", "absolute")


def shares_and_gates():
    """Which characters are new, what share each has of all, and both let through as far as a norm says."""
    m = Machine().add("input").add("accum").add("absent").add("normalise").add("product").add("norm").add("multiply")
    m = m.link("accum.dict-2", "input.char").link("normalise.dict", "accum.dict", 3.0)
    m = m.link("absent.dict-1", "input.char").link("absent.dict-2", "accum.dict", 0.5).link("norm.dict", "product.dict")
    m = m.link("product.dict-1", "normalise.dict").link("product.dict-2", "accum.dict", -0.5)
    m = m.link("multiply.dict-1", "absent.dict").link("multiply.dict-1", "normalise.dict", 2.0)
    return m.link("multiply.dict-2", "norm.norm").read("multiply", "absent", "normalise")


def gated_loop():
    """A register that a gate clears, and a share of itself that comes back to it."""
    m = Machine().add("input").add("identity").add("multiply").add("normalise").add("absent").add("product")
    m = m.link("identity.x", "input.char").link("identity.x", "multiply.dict", 0.7).link("identity.x", "product.dict")
    m = m.link("multiply.dict-1", "identity.x").link("multiply.dict-2", "normalise.dict", -0.6)
    m = m.link("normalise.dict", "identity.x").link("absent.dict-1", "identity.x", 0.9)
    m = m.link("absent.dict-2", "input.char").link("product.dict-1", "absent.dict")
    return m.link("product.dict-2", "normalise.dict", 0.4).read("identity", "normalise")


def named_answers():
    """Answers under names of one's own: numbers, and trees."""
    m = Machine().add("input").add("accum").add("norm").add("numbers").add("trees").link("accum.dict-2", "input.char")
    m = m.link("norm.dict", "accum.dict").link("numbers.largest", "norm.norm")
    m = m.link("numbers.twice it", "norm.norm", 2.0).link("numbers.scalar", "accum.dict")
    m = m.link("trees.counts", "accum.dict").link("trees.counts", "input.char")
    return m.link("trees.largest", "norm.norm", -1.0)


def decisions():
    """Steps: decisions that hear both, one or none of what they decide about, the most frequent, and whole numbers."""
    m = Machine().add("input").add("accum").add("norm").add("const_1").add("eos").add("arg_max").add("round")
    m = m.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict").link("arg_max.dict", "accum.dict")
    m = m.add("less_or_equal").add("less_or_equal-one").add("less_or_equal-none").add("less_or_equal-tree")
    m = m.link("less_or_equal.dict-1", "norm.norm").link("less_or_equal.dict-2", "const_1.const_1", 1.25)
    m = m.link("less_or_equal-one.dict-2", "accum.dict", -0.5).link("less_or_equal-tree.dict-1", "eos.char")
    m = m.link("less_or_equal-tree.dict-2", "arg_max.dict", -1.0).link("round.dict", "accum.dict", 1.25)
    m = m.link("round.dict", "less_or_equal-none.true", -0.5).link("round.dict", "less_or_equal-none.false", 9.0)
    names = ("less_or_equal", "less_or_equal-one", "less_or_equal-none", "less_or_equal-tree")
    return m.read(*names, "arg_max", "round")


def count_that_starts_again():
    """A loop of a decision and a gate: 1, 2, 3 in turns."""
    m = Machine().add("const_1").add("input").add("sum").add("less_or_equal").add("multiply").add("identity")
    m = m.link("sum.one", "const_1.const_1").link("sum.rest", "multiply.dict").link("identity.x", "sum.sum")
    m = m.link("multiply.dict-1", "identity.x").link("multiply.dict-2", "less_or_equal.true")
    m = m.link("less_or_equal.dict-1", "sum.sum").link("less_or_equal.dict-2", "const_1.const_1", 2.5)
    return m.read("sum", "less_or_equal")


def lists():
    """The three newest items, the first of them, the others, and a list of what is left of the scalars."""
    m = Machine().add("input").add("cons", length=3).add("first").add("rest").add("cons-2", length=2)
    m = m.link("cons.item", "input.char").link("first.list", "cons.list").link("rest.list", "cons.list", -0.5)
    m = m.link("cons-2.item", "first.item").link("cons-2.item", "rest.list", 0.25)
    m = m.unlink("cons-2.list", "cons-2.list").link("cons-2.list", "cons-2.list", 0.9)
    return m.read("cons", "first", "rest", "cons-2")


def records():
    """A record of three fields, numbers and trees among them, taken apart again, and a record of that."""
    m = Machine().add("input").add("norm").add("accum").add("record").add("record-2")
    m = m.link("norm.dict", "input.char").link("accum.dict-2", "input.char").link("record.now", "input.char", 2.0)
    m = m.link("record.largest", "norm.norm").link("record.all so far", "accum.dict")
    m = m.add("field", path=VValue({"now": {"a": 1}})).add("field-2", path=VValue({"largest": 2, "all so far": -1}))
    m = m.add("field-3").link("field.record", "record.record").link("field-2.record", "record.record")
    m = (
        m.link("field-3.record", "record.record")
        .link("record-2.one", "field.value")
        .link("record-2.x", "field-3.value")
    )
    return m.read("field", "field-2", "record-2")


def masks():
    """Masks and linear combinations of trees by trees and by numbers, and shares among an alphabet and of counts."""
    m = Machine().add("input").add("accum").add("eos").add("softmax", temperature=0.5).add("softmax-2").add("norm")
    m = m.add("k", "constant", value=VValue({"a": 1, "b": 2, "c": {"x": 0.5}})).link("accum.dict-2", "input.char")
    m = m.link("softmax.dict", "accum.dict").link("softmax.among", "k.value").link("softmax-2.dict", "input.char", 3.0)
    m = m.link("softmax-2.among", "accum.dict").add("mult_mask").add("lin_comb").add("mult_mask-2").add("lin_comb-2")
    m = m.link("mult_mask.mask", "softmax.dict").link("mult_mask.mask", "norm.norm", 0.25).link("norm.dict", "k.value")
    m = (
        m.link("mult_mask.main", "accum.dict")
        .link("lin_comb.mask", "accum.dict")
        .link("lin_comb.main", "k.value", -1.0)
    )
    m = m.link("mult_mask-2.mask", "norm.norm").link("mult_mask-2.main", "softmax-2.dict")
    m = m.link("lin_comb-2.mask", "accum.dict", 0.5).link("lin_comb-2.main", "norm.norm").add("threshold", limit=0.9)
    m = m.link("threshold.dict", "accum.dict").link("lin_comb-2.mask", "threshold.dict")
    return m.read("softmax", "softmax-2", "mult_mask", "mult_mask-2", "lin_comb", "lin_comb-2", "threshold")


def delays_and_timers():
    """Delay lines of one and three ticks, a pulse, a countdown that items start, and how long nothing has come."""
    m = Machine().add("input").add("delay_line", steps=3).add("delay_line-1", steps=1).add("pulse", period=3)
    m = m.add("countdown").add("since").add("threshold").link("delay_line.value", "input.char", 0.5)
    m = m.link("delay_line-1.value", "delay_line.value", -1.0).link("delay_line-1.value", "pulse.pulse")
    m = (
        m.link("countdown.start", "input.char", 1.75)
        .link("since.event", "input.char")
        .link("threshold.dict", "since.ticks")
    )
    m = m.link("countdown.start", "pulse.pulse", -9.0).add("since-2").link("since-2.event", "countdown.left")
    return m.read("delay_line", "delay_line-1", "pulse", "countdown", "since", "threshold", "since-2")


def smooth_gates():
    """A state that moves towards a squashed item, as far as a gate lets it; what both make of nothing is known."""
    m = Machine().add("input").add("sigmoid").add("tanh").add("product").add("accum").add("const_1").add("tanh-2")
    m = m.link("sigmoid.x", "input.char", -1.5).link("sigmoid.x", "const_1.const_1", 0.5).link("tanh.x", "input.char")
    m = m.link("tanh.x", "accum.dict", -0.7).link("product.dict-1", "tanh.tanh")
    m = m.link("product.dict-2", "sigmoid.sigmoid")
    m = m.link("accum.dict-2", "product.dict").add("sigmoid-2").link("tanh-2.x", "const_1.const_1", 2.0)
    return m.read("accum", "sigmoid", "sigmoid-2", "tanh-2")


def matrices():
    """Changes of a network matrix: copies of neurons, with and without the links from them, and outer products."""
    links = {"b": {"x": {"a": {"y": 2}}, "m": {"b": {"y": 1}}}, "c": {"x": {"b": {"y": 3}, "c": {"y": 0.5}}}}
    m = Machine().add("input").add("accum").add("k", "constant", value=links).add("copy", neurons={"b": 1})
    m = m.add("copy-all", neurons={"a": 1, "b": 1, "c": 1}, outgoing=1).add("copy-out", neurons={"b": 1}, outgoing=1)
    m = m.link("accum.dict-2", "input.char").link("copy.copies", "accum.dict", 0.5).link("copy.matrix", "k.value")
    m = m.link("copy-all.copies", "input.char").link("copy-all.matrix", "k.value").link("copy-all.matrix", "outer.dict")
    m = m.link("copy-out.copies", "input.char", -1.5).link("copy-out.matrix", "k.value", 2.0).add("outer").add("norm")
    m = m.link("outer.dict-1", "accum.dict").link("outer.dict-2", "input.char").link("norm.dict", "input.char")
    m = m.add("outer-2").link("outer-2.dict-1", "norm.norm").link("outer-2.dict-2", "accum.dict").add("outer-3")
    m = m.link("outer-3.dict-1", "copy.matrix").link("outer-3.dict-2", "norm.norm")
    return m.read("copy", "copy-all", "copy-out", "outer", "outer-2", "outer-3")


def nothing():
    """A machine whose answer is structurally zero."""
    return Machine().add("input").add("norm").read("norm")


_MACHINES = (
    counter, leaking_accumulator, trained_memory, fed_memory, identity_rings, fields_alike_and_not, two_loops,
    constants, dead_ends, user_types, highest_and_lowest, shares_and_gates, gated_loop, named_answers, decisions,
    count_that_starts_again, lists, records, masks, delays_and_timers, smooth_gates, matrices,
    nothing,
)  # fmt: skip

CORPUS = {make.__name__.replace("_", " "): (make(), STREAM) for make in _MACHINES}
CORPUS["several sources"] = (
    several_sources(),
    [VValue({"a": {"x": 2.0}, "b": {"x": 3.0, "y": 1.0}}), VValue({"a": 1.0, "b": 4.0}), NOTHING, VValue({"b": B})],
)


def started_under_unit_delay():
    """Outputs that do not start as zero: memories, a constant, a source, a list, and one that hears nothing."""
    m = Machine().add("input").add("accum").add("timer").add("const_1").add("norm").add("norm-alone").add("sum")
    m = m.add("cons", length=2).link("cons.item", "input.char").link("accum.dict-2", "input.char").add("compare")
    m = m.link("sum.x", "const_1.const_1", 2.0).link("sum.y", "norm-alone.norm").link("norm.dict", "accum.dict")
    m = m.link("norm.dict", "timer.timer").link("compare.dict-1", "norm.norm").link("compare.dict-2", "const_1.const_1")
    m = m.start("accum.dict", {"a": -2, "z": {"b": 1.5}}).start("timer.timer", -3).start("const_1.const_1", 4)
    m = m.start("input.char", {"b": 7}).start("norm-alone.norm", {":number": 1, "a": 2}).start("cons.list", {"end": 1})
    return m.start("norm.norm", 5).read("accum", "norm", "cons", "sum", "compare")


def started_in_synchronous_timing():
    """Late inputs that at first receive what was before the first step; links at once, which do not."""
    m = Machine(timing=SYNCHRONOUS).add("input").add("delay").add("accum").add("sum").add("norm").add("echo", echo)
    m = m.link("delay.value", "input.char").link("accum.dict-2", "delay.value").link("sum.x", "input.char")
    m = m.link("sum.y", "accum.dict", 0.5).link("norm.dict", "sum.sum").link("echo.now", "norm.norm")
    m = m.link("echo.past", "sum.sum")
    m = m.start("input.char", {"a": 3}).start("accum.dict", {"b": -1}).start("sum.sum", {":number": 4, "a": 1})
    return m.start("delay.value", 9).start("norm.norm", -7).read("accum", "echo")


STARTED = {
    "unit delay": (started_under_unit_delay(), STREAM),
    "synchronous": (started_in_synchronous_timing(), STREAM),
}
"""Machines of which some outputs do not start as zero, by their timing."""
