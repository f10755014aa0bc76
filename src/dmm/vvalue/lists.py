"""Lists as V-values: the first item under `this`, and the list of all others under `rest`.

Nothing is the empty list. What stands where a list ends may also be a mark of its own, without `this` and `rest`.

Source: the list of clicks in the Clojure implementation (Bukatin, Matthews, July 2017).
"""

from collections.abc import Sequence

from dmm.vvalue.operations import AnyVValue
from dmm.vvalue.support import Support
from dmm.vvalue.tree import MAX_DEPTH, ZERO, VValue

THIS, REST = "this", "rest"
DEEPEST = MAX_DEPTH - 2  # of a list, which has the labels of its neuron and its output above it


def list_of(items: Sequence[VValue], end: VValue = ZERO) -> VValue:
    """The list of these items, first to last; `end` stands where it ends.

    >>> print(list_of([VValue({"a": 1}), VValue(2)]))
    {rest: {this: 2}, this: {a: 1}}
    """
    made = end
    for item in reversed(items):
        made = in_front(item, made)
    return made


def list_items(v: VValue) -> list[VValue]:
    """The items of a list, first to last: `list_items(list_of(items)) == items`, if the last of them is not zero.

    >>> list_items(VValue({"this": {"a": 1}, "rest": {"this": 2, "rest": {"end": 1}}}))
    [VValue({'a': 1}), VValue(2)]
    """
    items = []
    while v[THIS] or v[REST]:
        items.append(v[THIS])
        v = v[REST]
    return items


def in_front(item: AnyVValue, rest: AnyVValue) -> AnyVValue:
    """The list of `item` and, after it, the items of the list `rest`.

    >>> print(in_front(VValue(3), VValue({"this": 2})))
    {rest: {this: 2}, this: 3}
    """
    if isinstance(rest, VValue) and rest.depth >= DEEPEST:
        raise ValueError(
            f"a list of {len(list_items(rest))} items is as deep as trees can be; bound it, "
            "as the neuron type 'cons' does by its parameter 'length'"
        )
    return rest.join({THIS: item, REST: rest})


def newest(v: AnyVValue, length: int) -> AnyVValue:
    """The list of the first `length` items, which are the newest if each was put in front; the others are dropped.

    >>> print(newest(VValue({"this": 1, "rest": {"this": 2, "rest": {"this": 3}}}), 2))
    {rest: {this: 2}, this: 1}
    """
    if not isinstance(v, VValue):
        beyond = (REST,) * length
        return v.take(Support(path for path in v.support if path[:length] != beyond))
    if not length:
        return ZERO
    if not v[REST]:
        return v
    return v.join({**v.children, REST: newest(v[REST], length - 1)}) + v.scalar
