"""Ensembles of pure machines of which one is chosen again and again: the published experiments in evolution.

All members start alike. A *choice*, by a person in the publication, gives every member the outputs of the chosen one;
then the members drift apart again, by seeded noise on all outputs (`Mutations`) or by steps along two drawn coordinates
of the network matrix (`BalancedUpdates`).

Source: A. Bukatin (github: anhinga/fluid), Lightweight_Evolutionary, 2018 and 2021.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from dmm.pure.activations import Activation, CircularWaves
from dmm.pure.experiments import LARGE, LIFE, random_outputs
from dmm.pure.java_random import JavaRandom
from dmm.pure.machine import Array, PureMachine, PureState, PureTick

MEMBERS = 5
SEEDS, SEED_LIMIT = 10000, 1000000
WAVES_SEED = 346010

Choices = Mapping[int, int] | Callable[[int, PureState], int | None]
"""Which member is chosen before which tick: by tick, or by a function of the tick and the state before it."""

WAVES: Mapping[int, str | Activation] = MappingProxyType(
    {
        0: "sum",
        **{k: CircularWaves(by_time) for k, by_time in zip(range(2, 20, 2), 3 * (1.0, 0.5, 0.25), strict=True)},
        **dict.fromkeys((20, 22), "pseudoconway"),
    }
)
"""Nine waves and two soft Games of Life."""


class Drift(NamedTuple):
    """The two elements of the network matrix that one tick of `BalancedUpdates` moves, drawn from `seed`."""

    seed: int
    row: int
    columns: tuple[int, int]


@dataclass(frozen=True)
class Mutations:
    """Five networks, of which all but the first get noise, 10 ticks after the start and after every choice.

    `seed` determines all: 10000 further seeds are drawn from it, the first for the initial outputs, and from then on
    five for each generation. The noise is Gaussian, of deviation 0.1, on all outputs. Activations are five soft Games
    of Life, as first published, or `WAVES`, as later. Inputs start from 0 in every tick.

    >>> ticks = list(Mutations(29328).trace(11, {11: 4}))
    >>> [bool((tick.state.outputs == tick.state.outputs[0]).all()) for tick in ticks]
    [True, True, True, True, True, True, True, True, True, False, True]
    """

    seed: int
    activations: Mapping[int, str | Activation] = field(default_factory=lambda: LIFE)
    wait: int = 10
    noise: float = 0.1

    @property
    def machine(self) -> PureMachine:
        """The ensemble at its start."""
        return _alike(further_seeds(self.seed)[0], self.activations)

    def trace(
        self, ticks: int, choices: Choices | None = None, halvings: Mapping[int, int] | None = None
    ) -> Iterator[PureTick]:
        """So many ticks, one by one, all members side by side.

        `halvings` says, by tick, how often the noise is halved from then on: {100: 1} halves it from tick 100.
        """
        seeds, machine = further_seeds(self.seed), self.machine
        state, generation, chosen_at, halved = machine.start(), 1, 0, 0
        for number in range(1, ticks + 1):
            choice = _chosen(choices, number, state)
            if choice is not None:
                state, generation, chosen_at = state.cloned(choice), generation + 1, number
            halved = (halvings or {}).get(number, halved)
            if number - chosen_at == self.wait:
                state = self._with_noise(state, seeds[1 + generation * MEMBERS : (generation + 1) * MEMBERS], halved)
            tick = machine.tick(state)
            yield tick
            state = tick.state

    def _with_noise(self, state: PureState, seeds: Array, halved: int) -> PureState:
        outputs = state.outputs.copy()
        n_outputs, n_inputs = outputs.shape[1:3]
        for member, seed in enumerate(seeds, start=1):
            drawn = JavaRandom(int(seed)).random_gaussian(size=(n_inputs, n_outputs, n_outputs))
            noise = np.float32(self.noise) * drawn / np.float32(2**halved)
            outputs[member] += np.moveaxis(noise, -1, 0)
        return state._replace(outputs=outputs)


@dataclass(frozen=True)
class BalancedUpdates:
    """Five networks that drift apart along a drawn pair of weights, the sum of which stays as it is.

    Before every tick one weight of member n gets 0.01 (n - 2) times the ticks since the last choice, and another in its
    row loses as much; both are drawn anew after a choice. So member 2 moves as a network left alone, until one is
    chosen. Inputs start from 0 in every tick.

    >>> [drift.columns for drift, _ in BalancedUpdates().trace(2)]
    [(7, 11), (7, 11)]
    """

    seed: int = WAVES_SEED
    activations: Mapping[int, str | Activation] = field(default_factory=lambda: WAVES)
    step: float = 0.01

    @property
    def machine(self) -> PureMachine:
        """The ensemble at its start."""
        return _alike(further_seeds(self.seed)[0], self.activations)

    def trace(self, ticks: int, choices: Choices | None = None) -> Iterator[tuple[Drift, PureTick]]:
        """So many ticks, one by one, each with what was drawn for it."""
        seeds, machine = further_seeds(self.seed), self.machine
        state, n_choices, chosen_at = machine.start(), 0, 0
        for number in range(1, ticks + 1):
            choice = _chosen(choices, number, state)
            if choice is not None:
                state, n_choices, chosen_at = state.cloned(choice), n_choices + 1, number
            drift = drawn_drift(int(seeds[MEMBERS + n_choices]), machine.n_inputs, machine.n_outputs)
            tick = machine.tick(self._moved(state, drift, number - chosen_at))
            yield drift, tick
            state = tick.state

    def _moved(self, state: PureState, drift: Drift, ticks: int) -> PureState:
        outputs = state.outputs.copy()
        amount = np.float32(self.step) * np.float32(ticks) * np.arange(-2, MEMBERS - 2, dtype=np.float32)
        gains, loses = drift.columns
        outputs[:, 0, drift.row, gains] += amount
        outputs[:, 0, drift.row, loses] -= amount
        return state._replace(outputs=outputs)


def further_seeds(seed: int) -> Array:
    """The 10000 seeds below a million that an experiment draws from its own."""
    return JavaRandom(seed).random_int(SEED_LIMIT, size=SEEDS)


def drawn_drift(seed: int, n_inputs: int, n_outputs: int) -> Drift:
    """A row and two different columns; the second is drawn until it differs.

    >>> drawn_drift(304206, 24, 23)
    Drift(seed=304206, row=11, columns=(22, 4))
    """
    java = JavaRandom(seed)
    row, first, second = java.random_int(n_inputs), java.random_int(n_outputs), java.random_int(n_outputs)
    while second == first:
        second = java.random_int(n_outputs)
    return Drift(seed, row, (first, second))


def _alike(seed: int, activations: Mapping[int, str | Activation]) -> PureMachine:
    outputs = random_outputs(JavaRandom(int(seed)), *LARGE)
    machine = PureMachine(np.broadcast_to(outputs, (MEMBERS, *outputs.shape)), squeeze=True)
    for output, activation in activations.items():
        machine = machine.add(output, activation)
    return machine


def _chosen(choices: Choices | None, number: int, state: PureState) -> int | None:
    if choices is None:
        return None
    choice = choices.get(number) if isinstance(choices, Mapping) else choices(number, state)
    if choice is not None and not 0 <= choice < MEMBERS:
        raise ValueError(f"member {choice} was chosen at tick {number}; the members are 0 to {MEMBERS - 1}")
    return choice
