"""Challenges: short streams on which a machine differs from the teacher, to learn from next.

The streams tried are fixed by task and seed: systematic ones, random ones, and recombinations of the examples. What is
found is made smaller while it still shows an error.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, product
from typing import NamedTuple

import numpy as np

from dmm.machine.machine import Machine
from dmm.synthesis.answers import Layout
from dmm.synthesis.questions import Questions, drawn, questions
from dmm.tasks.streams import NOTHING
from dmm.tasks.task import Stream, Task
from dmm.vvalue.tree import VValue

LARGEST_ALPHABET = 8  # items that systematic streams are made of
OF_EACH_SORT = 600  # streams, at most
LONGEST_RUN = 20  # of one item
COUNTS = (1, 2, 3, 4, 5, 6, 9)  # of two items one after the other
LENGTHS = (4, 5, 6, 7, 8, 10, 12, 16, 24, 40)  # of random streams
TEACHER_SECONDS = 30.0  # a limit for the slowest of functions; others are asked all streams, lest the seed not decide
ROUNDS = 40  # of making a stream smaller, at most


class CounterExample(NamedTuple):
    """A stream whose last answer is wrong, by how much."""

    stream: Stream
    error: float


def counter_example(machine: Machine, task: Task, *, seed: int = 0, tolerance: float = 1e-3) -> CounterExample | None:
    """A short stream that ends with a wrong answer: one off by more than `tolerance`, relative to answers above 1.

    `None` if no such stream is found, or the task has no teacher. Many machines are challenged more quickly by one
    `Challenger`.

    >>> from dmm.tasks.duplicates import DUPLICATES, teacher
    >>> from dmm.tasks.streams import spell
    >>> found = counter_example(teacher(clip=100), DUPLICATES)
    >>> spell(found.stream), found.error
    ('.....···', 1.0)
    """
    return Challenger(task, seed=seed, tolerance=tolerance).counter_example(machine)


class Challenger:
    """The streams that machines are challenged with, and the teacher's answers, found once; see `counter_example`."""

    def __init__(self, task: Task, *, seed: int = 0, tolerance: float = 1e-3):
        if not tolerance > 0:
            raise ValueError(f"the tolerance is {tolerance!r}; give a positive number")
        self.task, self.seed, self.tolerance = task, seed, tolerance

    def counter_example(self, machine: Machine) -> CounterExample | None:
        """A short stream on which the machine is wrong; `None` if none is found."""
        if self.task.teacher is None or self._questions is None:
            return None
        found = self._shortest(self._questions, machine)
        for _ in range(ROUNDS if found else 0):
            assert found is not None
            smaller = self._smaller(found.stream, machine)
            if smaller is None:
                break
            found = smaller
        return found

    # -- what is tried ---------------------------------------------------------------------------------------------

    @cached_property
    def _questions(self) -> Questions | None:
        chooser = random.Random(self.seed)  # noqa: S311  (no secret is at stake)
        sorts = [*self._systematic(), self._random(chooser), list(self._recombined(chooser))]
        chosen = (sort if len(sort) <= OF_EACH_SORT else chooser.sample(sort, OF_EACH_SORT) for sort in sorts)
        return self._asked([stream for stream in dict.fromkeys(chain.from_iterable(chosen)) if stream])

    @cached_property
    def _alphabet(self) -> list[VValue]:
        """The most common items, and first of all zero, where it is among them or the machine has to be waited for."""
        seen = Counter(chain.from_iterable(example.inputs for example in self.task.examples))
        seen.update(chain.from_iterable(drawn(self.task, self.seed, 32, max(LENGTHS))))
        silence = [NOTHING] if NOTHING in seen or self._silence else []
        return [*silence, *[each for each, _ in seen.most_common(LARGEST_ALPHABET + 1) if each][:LARGEST_ALPHABET]]

    @cached_property
    def _silence(self) -> Stream:
        """What follows every stream: longer than the way through a template, since circuits may be slower."""
        silence = self.task.parts.silence
        return (*silence, *silence, *silence[:1] * 4)

    def _asked(self, streams: Iterable[Stream], layout: Layout | None = None) -> Questions | None:
        longer = [(*stream, *self._silence) for stream in streams]
        return questions(self.task, longer, layout=layout, seconds=TEACHER_SECONDS, forgiving=True)

    def _systematic(self) -> Iterator[list[Stream]]:
        """One item many times, two one after the other or in turns, with and without pauses; all short streams."""
        pairs = [(a, b) for a, b in product(self._alphabet, repeat=2) if a != b]
        yield [(a,) * n for a in self._alphabet for n in range(1, max(LONGEST_RUN, 2 * self._longest) + 1)]
        yield [stream for n in (1, 2, 3) for stream in product(self._alphabet, repeat=n)]
        yield [(*(a,) * i, *(b,) * j) for a, b in pairs for i in COUNTS for j in COUNTS]
        yield [(*(a,) * i, b, *(a,) * j) for a, b in pairs for i in COUNTS for j in COUNTS]
        yield [(*(a,) * i, b) * n for a, b in pairs for i in (1, 2) for n in COUNTS]

    def _random(self, chooser: random.Random) -> list[Stream]:
        lengths = (*LENGTHS, 2 * self._longest)
        count = OF_EACH_SORT // len(lengths)
        return [stream for ticks in lengths for stream in drawn(self.task, chooser.getrandbits(32), count, ticks)]

    def _recombined(self, chooser: random.Random) -> Iterator[Stream]:
        """Examples cut, joined, with an item repeated or replaced, or shuffled."""
        streams = [example.inputs for example in self.task.examples if example.inputs]
        for _ in range(OF_EACH_SORT if streams else 0):
            one, other = chooser.choice(streams), chooser.choice(streams)
            i, j = chooser.randrange(len(one)), chooser.randrange(len(other))
            yield chooser.choice(
                (
                    one[i:],
                    one[: i + 1],
                    (*one[:i], *other[j:]),
                    (*one[:i], *one[i : i + 1] * chooser.randint(2, 9), *one[i + 1 :]),
                    (*one[:i], chooser.choice(self._alphabet), *one[i + 1 :]),
                    tuple(chooser.sample(one, len(one))),
                )
            )

    @cached_property
    def _longest(self) -> int:
        return max((len(example.inputs) for example in self.task.examples), default=1)

    # -- what is found ---------------------------------------------------------------------------------------------

    def _shortest(self, asked: Questions, machine: Machine) -> CounterExample | None:
        """The simplest of the shortest streams that end with a wrong answer."""
        errors = asked.errors(machine)
        first = errors.first(self.tolerance)
        shortest = first[first >= 0].min(initial=first.max(initial=-1))
        if shortest < 0:
            return None
        numbers = np.flatnonzero(first == shortest).tolist()
        number = min(numbers, key=lambda n: self._complexity(asked.panel.streams[n][: shortest + 1]))
        error = errors.absolute[asked.panel.starts[number] + shortest]
        return CounterExample(asked.panel.streams[number][: shortest + 1], float(error))

    def _smaller(self, stream: Stream, machine: Machine) -> CounterExample | None:
        """The simplest that an item or a part of the stream less, or simpler items, make of it, still with an error."""
        assert self._questions is not None
        candidates = [each for each in dict.fromkeys(self._simpler(stream)) if each]
        asked = self._asked(candidates, self._questions.panel.layout) if candidates else None
        found = self._shortest(asked, machine) if asked else None
        return found if found and self._complexity(found.stream) < self._complexity(stream) else None

    def _simpler(self, stream: Stream) -> Iterator[Stream]:
        size = len(stream)
        while size:
            yield from ((*stream[:i], *stream[i + size :]) for i in range(0, len(stream) - size + 1, max(1, size // 2)))
            size //= 2
        for old in dict.fromkeys(stream):
            simpler = self._alphabet[: self._rank(old)]
            yield from (tuple(new if each == old else each for each in stream) for new in simpler)
            places = [i for i, each in enumerate(stream) if each == old]
            yield from ((*stream[:i], new, *stream[i + 1 :]) for i in places for new in simpler)

    def _complexity(self, stream: Stream) -> tuple[int, int, int]:
        """By length, then by items that are not zero, then by how far down the alphabet they stand."""
        return len(stream), sum(map(bool, stream)), sum(map(self._rank, stream))

    def _rank(self, item: VValue) -> int:
        return self._alphabet.index(item) if item in self._alphabet else len(self._alphabet)
