"""The order of the statements of a program: after values of this tick that they need, before those they need as old.

Where that is impossible, as in a circle of neurons that all need what the next one was, old values are saved.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def statement_order(
    preferred: Sequence[T], new: Mapping[T, set[T]], old: Mapping[T, set[T]]
) -> tuple[list[T], dict[T, list[T]]]:
    """All of `preferred`, as nearly in this order as `new` and `old` allow, and the late readers of what is saved.

    `new[s]` are those whose new value `s` needs, without a circle; `old[s]` those whose old one. A late reader comes
    after what it reads only if that is saved.

    >>> statement_order(["a", "b"], {}, {"a": {"b"}, "b": {"a"}})
    (['a', 'b'], {'a': ['b']})
    """
    place = {each: i for i, each in enumerate(preferred)}
    sources = {each: set(new.get(each, ())) for each in preferred}
    readers = {each: {x for x in preferred if x != each and each in old.get(x, ())} for each in preferred}
    left, order, saved = list(preferred), [], {}
    while left:
        found = next((each for each in left if not sources[each] and not readers[each]), None)
        if found is None:
            circular = [each for each in left if not sources[each] and _comes_back(each, sources, readers, left)]
            found = min(circular, key=lambda each: (len(readers[each]), place[each]))
            saved[found] = sorted(readers[found], key=place.__getitem__)
        left.remove(found)
        order.append(found)
        for each in left:
            sources[each].discard(found)
            readers[each].discard(found)
    return order, saved


def _comes_back(start: T, sources: Mapping[T, set[T]], readers: Mapping[T, set[T]], left: Sequence[T]) -> bool:
    """Whether what has to come before it has to come after it, too."""
    seen: set[T] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        earlier = ((sources[each] | readers[each]) & set(left)) - seen
        if start in earlier:
            return True
        seen |= earlier
        waiting += earlier
    return False
