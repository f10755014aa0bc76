"""Continuous cellular automata: against weights with addresses, an interpreted machine, and published figures.

Figures are from `semantics.md`, section 7; those of stochastic automata are means over seeds, within their deviations.
"""

import math

import numpy as np
import pytest

from dmm.interpret.cycle import trace
from dmm.machine.machine import Machine
from dmm.pure.automata import PATTERNS, ContinuousAutomaton, aug_20_15, aug_24_15, gapped_board, jun_4_16
from dmm.vvalue.tree import VValue

F = np.float32

# -- an oracle with strings for addresses ------------------------------------------------------------------------------


class Addressed:
    """Cells and weights in dictionaries, one operation a link; `draws` yields the numbers that decide what passes."""

    def __init__(self, automaton, draws):
        self.a, self.draws, self.frame = automaton, draws, 0
        self.rows, self.columns = automaton.board.shape
        self.values = {"from constants": 0.0, "from pattern": 0.0}
        self.values |= {f"{i}:{j}": 0.0 for i, j in np.ndindex(automaton.board.shape)}

    def around(self, i, j):
        return [f"{(i + di) % self.rows}:{(j + dj) % self.columns}" for di, dj in self.a.neighbours]

    def tick(self):
        self.frame += 1
        a, weights, passed = self.a, dict(self.values), next(self.draws)
        share = 0.0 if self.frame < a.switch else min((self.frame - a.switch + 1) / a.ramp, 1.0)
        made = {"from constants": 1 - share, "from pattern": share / len(a.neighbours)}
        weights = weights if a.higher_order else made
        cells = {}
        for i, j in np.ndindex(self.rows, self.columns):
            total = weights["from constants"] * a.board[i, j]
            for k, place in enumerate(self.around(i, j)):
                v = self.values[place]
                linear = a.gain * v if passed[k, i, j] < F(a.probability) else 0.0
                sine = math.sin(2 * math.pi * a.scale * v)
                total += weights["from pattern"] * (a.control * linear + (1 - a.control) * sine)
            cells[f"{i}:{j}"] = total
        self.values = made | cells
        return np.array([[cells[f"{i}:{j}"] for j in range(self.columns)] for i in range(self.rows)])


def draws(seed, shape):
    generator = np.random.default_rng(seed)
    while True:
        yield generator.random(shape, np.float32)


BOARD = np.random.default_rng(0).uniform(-1, 1, (5, 7))
AUTOMATA = {
    "first order": ContinuousAutomaton(BOARD, probability=0.7),
    "higher order": ContinuousAutomaton(BOARD, probability=0.7, gain=1.3, higher_order=True),
    "other neighbours": ContinuousAutomaton(BOARD, PATTERNS[1][0], probability=0.9),
    "ramp": ContinuousAutomaton(BOARD, ramp=4, switch=3, higher_order=True),
    "ramp of the first order": ContinuousAutomaton(BOARD, ramp=4, switch=3),
    "sines": ContinuousAutomaton(BOARD, control=0.0, higher_order=True),
    "sines and linear neurons": ContinuousAutomaton(BOARD, control=0.3, probability=0.8, gain=1.1, higher_order=True),
}


@pytest.mark.parametrize("name", AUTOMATA)
def test_every_automaton_is_that_of_addressed_weights(name):
    automaton = AUTOMATA[name]
    addressed = Addressed(automaton, draws(4, (len(automaton.neighbours), *BOARD.shape)))
    for state in automaton.trace(16, seed=4):
        assert state.cells == pytest.approx(addressed.tick(), abs=2e-6)
    assert np.abs(state.cells).max() > 0.01


def test_without_chance_it_is_a_machine_of_sums():
    """The same board as links of weight 1/3 between neurons of type `sum`, in the interpreter."""
    board, neighbours = gapped_board(6, 3), PATTERNS[0][0]
    machine = Machine().add("input")
    for i, j in np.ndindex(6, 6):
        machine = machine.add(f"{i}:{j}", "sum")
    for i, j in np.ndindex(6, 6):
        machine = machine.link((f"{i}:{j}", "constant"), ("input", "char"), float(board[i, j]))
        for k, (di, dj) in enumerate(neighbours):
            machine = machine.link((f"{i}:{j}", f"from-{k}"), (f"{(i + di) % 6}:{(j + dj) % 6}", "sum"), 1 / 3)
    automaton = ContinuousAutomaton(board, neighbours, probability=1.0, switch=2)
    ticks = trace(machine.read("0:0"), [VValue(1)] + 12 * [VValue()])
    next(ticks)  # the board is on its way
    for tick, state in zip(ticks, automaton.trace(12, seed=0), strict=True):
        expected = [[tick.outputs[f"{i}:{j}", "sum"].scalar for j in range(6)] for i in range(6)]
        assert state.cells == pytest.approx(np.array(expected), abs=1e-6)


# -- published figures -------------------------------------------------------------------------------------------------


def test_the_first_step_of_the_automaton():
    """Frame 10; a frame later where the weights are cells, too, which also leaves the first frame at 0."""
    black = -np.ones((64, 64))
    black[0, 0] = 1
    for make, empty, first in ((aug_20_15, 0, 10), (aug_24_15, 1, 11)):
        states = list(make(probability=1.0).trace(first, seed=0))
        assert not any(state.cells.any() for state in states[:empty])
        assert all((state.cells == black).all() for state in states[empty:-1])
        assert (states[-1].cells != black).any()


def test_strengths_while_no_cell_is_missed():
    states = {state.tick: state.strength for state in aug_24_15().trace(14, seed=0)}
    assert states[1] == 1
    assert [states[t] for t in (11, 12, 13, 14)] == pytest.approx([0.995996, 0.992008, 0.988036, 0.984080], abs=1e-6)


def over_seeds(make):
    return [make().run(250, seed) for seed in range(20)]


@pytest.mark.parametrize(
    ("make", "gain", "steps", "mean", "spread", "std", "std_spread", "strength", "strength_spread"),
    [
        (aug_20_15, 1.0, 241, -0.2986, 0.0025, 0.0223, 0.0008, 2.82, 0.06),
        (aug_24_15, 1.00402, 240, -0.7861, 0.0067, 0.0587, 0.0024, 1.07, 0.02),
    ],
)
def test_the_board_after_250_frames(make, gain, steps, mean, spread, std, std_spread, strength, strength_spread):
    """Means over twenty seeds, to four of their standard errors; the mean fades by p in every step."""
    predicted = -(1 - 2 / 4096) * (0.995 * gain) ** steps
    assert predicted == pytest.approx(mean, abs=2e-4)
    states = over_seeds(make)
    error = 4 / math.sqrt(20)
    assert np.mean([s.cells.mean() for s in states]) == pytest.approx(predicted, abs=error * spread)
    assert np.mean([s.cells.std() for s in states]) == pytest.approx(std, abs=error * std_spread + 5e-5)
    assert np.mean([s.strength for s in states]) == pytest.approx(strength, abs=error * strength_spread + 5e-3)


def test_diagonals_of_period_three():
    """28 % of the power that is not of the mean lies in the 1.8 % of modes nearest to (64/3, 64/3) and its opposite."""
    power = sum(np.abs(np.fft.fft2(state.cells - state.cells.mean())) ** 2 for state in over_seeds(aug_20_15))
    waves = np.fft.fftfreq(64, 1 / 64)
    a, b = waves[:, None], waves[None, :]
    third = 64 / 3
    away = np.minimum(np.hypot(a - third, b - third), np.hypot(a + third, b + third))
    nearest = away <= np.sort(away.ravel())[round(0.018 * 4096)]
    assert nearest.mean() == pytest.approx(0.018, abs=2e-3)
    assert power[nearest].sum() / power.sum() == pytest.approx(0.28, abs=0.03)


def test_the_gain_of_every_wave():
    """Without chance a step multiplies the mode (a, b) by (exp(ia) + exp(ib) + exp(-i(a + b))) / 3."""
    board = np.random.default_rng(1).uniform(-1, 1, (64, 64))
    states = {s.tick: s.cells for s in ContinuousAutomaton(board, probability=1.0).trace(12, seed=0)}
    angle = 2 * np.pi * np.fft.fftfreq(64)
    a, b = angle[:, None], angle[None, :]
    gain = (np.exp(1j * a) + np.exp(1j * b) + np.exp(-1j * (a + b))) / 3
    assert np.fft.fft2(states[12]) == pytest.approx(np.fft.fft2(states[9]) * gain**3, abs=1e-3)


def deviations(pattern, gap, ticks):
    return [float(s.cells.std()) for s in aug_20_15(pattern, probability=1.0, gap=gap).trace(ticks, seed=0)]


def test_fading_without_chance():
    slow = deviations(0, 3, 3000)
    assert (slow[9], slow[-1]) == pytest.approx((0.319, 0.0109), abs=5e-4)
    assert all(deviations(0, gap, 100)[-1] < 2e-3 for gap in (2, 4, 8))
    assert deviations(0, 6, 50)[-1] == pytest.approx(0.069, abs=5e-4)


@pytest.mark.parametrize(("gap", "std", "period"), [(2, 0.5, 1), (4, 0.2165, 1), (8, 0.0827, 2)])
def test_patterns_that_stay(gap, std, period):
    cells = [state.cells for state in aug_20_15(1, probability=1.0, gap=gap).trace(300, seed=0)]
    assert cells[-1].std() == pytest.approx(std, abs=5e-5)
    assert cells[-1] == pytest.approx(cells[-1 - period], abs=1e-6)
    assert period == 1 or np.abs(cells[-1] - cells[-2]).max() > 0.2


def test_a_pattern_repeats_in_the_squares_of_the_third():
    """Neighbours at multiples of 8 only: each of the 64 sublattices lives alone."""
    base, other = gapped_board(64, 64), gapped_board(64, 64)
    other[3, 5] = 1
    made = [ContinuousAutomaton(b, PATTERNS[2][0]).run(60, seed=2).cells for b in (base, other)]
    different = made[0] != made[1]
    assert different[3::8, 5::8].any()
    different[3::8, 5::8] = False
    assert not different.any()


# -- seeds and states --------------------------------------------------------------------------------------------------


def test_equal_seeds_draw_equal_numbers():
    one, same, other = (aug_20_15().run(30, seed=seed).cells for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_a_run_goes_on_from_any_state():
    automaton = aug_24_15(probability=1.0, gap=3)
    early = automaton.run(12, seed=0)
    np.testing.assert_array_equal(automaton.run(8, 0, early).cells, automaton.run(20, seed=0).cells)


def test_sines_need_no_chance():
    """The published default of June 2016: one seed is as another."""
    image = np.random.default_rng(0).uniform(-1, 1, (64, 64))
    one, other = (jun_4_16(image).run(40, seed).cells for seed in (1, 2))
    assert (one == other).all()
    assert one.std() > 0.01
    assert (jun_4_16(image, control=0.3).run(40, 1).cells != jun_4_16(image, control=0.3).run(40, 2).cells).any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"board": np.zeros(3)}, "give rows of cells"),
        ({"board": np.zeros((0, 3))}, "give rows of cells"),
        ({"probability": 1.5}, "the probability is 1.5"),
        ({"control": -0.1}, "the control is -0.1"),
        ({"neighbours": ()}, "at least one neighbour"),
        ({"ramp": 0}, "at least one tick"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        ContinuousAutomaton(**{"board": BOARD, **settings})
