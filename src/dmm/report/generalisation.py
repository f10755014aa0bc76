"""How far beyond its training the circuit goes: longer streams, more and other symbols, more repetition.

The teacher is asked now, on streams drawn for the page; the run has seen none of them. All streams are answered at
once, by one compiled program of the teacher and one of the circuit.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, product
from typing import NamedTuple

import numpy as np

from dmm.machine.machine import Machine
from dmm.report.blocks import Block, Paragraph, Section, Table, remark
from dmm.report.comparing import SEED
from dmm.report.folder import Run
from dmm.report.words import amount, error, many, symbol_of
from dmm.synthesis.answers import INTERPRETED_TICKS, Layout
from dmm.synthesis.questions import Questions, drawn, questions
from dmm.synthesis.verify import ROUNDING
from dmm.tasks.streams import NOTHING, mixtures
from dmm.tasks.task import Stream, Task
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

LENGTHS = (1, 10, 100)  # times the training length
SYMBOLS = (2, 10)  # times as many as in training
REPETITIONS = (1, 10, 100)  # times the largest count in training
MOST_STREAMS, MOST_TICKS, LONGEST = 100, 40_000, 20_000  # of a row
SYMBOL_STREAMS, SYMBOL_TICKS = 40, 400
MOST_ITEMS, MOST_REPETITIONS = 8, 2000
MOST_LINKS = 60  # of a machine that is asked; a larger one takes long, and is no circuit yet
TEACHER_SECONDS = 3.0  # for one that is a Python function
BLOCKS = Layout(Support(), streams=64, ticks=64, hurry=True)  # small ones, since lengths differ very much
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Trial(NamedTuple):
    """Streams of one kind: in which respect they go beyond the training, and how."""

    respect: str
    how: str
    streams: Sequence[Stream]


class Row(NamedTuple):
    """How the circuit did on the streams of a trial, as many and as long as it was asked."""

    respect: str
    how: str
    streams: int
    ticks: int
    wrong: int
    error: float


class Generalisation(NamedTuple):
    """A row for each trial, and the shortest stream of all that ends with a wrong answer; `None` if there is none."""

    rows: tuple[Row, ...]
    failing: Stream | None


def generalisation(machine: Machine, task: Task) -> Generalisation | None:
    """How the machine does on streams beyond its training; `None` where no teacher knows the answers."""
    if task.teacher is None or not task.examples:
        return None
    tried = [*_lengths(task), *_symbols(task), *_repetitions(task)]
    in_turns = sorted(((n, t) for t, trial in enumerate(tried) for n in range(len(trial.streams))))
    streams = list(dict.fromkeys(tried[t].streams[n] for n, t in in_turns))
    asked = questions(task, streams, layout=BLOCKS, seconds=TEACHER_SECONDS, forgiving=True)
    return None if asked is None else _judged(machine, task, tried, asked)


def _judged(machine: Machine, task: Task, tried: Sequence[Trial], asked: Questions) -> Generalisation:
    errors = asked.errors(machine)
    first, largest = errors.first(ROUNDING), errors.by_stream()
    places = _places(tried)
    belongs = [places.get(stream[: len(stream) - task.lag], ()) for stream in asked.panel.streams]
    rows = []
    for number, trial in enumerate(tried):
        own = np.array([number in some for some in belongs]) & (errors.asked > 0)
        if own.any():
            wrong, worst = int((first[own] >= 0).sum()), float(largest[own].max())
            rows.append(Row(trial.respect, trial.how, int(own.sum()), int(errors.asked[own].sum()), wrong, worst))
    bad = np.flatnonzero(first >= 0)
    if not len(bad):
        return Generalisation(tuple(rows), None)
    shortest = int(bad[first[bad].argmin()])
    return Generalisation(tuple(rows), asked.panel.streams[shortest][: int(first[shortest]) + 1])


def _places(tried: Sequence[Trial]) -> dict[Stream, set[int]]:
    """The trials that a stream belongs to, also when it was cut for a teacher who is interpreted."""
    whole: dict[Stream, set[int]] = {}
    cut: dict[Stream, set[int]] = {}
    for number, trial in enumerate(tried):
        for stream in trial.streams:
            whole.setdefault(stream, set()).add(number)
            cut.setdefault(stream[:INTERPRETED_TICKS], set()).add(number)
    return cut | whole


# -- what is tried -----------------------------------------------------------------------------------------------------


def _lengths(task: Task) -> Iterator[Trial]:
    for n, times in enumerate(LENGTHS):
        ticks = min(times * task.ticks, LONGEST)
        count = max(4, min(MOST_STREAMS, MOST_TICKS // ticks))
        how = f"{many(ticks, 'tick')}, {'as' if times == 1 else f'{times} times the length'} in training"
        yield Trial("length", how, drawn(task, SEED + n, count, ticks))


def _symbols(task: Task) -> Iterator[Trial]:
    """More symbols and other ones, where the items of the training are symbols."""
    items = list(dict.fromkeys(chain.from_iterable(example.inputs for example in task.examples)))
    known = [symbol for item in items for symbol in [symbol_of(item)] if symbol is not None]
    if not known or len(known) < sum(map(bool, items)):
        return
    silence = [NOTHING] if NOTHING in items else []
    new = _new_symbols(known, (max(SYMBOLS) - 1) * len(known))
    ticks = min(10 * task.ticks, SYMBOL_TICKS)
    count = len(known)
    alphabets = [(f"{many(count, 'symbol')}, those of the training", known)]
    alphabets.append((f"{many(count, 'symbol')}, all others", new[:count]))
    for times in SYMBOLS:
        more = (times - 1) * count
        alphabets.append((f"{many(times * count, 'symbol')}, of which {amount(more)} others", [*known, *new[:more]]))
    for n, (how, symbols) in enumerate(alphabets):
        made = mixtures([*(VValue({symbol: 1}) for symbol in symbols), *silence])
        yield Trial("symbols", how, made(SEED + n, SYMBOL_STREAMS, ticks))


def _new_symbols(known: Sequence[str], count: int) -> list[str]:
    """So many symbols that the training has not, of its kind: letters, or else words."""
    letters = LETTERS if all(len(symbol) == 1 for symbol in known) else ""
    beyond = (chr(code) for code in range(0x3B1, 0x3B1 + count)) if letters else ()
    words = (f"word{n}" for n in range(1, count + len(known) + 1))
    fresh = (symbol for symbol in chain(letters, beyond, words) if symbol not in known)
    return [symbol for symbol, _ in zip(fresh, range(count), strict=False)]


def _repetitions(task: Task) -> Iterator[Trial]:
    """Every item so many times: one after the other, and among as many others."""
    counts = Counter(item for example in task.examples for item in example.inputs if item)
    items = [item for item, _ in counts.most_common(MOST_ITEMS)]
    if not items:
        return
    often = max(max(Counter(filter(None, example.inputs)).values(), default=1) for example in task.examples)
    chooser = random.Random(SEED)  # noqa: S311  (no secret is at stake)
    for times in REPETITIONS:
        count = min(times * often, MOST_REPETITIONS)
        streams = []
        for item, mixed in product(items, (False, True)):
            others = [other for other in items if other != item]
            rest = chooser.choices(others, k=count) if mixed and others else []
            stream = [item] * count + rest
            chooser.shuffle(stream)
            streams.append((*stream, *task.parts.silence))
        how = f"one item {many(count, 'time')}, {'as' if times == 1 else f'{times} times as'} often"
        yield Trial("repetition", f"{how}{' as' * (times == 1)} in training", list(dict.fromkeys(streams)))


# -- the section -------------------------------------------------------------------------------------------------------


def generalisation_section(run: Run, found: Generalisation | None) -> Section:
    """The table, or why there is none."""
    blocks: list[Block]
    if found is None:
        blocks = [remark(_why_not(run))]
    else:
        blocks = [
            Paragraph(
                "The teacher and the machine were asked again, for this page, on streams that the run has not seen. A "
                "stream is wrong if one of its answers is off by more than a rounding error."
            ),
            _table(found),
        ]
    return Section("generalisation", "Beyond the training", tuple(blocks))


def is_askable(run: Run) -> bool:
    """Whether there is a machine that can be asked in little time."""
    return run.shown is not None and len(run.shown.matrix) <= MOST_LINKS


def _why_not(run: Run) -> str:
    if run.shown is None:
        return "There is no machine to ask."
    if run.task.teacher is None:
        return "There is no teacher who knows the answers to other streams than the examples."
    if not run.task.examples:
        return "There are no examples that say what streams look like."
    return f"The machine still has {many(len(run.shown.matrix), 'link')}; it is asked at {MOST_LINKS} or fewer."


def _table(found: Generalisation) -> Table:
    rows = tuple(
        (r.respect, r.how, amount(r.streams), amount(r.ticks), amount(r.wrong), error(r.error)) for r in found.rows
    )
    marked = frozenset(n for n, row in enumerate(found.rows) if row.wrong)
    head = ("beyond", "streams of", "streams", "ticks in all", "wrong streams", "largest error")
    return Table("Largest error beyond the training", head, rows, frozenset({0, 1}), marked)
