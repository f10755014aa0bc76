"""Pure machines against plain loops in float32, against V-values, and what they refuse."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from dmm.pure.activations import ACTIVATIONS, Activation, CircularWaves
from dmm.pure.arrays import array_to_vvalue, vvalue_to_array
from dmm.pure.experiments import PURE_EXPERIMENTS
from dmm.pure.java_random import JavaRandom
from dmm.pure.machine import PureMachine, down
from dmm.vvalue.tree import VValue

F = np.float32


# -- an oracle in plain loops ------------------------------------------------------------------------------------------


def conway(x, i, j):
    n, m = len(x), len(x[0])
    total = F(2) * x[i][j]
    for a in (-1, 0, 1):
        for b in (-1, 0, 1):
            total = F(total + x[(i + a) % n][(j + b) % m])
    return F(-1) if -1 <= total <= 1 or 4 <= total <= 6 else F(1)


ELEMENTS = {
    "identity": lambda i, j, x: x[i][j],
    "negation": lambda i, j, x: -x[i][j],
    "sum": lambda i, j, x, y: F(x[i][j] + y[i][j]),
    "product": lambda i, j, x, y: F(x[i][j] * y[i][j]),
    "maximum": lambda i, j, x, y: max(x[i][j], y[i][j]),
    "pseudoconway": lambda i, j, x: conway(x, i, j),
}


def looped(outputs, neurons, ticks, *, squeeze, accumulate, fixed_row):
    """The states of a machine as nested lists, element by element; `neurons` are (output, name, inputs, after)."""
    rows, columns = range(len(outputs[0])), range(len(outputs))
    outputs = [[[F(x) for x in row] for row in matrix] for matrix in outputs]
    inputs = [[[F(0) for _ in columns] for _ in rows] for _ in rows]
    for tick in range(1, ticks + 1):
        for k, i, j in np.ndindex(len(rows), len(rows), len(columns)):
            inputs[k][i][j] = linked(outputs, k, i, j, inputs[k][i][j] if accumulate else F(0))
        for output, name, ports, _ in (neuron for neuron in neurons if tick > neuron[3]):
            outputs[output] = [[ELEMENTS[name](i, j, *(inputs[p] for p in ports)) for j in columns] for i in rows]
            if output == 0 and fixed_row:
                outputs[0][0] = [F(j == 0) for j in columns]
        if squeeze:
            outputs, inputs = [shrunk(x) for x in outputs], [shrunk(x) for x in inputs]
            outputs[0][0][0] = F(1) if fixed_row else outputs[0][0][0]
        yield np.array(inputs), np.array(outputs)


def linked(outputs, k, i, j, total):
    for weight, output in zip(outputs[0][k], outputs, strict=True):
        total = F(total + F(weight * output[i][j])) if weight != 0 else total
    return total


def shrunk(matrix):
    largest = max(abs(x) for row in matrix for x in row)
    return [[F(x / largest) if largest else x for x in row] for row in matrix]


NEURONS = [
    (0, "sum", (0, 1), 0),
    (1, "pseudoconway", (3,), 0),
    (2, "product", (2, 4), 0),
    (3, "maximum", (1, 2), 1),
    (2, "negation", (4,), 3),
    (1, "identity", (2,), 5),
]


def machine_of(outputs, neurons, **posts):
    machine = PureMachine(outputs, **posts)
    for output, name, inputs, after in neurons:
        machine = machine.add(output, name, inputs, after=after)
    return machine


def random_start(seed, n_outputs=4, n_inputs=5, zeros=0.3):
    """Numbers in [-1, 1), of which about this part is 0."""
    draw = np.random.default_rng(seed)
    shape = n_outputs, n_inputs, n_outputs
    return np.where(draw.random(shape) < zeros, 0, draw.uniform(-1, 1, shape)).astype(F)


POSTS = [
    {"squeeze": squeeze, "accumulate": accumulate, "fixed_row": fixed_row}
    for squeeze in (False, True)
    for accumulate in (False, True)
    for fixed_row in (False, True)
]
every_post_step = pytest.mark.parametrize("posts", POSTS, ids=lambda p: ", ".join(k for k in p if p[k]) or "none")


@every_post_step
@pytest.mark.parametrize("seed", range(3))
def test_ticks_are_those_of_plain_loops(posts, seed):
    """Bit by bit, while numbers are finite; neurons take over from each other, in whatever order they were added."""
    outputs = random_start(seed)
    expected = looped(outputs, NEURONS, 8, **posts)
    in_any_order = [NEURONS[k] for k in np.random.default_rng(seed).permutation(len(NEURONS))]
    with np.errstate(over="ignore", invalid="ignore"):
        for (_, state), (inputs, made) in zip(
            machine_of(outputs, in_any_order, **posts).trace(8), expected, strict=True
        ):
            if not np.isfinite(made).all():
                break
            np.testing.assert_array_equal(state.inputs, inputs)
            np.testing.assert_array_equal(state.outputs, made)
    assert state.tick > 3


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_activation_is_that_of_plain_loops(name):
    x, y = random_start(0, 2, 6)[:, :, :], random_start(1, 2, 6)
    matrices = [3 * x[0], 2 * y[0]][: ACTIVATIONS[name].ports]
    made = ACTIVATIONS[name](1, *matrices)
    for i, j in np.ndindex(6, 2):
        assert made[i, j] == ELEMENTS[name](i, j, *matrices)


def test_every_activation_with_a_name_is_tested():
    assert set(ELEMENTS) == set(ACTIVATIONS)


def test_circular_waves_by_hand():
    """At distance d from the centre, sin(d + t) / 4 of the way from the centre, towards 0 in rows and columns."""
    x = np.arange(24 * 23, dtype=F).reshape(24, 23)
    for tick in (1, 2, 500):
        made = CircularWaves(by_time=0.5)(tick, x)
        for i, j in np.ndindex(24, 23):
            share = 0.25 * np.sin(np.hypot(i - 11, j - 11) + 0.5 * tick)
            assert made[i, j] == x[int(11 + (i - 11) * share), int(11 + (j - 11) * share)]


# -- V-values ----------------------------------------------------------------------------------------------------------


def exact(v):
    return v.map_leaves(Fraction)


def test_the_down_movement_is_that_of_the_interpreter():
    """The matrix of a tick, a V-value with paths (input, output), applied to outputs with paths (output, ...)."""
    outputs = random_start(3)
    linked = exact(array_to_vvalue(outputs[0])).apply_matrix(exact(array_to_vvalue(outputs)), 1)
    inputs = down(outputs, np.zeros((5, 5, 4), F))
    assert vvalue_to_array(linked, (5, 5, 4)) == pytest.approx(inputs, abs=1e-6)
    assert np.abs(inputs).max() > 0.1


def test_a_matrix_survives_the_way_to_a_vvalue_and_back():
    for array in (*random_start(4), random_start(5)):
        v = array_to_vvalue(array)
        assert len(v.support) == np.count_nonzero(array)
        np.testing.assert_array_equal(vvalue_to_array(v, array.shape), array)


@pytest.mark.parametrize("path", [("5", "0"), ("0",), ("0", "0", "0"), ("-1", "0"), ("01", "0"), ("a", "0"), ()])
def test_a_path_that_is_no_place_is_refused(path):
    with pytest.raises(ValueError, match="take a larger shape"):
        vvalue_to_array(VValue.from_paths({path: 1}), (5, 4))


# -- running -----------------------------------------------------------------------------------------------------------


def test_a_run_goes_on_from_any_state():
    machine = PURE_EXPERIMENTS["conway_4"]()
    early = machine.run(99)
    assert machine.run(3, early).checksums() == machine.run(102).checksums()
    assert machine.run(0, early) is early


@pytest.mark.parametrize("shape", [(3,), (2, 2)])
def test_the_members_of_an_ensemble_do_not_see_each_other(shape):
    starts = np.stack([random_start(seed) for seed in range(np.prod(shape))]).reshape(*shape, 4, 5, 4)
    posts = {"squeeze": True, "accumulate": True}
    together = machine_of(starts, NEURONS, **posts)
    assert (together.n_inputs, together.n_outputs) == (5, 4)
    state = together.run(7)
    for member in np.ndindex(shape):
        alone = machine_of(starts[member], NEURONS, **posts).run(7)
        np.testing.assert_array_equal(state.outputs[member], alone.outputs)
        np.testing.assert_array_equal(state.inputs[member], alone.inputs)


def test_a_weight_of_zero_links_nothing_not_even_infinity():
    outputs = random_start(0, zeros=0)
    outputs[0] = [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    outputs[1] = np.inf
    inputs = down(outputs, np.zeros((5, 5, 4), F))
    np.testing.assert_array_equal(inputs[0], outputs[0])
    np.testing.assert_array_equal(inputs[3], 2 * outputs[2])
    assert not inputs[[1, 2, 4]].any()


def test_what_no_neuron_makes_stays():
    machine = PureMachine(random_start(1)).add(2, "identity", (0,), after=2)
    states = [state for _, state in machine.trace(3)]
    assert all((state.outputs[[0, 1, 3]] == machine.initial[[0, 1, 3]]).all() for state in states)
    assert (states[1].outputs[2] == machine.initial[2]).all()
    assert (states[2].outputs[2] == states[2].inputs[0]).all()


def test_initial_outputs_are_copied_and_kept():
    outputs = random_start(2)
    machine = PureMachine(outputs).add(0, "sum")
    before = machine.initial.copy()
    outputs[:] = 0
    machine.run(3)
    np.testing.assert_array_equal(machine.initial, before)
    with pytest.raises(ValueError, match="read-only"):
        machine.initial[0, 0, 0] = 1


def test_an_activation_of_ones_own():
    class Half(Activation):
        ports = 1

        def __call__(self, tick, *matrices):
            return matrices[0] / np.float32(2)

    machine = PureMachine(random_start(2)).add(3, Half(), (1,))
    ((_, state),) = machine.trace(1)
    np.testing.assert_array_equal(state.outputs[3], state.inputs[1] / F(2))


def test_a_machine_prints_its_neurons():
    machine = PureMachine(np.zeros((23, 24, 23)), squeeze=True).add(2, CircularWaves(0.5), after=7).add(0, "sum")
    assert str(machine).splitlines() == [
        "24 inputs, 23 outputs, squeezed, row 0 fixed",
        "output 0 = sum of input 0 and input 1",
        "output 2 = CircularWaves(by_time=0.5, by_distance=1.0, centre=(11, 11)) of input 2, from tick 8",
    ]


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 4), (2, 4, 3), (0, 4, 0), ()])
def test_outputs_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="give an array of shape"):
        PureMachine(np.zeros(shape))


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e39])
def test_numbers_that_are_not_finite_are_refused(number):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match="not finite"):
        PureMachine(np.full((2, 3, 2), number))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, "plus"), "no activation 'plus'; choose one of identity"),
        ((4, "negation"), "the outputs are 0 to 3"),
        ((-1, "negation"), "the outputs are 0 to 3"),
        ((0, "sum", (1,)), "reads 2 inputs"),
        ((0, "sum", (1, 5)), "the inputs are 0 to 4"),
        ((1, "negation"), "begin Negation in another tick"),
    ],
)
def test_neurons_that_cannot_be_are_refused(arguments, message):
    machine = PureMachine(random_start(0)).add(1, "identity")
    with pytest.raises(ValueError, match=message):
        machine.add(*arguments)


def test_waves_around_nothing_are_refused():
    with pytest.raises(ValueError, match="put the centre inside"):
        PureMachine(random_start(0)).add(1, CircularWaves()).run(1)


def test_an_experiment_takes_another_seed():
    from dmm.pure.experiments import conway_1

    machine = conway_1(7)
    assert machine.initial[0, 0, 1] != conway_1().initial[0, 0, 1]
    assert machine.initial[1, 0, 0] == JavaRandom(7).random(2, size=2)[1] - F(1)
    assert replace(machine, squeeze=False).neurons == machine.neurons
