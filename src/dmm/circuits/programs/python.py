"""A machine as a program: plain Python that a person can read, and run without this library.

The program is a module with a generator that takes the items of a stream and yields the machine's answers. Who matters
and as what is found by `kinds`, what each type becomes is the table in `types`, and the order in which
variables get their values is that of `order`.
"""

import ast
import builtins
import inspect
import keyword
import textwrap
from collections.abc import Iterator
from types import FunctionType

from dmm.circuits.programs import operations
from dmm.circuits.programs.expressions import (
    NUMBER,
    SUM,
    TREE,
    WIDTH,
    Expression,
    coerced,
    in_two_steps,
    laid_out,
    literal,
    string_text,
    without_parentheses,
)
from dmm.circuits.programs.kinds import Output, Reading, read_machine
from dmm.circuits.programs.rows import ITEM
from dmm.circuits.programs.statements import Body, body_of
from dmm.circuits.programs.writer import ANSWER, Statement
from dmm.machine.check import check, refuse
from dmm.machine.flow import require_fixed
from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY, Machine, type_in_name
from dmm.vvalue.labels import BARE_LABEL

OPERATIONS = {name: x for name, x in vars(operations).items() if isinstance(x, FunctionType)}
"""What programs are written with, by name."""

_MARGIN = " " * 8
_STREAM, _RESULT = "stream", "answer"
_BUILTINS = ("abs", "int", "max", "min", "round")  # that the body calls; others may be the names of variables

_HEAD = '''\
"""`{name}(stream)` yields what a dataflow matrix machine answers, item by item.

An item is a dictionary with numbers at its leaves, {{"a": 1}}, nested if need be; the reserved label
":number" is for the scalar, a number that is under no label. In short, 5 stands for {{":number": 5}},
"a" for {{"a": 1}}, and None for nothing. Answers look the same; they have no zeros, save 0 itself.
{sources}
Timing: {timing}
"""
'''
_SOURCES = "Of an item, each source hears what stands under its name.\n"
_TIMINGS = {
    UNIT_DELAY: """\
an item a tick. Each neuron hears what the others emitted a tick ago, so an answer comes
some ticks after its item. New values are made of old ones: the end of the data flow comes first.""",
    SYNCHRONOUS: "the answer to an item comes at once; only what is remembered is of the item before.",
}
_GLOBALS = ("sys", "text")  # of the program when it is run
_MAIN = """\
if __name__ == "__main__":
    import sys

    text = " ".join(sys.argv[1:])
    for character, answer in zip(text, {name}(text)):
        print(character, answer)
"""


def to_python(machine: Machine, *, name: str = "circuit") -> str:
    """The text of a module of Python 3.11 that computes what the machine does, and needs no other module.

    Its generator, called `name`, yields for every item what `dmm.run` answers, as `VValue.to_nested` gives it. Sums are
    added up in the order of the interpreter, save those over the leaves of a tree. `ValueError` if the machine has
    errors, if a neuron that matters to the answer is of a type of the user's own, or if `name` cannot name a function.

    >>> machine = Machine().with_timing("synchronous").add("input").add("accum").add("norm").read("norm")
    >>> machine = machine.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict", 2)
    >>> text = to_python(machine)
    >>> print(text[text.index("for item") : text.index("if __name__")].rstrip())
    for item in stream:
            # input: char = the item of the stream at this tick
            input = leaves(item)
            # accum: dict = dict-1 + dict-2, where dict-1 remembers dict
            accum = add(accum, input)
            # norm = the largest absolute leaf of dict
            norm = largest(scaled(2, accum))
            yield nonzero({"norm": norm}) or 0
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name in {*OPERATIONS, *dir(builtins), *_GLOBALS}:
        raise ValueError(f"{name!r} cannot be the name of the function; give an identifier that means nothing yet")
    refuse(check(machine))
    require_fixed(machine, "the Python form")
    reading = read_machine(machine)
    body = body_of(reading, {*OPERATIONS, *_BUILTINS, _STREAM, _RESULT, ITEM, name})
    function = _function(reading, body, name)
    operations = [inspect.getsource(OPERATIONS[each]) for each in _operations(function)]
    sources = _SOURCES if len(machine.sources) > 1 else ""
    head = _HEAD.format(name=name, sources=sources, timing=_TIMINGS[machine.timing])
    return "\n\n".join([head, *operations, function, _MAIN.format(name=name)])


def _operations(function: str) -> list[str]:
    """The operations that the function calls, directly or not, in the order of their definition."""
    found: set[str] = set()
    waiting = [function]
    while waiting:
        names = {node.id for node in ast.walk(ast.parse(waiting.pop())) if isinstance(node, ast.Name)}
        called = names & OPERATIONS.keys() - found
        found |= called
        waiting += [inspect.getsource(OPERATIONS[each]) for each in called]
    return [each for each in OPERATIONS if each in found]


def _function(reading: Reading, body: Body, name: str) -> str:
    """The generator."""
    sources = set(reading.machine.sources)
    item = ITEM if any(statement.output[0] in sources for statement in body.statements) else "_"
    lines = [f"def {name}({_STREAM}):", '    """Yield the answer to each item of the stream."""']
    lines += [f"    {line}" for line in _beginning(reading, body)]
    lines.append(f"    for {item} in {_STREAM}:")
    explained: set[str] = set()
    for statement in body.statements:
        lines += _comments(reading.machine, body, statement, explained)
        lines += _assignments(body, statement) if statement.output != ANSWER else _answer(body, statement)
    if body.statements[-1].output != ANSWER:
        lines.append(f"{_MARGIN}yield {_RESULT}")
    return "\n".join(lines) + "\n"


def _beginning(reading: Reading, body: Body) -> Iterator[str]:
    """What is remembered, before the first item."""
    first = {output: _first(reading, output) for output in body.remembered}
    if first:
        at_first = ", as it is before the first" if any(e.value for e in first.values()) else "; at first, nothing"
        yield f"# What is remembered from one item to the next{at_first}."
    for kind, nothing in ((TREE, "{}"), (NUMBER, "0")):
        variables = [body.names.now[x] for x, e in first.items() if not e.value and reading.kinds[x] is kind]
        for line in _wrapped(" ".join(f"{variable}\xa0=" for variable in variables), "", "", WIDTH - 8):
            yield line.replace("\xa0", " ") + f" {nothing}"
    for output, e in first.items():
        if e.value:
            yield from (line[4:] for line in laid_out(f"{body.names.now[output]} = ", e, 4))


def _first(reading: Reading, output: Output) -> Expression:
    """What an output is before the first item, as much of it as the program computes."""
    return coerced(literal(reading.machine.initial[output].map_leaves(float)), reading.kinds[output])


def _comments(machine: Machine, body: Body, statement: Statement, explained: set[str]) -> Iterator[str]:
    """Which neuron a statement is about, and what its type computes, where it is the first of that."""
    about = [statement.output] if statement.output != ANSWER else [(readout, None) for readout in body.folded]
    for each, label in about:
        kind = machine.type_of(each)
        text = f"# {_shown(each)}"
        if label is not None and (kind.outputs is None or len(kind.outputs) > 1):
            text += f".{_shown(label)}"
        if type_in_name(each) != kind.name:
            text += f" ({kind.name})"
        if kind.name not in explained:
            text = f"# {kind.summary}" if kind.summary.startswith(f"{text[2:]} = ") else f"{text}: {kind.summary}"
        explained.add(kind.name)
        yield from _wrapped(text, _MARGIN, f"{_MARGIN}# ")


def _shown(label: str) -> str:
    return label if BARE_LABEL.fullmatch(label) else string_text(label)


def _wrapped(text: str, first: str, rest: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _answer(body: Body, statement: Statement) -> list[str]:
    last = statement is body.statements[-1]
    or_zero = " or 0" if statement.value.kind else ""
    return laid_out("yield " if last else f"{_RESULT} = ", statement.value, len(_MARGIN), or_zero)


def _assignments(body: Body, statement: Statement) -> list[str]:
    variable = body.names.now[statement.output]
    lines = []
    if statement.late_readers:
        saved = f"{body.names.before[statement.output]} = {variable}"
        comment = f"  # for {', '.join(body.names.now[reader] for reader in statement.late_readers)}"
        lines.append(_MARGIN + saved + comment * (len(_MARGIN + saved + comment) <= WIDTH))
    for part, e in statement.named.items():
        lines += laid_out(f"{part} = ", e, len(_MARGIN))
    operator, e = _augmented(variable, statement.value)
    found = laid_out(f"{variable} {operator} ", e, len(_MARGIN))
    first, second = in_two_steps(variable, e)
    if second and operator == "=" and len(found) > 1:
        found = [*laid_out(f"{variable} = ", first, len(_MARGIN)), f"{_MARGIN}{variable} = {second.text}"]
    return lines + found


def _augmented(variable: str, value: Expression) -> tuple[str, Expression]:
    """`x += y` for `x = x + y`."""
    if value.binds == SUM and len(value.parts) == 2 and (value.parts[0][0], value.parts[0][1].text) == ("", variable):
        sign, e = value.parts[1]
        return f"{sign.strip()}=", without_parentheses(e)
    return "=", value
