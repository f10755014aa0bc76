"""Tasks given by examples: what the examples say about the machine to look for, where nobody says it."""

from collections.abc import Iterable, Sequence
from typing import Any

from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY, Machine
from dmm.machine.text import parse_neuron
from dmm.tasks.parts import LAYERED, UNCLIPPED_DOT, Parts
from dmm.tasks.task import Example, Task
from dmm.vvalue.labels import format_label
from dmm.vvalue.tree import VValue

NEURONS = ("accum", "delay", "norm", UNCLIPPED_DOT, "compare")
LAYERS, WIDTH = 4, 2
MOST_SYMBOLS = 8  # with more, the template has no constant for each of them
HOLD_OUT = 5  # every fifth example is held out
ANSWER = "answer"


def task_from_examples(
    examples: Sequence[Example],
    *,
    name: str = "examples",
    summary: str = "given by examples",
    held_out: Sequence[Example] | None = None,
    **parts: Any,
) -> Task:
    """The task of reproducing the targets of examples.

    Without `held_out`, every fifth example is held out, if there are five. `parts` are fields of `Parts`. Where they do
    not say it, timing is synchronous (unit delay for templates that need it, its lag left to be found), and constants
    are 1 and, if there are at most eight, the symbols of the inputs. The answer has the shape of the targets: one
    number; one tree, where all labels of targets are symbols of inputs; or else an output for every label. `ValueError`
    for examples without targets, or targets that are all zero.

    >>> examples = [Example((VValue(2), VValue(3)), (VValue(2), VValue(5)))]
    >>> task = task_from_examples(examples)
    >>> task.parts.outputs, task.parts.readout, task.parts.constants
    (('answer',), 'numbers', ('const_1',))
    """
    for place, several in (("example", examples), ("held-out example", held_out or ())):
        for number, example in enumerate(several, 1):
            if example.targets is None:
                raise ValueError(f"{place} {number} has no targets; give one a step, null where it is not scored")
    targets = [x for example in examples for x in example.targets or () if x is not None]
    if not any(targets):
        raise ValueError("no target says anything but zero, which a machine without links answers; give more examples")
    symbols = _symbols(examples, parts.get("inputs", ()))
    outputs, readout = _readout(targets, set(symbols))
    known = {
        "neurons": NEURONS,
        "constants": _constants(symbols),
        "outputs": outputs,
        "readout": readout,
        "layers": LAYERS,
        "width": WIDTH,
        "timing": SYNCHRONOUS,
    }
    if parts.get("template", LAYERED) != LAYERED:
        known["timing"] = UNIT_DELAY
    if parts.get("timing", known["timing"]) == UNIT_DELAY:
        known["lag"] = None
    made = Parts(**{**known, **parts})
    _refuse_lost([*examples, *(held_out or ())], made)
    _check(made)
    learned, kept = _split(examples) if held_out is None else (examples, held_out)
    return Task(name, summary, _answered(learned, made), made, held_out=_answered(kept, made))


def _check(parts: Parts) -> None:
    """Refuse neurons that there are not, at once and by name."""
    machine = Machine()
    for number, spec in enumerate((*parts.constants, *parts.neurons, parts.readout)):
        _, kind, parameters = parse_neuron(spec)
        machine.add(str(number), kind, **parameters)


def _symbols(examples: Iterable[Example], inputs: Sequence[str]) -> list[str]:
    """The symbols of all inputs; with several input neurons, those under their names."""
    items = [x for example in examples for x in example.inputs]
    if len(inputs) > 1:
        for x in items:
            if x.scalar or set(x.labels) - set(inputs):
                raise ValueError(
                    f"the item {x} is not for the inputs {', '.join(inputs)}; give an object by these names"
                )
        items = [x[name] for x in items for name in inputs]
    return sorted({label for x in items for label in x.labels})


def _refuse_lost(examples: Iterable[Example], parts: Parts) -> None:
    """Refuse targets that the outputs cannot answer."""
    for target in (x for example in examples for x in example.targets or () if x is not None):
        answer = parts.answer(target)
        deep = parts.readout == "numbers" and any(answer[label].labels for label in answer.labels)
        if answer.scalar or deep or set(answer.labels) - set(parts.outputs):
            outputs = ", ".join(parts.outputs)
            raise ValueError(
                f"the target {target} is nothing that the outputs {outputs} can answer; name other outputs"
            )


def _readout(targets: Iterable[VValue], symbols: set[str]) -> tuple[tuple[str, ...], str]:
    labels = sorted({label for x in targets for label in x.labels})
    if not labels:
        return (ANSWER,), "numbers"
    if set(labels) <= symbols:
        return (ANSWER,), "trees"
    flat = not any(x.scalar for x in targets) and not any(x[label].labels for x in targets for label in x.labels)
    return tuple(labels), "numbers" if flat else "trees"


def _constants(symbols: Sequence[str]) -> tuple[str, ...]:
    """One, and every symbol, under its own name where that is one."""
    if len(symbols) > MOST_SYMBOLS:
        return ("const_1",)
    taken = {"input", "output", "const_1"}
    made = []
    for number, symbol in enumerate(symbols, 1):
        name = f"symbol-{symbol}" if symbol.isalnum() and symbol not in taken else f"symbol-{number}"
        made.append(f"{format_label(name)} : constant(value = {VValue({symbol: 1})})")
    return ("const_1", *made)


def _split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """What is learned from, and what is held out."""
    kept = list(examples[HOLD_OUT - 1 :: HOLD_OUT])
    return [x for i, x in enumerate(examples) if i % HOLD_OUT != HOLD_OUT - 1], kept


def _answered(examples: Sequence[Example], parts: Parts) -> tuple[Example, ...]:
    """The examples with targets as the machine answers them."""
    return tuple(
        Example(inputs, tuple(None if x is None else parts.answer(x) for x in targets or ()))
        for inputs, targets in examples
    )
