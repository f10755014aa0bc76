"""The histogram: how often the symbol of this step has come so far."""

from dmm.machine.machine import SYNCHRONOUS, Machine
from dmm.tasks.parts import NO_CLIP, UNCLIPPED_DOT, Parts
from dmm.tasks.streams import mixtures, symbols
from dmm.tasks.task import Task

TRAINING = (
    "··a·ab·baacabba·",
    "dddddddd·cddcdda",
    "···abcdabcd·abcd",
    "cbb·cca·dd·acbbc",
)


def teacher() -> Machine:
    """All counts, read at the symbol of this step: four links.

    >>> print(teacher())
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
    """
    machine = (
        Machine().add("input").add("accum").add("dot", clip=NO_CLIP).add("output", "numbers").with_timing(SYNCHRONOUS)
    )
    return (
        machine.link("accum.dict-2", "input.char")
        .link("dot.dict-1", "accum.dict")
        .link("dot.dict-2", "input.char")
        .link("output.count", "dot.dot")
    )


HISTOGRAM = Task.taught(
    "histogram",
    "how often the symbol of this step has come so far, 0 in silence",
    teacher(),
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
