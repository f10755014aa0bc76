"""Answers to many streams at once, in float64: the work behind judging a machine and finding where it fails.

A `Panel` is a fixed set of streams of different lengths, flattened once. A machine runs over it in blocks of one shape,
its state carried from block to block, so each machine costs one compilation, and one of other weights none. What is
found and expected has one row a tick, stream after stream.
"""

import math
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, Self

import jax
import numpy as np

from dmm.compile.abstract import CompileError
from dmm.compile.pipeline import compile_machine
from dmm.compile.program import Program
from dmm.interpret.cycle import read, trace
from dmm.machine.check import check, refuse
from dmm.machine.machine import Machine
from dmm.neurons.base import NeuronType
from dmm.tasks.task import Stream
from dmm.vvalue.flat import FlatVValue, flatten
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

NOTHING, NOWHERE = VValue(), Support()
BLOCK_TICKS, BLOCK_STREAMS = 64, 512  # at most
HURRY_TICKS = 300_000  # panels with fewer are run in less time than it takes to compile well
AHEAD = 4  # blocks that are started before the answers of one are taken
BLOCK_NUMBERS = 2**24  # held at once by all neurons of a machine, at most
KEPT = 16  # compiled machines
INTERPRETED_STREAMS, INTERPRETED_TICKS = 200, 60  # at most, for a machine that cannot be compiled
INTERPRETED_LEAVES = 20_000  # of all outputs in a tick; a machine that grows beyond is not run further
INTERPRETED_SECONDS = 5.0  # by default


class Answers(NamedTuple):
    """Numbers `[ticks, paths]` over a support; where `scored` `[ticks]` is false, nothing is expected."""

    leaves: np.ndarray
    support: Support
    scored: np.ndarray

    def at(self, rows: np.ndarray) -> "Answers":
        """Those in some rows."""
        return Answers(self.leaves[rows], self.support, self.scored[rows])

    def then(self, other: "Answers") -> "Answers":
        """These, followed by others."""
        both = self.support | other.support
        leaves = [_spread(each.leaves, each.support, both) for each in (self, other)]
        return Answers(np.concatenate(leaves), both, np.concatenate([self.scored, other.scored]))


@dataclass(frozen=True, eq=False)
class Errors:
    """How far a machine's answers are from those expected, tick by tick, the largest over all paths.

    `absolute` and `relative` `[ticks]`; the latter is the difference over the expected number, or over 1 where that is
    smaller. What is not finite, on either side, is infinitely wrong. `asked` `[streams]` says how many ticks of each
    stream the machine was asked: all, unless it could not be `compiled`. A stream's first tick has row `starts`.
    """

    absolute: np.ndarray
    relative: np.ndarray
    asked: np.ndarray
    starts: np.ndarray
    compiled: bool

    @property
    def largest(self) -> float:
        """The largest absolute error of all."""
        return float(self.absolute.max(initial=0))

    def by_stream(self) -> np.ndarray:
        """The largest absolute error in each stream."""
        return np.maximum.reduceat(self.absolute, self.starts)

    def first(self, tolerance: float) -> np.ndarray:
        """How many ticks of each stream pass before the relative error exceeds `tolerance`; -1 if it never does."""
        ticks = len(self.relative)
        at = np.where(self.relative > tolerance, np.arange(ticks), ticks)
        first = np.minimum.reduceat(at, self.starts)
        return np.where(first < ticks, first - self.starts, -1)


class Layout(NamedTuple):
    """What programs are compiled for: the paths of streams, the shape of blocks, and whether to compile in a hurry."""

    support: Support
    streams: int
    ticks: int
    hurry: bool


class Panel:
    """Streams to run machines over, none of them empty; if in the `layout` of another panel, with its programs.

    >>> from dmm.tasks.duplicates import teacher
    >>> from dmm.tasks.streams import characters
    >>> panel = Panel([characters("aa", ticks=6), characters("ab.", ticks=9)])
    >>> panel.errors(teacher().link("output.dict-1", "compare.true"), panel.answers(teacher())).by_stream()
    array([1., 2.])
    """

    def __init__(self, streams: Sequence[Sequence[VValue]], layout: Layout | None = None):
        if not streams or not all(streams):
            raise ValueError("a panel needs streams of at least one item each; leave out the empty ones")
        self.streams = tuple(map(tuple, streams))
        self.lengths = np.array([len(stream) for stream in self.streams])
        self.ticks = int(self.lengths.sum())
        self.starts = np.cumsum(self.lengths) - self.lengths
        items = list(chain.from_iterable(self.streams))
        self._table, self._places, support = _tabulated(items, layout.support if layout else NOWHERE)
        longest, count = int(self.lengths.max()), len(self.streams)
        shape = _power_of_two(count, BLOCK_STREAMS), _power_of_two(longest, BLOCK_TICKS)
        self.layout = layout._replace(support=support) if layout else Layout(support, *shape, self.ticks < HURRY_TICKS)

    # -- answers ---------------------------------------------------------------------------------------------------

    def answers(self, machine: Machine) -> Answers:
        """Those of a machine; `CompileError` for one that cannot be compiled."""
        compiled = compiled_for(machine, self.layout)
        leaves = np.zeros((self.ticks, len(compiled.program.answers)))
        for rows, found in self._blocks(compiled, compiled.weights(machine)):
            leaves[rows] = found
        return Answers(leaves, compiled.program.answers, np.ones(self.ticks, bool))

    def given(self, answers: Sequence[Sequence[VValue | None]]) -> Answers:
        """Those given as V-values, for every stream as many as it has items; `None` where nothing is expected."""
        lengths = [len(each) for each in answers]
        if lengths != self.lengths.tolist():
            raise ValueError(f"{lengths[:6]}... answers are given to streams of other lengths; give one a tick")
        flat = list(chain.from_iterable(answers))
        table, places, support = _tabulated([NOTHING if x is None else x for x in flat])
        return Answers(table[places], support, np.array([x is not None for x in flat], bool))

    def later(self, answers: Answers, lag: int) -> Answers:
        """The same answers, expected `lag` ticks later in each stream."""
        if not lag:
            return answers
        since = np.arange(self.ticks) - np.repeat(self.starts, self.lengths)
        shifted = answers.at(np.maximum(np.arange(self.ticks) - lag, 0))
        return shifted._replace(scored=shifted.scored & (since >= lag))

    def errors(self, machine: Machine, expected: Answers) -> Errors:
        """How far the machine's answers are from those expected.

        A machine that cannot be compiled is interpreted, on the first ticks of some of the streams only.
        """
        try:
            compiled = compiled_for(machine, self.layout)
        except CompileError:
            return self.interpreted_errors(machine, expected)
        absolute, relative = np.zeros(self.ticks), np.zeros(self.ticks)
        for rows, found in self._blocks(compiled, compiled.weights(machine)):
            absolute[rows], relative[rows] = _gaps(found, compiled.program.answers, expected, rows)
        return Errors(absolute, relative, self.lengths, self.starts, compiled=True)

    # -- engines ---------------------------------------------------------------------------------------------------

    def _blocks(self, compiled: "_Compiled", weights: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(rows, answers `[rows, paths]`), block by block, the longest streams first."""
        size, ticks = self._block_streams(compiled.program), self.layout.ticks
        start = compiled.start(weights)
        order = np.argsort(-self.lengths, kind="stable")
        waiting: deque[tuple[np.ndarray, np.ndarray, Any]] = deque()
        for begin in range(0, len(order), size):
            chosen = order[begin : begin + size]
            state: Any = np.repeat(start[None], size, axis=0)
            for tick in range(0, int(self.lengths[chosen[0]]), ticks):
                times = np.arange(tick, tick + ticks)
                live = times < self.lengths[chosen, None]
                rows = (self.starts[chosen, None] + times)[live]
                places = np.full((size, len(times)), len(self._table) - 1)
                places[: len(chosen)][live] = self._places[rows]
                answers, state = compiled(weights, self._table[places], state)
                waiting.append((rows, live, answers))
                if len(waiting) > AHEAD:
                    yield _taken(*waiting.popleft())
        yield from (_taken(*each) for each in waiting)

    def _block_streams(self, program: Program) -> int:
        """The number of streams in a block: fewer for a large machine, so that all its values fit into memory."""
        numbers = self.layout.ticks * (len(program.state) + len(self.layout.support) + 1)
        return min(self.layout.streams, _power_of_two(BLOCK_NUMBERS // numbers, BLOCK_STREAMS))

    def interpreted_errors(
        self,
        machine: Machine,
        expected: Answers,
        ticks: int = INTERPRETED_TICKS,
        seconds: float = INTERPRETED_SECONDS,
    ) -> Errors:
        """How far the answers in the interpreter are from those expected.

        The first `ticks` of streams evenly taken from all, until time is over or the machine has grown too large.
        """
        until = time.monotonic() + seconds
        absolute, relative, asked = np.zeros(self.ticks), np.zeros(self.ticks), np.zeros(len(self.lengths), np.int64)
        count = len(self.streams)
        for number in np.linspace(0, count - 1, min(count, INTERPRETED_STREAMS)).astype(int).tolist():
            stream, start = self.streams[number][:ticks], int(self.starts[number])
            found, complete = interpreted(machine, stream, until)
            table, places, support = _tabulated(found)
            rows = np.arange(start, start + len(found))
            absolute[rows], relative[rows] = _gaps(table[places], support, expected, rows)
            if not complete:
                absolute[start + len(found)] = relative[start + len(found)] = np.inf
            asked[number] = len(found) + (not complete)
            if time.monotonic() > until:
                break
        return Errors(absolute, relative, asked, self.starts, compiled=False)


def interpreted(machine: Machine, stream: Stream, until: float = math.inf) -> tuple[list[VValue], bool]:
    """The answers in the interpreter, until the time `until`; and false where the machine grows too large to go on."""
    found: list[VValue] = []
    try:
        with np.errstate(all="ignore"):
            for tick in trace(machine, stream, number=np.float64):
                found.append(read(machine, tick.outputs))
                if len(tick.outputs) > INTERPRETED_LEAVES:
                    return found, len(found) == len(stream)
                if time.monotonic() > until:
                    break
    except ValueError:  # deeper than a V-value may be
        return found, False
    return found, True


# -- compiled machines -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """A machine without its weights: what a program is compiled for."""

    text: str
    types: tuple[NeuronType, ...]
    machine: Machine = field(compare=False)

    @classmethod
    def of(cls, machine: Machine) -> Self:
        bare = machine.with_matrix(machine.matrix.map_leaves(lambda _: 1.0)).with_no_metadata()
        return cls(repr(bare), tuple(machine.type_of(name) for name in machine.neurons), bare)


class _Compiled(NamedTuple):
    program: Program
    run: Callable[..., tuple[Any, Any]]

    def weights(self, machine: Machine) -> Any:
        """Those of a machine of this kind."""
        with jax.enable_x64(True):
            return flatten(machine.matrix, self.program.links).leaves

    def start(self, weights: Any) -> np.ndarray:
        """The state before the first tick."""
        with jax.enable_x64(True):
            return np.asarray(self.program.start(FlatVValue(weights, self.program.links)).leaves)

    def __call__(self, weights: Any, stream: np.ndarray, state: Any) -> tuple[Any, Any]:
        """The answers `[streams, ticks, paths]` and the state after them."""
        with jax.enable_x64(True):
            return self.run(weights, stream, state)


def compiled_for(machine: Machine, layout: Layout) -> _Compiled:
    """The program for the machine and all others of other weights; `CompileError` if there is none."""
    refuse(check(machine))
    return _compiled(_Kind.of(machine), layout.support, layout.hurry)


@lru_cache(maxsize=KEPT)
def _compiled(kind: _Kind, support: Support, hurry: bool) -> _Compiled:
    with jax.enable_x64(True):
        program = compile_machine(kind.machine, support)

    def run(weights: Any, stream: Any, state: Any) -> tuple[Any, Any]:
        flat = FlatVValue(weights, program.links), FlatVValue(stream, support), FlatVValue(state, program.state)
        found = program(*flat)
        return found.answers.leaves, found.state.leaves

    return _Compiled(program, jax.jit(run, compiler_options=_options(hurry)))


@lru_cache
def _options(hurry: bool) -> dict[str, Any] | None:
    """For XLA on a CPU, which left to itself takes longer to compile well than that saves; still less in a `hurry`."""
    options = {"xla_cpu_use_fusion_emitters": False, **({"xla_backend_optimization_level": 0} if hurry else {})}
    try:
        jax.jit(lambda: 0, compiler_options=options)()
    except jax.errors.JaxRuntimeError:  # another release of XLA may not know them
        return None
    return options if jax.default_backend() == "cpu" else None


# -- arrays ------------------------------------------------------------------------------------------------------------


def _tabulated(values: Sequence[VValue], support: Support = NOWHERE) -> tuple[np.ndarray, np.ndarray, Support]:
    """A table `[distinct objects + 1, paths]`, the last row zero; each value's row; the paths, `support` and more."""
    ids = np.fromiter(map(id, values), np.int64, len(values))
    _, first, places = np.unique(ids, return_index=True, return_inverse=True)
    columns = {path: i for i, path in enumerate(support)}
    rows, paths, numbers = array("q"), array("q"), array("d")
    for row, i in enumerate(first.tolist()):
        for path, x in values[i].items():
            rows.append(row)
            paths.append(columns.setdefault(path, len(columns)))
            numbers.append(x)
    found = Support(columns)
    order = np.array([found.index[path] for path in columns], np.int64)
    table = np.zeros((len(first) + 1, len(found)))
    table[np.asarray(rows), order[np.asarray(paths)]] = np.asarray(numbers)
    return table, places, found


def _taken(rows: np.ndarray, live: np.ndarray, answers: Any) -> tuple[np.ndarray, np.ndarray]:
    return rows, np.asarray(answers)[: len(live)][live]


def _gaps(found: np.ndarray, support: Support, expected: Answers, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The absolute and the relative error of each row."""
    both = support | expected.support
    target = _spread(expected.leaves[rows], expected.support, both)
    with np.errstate(over="ignore", invalid="ignore"):
        gap = np.abs(_spread(found, support, both) - target)
        gap[~np.isfinite(gap)] = np.inf
        gap[~expected.scored[rows]] = 0
        relative = gap / np.where(np.isfinite(target), np.maximum(1, np.abs(target)), 1)
    return gap.max(axis=1, initial=0), relative.max(axis=1, initial=0)


def _spread(leaves: np.ndarray, support: Support, larger: Support) -> np.ndarray:
    if support == larger:
        return leaves
    room = np.zeros((len(leaves), len(larger)))
    room[:, [larger.index[path] for path in support]] = leaves
    return room


def _power_of_two(count: int, most: int) -> int:
    """The smallest power of two that is `count` or more; `most` at most."""
    return min(most, 1 << max(count - 1, 0).bit_length())
