"""Recurrent cells as machines against the formulas of the textbook: answers, gradients, both engines, exported."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import textbook
from dmm.circuits.programs.python import to_python
from dmm.compile.pipeline import compile_machine
from dmm.engines import run
from dmm.networks.layers import Affine, dense, network
from dmm.networks.recurrent import elman, gru, lstm, minimal_gated_unit
from dmm.vvalue.flat import flatten, unflatten
from dmm.vvalue.tree import VValue

INPUTS, UNITS, STEPS = "ab", 3, 12

CELLS = {
    "elman": (lambda p: elman(p["hidden"]), textbook.elman, {"hidden": "before"}),
    "lstm": (
        lambda p: lstm(**p),
        textbook.lstm,
        {"input": "before", "forget": "before", "output": "before", "candidate": "before"},
    ),
    "gru": (lambda p: gru(**p), textbook.gru, {"update": "before", "reset": "before", "candidate": "recalled"}),
    "minimal_gated_unit": (
        lambda p: minimal_gated_unit(**p),
        textbook.minimal_gated_unit,
        {"forget": "before", "candidate": "recalled"},
    ),
}
"""The layer, the formula, and for each part the neurons that hold what its U is multiplied by."""

every_cell = pytest.mark.parametrize("name", CELLS)


def drawn(name, seed, scale=1.0):
    """Numbers for a cell, for a stream, and the stream as items."""
    draw = np.random.default_rng(seed)
    shapes = ((UNITS, len(INPUTS)), (UNITS, UNITS), (UNITS,))
    parts = {part: tuple(draw.normal(0, scale, shape) for shape in shapes) for part in CELLS[name][2]}
    xs = draw.normal(size=(STEPS, len(INPUTS)))
    return parts, xs, [VValue(dict(zip(INPUTS, x, strict=True))) for x in xs.tolist()]


def machine_of(name, parts):
    return network(list(INPUTS), CELLS[name][0]({part: Affine(*each) for part, each in parts.items()}))


def rows(answers):
    return np.array([[float(answer[str(k + 1)].scalar) for k in range(UNITS)] for answer in answers])


def links_of(name, parts):
    """Where every number of the textbook stands in the network matrix."""
    found = {}
    for part, (w, u, b) in parts.items():
        for k in range(UNITS):
            neuron = f"{part}-{k + 1}" if part in ("hidden", "candidate") else f"{part}-gate-{k + 1}"
            for j, label in enumerate(INPUTS):
                found[neuron, "x", f"input-{label}", "value"] = w[k, j]
            for j in range(UNITS):
                source = CELLS[name][2][part]
                found[neuron, "x", f"{source}-{j + 1}", "dict" if source == "recalled" else "value"] = u[k, j]
            found[neuron, "x", "one", "const_1"] = b[k]
    return found


@every_cell
@pytest.mark.parametrize("seed", range(5))
def test_it_computes_the_formula(name, seed):
    parts, xs, stream = drawn(name, seed, scale=1 + seed)
    wanted = CELLS[name][1](np, parts, xs)
    assert np.abs(rows(run(machine_of(name, parts), stream)) - wanted).max() <= 1e-12


@every_cell
@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-12), ("float32", 1e-5)])
def test_it_computes_the_formula_compiled(name, dtype, bound):
    parts, xs, stream = drawn(name, 9)
    wanted = CELLS[name][1](np, parts, xs)
    assert np.abs(rows(run(machine_of(name, parts), stream, engine="compile", dtype=dtype)) - wanted).max() <= bound


@every_cell
def test_every_number_of_the_textbook_is_one_trained_link(name):
    parts, _, _ = drawn(name, 0)
    assert dict(machine_of(name, parts).matrix.items()) == links_of(name, parts)


@every_cell
def test_the_gradient_is_that_of_the_formula(name):
    parts, xs, stream = drawn(name, 7)
    target = np.random.default_rng(8).normal(size=(STEPS, UNITS))
    with jax.enable_x64(True):
        inputs, wanted = flatten(stream), jnp.asarray(target)
        program = compile_machine(machine_of(name, parts), inputs.support)

        def loss(weights):
            answers = program(weights, inputs).answers
            labels = [str(k + 1) for k in range(UNITS)]
            found = jnp.stack([answers[label].scalar for label in labels], -1)
            return ((found - wanted) ** 2).sum()

        found = unflatten(jax.jit(jax.grad(loss))(program.weights))
        formula = jax.grad(lambda p: ((CELLS[name][1](jnp, p, jnp.asarray(xs)) - wanted) ** 2).sum())
        slopes = jax.device_get(jax.jit(formula)(jax.tree.map(jnp.asarray, parts)))
    expected = VValue.from_paths(links_of(name, slopes))
    assert (found - expected).max_norm() <= 1e-10 * expected.max_norm()
    assert found.support == machine_of(name, parts).matrix.support


@every_cell
def test_as_a_program_it_computes_the_formula(name):
    parts, xs, stream = drawn(name, 3)
    defined = {}
    exec(to_python(machine_of(name, parts)), defined)
    answers = [VValue(answer) for answer in defined["circuit"](item.to_nested() for item in stream)]
    assert np.abs(rows(answers) - CELLS[name][1](np, parts, xs)).max() <= 1e-12


def test_layers_are_stacked():
    first, xs, stream = drawn("lstm", 1)
    draw = np.random.default_rng(2)
    second = tuple(draw.normal(size=shape) for shape in ((UNITS, UNITS), (UNITS, UNITS), (UNITS,)))
    w, b = draw.normal(size=(1, UNITS)), draw.normal(size=1)
    layers = [
        lstm(**{part: Affine(*each) for part, each in first.items()}),
        elman(Affine(*second)),
        dense(Affine(w, b=b), "sigmoid"),
    ]
    machine = network(list(INPUTS), *layers, outputs=["y"])
    hidden = textbook.elman(np, {"hidden": second}, textbook.lstm(np, first, xs))
    wanted = textbook.sigmoid(np, hidden @ w.T + b)[:, 0]
    found = [answer["y"].scalar for answer in run(machine, stream)]
    assert np.abs(np.array(found) - wanted).max() <= 1e-12
    assert {"hidden-1-1", "forget-gate-1-3", "hidden-2-2", "sigmoid-3-1"} <= set(machine.neurons)


def test_numbers_of_wrong_shapes_are_refused():
    good = Affine(np.ones((3, 2)), np.ones((3, 3)), np.ones(3))
    for bad, message in (
        (good._replace(w=np.ones((3, 4))), r"w of the reset has the shape \(3, 4\); give \(3, 2\)"),
        (good._replace(u=np.ones((2, 2))), r"u of the reset has the shape \(2, 2\); give \(3, 3\)"),
        (good._replace(u=None), r"u of the reset is missing; give \(3, 3\)"),
        (good._replace(b=np.ones(2)), r"b of the reset has the shape \(2,\); give \(3,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            network(["a", "b"], gru(update=good, reset=bad, candidate=good))
    with pytest.raises(ValueError, match=r"w of the linear layer has the shape \(\); give \(1, 1\)"):
        network(["a"], dense(Affine(3)))
    with pytest.raises(ValueError, match="there is no activation 'soft'; choose one of linear, relu, sigmoid, tanh"):
        dense(good, "soft")
    with pytest.raises(ValueError, match="the inputs are none; name one at least, and each of them once"):
        network([])
    with pytest.raises(ValueError, match="the outputs are y, z; name each of the 1 that there are, once"):
        network(["a"], outputs=["y", "z"])
    with pytest.raises(ValueError, match=r"u of the tanh layer has the shape \(3, 3\); leave it out"):
        network(["a", "b"], dense(good, "tanh"))


def test_a_bias_may_be_left_out():
    parts, xs, stream = drawn("gru", 4)
    bare = {part: (w, u, np.zeros(UNITS)) for part, (w, u, _) in parts.items()}
    machine = network(list(INPUTS), gru(**{part: Affine(w, u) for part, (w, u, _) in parts.items()}))
    assert "one" not in machine.neurons
    assert np.abs(rows(run(machine, stream)) - textbook.gru(np, bare, xs)).max() <= 1e-12
