"""Distinct symbols: how many different ones have come so far."""

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.tasks.parts import NO_CLIP, UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·aab·baacabd·",
    "bbbbdb·bbbcbbbba",
    "···c·d·cddc·efab",
    "dcbafe·abcdef·ab",
)


def teacher() -> Machine:
    """Every symbol that has come counts once in the running maximum, whose square is their number: four links.

    >>> print(teacher())
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
    """
    machine = (
        Machine().add("input").add("peak").add("dot", clip=NO_CLIP).add("output", "numbers").with_timing(SYNCHRONOUS)
    )
    return (
        machine.link("peak.dict-2", "input.char")
        .link("dot.dict-1", "peak.dict")
        .link("dot.dict-2", "peak.dict")
        .link("output.count", "dot.dot")
    )


DISTINCT = Task.taught(
    "distinct",
    "how many different symbols have come so far",
    teacher(),
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
