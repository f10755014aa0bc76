"""Continuous cellular automata, the first dataflow matrix machines: one stochastic linear neuron a link, on a torus.

Source: A. Bukatin (github: anhinga/fluid), aug_20_15, aug_24_15 and jun_4_16. There every weight has a string for its
address, such as "aux 1:0 for 0:0"; since all cells are linked alike, one number serves for all of them here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float32]

TRIANGLE = ((1, 0), (0, 1), (-1, -1))
PATTERNS = ((TRIANGLE, 64), (((4, 0), (-4, 0), (1, 1), (-1, -1)), 6), (((8, 0), (0, 8), (8, 8), (-8, -8)), 64))
"""The published patterns of neighbours, each with the gap between the white cells of its first board."""

PROBABILITY = 0.995
MENDING = 0.8
FIRST_SWITCH = 10


class Weights(NamedTuple):
    """What every cell multiplies by: its constant, and the neurons of its neighbours."""

    constant: np.float32
    neighbours: np.float32


class AutomatonState(NamedTuple):
    """How many ticks have passed, the cells, and the weights that were made in this tick."""

    tick: int
    cells: Array
    weights: Weights

    @property
    def strength(self) -> float:
        """One over the largest absolute cell, by which published pictures are brightened; 1 if all are 0."""
        largest = np.abs(self.cells).max()
        return float(np.float32(1) / largest) if largest else 1.0


@dataclass(frozen=True, eq=False)
class ContinuousAutomaton:
    """A board of numbers, each of which becomes the mean of what its neighbours send.

    In a tick every neuron acts, then the weights change, then every cell becomes a linear combination: of its constant
    on `board`, by a weight that is 1 and goes to 0 from tick `switch` on, in `ramp` steps; and of its K neighbours at
    the offsets `neighbours` on the torus, by weights that go from 0 to 1/K. A neuron sends the cell v as
    `gain` v with the given `probability`, else 0, weighted by `control`; and sin(2 pi `scale` v), weighted by
    1 - `control`. With `higher_order`, the weights are cells, too, read by identity neurons: all is one tick later, and
    in the first tick every weight is 0.

    A board that is no matrix, and a probability or control outside [0, 1], raise `ValueError`.

    >>> automaton = ContinuousAutomaton(np.array([[1, -1], [-1, -1]]), neighbours=((0, 1), (1, 0)), probability=1.0)
    >>> [state.cells.tolist() for state in automaton.trace(10, seed=0)][-1]
    [[-1.0, 0.0], [0.0, -1.0]]
    """

    board: Array
    neighbours: tuple[tuple[int, int], ...] = TRIANGLE
    probability: float = PROBABILITY
    gain: float = 1.0
    control: float = 1.0
    scale: float = 0.5
    switch: int = FIRST_SWITCH
    ramp: int = 1
    higher_order: bool = False

    def __post_init__(self) -> None:
        board = np.array(self.board, np.float32)
        if board.ndim != 2 or 0 in board.shape:
            raise ValueError(f"a board of shape {board.shape} is no matrix; give rows of cells")
        for name in ("probability", "control"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"the {name} is {getattr(self, name)!r}; give a number from 0 to 1")
        if not self.neighbours or self.ramp < 1:
            raise ValueError("an automaton needs at least one neighbour and a ramp of at least one tick")
        board.flags.writeable = False
        object.__setattr__(self, "board", board)

    def start(self) -> AutomatonState:
        """The state before the first tick: all cells and weights are 0."""
        return AutomatonState(0, np.zeros_like(self.board), Weights(np.float32(0), np.float32(0)))

    def tick(self, state: AutomatonState, draw: np.random.Generator) -> AutomatonState:
        """The state after one more tick; `draw` decides which neurons send nothing."""
        sent = self._sent(state.cells, draw)
        made = self.weights_at(state.tick + 1)
        weights = state.weights if self.higher_order else made
        cells = weights.constant * self.board
        for neighbour in sent:
            cells = cells + weights.neighbours * neighbour
        return AutomatonState(state.tick + 1, cells, made)

    def trace(self, ticks: int, seed: int, state: AutomatonState | None = None) -> Iterator[AutomatonState]:
        """So many states, tick by tick, from the start or after `state`; equal seeds draw equal numbers."""
        draw = np.random.default_rng(seed)
        state = self.start() if state is None else state
        for _ in range(ticks):
            state = self.tick(state, draw)
            yield state

    def run(self, ticks: int, seed: int, state: AutomatonState | None = None) -> AutomatonState:
        """The state after so many ticks."""
        state = self.start() if state is None else state
        for later in self.trace(ticks, seed, state):
            state = later
        return state

    def weights_at(self, tick: int) -> Weights:
        """The weights that are made in a tick, the same for all cells."""
        share = np.float32(min(max((tick - self.switch + 1) / self.ramp, 0.0), 1.0))
        return Weights(np.float32(1) - share, share * (np.float32(1) / np.float32(len(self.neighbours))))

    def _sent(self, cells: Array, draw: np.random.Generator) -> list[Any]:
        """What arrives at every cell: from each of its neighbours' neurons, an array."""
        arriving = [np.roll(cells, (-down, -right), (0, 1)) for down, right in self.neighbours]
        sent: list[Any] = []
        if self.control:
            passes = draw.random((len(arriving), *cells.shape), np.float32) < np.float32(self.probability)
            passed = np.where(passes, arriving, np.float32(0)) * np.float32(self.gain) * np.float32(self.control)
            sent.extend(passed)
        if self.control < 1:
            angles = (v * np.float32(self.scale) * np.float32(2 * np.pi) for v in arriving)
            sent.extend(np.sin(a.astype(np.float64)).astype(np.float32) * np.float32(1 - self.control) for a in angles)
        return sent


def gapped_board(size: int, gap: int) -> Array:
    """Cells of -1 with 1 wherever row and column are multiples of the gap.

    >>> gapped_board(3, 2).tolist()
    [[1.0, -1.0, 1.0], [-1.0, -1.0, -1.0], [1.0, -1.0, 1.0]]
    """
    white = np.arange(size) % gap == 0
    return np.where(white[:, None] & white[None, :], np.float32(1), np.float32(-1))


def aug_20_15(pattern: int = 0, *, probability: float = PROBABILITY, gap: int | None = None) -> ContinuousAutomaton:
    """The first automaton, with the published pattern of this number (0, 1 or 2): clouds come out of black and fade."""
    neighbours, published_gap = PATTERNS[pattern]
    return ContinuousAutomaton(gapped_board(64, gap or published_gap), neighbours, probability)


def aug_24_15(pattern: int = 0, *, probability: float = PROBABILITY, gap: int | None = None) -> ContinuousAutomaton:
    """The same with weights that are cells, and neurons that make up for most of what gets lost."""
    neighbours, published_gap = PATTERNS[pattern]
    return ContinuousAutomaton(
        gapped_board(64, gap or published_gap),
        neighbours,
        probability,
        gain=mending_gain(probability),
        higher_order=True,
    )


def jun_4_16(image: ArrayLike | Sequence[Sequence[float]], control: float = 0.0, ramp: int = 1) -> ContinuousAutomaton:
    """An image in [-1, 1] that sine neurons fold again and again; `control` mixes in the stochastic linear ones.

    The published image is a photograph that is not part of this package.
    """
    board = np.asarray(image, np.float32)
    gain = mending_gain(PROBABILITY)
    return ContinuousAutomaton(board, gain=gain, control=control, ramp=ramp, higher_order=True)


def mending_gain(probability: float) -> float:
    """The gain that makes up for four fifths of what a neuron of this probability loses.

    >>> mending_gain(0.995)
    1.0040201
    """
    one = np.float32(1)
    return float(one + np.float32(MENDING) * (one / np.float32(probability) - one))
