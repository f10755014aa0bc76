"""Tasks so small that a whole synthesis of them takes seconds, and settings to go with them."""

from dmm import TASKS, Example, Parts, Settings, Task, VValue, mixtures, task_from_examples
from dmm.machine.machine import SYNCHRONOUS

QUICK = Settings(warm_up=250, recovery=50, fine_recovery=100, few=6, attempts=2, choice=1, streams=50, longest=50)
"""Enough for the sum of numbers."""

HASTY = Settings(
    warm_up=50, recovery=50, fine_recovery=50, few=3, patience=1, loose=10.0, tight=10.0, attempts=2, challenges=1,
    choice=1, streams=50, longest=50, population=2,
)  # fmt: skip
"""Any loss is good enough: all stages are gone through, and what is found is no good."""

PARTS = Parts(
    neurons=("accum", "delay"), constants=("const_1",), outputs=("sum",), readout="numbers", layers=1, width=1,
    timing=SYNCHRONOUS,
)  # fmt: skip
"""Eight links."""

NUMBERS = ((3, -2, 0, 4, 1), (0, 2, 2, -1, 0), (-2, 1, 3, 0, 2), (1, 4, -1), (0, 0, 1, 0, 3))


def summed(numbers):
    """A stream of numbers with the sums so far, from plain Python."""
    targets = (VValue(sum(numbers[: i + 1])) for i in range(len(numbers)))
    return Example(tuple(map(VValue, numbers)), tuple(targets))


def sums(**parts):
    """The running sum, given by ten short examples of which two are held out."""
    known = {"neurons": PARTS.neurons, "constants": PARTS.constants, "layers": 1, "width": 1}
    examples = [summed([sign * x for x in numbers]) for numbers in NUMBERS for sign in (1, -1)]
    return task_from_examples(examples, name="sums", **{**known, **parts})


def taught_sums():
    """The running sum, taught by the machine of the library."""
    return Task.taught(
        "taught-sums",
        "the sum so far",
        TASKS["running-sum"].teacher,
        NUMBERS[:3],
        parts=PARTS,
        streams=mixtures(range(-4, 5)),
    )
