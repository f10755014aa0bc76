"""The compiler agrees with the interpreter: answers, state, pieces, batches; on a corpus and on random machines.

In both timings.
"""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import CORPUS, STARTED
from dmm.compile.pipeline import compile_machine
from dmm.interpret.cycle import run
from dmm.vvalue.flat import FlatVValue, flatten, unflatten
from dmm.vvalue.tree import VValue
from strategies import (
    STREAM,
    generators,
    generic_number,
    machines,
    started,
    streams,
    synchronous_machines,
    with_product,
)
from synchronous import SYNCHRONOUS_CORPUS

EXAMPLES = settings(max_examples=15)  # each compiles a machine of its own
ROUNDING = 1e-9  # of float64 sums in another order, relative to the largest number in sight

ALL = {**CORPUS, **SYNCHRONOUS_CORPUS, **STARTED}
every_machine = pytest.mark.parametrize(("machine", "stream"), ALL.values(), ids=ALL)


def assert_close(found: list[VValue], wanted: list[VValue]):
    """Equal up to rounding, leaf by leaf."""
    assert len(found) == len(wanted)
    size = max([1.0, *(float(v.max_norm()) for v in wanted)])
    for tick, (f, w) in enumerate(zip(found, wanted, strict=True)):
        assert (f - w).max_norm() <= ROUNDING * size, f"tick {tick}: {f} for {w}"


def assert_agreement(machine, stream):
    """Same answers; same state, as far as the program keeps one; and the same again in two pieces."""
    with jax.enable_x64(True):
        program = compile_machine(machine, flatten(stream).support | STREAM)
        answers, state = run(machine, stream)
        found, found_state = program.run(stream)
        assert_close(found, answers)
        assert_close([found_state], [state.restrict(program.state)])
        half = len(stream) // 2
        before = machine.initial.restrict(program.state)
        first, between = program.run(stream[:half], before)  # with a state, so that both pieces compile as one
        second, last = program.run(stream[half:], between)
        assert_close(first + second, answers)
        assert_close([last], [found_state])


@every_machine
def test_corpus(machine, stream):
    assert_agreement(machine, stream)


@EXAMPLES
@given(machines(), streams(ticks=6))
def test_feedforward_machines(machine, stream):
    assert_agreement(machine, stream)


@EXAMPLES
@given(machines(recurrent=True), streams(ticks=6))
def test_recurrent_machines(machine, stream):
    assert_agreement(machine, stream)


@EXAMPLES
@given(started(st.one_of(machines(recurrent=True), synchronous_machines())), streams(ticks=6))
def test_machines_that_do_not_start_as_zero(machine, stream):
    assert_agreement(machine, stream)


@EXAMPLES
@given(with_product(machines()), streams(ticks=6))
def test_outer_products_and_copies(machine, stream):
    assert_agreement(machine, stream)


@settings(max_examples=30)
@given(synchronous_machines(), streams(ticks=6))
def test_synchronous_machines(machine, stream):
    assert_agreement(machine, stream)


def test_state_of_the_interpreter_continues_a_program():
    machine, stream = CORPUS["leaking accumulator"]
    with jax.enable_x64(True):
        program = compile_machine(machine, flatten(stream).support)
        answers, _ = run(machine, stream)
        _, state = run(machine, stream[:3])
        assert_close(program.run(stream[3:], state)[0], answers[3:])


@pytest.mark.parametrize("name", ["counter", "two loops", "trained memory", "waves in a loop"])
def test_stream_without_ticks(name):
    """No tick, no answer, and the state as it was."""
    machine, stream = ALL[name]
    with jax.enable_x64(True):
        program = compile_machine(machine, flatten(stream).support)
        _, state = program.run(stream)
        assert program.run([]) == ([], VValue())
        assert program.run([], state) == ([], state)


@given(st.lists(streams(ticks=4), min_size=3, max_size=3))
@settings(max_examples=1)  # three programs, on three random streams
def test_batch_of_streams(batch):
    """Leading axes of the stream are independent runs, also nested, and `vmap` says the same."""
    machine, _ = CORPUS["two loops"]
    with jax.enable_x64(True):
        program = compile_machine(machine, STREAM)
        flat = flatten(batch, STREAM)
        one_by_one = [run(machine, stream)[0] for stream in batch]
        answers = jax.jit(program)(program.weights, flat).answers
        mapped = jax.jit(jax.vmap(program, in_axes=(None, 0)))(program.weights, flat).answers
        nested = jax.jit(program)(program.weights, FlatVValue(flat.leaves[None], STREAM)).answers
        for i, wanted in enumerate(one_by_one):
            assert_close(unflatten(answers)[i], wanted)
            assert_close(unflatten(mapped)[i], wanted)
            assert_close(unflatten(nested)[0][i], wanted)


@given(generators())
@settings(max_examples=1)  # of three random machines
def test_population_of_weights(chooser):
    """One program, many machines of the same links."""
    machine, stream = CORPUS["two loops"]
    population = [machine.matrix.map_leaves(lambda _: generic_number(chooser)) for _ in range(3)]
    with jax.enable_x64(True):
        program = compile_machine(machine, flatten(stream).support)
        weights = flatten(population, program.links)
        answers = jax.jit(jax.vmap(program, in_axes=(0, None)))(weights, flatten(stream)).answers
        for i, matrix in enumerate(population):
            assert_close(unflatten(answers)[i], run(machine.with_matrix(matrix), stream)[0])


def test_stream_on_fewer_paths():
    """A stream may lie on a part of the support that the program was compiled for."""
    machine, _ = CORPUS["counter"]
    with jax.enable_x64(True):
        program = compile_machine(machine, STREAM)
        stream = [VValue({"b": 2.0})] * 4
        answers = jax.jit(program)(program.weights, flatten(stream)).answers
        assert_close(unflatten(answers), run(machine, stream)[0])


def test_default_precision_is_jax_own():
    machine, stream = CORPUS["counter"]
    program = compile_machine(machine, flatten(stream).support)
    assert jax.jit(program)(program.weights, flatten(stream)).answers.leaves.dtype == np.float32
