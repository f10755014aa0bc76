# mypy: ignore-errors
"""The operations on trees that programs made by `to_python` are written with; each is copied where it is used.

They are plain Python without types, as they shall be read there. A tree is a dictionary from the label of a leaf, or
the tuple of labels where it stands deeper, to its number; the scalar stands under `:number`; zeros are never stored.
"""


def leaves(item, above=()):
    """The numbers of an item that are not 0, by label; by tuple of labels if they stand deeper."""
    if item is None:
        return {}
    if isinstance(item, str):
        return {item: 1.0}
    if isinstance(item, dict):
        found = {}
        for label, below in item.items():
            found |= leaves(below, above if label == ":number" else (*above, label))
        return found
    key = above if len(above) > 1 else (*above, ":number")[0]
    return nonzero({key: float(item)})


def part(item, label):
    """What an item has under a label."""
    item = {item: 1} if isinstance(item, str) else item
    return item.get(label) if isinstance(item, dict) else None


def nonzero(tree):
    """The entries that are not 0."""
    return {key: x for key, x in tree.items() if x}


def labels(key):
    """Those that lead to a leaf, as a tuple."""
    return () if key == ":number" else (key,) if isinstance(key, str) else key


def key_of(path):
    """The key of the leaf to which these labels lead."""
    return path if len(path) > 1 else (*path, ":number")[0]


def nested(tree):
    """The tree as nested dictionaries; a number where that is all there is."""
    if not tree.keys() - {":number"}:
        return tree.get(":number", 0)
    parts = {}
    for key in sorted(tree, key=labels):
        label, *below = labels(key) or [":number"]
        parts.setdefault(label, {})[tuple(below) or ":number"] = tree[key]
    return {label: nested(below) for label, below in parts.items()}


def scalar(tree):
    """The number that a tree has besides its labels."""
    return tree.get(":number", 0)


def as_tree(number):
    """A number as a tree without labels."""
    return nonzero({":number": number})


def add(*trees):
    """The sum, leaf by leaf."""
    total = {}
    for tree in trees:
        for key, x in tree.items():
            total[key] = total.get(key, 0) + x
    return nonzero(total)


def subtract(a, b):
    """The difference, leaf by leaf."""
    return add(a, scaled(-1, b))


def scaled(factor, tree):
    """Every leaf times the factor."""
    return nonzero({key: factor * x for key, x in tree.items()})


def largest(tree):
    """The largest absolute leaf; 0 if there is none."""
    return max(map(abs, tree.values()), default=0)


def dot_product(a, b):
    """The sum of the products of common leaves."""
    return sum(x * b[key] for key, x in a.items() if key in b)


def leafwise(choose, a, b):
    """The `max` or `min` of every two leaves, where a missing one is 0."""
    return nonzero({key: choose(a.get(key, 0), b.get(key, 0)) for key in a | b})


def products(a, b):
    """The products of common leaves."""
    return nonzero({key: x * b[key] for key, x in a.items() if key in b})


def absent_part(a, b):
    """Each leaf of `a` times what the absolute one of `b` lacks of 1: all, if there is none."""
    return nonzero({key: x * max(0, 1 - abs(b.get(key, 0))) for key, x in a.items()})


def masked(mask, tree):
    """Every leaf times the leaves that the mask has at its path and above it."""
    found = {}
    for key, x in tree.items():
        path, total = labels(key), 0
        for length in range(len(path), -1, -1):
            total = x * mask.get(key_of(path[:length]), 0) + total
        found[key] = total
    return nonzero(found)


def combined(mask, tree):
    """The sum of what the tree has below each path of the mask, times the leaf there."""
    total = {}
    for key in sorted(mask, key=labels):
        total = add(total, scaled(mask[key], at(tree, *labels(key))))
    return total


def absolutes(tree):
    """Every leaf without its sign."""
    return {key: abs(x) for key, x in tree.items()}


def shares(tree):
    """Every leaf divided by the sum of all absolute ones."""
    total = sum(map(abs, tree.values()))
    return nonzero({key: x / total for key, x in tree.items()})


def soft_max(tree, among, temperature):
    """Shares of the positive leaves of `among`, each times e to the power of the tree's leaf."""
    positive = {key: x for key, x in among.items() if x > 0}
    powers = {key: tree.get(key, 0) / temperature for key in positive}
    largest, e = max(powers.values(), default=0), 2.718281828459045
    return shares({key: x * e ** (powers[key] - largest) for key, x in positive.items()})


def sigmoid(x):
    """1 / (1 + e to the power of -x), so written that nothing overflows."""
    small = 2.718281828459045 ** -abs(x)
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


def tanh(x):
    """The hyperbolic tangent, likewise."""
    small = 2.718281828459045 ** (-2 * abs(x))
    return ((1 - small) if x >= 0 else (small - 1)) / (1 + small)


def sign(number):
    """1, -1 or 0."""
    return (number > 0) - (number < 0)


def place_of_largest(tree):
    """1 at the largest leaf, the first of equal ones, if it is positive."""
    key = max(sorted(tree, key=labels), key=tree.get, default=None)
    return {key: 1} if tree.get(key, 0) > 0 else {}


def rounded(tree):
    """Every leaf rounded to a whole number, halves to the even one."""
    return nonzero({key: round(x, 0) for key, x in tree.items()})


def marks(tree, limit):
    """1 at every leaf that is larger than the limit."""
    return {key: 1 for key, x in tree.items() if x > limit}


def under(label, tree):
    """The tree below a label."""
    return {key_of((label, *labels(key))): x for key, x in tree.items()}


def at(tree, *path):
    """What the tree has below these labels."""
    found, length = {}, len(path)
    for key, x in tree.items():
        if labels(key)[:length] == path:
            found[key_of(labels(key)[length:])] = x
    return found


def in_front(item, rest):
    """The list of an item and, after it, those of another list."""
    return under("this", item) | under("rest", rest)


def newest(items, length):
    """The list of the first items, which came last."""
    return {key: x for key, x in items.items() if labels(key)[:length] != ("rest",) * length}


def moved_on(line, value, last):
    """A delay line: the value at place 1, and what was at each place but the last at the next."""
    moved = under("1", value)
    for place in range(1, last):
        moved |= under(str(place + 1), at(line, str(place)))
    return moved


def outer_product(a, b):
    """Every leaf of `a` times every leaf of `b`, below the labels of both."""
    total = {}
    for above in sorted(a, key=labels):
        for below, x in b.items():
            key = key_of((*labels(above), *labels(below)))
            total[key] = total.get(key, 0) + a[above] * x
    return nonzero(total)


def copied_links(matrix, copies, neurons, outgoing=False):
    """The links of a copy of these neurons for every label of `copies`, times the number there.

    A link is (to, input, source, output); the copy of x is x-label. Links to other neurons are copied if they are
    `outgoing`.
    """
    total = {}
    for copy in sorted(key for key in copies if isinstance(key, str) and key != ":number"):
        for link in sorted(matrix, key=labels):
            path = list(labels(link))
            ends = [place for place in (0, 2) if place < len(path) and path[place] in neurons]
            if 0 in ends or (outgoing and ends):
                for place in ends:
                    path[place] += f"-{copy}"
                key = key_of(tuple(path))
                total[key] = total.get(key, 0) + matrix[link] * copies[copy]
    return nonzero(total)
