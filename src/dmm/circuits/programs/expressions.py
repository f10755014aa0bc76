"""Expressions of Python for numbers and trees: put together to read well, and to add up in the order they are given.

An expression knows its kind, so that what can only be a number is written as arithmetic. The order of additions is that
of the interpreter, so that the program computes the same floats; only the first two terms of a sum may change places.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import takewhile
from typing import Any

from dmm.vvalue.support import Path
from dmm.vvalue.tree import NUMBER as SCALAR_LABEL
from dmm.vvalue.tree import VValue, weighted_sum

Number = Any  # a weight or a parameter: int, float or Fraction

WIDTH = 100  # of a line of a program
EXACT_INTEGERS = 2**53  # larger ones are written as the floats that they become
ATOM, PRODUCT, SUM, LOOSEST = range(4)  # how loosely an expression holds together

_NO_WORD = re.compile(r"\W+", re.ASCII)


class Kind(IntEnum):
    """What an output can hold: nothing but zero, nothing but a scalar, or any tree."""

    NOTHING = 0
    NUMBER = 1
    TREE = 2


NOTHING, NUMBER, TREE = Kind


@dataclass(frozen=True)
class Expression:
    """A piece of Python and what it stands for; of a constant, also its value.

    `parts` are what stands between the brackets of a call or a dictionary, or the terms of a sum, each with what comes
    before it; a line that is too long is broken there.
    """

    kind: Kind
    text: str
    binds: int = ATOM
    value: VValue | None = None
    opening: str = ""
    parts: tuple[tuple[str, "Expression"], ...] = ()

    @property
    def is_name(self) -> bool:
        """Whether it may be written several times."""
        return self.text.isidentifier() or self.value is not None


def number_text(x: Number) -> str:
    """A number as Python writes it, whole ones without a point.

    >>> number_text(2.0), number_text(-0.1), number_text(1e6), number_text(10**300)
    ('2', '-0.1', '1_000_000', '1e+300')
    """
    return f"{int(x):_}" if x == int(x) and abs(x) < EXACT_INTEGERS else repr(float(x))


def string_text(label: str) -> str:
    """A string as Python writes it, in double quotes if that needs no escapes.

    >>> print(string_text("a"), string_text('say "a"'), string_text("\u2028"))
    "a" 'say "a"' "\u2028"
    """
    text = repr(label)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in label else text


def key_text(path: Path) -> str:
    """The key of a leaf in the trees of a program.

    >>> print(key_text(()), key_text(("a",)), key_text(("a", "b")))
    ":number" "a" ("a", "b")
    """
    labels = [string_text(label) for label in path or (SCALAR_LABEL,)]
    return labels[0] if len(labels) == 1 else f"({', '.join(labels)})"


def word(label: str) -> str:
    """A label as part of the name of a variable.

    >>> word("dict-1"), word("a.b"), word("?")
    ('dict_1', 'a_b', 'other')
    """
    return _NO_WORD.sub("_", label).strip("_") or "other"


def name(text: str, kind: Kind) -> Expression:
    """A variable."""
    return Expression(kind, text)


def literal(value: VValue | Number) -> Expression:
    """A constant: a number where that is all it is."""
    value = VValue(value)
    if value.children:
        return _dictionary(value)
    return Expression(NUMBER if value else NOTHING, number_text(value.scalar), value=value)


def _dictionary(value: VValue) -> Expression:
    leaves = [(f"{key_text(path)}: ", Expression(NUMBER, number_text(x))) for path, x in value.items()]
    return replace(bracketed("{", leaves, TREE), value=value)


def bracketed(opening: str, parts: Iterable[tuple[str, Expression]], kind: Kind) -> Expression:
    """What stands in brackets, between commas: a dictionary, a call."""
    parts = tuple(parts)
    text = opening + ", ".join(before + part.text for before, part in parts) + closing(opening)
    return Expression(kind, text, opening=opening, parts=parts)


def closing(opening: str) -> str:
    """The brackets that close those of `opening`."""
    return "".join({"(": ")", "{": "}"}[each] for each in reversed(opening) if each in "({")


def call(function: str, *arguments: Expression, kind: Kind = NUMBER) -> Expression:
    """A function of expressions.

    >>> call("max", literal(0), name("x", NUMBER)).text
    'max(0, x)'
    """
    return bracketed(f"{function}(", [("", argument) for argument in arguments], kind)


def comparison(a: Expression, sign: str, b: Expression) -> Expression:
    """Whether two numbers are so."""
    return Expression(NUMBER, f"{a.text} {sign} {b.text}", LOOSEST, parts=(("", a), (f"{sign} ", b)))


def choice(condition: Expression, a: Expression, b: Expression) -> Expression:
    """The first of two values if the condition is not zero, else the second.

    >>> choice(name("x", TREE), literal(0), total([(1, name("y", NUMBER)), (1, literal(1))])).text
    '0 if x else y + 1'
    """
    if condition.value is not None:
        return a if condition.value else b
    kind = max(a.kind, b.kind)
    a, b = coerced(a, kind), coerced(b, kind)
    return Expression(
        kind, f"{a.text} if {condition.text} else {b.text}", LOOSEST, parts=(("", a), ("if ", condition), ("else ", b))
    )


def on_tree(function: str, *arguments: Expression) -> Expression:
    """A function from trees to a tree."""
    return call(function, *map(as_tree, arguments), kind=TREE)


def as_tree(e: Expression) -> Expression:
    """The same value as a tree of the program."""
    if e.kind is TREE:
        return e
    if e.value is not None:
        return _dictionary(e.value)
    return call("as_tree", e, kind=TREE)


def scalar_of(e: Expression) -> Expression:
    """The scalar of a value, as a number of the program."""
    return leaf(e, ()) if e.kind is TREE else e


def coerced(e: Expression, kind: Kind) -> Expression:
    """The expression as one of that kind: a tree, or the scalar alone."""
    return as_tree(e) if kind is TREE else scalar_of(e)


def leaf(e: Expression, path: Path) -> Expression:
    """One leaf of a value, 0 where it is missing; of a sum, the sum of such leaves.

    >>> tree = total([(0.5, name("tree", TREE)), (1, name("x", NUMBER))])
    >>> leaf(tree, ("a",)).text, leaf(tree, ()).text
    ('0.5 * tree.get("a", 0)', '0.5 * scalar(tree) + x')
    """
    inner = [part for _, part in e.parts]
    if e.value is not None:
        return literal(e.value[path].scalar)
    match e.opening:
        case "add(":
            return total((1, leaf(part, path)) for part in inner)
        case "subtract(":
            return total([(1, leaf(inner[0], path)), (-1, leaf(inner[1], path))])
        case "scaled(":
            return times(inner[0], leaf(inner[1], path))
        case "as_tree(":
            return literal(0) if path else inner[0]
    if e.kind is not TREE:
        return literal(0) if path else e
    return Expression(NUMBER, f"{held_together(e, ATOM).text}.get({key_text(path)}, 0)") if path else call("scalar", e)


def held_together(e: Expression, loosest: int) -> Expression:
    """The expression in parentheses if it holds together more loosely."""
    if e.binds <= loosest:
        return e
    return Expression(e.kind, f"({e.text})", opening="(", parts=e.parts)


def without_parentheses(e: Expression) -> Expression:
    """What `held_together` put in parentheses."""
    return replace(e, text=e.text[1:-1], opening="") if e.opening == "(" else e


def times(a: Expression, b: Expression) -> Expression:
    """The product of a number and a value of any kind.

    >>> times(name("x", NUMBER), name("tree", TREE)).text, times(literal(1), name("x", NUMBER)).text
    ('scaled(x, tree)', 'x')
    """
    if NOTHING in (a.kind, b.kind):
        return literal(0)
    if a.value is not None:
        return total([(a.value.scalar, b)])
    if b.kind is TREE:
        return call("scaled", a, b, kind=TREE)
    if b.value is not None:
        return total([(b.value.scalar, a)])
    (sign, a), (other_sign, b) = _signed(a), _signed(b)
    return total([(sign * other_sign, _product(a, b))])


def _signed(e: Expression) -> tuple[int, Expression]:
    """The expression without a sign in front of it, and what that was."""
    return (-1, e.parts[0][1]) if e.binds == SUM and len(e.parts) == 1 else (1, e)


def _product(a: Expression, b: Expression) -> Expression:
    a, b = held_together(a, PRODUCT), held_together(b, ATOM)
    return Expression(NUMBER, f"{a.text} * {b.text}", PRODUCT, parts=(("", a), ("* ", b)))


def total(terms: Iterable[tuple[Number, Expression]]) -> Expression:
    """The weighted sum, in this order but for the first two.

    >>> x, y, tree = name("x", NUMBER), name("y", NUMBER), name("tree", TREE)
    >>> total([(-1, x), (2, y), (1, literal(3))]).text
    '2 * y - x + 3'
    >>> total([(0.5, tree), (1, x)]).text
    'add(scaled(0.5, tree), as_tree(x))'
    """
    plain = [_plain(weight, e) for weight, e in terms if weight]
    kept = _constants_first([(weight, e) for weight, e in plain if e.kind is not NOTHING])
    if len(kept) > 1 and _is_positive(kept[1]) and (kept[0][1].value is not None or not _is_positive(kept[0])):
        kept[:2] = kept[1::-1]
    if not kept:
        return literal(0)
    if len(kept) == 1 and kept[0][1].value is not None:
        return kept[0][1]
    return _sum_of_trees(kept) if any(e.kind is TREE for _, e in kept) else _sum_of_numbers(kept)


def _plain(weight: Number, e: Expression) -> tuple[Number, Expression]:
    """The same term, the weight of a constant multiplied out, and factors in front of the expression in the weight."""
    if e.value is not None:
        return 1, literal(e.value * weight)
    sign, e = _signed(e)
    if abs(weight) == 1 and e.opening == "scaled(" and (factor := e.parts[0][1].value) is not None:
        return weight * factor.scalar, e.parts[1][1]
    return weight * sign, e


def _constants_first(terms: list[tuple[Number, Expression]]) -> list[tuple[Number, Expression]]:
    """The same terms, the constants at their beginning added up."""
    values = []
    for _, e in terms:
        if e.value is None:
            break
        values.append(e.value)
    known = weighted_sum((1, value) for value in values)
    return [*([(1, literal(known))] if known else []), *terms[len(values) :]]


def _is_positive(term: tuple[Number, Expression]) -> bool:
    weight, e = term
    return bool(weight > 0 and (e.value is None or e.value.scalar >= 0))


def _sum_of_numbers(terms: list[tuple[Number, Expression]]) -> Expression:
    parts: list[tuple[str, Expression]] = []
    for weight, e in terms:
        if e.value is not None:
            weight, e = e.value.scalar, literal(abs(e.value.scalar))
        elif abs(weight) != 1:
            e = _product(literal(abs(weight)), e)
        elif not parts and weight > 0:
            parts += e.parts if e.binds == SUM else [("", e)]
            continue
        e = held_together(e, PRODUCT)
        parts.append((("-" if weight < 0 else "") if not parts else ("- " if weight < 0 else "+ "), e))
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    return Expression(NUMBER, " ".join(before + e.text for before, e in parts), SUM, parts=tuple(parts))


def _sum_of_trees(terms: list[tuple[Number, Expression]]) -> Expression:
    if len(terms) == 2 and terms[1][0] == -1:
        return on_tree("subtract", _scaled_tree(*terms[0]), terms[1][1])
    numbers = list(takewhile(lambda term: term[1].kind is not TREE, terms))
    trees = [_scaled_tree(weight, e) for weight, e in terms[len(numbers) :]]
    if numbers:
        trees.insert(0, as_tree(total(numbers)))
    if len(trees) == 1:
        return trees[0]
    first = [part for _, part in trees[0].parts] if trees[0].opening == "add(" else trees[:1]
    return call("add", *first, *trees[1:], kind=TREE)


def _scaled_tree(weight: Number, e: Expression) -> Expression:
    if e.kind is not TREE:
        return as_tree(total([(weight, e)]))
    return e if weight == 1 else call("scaled", literal(weight), e, kind=TREE)


def laid_out(before: str, e: Expression, indent: int, after: str = "", *, between_commas: bool = False) -> list[str]:
    """The lines of an expression, with what stands before and after it; broken at its parts if it is too long."""
    margin = " " * indent
    flat = margin + before + e.text + after
    if len(flat) <= WIDTH or not e.parts:
        return [flat]
    if between_commas and not before and not e.opening:  # a sum needs no parentheses of its own there
        ends = [*[""] * (len(e.parts) - 1), after]
        terms = [laid_out(prefix, part, indent, end) for (prefix, part), end in zip(e.parts, ends, strict=True)]
        return [line for term in terms for line in term]
    commas = e.opening not in ("", "(")
    parts = [laid_out(prefix, x, indent + 4, "," * commas, between_commas=commas) for prefix, x in e.parts]
    opening = e.opening or "("
    return [margin + before + opening, *(line for part in parts for line in part), margin + closing(opening) + after]


def in_two_steps(variable: str, e: Expression) -> tuple[Expression, Expression | None]:
    """What stands inside of `min` and `max` with constants, and then the same of a variable that has this value.

    >>> first, second = in_two_steps("x", call("min", call("max", name("y", NUMBER), literal(-4)), literal(4)))
    >>> first.text, second.text
    ('y', 'min(max(x, -4), 4)')
    """
    variable_parts = [part for _, part in e.parts if part.value is None]
    if e.opening not in ("min(", "max(") or len(variable_parts) != 1:
        return e, None
    first, second = in_two_steps(variable, variable_parts[0])
    inside = second or name(variable, NUMBER)
    return first, bracketed(e.opening, [("", inside if part.value is None else part) for _, part in e.parts], NUMBER)
