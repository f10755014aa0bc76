"""The sum so far of a stream of numbers."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import Parts
from dmm.tasks.streams import mixtures
from dmm.tasks.task import Task

TRAINING = (
    (0, 0, 3, 0, -2, 5, 9, -4, -4, 1, 0, 7, 2, -3, 8, 6),
    (-4, -4, -3, -1, 0, 0, -2, 6, -4, -4, 1, -3, 0, 2, -1, -4),
    (0, 9, 9, -4, 0, 0, -1, 8, -3, 4, 7, -2, 5, -4, 3, 0),
    (2, 1, 5, 0, 0, 0, -1, 0, 0, 3, 0, 0, -4, 0, 0, 5),
)

TEACHER = parse_machine("""
timing synchronous
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
output : numbers
  sum = accum.dict
""")
"""An accumulator, and nothing else: two links."""

RUNNING_SUM = Task.taught(
    "running-sum",
    "the sum of the numbers so far",
    TEACHER,
    TRAINING,
    parts=Parts(
        neurons=("accum", "peak", "delay", "norm", "compare"),
        constants=("const_1",),
        outputs=("sum",),
        layers=2,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(range(-4, 10)),
)
