"""Gradients of compiled machines, against the interpreter run on dual numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from corpus import CORPUS
from dmm.compile.pipeline import compile_machine
from dmm.interpret.cycle import run
from dmm.machine.machine import Machine
from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.tree import VValue
from duals import parameters, parts
from strategies import KINDS, STREAM, machines, streams, synchronous_machines
from synchronous import SYNCHRONOUS_CORPUS

EXACT = 1e-9  # both sides are float64 sums of the same products, in another order

SMOOTH = {name: kind for name, kind in KINDS.items() if name != "norm"}
"""Without norms, whose slope is shared among ties: leaves that are copies of one scalar tie for good."""


def answer_slopes(machine, stream):
    """Derivatives of the sum of all answers' leaves, each times its own factor, on dual numbers."""
    answers, _ = run(machine.with_matrix(parameters(machine.matrix)), stream, number=lambda x: x)
    total = sum((factor(tick, path) * x for tick, a in enumerate(answers) for path, x in a.items()), start=0.0)
    return np.broadcast_to(parts(total)[1], len(machine.matrix))


def factor(tick, path):
    """Some number for each leaf, so that no two derivatives can be mixed up."""
    return float(np.cos(1 + tick + 0.7 * len(path) + 0.1 * sum(map(ord, "".join(path)))))


def assert_exact_gradient(machine, stream):
    with jax.enable_x64(True):
        program = compile_machine(machine, STREAM)
        factors = np.array([[factor(t, path) for path in program.answers] for t in range(len(stream))])
        factors = factors.reshape(len(stream), len(program.answers))
        flat = flatten(stream, STREAM)
        found = jax.jit(jax.grad(lambda w: jnp.sum(factors * program(w, flat).answers.leaves)))(program.weights)
        assert found.support == machine.matrix.support
        wanted = answer_slopes(machine, stream)
        np.testing.assert_allclose(found.leaves, wanted, rtol=EXACT, atol=EXACT * max(1, np.abs(wanted).max(initial=0)))


@pytest.mark.parametrize("name", [name for name in CORPUS if name != "several sources"])
def test_gradient_on_the_corpus(name):
    machine, stream = CORPUS[name]
    assert_exact_gradient(machine, stream)


@pytest.mark.parametrize("name", SYNCHRONOUS_CORPUS)
def test_gradient_on_the_synchronous_corpus(name):
    machine, stream = SYNCHRONOUS_CORPUS[name]
    assert_exact_gradient(machine, stream)


@settings(max_examples=12)
@given(synchronous_machines(kinds=SMOOTH), streams(ticks=5))
def test_gradient_of_random_synchronous_machines(machine, stream):
    assert_exact_gradient(machine, stream)


@settings(max_examples=12)
@given(machines(kinds=SMOOTH, recurrent=True), streams(ticks=5))
def test_gradient_of_random_machines(machine, stream):
    assert_exact_gradient(machine, stream)


@pytest.mark.parametrize("name", ["two loops", "fields alike and not", "waves in a loop"])
def test_loops_have_derivatives_in_both_modes_and_of_second_order(name):
    machine, stream = (CORPUS | SYNCHRONOUS_CORPUS)[name]
    with jax.enable_x64(True):
        program, flat = compile_machine(machine, STREAM), flatten(stream, STREAM)

        def loss(leaves):
            return jnp.sum(program(FlatVValue(leaves, program.links), flat).answers.leaves ** 3)

        at = program.weights.leaves
        np.testing.assert_allclose(jax.jacfwd(loss)(at), jax.grad(loss)(at), rtol=EXACT, atol=EXACT)
        curved, step = jax.jit(jax.hessian(loss))(at), 1e-5
        slope = jax.jit(jax.grad(loss))
        wanted = [(slope(at + step * e) - slope(at - step * e)) / (2 * step) for e in np.eye(len(at))]
        np.testing.assert_allclose(curved, wanted, rtol=1e-4, atol=1e-4 * np.abs(curved).max())


def test_gradient_is_a_value_on_the_links():
    """Every trained link has its entry; links that do nothing, or feed what nobody reads, have zero."""
    machine, stream = CORPUS["dead ends"]
    program = compile_machine(machine, flatten(stream).support)
    found = jax.jit(jax.grad(lambda w: jnp.sum(program(w, flatten(stream)).answers.leaves)))(program.weights)
    assert isinstance(found, FlatVValue)
    assert found.support == machine.matrix.support
    assert set(unflatten(found).support) == {("norm", "dict", "input", "char"), ("output", "dict-1", "norm", "norm")}


def test_gradient_stops_where_told():
    """With nothing flowing through an accumulator's memory, only the newest item counts: the answer is as before."""
    machine = Machine().add("input").add("accum").link("accum.dict-2", "input.char", 2.0).read("accum")
    stream = [VValue({"a": 1.0}), VValue({"a": 10.0}), VValue({"a": 100.0}), VValue()]
    slopes, answers = {}, {}
    for name, stopped in {"true": {}, "published": {"accum": ("dict-1",)}, "all": {"accum": None}}.items():
        program = compile_machine(machine, flatten(stream).support, stopped=stopped)

        def last(weights, program=program):
            return program(weights, flatten(stream)).answers["dict", "a"].scalar[-1]

        answers[name], slope = jax.jit(jax.value_and_grad(last))(program.weights)
        slopes[name] = float(slope.leaves[0])
    assert slopes == {"true": 111.0, "published": 100.0, "all": 0.0}
    assert set(map(float, answers.values())) == {222.0}


def test_gradient_with_respect_to_the_stream():
    """The answer is 3 times the sum of all items but the newest two, which are still under way."""
    machine = Machine().add("input").add("accum").add("norm").link("accum.dict-2", "input.char")
    machine = machine.link("norm.dict", "accum.dict", 3.0).read("norm")
    stream = flatten([VValue({"a": x}) for x in (1.0, 2.0, 3.0, 4.0)])
    program = compile_machine(machine, stream.support)
    slope = jax.jit(jax.grad(lambda s: program(program.weights, s).answers.leaves[-1, 0]))(stream)
    assert slope.leaves.ravel().tolist() == [3.0, 3.0, 0.0, 0.0]
