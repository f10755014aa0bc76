"""Why a machine emitted what it did: the call that walks back from an answer to the items of the stream that made it.

Two things are brought together. The walk (see `walk`) goes along the links: it shows how the value came about. Trying
(see `removal`) takes away every item in turn and lets the machine run again: it finds every item without which the
value would have been another one, whether or not the walk has come by it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from dmm.interpret.cycle import Tick, trace
from dmm.machine.flow import require_fixed
from dmm.machine.machine import Machine
from dmm.reasons.finite import finite_trace
from dmm.reasons.reasons import Contributions, Needed, Reason, Value
from dmm.reasons.removal import without_each
from dmm.reasons.shares import is_same
from dmm.reasons.walk import Place, Walk
from dmm.reasons.wiring import Wiring
from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path
from dmm.vvalue.tree import ZERO, VValue

DEPTH, DEEPEST = 20, 100
MOST_NAMED = 12  # outputs in a message


class Asked(NamedTuple):
    """A number to be explained: its name, and where it is, the path beginning with an output of the neuron."""

    name: Path
    neuron: str
    path: Path


def contributions(
    machine: Machine,
    stream: Iterable[VValue],
    tick: int | None = None,
    *,
    output: str | Path | None = None,
    depth: int = DEPTH,
    number: Callable[[Any], Any] = float,
) -> Contributions:
    """Why the machine answered what it did in a tick, by default the last of the stream.

    Every number of the answer that is not zero is explained, or, where all are, every output. `output` chooses: a path
    in the answer, or one that begins with the name of any neuron, as a tuple of labels or as in "accum.dict.a". The
    walk back is shown `depth` links deep, at most 100.

    An item that is not among the `items` of a reason makes no difference to it: had it alone been zero, the value would
    have been the same, to nine digits. The contributions to a sum add up to it. `number` makes the numbers that are
    computed with, as in `trace`. Every item is tried, so the time grows with the square of the stream's length, unless
    most items are alike.

    `ValueError` for a tick or an output that there is not, and for a machine with errors; `FloatingPointError` where
    numbers become too large.

    >>> from dmm.tasks.duplicates import teacher
    >>> from dmm.tasks.streams import characters
    >>> print(contributions(teacher(), characters("noon"), 6, output="compare.true"))
    compare.true = 1 at tick 6: of 6 items so far, 2 matter.
      {o: 1} at ticks 2, 3; without one of them: 0
      Alone they give 1 as well.
    <BLANKLINE>
    compare.true = 1 at tick 6
    ├─ dict-1: + 2 from norm.norm = 2 at tick 5; without it: 0
    │  └─ + 2 from accum.dict.o = 2 at tick 4; without it: 1
    │     └─ + 1 each from input.char.o at ticks 2, 3: items {o: 1}
    └─ dict-2: - 1 from const_1.const_1 = 1, a constant
    <BLANKLINE>
    # compare  true = (dict-1 - dict-2)+, false = (dict-2 - dict-1)+, of the scalars; x+ is x where positive, else 0
    # norm     norm = the largest absolute leaf of dict
    # accum    dict = dict-1 + dict-2, where dict-1 remembers dict
    """
    if not 1 <= depth <= DEEPEST:
        raise ValueError(f"depth is {depth}; give a number of links from 1 to {DEEPEST}")
    stream = _until(stream, tick)
    require_fixed(machine, "an explanation", "look at its trace")
    wiring, ticks = Wiring(machine, number), finite_trace(machine, stream, number)
    walk = Walk(wiring, ticks)
    lacking: dict[str, dict[int, VValue]] = {}
    unstarted = _unstarted(machine, stream, number)
    reasons = []
    for name, neuron, path in _asked(wiring, ticks[-1].outputs, output):
        if neuron not in lacking:
            lacking[neuron] = without_each(wiring, stream, ticks, neuron)
        start = Place(neuron, path, len(ticks))
        value, behind = walk.explain(start, depth), walk.items(start)
        without = {at: emitted[path].scalar for at, emitted in lacking[neuron].items()}
        matter = sorted({*behind, *(at for at, other in without.items() if not is_same(other, value.value))})
        items = tuple(Needed(at, stream[at - 1], without.get(at, value.value), at in behind) for at in matter)
        kept = [item if at in matter else ZERO for at, item in enumerate(stream, 1)]
        *_, alone = trace(machine, kept, number=number)
        place = (neuron, *path)
        other = unstarted and unstarted.outputs[place].scalar
        reasons.append(Reason(name, value, items, alone.outputs[place].scalar, walk.starts(start), other))
    return Contributions(len(ticks), sum(map(bool, stream)), tuple(reasons), _legend(machine, reasons))


def _unstarted(machine: Machine, stream: Iterable[VValue], number: Callable[[Any], Any]) -> Tick | None:
    """The last tick, had all outputs been zero before the first; `None` where they were."""
    if not machine.initial:
        return None
    *_, last = trace(replace(machine, initial=ZERO), stream, number=number)
    return last


def _until(stream: Iterable[VValue], tick: int | None) -> list[VValue]:
    items = list(stream if tick is None else islice(stream, max(tick, 0)))
    if tick is not None and tick < 1:
        raise ValueError(f"tick is {tick}; the first tick is 1")
    if not items:
        raise ValueError("the stream is empty; give at least one item")
    if tick is not None and tick > len(items):
        raise ValueError(f"tick is {tick}, but the stream ends at tick {len(items)}; choose an earlier one")
    return items


# -- which numbers -----------------------------------------------------------------------------------------------------


def _asked(wiring: Wiring, emitted: VValue, output: str | Path | None) -> list[Asked]:
    """The numbers to be explained; `ValueError` where there is no such output."""
    machine = wiring.machine
    readouts = machine.readouts
    answer = [head for name in readouts for head in _heads(wiring, emitted, name, named=len(readouts) > 1)]
    if output is None:
        return [leaf for head in answer for leaf in _leaves(head, emitted)] or answer
    anything = [head for name in machine.neurons for head in _heads(wiring, emitted, name, named=True)]
    for heads in (answer, anything):
        leaves = [leaf for head in heads for leaf in _leaves(head, emitted) if _lies_below(leaf.name, output)]
        zeros = [zero for head in heads for zero in _zeros(head, output)]
        if leaves or zeros:
            return leaves or zeros
    asked = output if isinstance(output, str) else _spellings(output)[0]
    known = ", ".join(_spellings(head.name)[0] for head in answer)
    inner = ", ".join(_spellings(head.name)[0] for head in anything[:MOST_NAMED])
    rest = ", ..." if len(anything) > MOST_NAMED else ""
    raise ValueError(f"there is no output {asked!r}; the answer has {known}, and neurons emit {inner}{rest}")


def _heads(wiring: Wiring, emitted: VValue, neuron: str, *, named: bool) -> list[Asked]:
    """The outputs of a neuron; `named` puts its name in front of theirs."""
    labels = wiring.machine.type_of(neuron).outputs
    known = (*wiring.links[neuron], *emitted[neuron].labels) if labels is None else labels
    return [Asked((neuron, label) if named else (label,), neuron, (label,)) for label in dict.fromkeys(known)]


def _leaves(head: Asked, emitted: VValue) -> list[Asked]:
    """The numbers at and below an output that are not zero."""
    return [_below(head, rest) for rest, _ in emitted[head.neuron][head.path].items()]


def _zeros(head: Asked, output: str | Path) -> list[Asked]:
    """The number that is asked for, if that is at or below this output, or the output itself, if all of it is."""
    rest = () if _lies_below(head.name, output) else _rest(head.name, output)
    return [] if rest is None else [_below(head, rest)]


def _below(head: Asked, rest: Path) -> Asked:
    return Asked((*head.name, *rest), head.neuron, (*head.path, *rest))


def _lies_below(path: Path, output: str | Path) -> bool:
    if isinstance(output, str):
        return any(text == output or text.startswith(f"{output}.") for text in _spellings(path))
    return path[: len(output)] == tuple(output)


def _rest(head: Path, output: str | Path) -> Path | None:
    """The rest of a path, given as a tuple or as text, behind its head; `None` if it has another one."""
    if not isinstance(output, str):
        return tuple(output[len(head) :]) if tuple(output[: len(head)]) == head else None
    for text in _spellings(head):
        if output == text:
            return ()
        if output.startswith(f"{text}."):
            rest = output.removeprefix(f"{text}.")
            labels = tuple(rest.split("."))
            return labels if all(labels) else (rest,)
    return None


def _spellings(path: Path) -> tuple[str, str]:
    """A path as text, with odd labels between quotation marks as texts have them, and as it is."""
    return ".".join(map(format_label, path)), ".".join(path)


def _legend(machine: Machine, reasons: Iterable[Reason]) -> dict[str, str]:
    """What the types of the neurons shown compute."""
    kinds = (machine.type_of(value.neuron) for reason in reasons for value in _shown(reason.value) if value.terms)
    return {kind.name: kind.summary for kind in kinds}


def _shown(value: Value) -> Iterator[Value]:
    yield value
    for term in value.terms:
        yield from _shown(term.source)
