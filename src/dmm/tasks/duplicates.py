"""The duplicate character detector: the case of the original experiments.

Characters arrive one by one. The first answer is how far the largest count of one character exceeds 1; the second is
the number of end marks seen, at most 4.
"""

import random
from dataclasses import replace

from dmm.machine.machine import Machine
from dmm.tasks.streams import NOTHING, PUBLISHED_EVERY, PUBLISHED_TEXT, PUBLISHED_TICKS, characters
from dmm.tasks.task import Stream, Task
from dmm.vvalue.tree import VValue

ALPHABET = "abcd."
TRAINING_TEXTS = ("abacabadaa.acaad", "bbbdbb.bb..b.cba", "..a.b.c..d.ab..c", "d.adb.ddc.dd.dca")
"""At most 16 characters each, over five symbols, so chosen that counts reach 8 and the clip of `dot` is felt."""

LAG = 4  # ticks from a character to the last answer it changes
SILENCE = 3  # ticks before the third training text, lest a circuit take the first tick for the first character


def teacher(*, clip: float = 4.0) -> Machine:
    """The hand-written detector: eight links of weight 1.

    >>> print(teacher())
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
    eos : eos
    dot : dot
      dict-1 = accum.dict
      dict-2 = eos.char
    output : output
      dict-1 = compare.true
      dict-2 = dot.dot
    """
    machine = Machine()
    for name in ("input", "eos", "const_1", "accum", "norm", "compare"):
        machine = machine.add(name)
    machine = machine.add("dot", **({} if clip == 4.0 else {"clip": clip})).add("output")
    return (
        machine.link("accum.dict-2", "input.char")
        .link("norm.dict", "accum.dict")
        .link("compare.dict-1", "norm.norm")
        .link("compare.dict-2", "const_1.const_1")
        .link("dot.dict-1", "accum.dict")
        .link("dot.dict-2", "eos.char")
        .link("output.dict-1", "compare.true")
        .link("output.dict-2", "dot.dot")
    )


def random_texts(seed: int, count: int, ticks: int) -> list[Stream]:
    """Random texts over the alphabet; how common each character is, and silence, varies from text to text."""
    chooser = random.Random(seed)  # noqa: S311  (no secret is at stake)
    items = [*(VValue({character: 1}) for character in ALPHABET), NOTHING]
    return [tuple(chooser.choices(items, [chooser.random() for _ in items], k=ticks)) for _ in range(count)]


def _training() -> tuple[Stream, ...]:
    streams = [(*characters(text, ticks=len(text)), *[NOTHING] * LAG) for text in TRAINING_TEXTS]
    late = (*[NOTHING] * SILENCE, *streams[2])
    length = len(late)
    streams[2] = late
    return tuple((*stream, *[NOTHING] * (length - len(stream))) for stream in streams)


def _published() -> list[Stream]:
    """The text of the published experiments, at their pace and without pauses."""
    slowly = characters(PUBLISHED_TEXT, every=PUBLISHED_EVERY, ticks=PUBLISHED_TICKS)
    return [tuple(slowly), tuple(characters(PUBLISHED_TEXT, ticks=len(PUBLISHED_TEXT) + LAG))]


_TAUGHT = Task.taught(
    "duplicates",
    "how far the largest count of a character exceeds 1, and how many end marks came (at most 4)",
    teacher(),
    _training(),
    streams=random_texts,
)
DUPLICATES = replace(_TAUGHT, held_out=tuple(map(_TAUGHT.example, _published())))
