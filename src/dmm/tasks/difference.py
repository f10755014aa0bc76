"""The difference of a number and the one before."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import Parts
from dmm.tasks.streams import mixtures
from dmm.tasks.task import Task

TRAINING = (
    (0, 0, 3, 3, -2, 0, 0, 9, -4, -4, 1, 6, 6, 6, -1, 2),
    (5, -4, 9, 0, 9, -4, 2, 2, 2, -3, 0, 0, 1, 8, 7, -2),
    (-4, -4, -4, 0, 0, 4, 8, -1, -1, 3, 9, 9, 5, -2, 0, 7),
    (9, 8, 7, 5, 2, -1, -4, -3, -3, 0, 1, 3, 6, 6, 0, -4),
)

TEACHER = parse_machine("""
timing synchronous
input : input
delay : delay
  value = input.char
output : numbers
  difference = -delay.value + input.char
""")
"""The number, less what a delay keeps of the step before: three links."""

DIFFERENCE = Task.taught(
    "difference",
    "the number now less that of the step before",
    TEACHER,
    TRAINING,
    parts=Parts(
        neurons=("accum", "peak", "delay", "norm", "compare"),
        constants=("const_1",),
        outputs=("difference",),
        layers=2,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(range(-4, 10)),
)
