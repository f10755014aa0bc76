"""Brackets: how far below zero their balance, the opened less the closed, has ever gone."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··(·))·)(((·))))",
    "))))))·(((·)))))",
    "((()))·())(·(())",
    "·)·(·)(·)))(()·)",
)

TEACHER = parse_machine("""
timing synchronous
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
close : constant(value = {")": 1})
open : constant(value = {"(": 1})
dot : dot(clip = 1000000)
  dict-1 = accum.dict
  dict-2 = close.value - open.value
peak : peak
  dict-2 = dot.dot
  dict-1 := peak.dict
output : numbers
  depth = peak.dict
""")
"""The largest that the number of closed less that of opened brackets has been: six links."""

BRACKETS = Task.taught(
    "brackets",
    "how far below zero the opened less the closed brackets have ever gone",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", UNCLIPPED_DOT, "peak", "norm", "compare"),
        constants=("const_1", 'open : constant(value = {"(": 1})', 'close : constant(value = {")": 1})'),
        outputs=("depth",),
        layers=4,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures([*symbols("()·"), symbols("()"), symbols(")(")]),
)
