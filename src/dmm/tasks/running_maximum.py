"""The largest number of a stream so far, and at least 0."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import Parts
from dmm.tasks.streams import mixtures
from dmm.tasks.task import Task

TRAINING = (
    (0, -3, -1, 1, 0, -4, 2, 2, 1, -2, 4, 3, 0, 5, -1, 9),
    (-4, -2, -1, -3, 0, 0, -4, 1, -2, 0, 1, 1, -3, 2, 0, 1),
    (6, 5, -4, 3, 2, 6, 0, -1, 7, 1, 1, 0, 8, -3, 4, 9),
    (4, 0, -2, -4, -1, 0, 3, -3, 2, 9, 0, 1, -1, 5, 7, -4),
)

TEACHER = parse_machine("""
timing synchronous
input : input
peak : peak
  dict-2 = input.char
  dict-1 := peak.dict
output : numbers
  maximum = peak.dict
""")
"""The running maximum, and nothing else: two links."""

RUNNING_MAXIMUM = Task.taught(
    "running-maximum",
    "the largest number so far, and at least 0",
    TEACHER,
    TRAINING,
    parts=Parts(
        neurons=("accum", "peak", "delay", "norm", "compare"),
        constants=("const_1",),
        outputs=("maximum",),
        layers=2,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(range(-4, 10)),
)
