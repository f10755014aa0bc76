"""Equal counts: whether as many of one symbol have come as of another."""

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.tasks.parts import NO_CLIP, UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··ab·cba·aab·bbc",
    "cc·aaaaabbbbb·ba",
    "bbba·aabc·cabba·",
    "·c·a·b··b·c·a·cc",
)


def teacher() -> Machine:
    """A one that is gone where the counts differ by 1 or more: seven links.

    >>> print(teacher())
    timing synchronous
    const_1 : const_1
    a : constant(value = {a: 1})
    input : input
    accum : accum
      dict-2 = input.char
      dict-1 := accum.dict
    b : constant(value = {b: 1})
    dot : dot(clip = 1000000)
      dict-1 = accum.dict
      dict-2 = a.value - b.value
    absent : absent
      dict-1 = const_1.const_1
      dict-2 = dot.dot
    output : numbers
      equal = absent.dict
    """
    machine = (
        Machine()
        .add("input")
        .add("const_1")
        .add("a", "constant", value={"a": 1})
        .add("b", "constant", value={"b": 1})
        .add("accum")
        .add("dot", clip=NO_CLIP)
        .add("absent")
        .add("output", "numbers")
        .with_timing(SYNCHRONOUS)
    )
    return (
        machine.link("accum.dict-2", "input.char")
        .link("dot.dict-1", "accum.dict")
        .link("dot.dict-2", "a.value")
        .link("dot.dict-2", "b.value", -1)
        .link("absent.dict-1", "const_1.const_1")
        .link("absent.dict-2", "dot.dot")
        .link("output.equal", "absent.dict")
    )


EQUAL_COUNTS = Task.taught(
    "equal-counts",
    "1 while as many a as b have come, else 0",
    teacher(),
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", UNCLIPPED_DOT, "absolute", "absent", "compare"),
        constants=("const_1", "a : constant(value = {a: 1})", "b : constant(value = {b: 1})"),
        outputs=("equal",),
        layers=4,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures([*symbols("abc·"), symbols("ab"), symbols("ba")]),
)
