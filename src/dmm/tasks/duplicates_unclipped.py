"""The duplicate character detector without its clip.

The clip is a trap: a circuit can be right on short streams because of it, and wrong on long ones.
"""

from dataclasses import replace

from dmm.tasks.duplicates import DUPLICATES, random_texts, teacher
from dmm.tasks.parts import NO_CLIP, UNCLIPPED_DOT, Parts
from dmm.tasks.task import Task

_TAUGHT = Task.taught(
    "duplicates-unclipped",
    "how far the largest count of a character exceeds 1, and how many end marks came",
    teacher(clip=NO_CLIP),
    [example.inputs for example in DUPLICATES.examples],
    parts=Parts(neurons=("accum", "norm", UNCLIPPED_DOT, "compare")),
    streams=random_texts,
)
DUPLICATES_UNCLIPPED = replace(_TAUGHT, held_out=tuple(_TAUGHT.example(x.inputs) for x in DUPLICATES.held_out))
