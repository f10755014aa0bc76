"""The closed set of commands: each has one line of text, which reads back; no other text does anything."""

import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmm.live.commands import COMMANDS, parse_command
from dmm.live.machine import LiveMachine
from dmm.machine.machine import Machine, Neuron
from strategies import trees

NAMES = st.one_of(
    st.sampled_from(["a", "norm-2", "set", "max", "12", "a b", 'q"', "ü#", "x.y", "<-"]), st.text(min_size=1)
)
ENDS = st.tuples(NAMES, NAMES)
NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**6), 10**6))
FIELDS = {  # by what stands in the syntax
    "NEURON.INPUT": ENDS,
    "NEURON.OUTPUT": ENDS,
    "NEURON": NAMES,
    "NAME": NAMES,
    "NUMBER": NUMBERS,
    "N": st.integers(1, 10**6),
    "VALUE": trees(),
    "TYPE": st.builds(Neuron, NAMES, st.dictionaries(NAMES, NUMBERS, max_size=2)),
    "RATE": st.one_of(st.none(), st.floats(1e-6, 1e6)),
    "FILE": NAMES,
}


@st.composite
def commands(draw):
    """Any command."""
    kind = draw(st.sampled_from(COMMANDS))
    words = [word.strip("[]") for word in kind.syntax.split() if word.strip("[]") in FIELDS]
    return kind(*[draw(FIELDS[word]) for word in words])


@given(commands())
def test_every_command_reads_back(command):
    assert parse_command(str(command)) == command


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_says_what_it_does(kind):
    assert re.fullmatch(r"[A-Z][^\n]+\.", kind.__doc__)
    assert len([word for word in kind.syntax.split() if word.strip("[]") in FIELDS]) == len(fields(kind))


def test_what_may_be_left_out():
    for line, full in (
        ("step", "step 1"),
        ("history", "history 10"),
        ("history accum", "history 10 accum"),
        ("show", "show"),
        ("  rate   max # now", "rate max"),
        ("set a.b<-c.d +1/2", "set a.b <- c.d 0.5"),
    ):
        assert str(parse_command(line)) == full


def live():
    return LiveMachine(Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm"))


MISTAKES = {
    "": "'' is no command; 'help' lists them",
    "eval 1": "'eval' is no command",
    "__import__('os').system('touch /tmp/x')": "is no command",
    "(nu [v-accum :a :b] [v-accum :a :c] 1": "is no command",
    "set norm.dict <- input.char": "write 'set NEURON.INPUT <- NEURON.OUTPUT NUMBER'",
    "set norm.dict <- input.char nan": "write 'set NEURON.INPUT <- NEURON.OUTPUT NUMBER'",
    "set norm.dict <- input.char 1e999": "a finite number is wanted, not inf",
    "set norm.dict <- input.char 1/0": "divides by zero",
    f"set norm.dict <- input.char 1{'0' * 400}": "the number is too large",
    f"set norm.dict <- input.char 1{'0' * 5000}": "set:",
    'set "norm\\x".dict <- input.char 1': "set:",
    "set norm <- input.char 1": "write 'set",
    "buffer a": "write 'buffer NAME set NEURON.INPUT <- NEURON.OUTPUT NUMBER' or 'buffer NAME zero'",
    "send input {a: 1": "send: not a V-value at character 6: found the end",
    "send input {a: 1e999}": "send: the number at a is not finite",
    "send input " + "{a: " * 300 + "1" + "}" * 300: "deeper than 200 labels",
    "neuron x : y : z": "neuron: 'y : z' is no neuron type",
    "neuron x : sum(": "neuron: 'sum(' is no neuron; write 'type'",
    "step 0": "step: 0 is not a whole number from 1 to 10000000",
    "step 99999999": "step: 99999999 is not a whole number from 1 to 10000000",
    "step -1": "step: write 'step [N]'; found 'step -1'",
    "rate 0": "rate: 0.0 is no rate",
    "help me": "help: write 'help'",
}


@pytest.mark.parametrize("line", MISTAKES, ids=lambda line: f"{line[:32]}, {len(line)}")
def test_a_mistake_is_one_sentence_with_a_remedy(line):
    machine = live()
    before = machine.snapshot()
    ok, message = machine.ask(line)
    assert not ok
    assert MISTAKES[line] in message
    assert machine.snapshot() == before


@given(st.one_of(st.text(), st.lists(st.sampled_from([
    "set", "add", "buffer", "send", "step", "rate", "norm.dict", "<-", "input.char", "input", "1", "-", "{", "a:", "}",
    "neuron", ":", "norm", "sum", "a", '"', "\\", "#", "(", ")", "=", "max", ".", "e9", "\x00", "\n",
])).map(" ".join)))  # fmt: skip
def test_any_text_is_answered(text):
    ok, message = live().ask(text)
    assert ok in (True, False)
    assert isinstance(message, str)


def test_a_line_that_is_read_quickly_or_not_at_all():
    """No text makes the patterns of the grammar go over it again and again."""
    for text in (
        "set " + "a-" * 20000,
        'set "' + "\\" * 20001,
        "send input " + "{" * 100000,
        "neuron x : " + "(" * 9999,
    ):
        assert not live().ask(text)


def test_help_lists_every_command():
    listed = live().ask("help").message.split("\n")
    assert len(listed) == len(COMMANDS)
    assert all(line.startswith(kind.syntax) for line, kind in zip(listed, COMMANDS, strict=True))


def test_what_a_neuron_is_told_as():
    machine = live()
    machine.send("input", {"a": 2})
    machine.send("input", {"b": 1})
    machine.step()
    assert machine.ask("show input").message.split("\n") == [
        "input : input",
        "  input.hook <- input.hook 1",
        "  waiting: {b: 1}",
        "  received {a: 2}",
        "  emitted {char: {a: 2}}",
    ]
    machine.step(2)
    assert machine.ask("history 2").message == "2  {norm: 2}\n3  {norm: 1}"
    assert machine.ask("history 1 input").message == "3  0"
    assert machine.ask("status").message == "tick 3, paused"
    machine.ask("set norm.dict <- input.char 2")
    machine.send("input", 1)
    assert machine.ask("status").message == "tick 3, paused, updates in flight: 1, items that wait at input: 1"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"history": -1}, "history is -1; give a whole number, 0 or more"),
        ({"history": 1.5}, "history is 1.5; give a whole number, 0 or more"),
        ({"room": 0}, "room is 0; give a whole number, 1 or more"),
    ],
)
def test_bad_sizes_are_one_sentence(options, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        LiveMachine(Machine().add("timer").read("timer"), **options)


def test_a_live_machine_says_where_it_is():
    live = LiveMachine(Machine().add("timer").read("timer"))
    assert repr(live) == "<live machine at tick 0, paused>"
    live.step(3)
    live.start()
    assert re.fullmatch(r"<live machine at tick \d+, running>", repr(live))
    live.stop()
    grows = Machine().add("sum").add("const_1").link("sum.x", "sum.sum", 1e200).link("sum.y", "const_1.const_1")
    halted = LiveMachine(grows.read("sum"))
    halted.step(9)
    assert repr(halted) == f"<live machine at tick {halted.tick}, halted>"
