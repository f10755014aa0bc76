"""Small machines in synchronous timing, each for one thing that must come out right; rows of (machine, stream)."""

from corpus import STREAM
from dmm.machine.machine import SYNCHRONOUS, Machine
from strategies import echo


def step_by_step():
    """An empty machine in synchronous timing, with its source."""
    return Machine(timing=SYNCHRONOUS).add("input")


def sum_so_far():
    """The sum of all items, the newest among them, and its norm."""
    m = step_by_step().add("accum").add("norm").link("accum.dict-2", "input.char").link("norm.dict", "accum.dict")
    return m.read("accum", "norm")


def difference():
    """The item less the one before."""
    m = step_by_step().add("delay").add("sum").link("delay.value", "input.char")
    return m.link("sum.now", "input.char").link("sum.before", "delay.value", -1).read("sum")


def count_of_the_item():
    """How often the character of this step has come so far, this time included."""
    m = step_by_step().add("accum").add("dot", clip=100).link("accum.dict-2", "input.char")
    return m.link("dot.dict-1", "accum.dict").link("dot.dict-2", "input.char").read("dot")


def largest_so_far():
    """The largest scalar so far: what exceeds the largest until now is added to it."""
    m = step_by_step().add("delay").add("compare").add("accum").link("delay.value", "accum.dict")
    m = m.link("compare.dict-1", "input.char").link("compare.dict-2", "delay.value")
    return m.link("accum.dict-2", "compare.true").read("accum")


def late_and_at_once():
    """One output that goes to late and prompt inputs of the same neurons, in a loop and outside of it."""
    m = step_by_step().add("accum-1").add("accum-2").add("delay").add("identity")
    for name, weight in (("accum-1", 0.3), ("accum-2", -0.2)):
        m = m.link(f"{name}.dict-1", "input.char", weight).link(f"{name}.dict-2", "input.char", 2 * weight)
    m = (
        m.link("delay.value", "identity.x", 0.5)
        .link("delay.value", "delay.value", -0.25)
        .link("delay.value", "input.char")
    )
    m = m.link("identity.x", "delay.value").link("identity.x", "accum-1.dict").link("identity.y", "accum-2.dict")
    return m.read("identity", "delay")


def waves_in_a_loop():
    """Neurons of one type at three places of a loop, two of which have to wait for the others."""
    m = step_by_step().add("delay").add("sum-1").add("sum-2").add("sum-3").link("delay.value", "sum-3.sum", 0.5)
    m = m.link("sum-1.x", "delay.value").link("sum-1.y", "input.char").link("sum-2.x", "sum-1.sum", -0.5)
    m = m.link("sum-2.y", "input.char", 0.25).link("sum-3.x", "sum-2.sum").link("sum-3.y", "sum-1.sum", 0.75)
    return m.link("sum-3.z", "delay.value", 0.1).read("sum-2", "sum-3")


def not_below_the_one_before():
    """A decision about a scalar and the late one; and what is most among those that were so far."""
    m = step_by_step().add("delay").add("less_or_equal").add("peak").add("arg_max").link("delay.value", "input.char")
    m = m.link("less_or_equal.dict-1", "delay.value").link("less_or_equal.dict-2", "input.char")
    m = m.link("peak.dict-2", "input.char").link("arg_max.dict", "peak.dict").link("arg_max.dict", "delay.value", -0.3)
    return m.read("less_or_equal", "arg_max")


def circle_of_nothing():
    """Links at once in circles, each with one that does nothing: to a source, and from and to fields there are not."""
    m = step_by_step().add("norm").link("norm.dict", "input.char").link("input.char", "norm.norm")
    m = m.link("norm.lost", "norm.norm").link("norm.dict", "norm.lost")
    return m.read("norm")


def a_late_input_of_the_users():
    """A type whose second input is late, in a loop and beside one of the library's."""
    m = step_by_step().add("echo-1", echo).add("echo-2", echo).add("accum").link("echo-1.now", "input.char")
    m = m.link("echo-1.past", "echo-2.both", 0.5).link("echo-2.now", "echo-1.both").link("echo-2.past", "echo-1.both")
    return m.link("accum.dict-2", "echo-2.both").link("accum.dict-1", "echo-1.both", 0.1).read("accum", "echo-2")


_MACHINES = (
    sum_so_far, difference, count_of_the_item, largest_so_far, late_and_at_once, waves_in_a_loop, circle_of_nothing,
    a_late_input_of_the_users, not_below_the_one_before,
)  # fmt: skip

SYNCHRONOUS_CORPUS = {make.__name__.replace("_", " "): (make(), STREAM) for make in _MACHINES}
