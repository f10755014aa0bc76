"""What every task of the library asks for, once more, in plain Python: from the items so far to the answer now.

A symbol is a string, a number a number, and silence 0. Items for several sources are dictionaries.
"""

from collections import Counter


def plain(item):
    """A V-value of a stream as the oracles know it; one for several sources as a dictionary."""
    if item.depth > 1:
        return item.to_nested()
    return item.labels[0] if item.labels else item.scalar


def counts(items):
    """How often each symbol has come."""
    return Counter(x for x in items if x != 0)


def largest(items):
    return max(counts(items).values(), default=0)


def detected(items, clip):
    """What the duplicate detector says: of counts until four ticks ago, and of end marks until three ticks ago."""
    return {"dict-1": max(0, largest(items[:-4]) - 1), "dict-2": min(clip, counts(items[:-3])["."])}


def depth(items):
    balance = lowest = 0
    for x in items:
        balance += {"(": 1, ")": -1}.get(x, 0)
        lowest = min(lowest, balance)
    return -lowest


def recalled(items):
    """The value of the name asked for two ticks ago, as it was told: of writes that were three ticks before that."""
    shown = [next(iter(x["name"]), None) if x and "name" in x else None for x in items]
    values, writes, answers = {}, [], []
    for tick, item in enumerate(items):
        for key, value, known in writes[max(tick - 3, 0) : max(tick - 2, 0)]:
            if key:
                values[key] = values.get(key, 0) + value - known
        answers.append(values.get(shown[tick], 0))
        key = next(iter(item["write"]), None) if item and "write" in item else None
        writes.append((key, item.get("value", 0) if item else 0, answers[tick - 1] if tick else 0))
    return {"value": [0, 0, *answers][len(items) - 1]}


ORACLES = {
    "duplicates": lambda items: detected(items, clip=4),
    "duplicates-unclipped": lambda items: detected(items, clip=10**9),
    "words": lambda items: {"excess": max(0, largest(items) - 1)},
    "distinct": lambda items: {"count": len(set(items) - {0})},
    "most-frequent": lambda items: {"count": largest(items)},
    "running-sum": lambda items: {"sum": sum(items)},
    "running-maximum": lambda items: {"maximum": max([0, *items])},
    "difference": lambda items: {"difference": items[-1] - [0, *items][-2]},
    "first": lambda items: {"first": int(items[-1] != 0 and items[-1] not in items[:-1])},
    "brackets": lambda items: {"depth": depth(items)},
    "equal-counts": lambda items: {"equal": int(items.count("a") == items.count("b"))},
    "histogram": lambda items: {"count": counts(items)[items[-1]]},
    "all-different": lambda items: {"different": int(largest(items) <= 1)},
    "variables": recalled,
}
