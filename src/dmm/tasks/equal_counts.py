"""Equal counts: whether as many of one symbol have come as of another."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··ab·cba·aab·bbc",
    "cc·aaaaabbbbb·ba",
    "bbba·aabc·cabba·",
    "·c·a·b··b·c·a·cc",
)

TEACHER = parse_machine("""
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
""")
"""A one that is gone where the counts differ by 1 or more: seven links."""

EQUAL_COUNTS = Task.taught(
    "equal-counts",
    "1 while as many a as b have come, else 0",
    TEACHER,
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
