"""The histogram: how often the symbol of this step has come so far."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·ab·baacabba·",
    "dddddddd·cddcdda",
    "···abcdabcd·abcd",
    "cbb·cca·dd·acbbc",
)

TEACHER = parse_machine("""
timing synchronous
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
dot : dot(clip = 1000000)
  dict-1 = accum.dict
  dict-2 = input.char
output : numbers
  count = dot.dot
""")
"""All counts, read at the symbol of this step: four links."""

HISTOGRAM = Task.taught(
    "histogram",
    "how often the symbol of this step has come so far, 0 in silence",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", "norm", UNCLIPPED_DOT, "compare", "product"),
        constants=("const_1",),
        outputs=("count",),
        layers=3,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols("abcdef·")),
)
