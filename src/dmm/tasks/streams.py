"""Streams made of text, characters as one-hot V-values, and of other items; random ones, too."""

import random
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from dmm.tasks.task import Stream, Streams, item
from dmm.vvalue.tree import VValue

NOTHING = VValue()
SILENT = "·"
WIDEST = 4.0  # standard deviation of the logarithms of frequencies in a random stream, at most
PUBLISHED_TEXT, PUBLISHED_EVERY, PUBLISHED_TICKS = "test string.", 10, 140
"""The stream of the published experiments: one character every ten ticks."""


def characters(text: str, *, every: int = 1, ticks: int | None = None) -> list[VValue]:
    """One character every `every` ticks, the first at tick 1; the last one is repeated for as long as the stream goes.

    Between characters the item is zero. `ticks` defaults to two characters' time after the last one, so that answers
    can arrive. A character is any Unicode code point. `ValueError` for an empty text or a count below 1.

    >>> print(*characters("no", every=2, ticks=6))
    {n: 1} 0 {o: 1} 0 {o: 1} 0
    """
    if not text:
        raise ValueError("the text is empty; give at least one character")
    _require_counts(every, ticks)
    length = every * (len(text) + 2) if ticks is None else ticks
    return [VValue({text[min(t // every, len(text) - 1)]: 1}) if t % every == 0 else NOTHING for t in range(length)]


def spread(items: Sequence[VValue], *, every: int = 1, ticks: int | None = None) -> list[VValue]:
    """One item every `every` ticks, the first at tick 1, and zero at all other ticks.

    `ticks` cuts the stream or makes it longer; by default it ends when another item would be due. `ValueError` for a
    count below 1.

    >>> print(*spread([VValue(5), VValue({"a": 7})], every=2, ticks=6))
    5 0 {a: 7} 0 0 0
    """
    _require_counts(every, ticks)
    length = every * len(items) if ticks is None else ticks
    return [items[t // every] if t % every == 0 and t // every < len(items) else NOTHING for t in range(length)]


def spell(stream: Sequence[VValue]) -> str:
    """The text of a stream of characters; `·` for zero and anything else.

    >>> spell(characters("no", every=2, ticks=4))
    'n·o·'
    """
    symbols = (next(iter(v.labels), "") for v in stream)
    return "".join(label if v == VValue({label: 1}) else "·" for label, v in zip(symbols, stream, strict=True))


def symbols(text: Iterable[str]) -> Stream:
    """The stream of the characters of a text, or of the words in a list, one a step; `·` is zero. See also `spell`.

    >>> print(*symbols("·no"), *symbols(["no", "·"]))
    0 {n: 1} {o: 1} {no: 1} 0
    """
    return tuple(item(None if symbol == SILENT else symbol) for symbol in text)


def mixtures(phrases: Iterable[Any]) -> Streams:
    """What makes random streams of these items, and of phrases, which are tuples of items; see `Task.streams`.

    How common each is differs from stream to stream: in some all are about as common, others have hardly more than one.

    >>> [spell(stream) for stream in mixtures(symbols("ab·"))(seed=38, count=3, ticks=12)]
    ['aaba·babbaba', 'baaaaaaaaaaa', '··a·b·ba··aa']
    """
    ready = [tuple(map(item, phrase)) if isinstance(phrase, tuple) else (item(phrase),) for phrase in phrases]

    def streams(seed: int, count: int, ticks: int) -> list[Stream]:
        chooser = random.Random(seed)  # noqa: S311  (no secret is at stake)
        return [_mixed(chooser, ready, ticks) for _ in range(count)]

    return streams


def _mixed(chooser: random.Random, phrases: Sequence[Stream], ticks: int) -> Stream:
    """One random stream."""
    spread = chooser.uniform(0, WIDEST)
    frequencies = [chooser.lognormvariate(0, spread) for _ in phrases]
    return tuple(islice(chain.from_iterable(chooser.choices(phrases, frequencies, k=ticks)), ticks))


def _require_counts(every: int, ticks: int | None) -> None:
    for name, count in (("every", every), ("ticks", ticks)):
        if count is not None and count < 1:
            raise ValueError(f"{name} is {count}; give 1 or more")
