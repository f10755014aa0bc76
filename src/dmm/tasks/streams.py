"""Streams made of text, characters as one-hot V-values, and of other items."""

from collections.abc import Sequence

from dmm.vvalue.tree import VValue

NOTHING = VValue()
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
    return "".join(next(iter(v.labels)) if len(v.labels) == 1 and not v.scalar else "·" for v in stream)


def _require_counts(every: int, ticks: int | None) -> None:
    for name, count in (("every", every), ("ticks", ticks)):
        if count is not None and count < 1:
            raise ValueError(f"{name} is {count}; give 1 or more")
