"""The most frequent symbol: how often it has come so far."""

from dmm.machine.machine import SYNCHRONOUS
from dmm.machine.text import parse_machine
from dmm.tasks.parts import UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·ab·bbabbcb·b",
    "dddd·ddd·cddabcd",
    "abcdabcd·abcdaaa",
    "·c···b·cbac·ba·d",
)

TEACHER = parse_machine("""
timing synchronous
input : input
accum : accum
  dict-2 = input.char
  dict-1 := accum.dict
norm : norm
  dict = accum.dict
output : numbers
  count = norm.norm
""")
"""The largest of all counts: three links."""

MOST_FREQUENT = Task.taught(
    "most-frequent",
    "how often the most frequent symbol has come so far",
    TEACHER,
    map(symbols, TRAINING),
    parts=Parts(
        neurons=("accum", "norm", UNCLIPPED_DOT, "compare", "peak"),
        constants=("const_1",),
        outputs=("count",),
        layers=3,
        readout="numbers",
        timing=SYNCHRONOUS,
    ),
    streams=mixtures(symbols("abcdef·")),
)
