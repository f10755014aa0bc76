"""Variables: the machine is told the values of names, and asked for them.

A name alone asks for its value, which is answered two ticks later. A value follows a name by a tick, together with the
same name at `write`, and counts from three ticks later on.
"""

import random

from dmm.machine.machine import Machine
from dmm.tasks.parts import Parts
from dmm.tasks.task import Stream, Task
from dmm.vvalue.tree import VValue

NOTHING = VValue()
NAMES, MORE_NAMES = "abc", "abcdefg"
VALUES = (-3, -2, -1, 1, 2, 3)
PLACE = "identity-1-1.x <- name.char"


def teacher() -> Machine:
    """The hand-written machine: it keeps each value as the weight of a link of its own.

    What identity answers to a name is the weight of the link that reads it, label by label. The difference to the value
    is added to that weight when it is written.
    """
    machine = Machine().add("name", "input").add("value", "input").add("write", "input")
    machine = machine.add("identity-1-1", "identity").add("multiply-2-1", "multiply")
    machine = machine.add("place-1", "constant", value=Parts(edits=(PLACE,)).edited[0]).add("edit-1", "outer")
    machine = machine.add("self", "accum").add("output", "numbers")
    machine = machine.link("edit-1.dict-1", "place-1.value", hard=True).link("self.dict-2", "edit-1.dict", hard=True)
    machine = machine.link("multiply-2-1.dict-1", "write.char").link("multiply-2-1.dict-2", "value.char")
    machine = machine.link("multiply-2-1.dict-2", "identity-1-1.x", -1).link("edit-1.dict-2", "multiply-2-1.dict")
    return machine.link("output.value", "identity-1-1.x").governed_by("self.dict")


def commands(seed: int, count: int, ticks: int, names: str = MORE_NAMES) -> list[Stream]:
    """Random questions and, half as often, values told; how many names there are varies from stream to stream."""
    draw = random.Random(seed)  # noqa: S311  (no secret is at stake)
    return [_stream(draw, ticks, names[: draw.randint(2, len(names))]) for _ in range(count)]


def _stream(draw: random.Random, ticks: int, names: str) -> Stream:
    items: list[VValue] = []
    while len(items) < ticks:
        items += told(draw.choice(names), draw.choice((0, 0, draw.choice(VALUES))))
    return tuple(items[:ticks])


def told(name: str, value: float = 0) -> Stream:
    """The items that tell the value of a name; without one, those that ask for it.

    >>> print(*told("a", 3), sep="; ")
    {name: {a: 1}}; {value: 3, write: {a: 1}}; 0; 0
    """
    asked = VValue({"name": {name: 1}})
    return (asked, VValue({"value": value, "write": {name: 1}}), NOTHING, NOTHING) if value else (asked,)


def _example(silence: int, *commands: tuple[str, float]) -> Stream:
    return (*[NOTHING] * silence, *(item for command in commands for item in told(*command)), NOTHING, NOTHING)


TRAINING = (
    _example(0, ("a", 3), ("a", 0), ("b", -2), ("a", 0), ("b", 0), ("a", -1), ("b", 1), ("a", 0), ("b", 0), ("a", 0)),
    _example(2, ("c", 0), ("c", 2), ("b", 3), ("c", 0), ("b", 0), ("a", 0), ("c", -3), ("b", 0), ("c", 0), ("a", 0)),
    _example(0, ("b", 1), ("b", 2), ("b", 3), ("b", 0), ("b", -3), ("b", 0), ("c", 0), ("a", 2), ("b", 0), ("a", 0)),
    _example(1, ("a", -2), ("c", 1), ("a", 0), ("c", 0), ("a", 2), ("a", 0), ("c", -1), ("c", 0), ("b", 0), ("a", 0)),
)

VARIABLES = Task.taught(
    "variables",
    "the value that a name was given last, kept as a weight of the machine's own",
    teacher(),
    TRAINING,
    parts=Parts(
        neurons=("identity", "multiply"),
        constants=("const_1",),
        inputs=("name", "value", "write"),
        outputs=("value",),
        readout="numbers",
        layers=2,
        width=1,
        fields=("identity.x", "multiply.dict-1", "multiply.dict-2", "multiply.dict"),
        edits=(PLACE,),
    ),
    streams=commands,
)
