"""Distinct symbols: how many different ones have come so far."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·aab·baacabd·",
    "bbbbdb·bbbcbbbba",
    "···c·d·cddc·efab",
    "dcbafe·abcdef·ab",
)

TEACHER = parse_machine("""
timing synchronous
input : input
peak : peak
  dict-2 = input.char
  dict-1 := peak.dict
dot : dot(clip = 1000000)
  dict-1 = peak.dict
  dict-2 = peak.dict
output : numbers
  count = dot.dot
""")
"""Every symbol that has come counts once in the running maximum, whose square is their number: four links."""

DISTINCT = Task.taught(
    "distinct",
    "how many different symbols have come so far",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", "peak", "norm", UNCLIPPED_DOT, "compare"),
        constants=("const_1",),
        outputs=("count",),
        layers=3,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols("abcdefghijklmnop·")),
)
