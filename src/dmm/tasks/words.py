"""Duplicate words: by how much the largest count of a word exceeds 1."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import SILENT, mixtures, symbols
from dmm.tasks.task import Task

VOCABULARY = "the and sun moon star sea rain wind fire snow tree bird"
TRAINING = (
    "· · the sun and the moon and the sea and the · the · the",
    "rain rain · rain sun rain rain and sun sun rain rain sun rain moon sun",
    "· sea · · star sea moon sun and the sea and moon · moon moon",
    "moon moon and and sun sun the the · moon and sun the and and and",
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
compare : compare
  dict-1 = norm.norm
  dict-2 = const_1.const_1
output : numbers
  excess = compare.true
""")
"""The largest of all counts, less 1: five links."""

WORDS = Task.taught(
    "words",
    "how far the largest count of a word exceeds 1",
    TEACHER,
    [symbols(text.split()) for text in TRAINING],
    parts=Parts(
        neurons=("accum", "norm", UNCLIPPED_DOT, "compare", "peak"),
        constants=("const_1",),
        outputs=("excess",),
        layers=4,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols([*VOCABULARY.split(), SILENT])),
)
