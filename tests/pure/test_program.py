"""Compiled ticks: the same bits as NumPy's, ensembles by `vmap`, and gradients against differences."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dmm.pure.ensembles import BalancedUpdates, Mutations
from dmm.pure.experiments import PURE_EXPERIMENTS, conway_1
from dmm.pure.machine import PureMachine, PureState
from dmm.pure.program import pure_program

MACHINES = {
    **{name: make for name, make in PURE_EXPERIMENTS.items() if name != "conway_3"},
    "mutations": lambda: Mutations(29328).machine,
    "waves": lambda: BalancedUpdates().machine,
}
every_machine = pytest.mark.parametrize("name", MACHINES)


def arrays(state):
    return np.asarray(state.outputs), np.asarray(state.inputs)


@every_machine
def test_the_compiled_run_has_the_bits_of_the_other(name):
    """A hundred ticks; of `conway_4` and `conway_5` past the first changes of their schedules."""
    machine = MACHINES[name]()
    state, _ = pure_program(machine, 120)(machine.start())
    expected = machine.run(120)
    assert state.tick == expected.tick
    for x, y in zip(arrays(state), arrays(expected), strict=True):
        np.testing.assert_array_equal(x, y)


def test_a_run_goes_on_in_numpy_or_jax_whatever_came_before():
    machine = PURE_EXPERIMENTS["conway_4"]()
    ten, expected = pure_program(machine, 10), machine.run(55).outputs
    early, _ = ten(machine.run(35))
    for state in (ten(machine.run(45))[0], ten(early)[0], machine.run(10, early)):
        assert state.tick == 55
        np.testing.assert_array_equal(np.asarray(state.outputs), expected)


def test_sums_at_once_differ_in_the_last_bits_only():
    """Over some ticks: a network of Games of Life is chaotic where an element lies at the edge of an interval."""
    for name in ("aug_27", "afterlife_9_1", "conway_1"):
        machine = PURE_EXPERIMENTS[name]()
        state, _ = pure_program(machine, 5, exact=False)(machine.start())
        assert arrays(state)[0] == pytest.approx(machine.run(5).outputs, abs=1e-5)


def test_what_is_read_comes_tick_by_tick():
    machine = conway_1()
    _, (moved, numbers) = pure_program(machine, 6, read=lambda t: (t.moved.matrix[1, 1], t.state.tick))(machine.start())
    assert numbers.tolist() == [1, 2, 3, 4, 5, 6]
    assert moved.tolist() == [tick.moved.matrix[1, 1] for tick in machine.trace(6)]
    assert pure_program(machine, 0)(machine.start())[0].tick == 0


def test_vmap_runs_an_ensemble():
    members = [conway_1(seed) for seed in range(4)]
    program = pure_program(members[0], 20)
    starts = jax.tree.map(lambda *x: jnp.stack(x), *(jax.tree.map(jnp.asarray, m.start()) for m in members))
    states = jax.vmap(lambda state: program(state)[0])(starts)
    for k, member in enumerate(members):
        np.testing.assert_array_equal(np.asarray(states.outputs[k]), member.run(20).outputs)


def test_gradients_are_those_of_differences():
    """Through the network matrix that changes itself, and through squeezes; zeros have a slope, too."""
    draw = np.random.default_rng(0)
    start = draw.uniform(-1, 1, (3, 4, 3)).astype(np.float32)
    start[0, 2, 1] = 0
    machine = PureMachine(start).add(0, "sum").add(1, "product", (2, 3)).add(2, "negation", (1,))
    for posts in ({}, {"squeeze": True, "accumulate": True}):
        chosen = replace(machine, **posts)
        for exact in (True, False):
            program = pure_program(chosen, 3, exact=exact)

            def loss(outputs, program=program, chosen=chosen):
                state = PureState(0, jnp.asarray(chosen.start().inputs), outputs)
                return jnp.sum(program(state)[0].outputs ** 2)

            gradient = np.asarray(jax.grad(loss)(jnp.asarray(start)))
            assert gradient[0, 2, 1] != 0
            assert gradient == pytest.approx(differences(chosen, start), rel=1e-3, abs=1e-3)


def differences(machine, start, h=1e-5):
    """The gradient of the sum of squared outputs after three ticks, by central differences in float64 loops."""
    slopes = np.zeros(start.shape)
    for place in np.ndindex(start.shape):
        up, down = start.astype(float), start.astype(float)
        up[place] += h
        down[place] -= h
        slopes[place] = (squares(machine, up) - squares(machine, down)) / (2 * h)
    return slopes


def squares(machine, outputs):
    inputs = np.zeros((4, 4, 3))
    for _ in range(3):
        inputs = np.einsum("ij,jab->iab", outputs[0], outputs) + (inputs if machine.accumulate else 0)
        matrix = inputs[0] + inputs[1]
        matrix[0] = [1, 0, 0]
        outputs = np.stack([matrix, inputs[2] * inputs[3], -inputs[1]])
        if machine.squeeze:
            outputs, inputs = (x / np.abs(x).max((1, 2), keepdims=True) for x in (outputs, inputs))
            outputs[0, 0, 0] = 1
    return (outputs**2).sum()


def test_no_ticks_before_the_first():
    with pytest.raises(ValueError, match="give 0 or more"):
        pure_program(conway_1(), -1)
