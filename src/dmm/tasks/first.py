"""First occurrences: whether the symbol of this step has never come before."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·ab·baacbad·c",
    "bbbbbb·cbbccb·da",
    "···d·c·b·a·dcbad",
    "fedc·abcd·aabbef",
)

TEACHER = parse_machine("""
timing synchronous
input : input
peak : peak
  dict-2 = input.char
  dict-1 := peak.dict
delay : delay
  value = peak.dict
norm : norm
  dict = -delay.value + peak.dict
output : numbers
  first = norm.norm
""")
"""The set of symbols that have come differs from that of the step before where a new one comes: five links."""

FIRST = Task.taught(
    "first",
    "1 if the symbol of this step has never come before, else 0",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", "peak", "delay", "norm", "absent", UNCLIPPED_DOT),
        constants=("const_1",),
        outputs=("first",),
        layers=4,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols("abcdefghijklmnop·")),
)
