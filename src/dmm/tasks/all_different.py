"""All different: whether no symbol has come twice."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import SILENT, mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·bcd·efghi·aj",
    "bcadefghijkl·mnb",
    "cc·cccabdeccfghc",
    "·d··e·f·e·abcgde",
)

TEACHER = parse_machine("""
timing synchronous
const_1 : const_1
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
norm : norm
  dict = accum.dict
less_or_equal : less_or_equal
  dict-1 = norm.norm
  dict-2 = const_1.const_1
output : numbers
  different = less_or_equal.true
""")
"""Whether the largest of all counts is at most 1: five links."""

ALL_DIFFERENT = Task.taught(
    "all-different",
    "1 while no symbol has come twice, else 0",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", "norm", UNCLIPPED_DOT, "less_or_equal"),
        constants=("const_1",),
        outputs=("different",),
        layers=4,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols("abcdefghijklmnopqrstuvwxyz" + 20 * SILENT)),  # so that some stay different for long
)
