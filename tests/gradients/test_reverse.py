"""Reverse mode in pieces is the gradient of the whole, and its truncation is what it says."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from corpus import CORPUS, STARTED
from dmm import TASKS, Machine, Reverse, Truncated, VValue, compile_machine, flatten
from dmm.gradients.data import Data
from dmm.gradients.loss import StreamLoss
from dmm.gradients.memory import Size
from dmm.tasks.task import Example

NAMES = ("trained memory", "fed memory", "two loops", "gated loop", "several sources")
CASES = {name: CORPUS[name] for name in NAMES}  # memories and loops of all kinds, what else there is has no state
CASES["started"] = STARTED["unit delay"]
CASES["self-referential"] = (TASKS["variables"].teacher, TASKS["variables"].examples[1].inputs[2:11])
KEY = jax.random.key(0)
HASTY = {"xla_backend_optimization_level": 0}


def case(machine, stream, copies=2):
    """A loss, weights and data: the stream, and the same backwards, with random targets, some of them missing."""
    draw = np.random.default_rng(0)
    streams = [tuple(stream), tuple(reversed(stream))][:copies]
    support = flatten([VValue(x) for s in streams for x in s]).support
    program = compile_machine(machine, support)
    paths = list(program.answers)
    targets = [
        tuple(None if draw.random() < 0.2 else VValue.from_paths((p, draw.normal()) for p in paths) for _ in s)
        for s in streams
    ]
    data = Data.of([Example(*pair) for pair in zip(streams, targets, strict=True)])
    return StreamLoss(program), program.weights, data


def found(way, loss, weights, data):
    live = jnp.ones_like(weights.leaves)
    slope_of = jax.value_and_grad(lambda w: way(loss, w, data, live, KEY))
    value, slope = jax.jit(slope_of, compiler_options=HASTY)(weights)
    return float(value), np.asarray(slope.leaves)


@pytest.mark.parametrize("name", CASES)
def test_pieces_have_the_gradient_of_the_whole(name):
    with jax.enable_x64(True):
        loss, weights, data = case(*CASES[name])
        value, slope = found(Reverse(), loss, weights, data)
        assert value == pytest.approx(float(loss(weights, data)), rel=1e-12)
        for piece in (1, 3) if name == "two loops" else (3,):
            same, other = found(Reverse(piece), loss, weights, data)
            assert same == pytest.approx(value, rel=1e-12)
            np.testing.assert_allclose(other, slope, rtol=1e-9, atol=1e-9 * np.abs(slope).max())


def test_a_truncation_cannot_follow_weights_that_act_through_the_state():
    loss, weights, data = case(*CASES["self-referential"])
    with pytest.raises(ValueError, match=r"act through its state, .* choose reverse mode or evolution strategies"):
        found(Truncated(5), loss, weights, data)


@pytest.mark.parametrize("forget", [False, True])
def test_errors_in_pieces_are_the_errors(forget):
    loss, weights, data = case(*CASES["two loops"])
    whole = jax.jit(loss.errors)(weights, data)
    pieces = jax.jit(lambda w, d: loss.errors(w, d, 3, forget=forget))(weights, data)
    assert pieces.shape == whole.shape
    np.testing.assert_allclose(pieces, whole, rtol=1e-6, atol=1e-6)


def test_a_truncation_longer_than_the_stream_is_exact():
    loss, weights, data = case(*CASES["two loops"])
    value, slope = found(Reverse(), loss, weights, data)
    same, other = found(Truncated(1000), loss, weights, data)
    assert same == pytest.approx(value, rel=1e-6)
    np.testing.assert_allclose(other, slope, rtol=1e-5, atol=1e-5 * np.abs(slope).max())


@pytest.mark.parametrize("ticks", [1, 2, 5, 6])
def test_a_truncation_looks_back_to_the_start_of_its_piece(ticks):
    """y(t) = m y(t-1) + w x(t), unit delay: dy(t)/dw sums over m^(t-s) x(s), and the truncation forgets early s."""
    machine = Machine().add("input").add("accum").add("output").link("output.dict-1", "accum.dict")
    machine = machine.unlink("accum.dict-1", "accum.dict").link("accum.dict-1", "accum.dict", 0.5, hard=True)
    machine = machine.link("accum.dict-2", "input.char", 2.0)
    inputs = [3, -1, 4, 1, -5, 9]
    targets = [1, 0, -2, 5, 0, 3]
    given = tuple(map(VValue, inputs)), tuple(VValue({"dict-1": y}) for y in targets)
    loss = StreamLoss(compile_machine(machine, flatten(list(given[0])).support))
    data = Data.of([Example(*given)])
    wanted = {"accum": 0.0, "output": 0.0}
    y = [0.0] * 8  # of the accumulator, after tick t
    for t in range(1, 7):
        y[t] = 0.5 * y[t - 1] + 2.0 * (inputs[t - 2] if t > 1 else 0)
    for t in range(1, 7):
        first = (t - 1) // ticks * ticks + 1  # the first tick of the piece
        error = y[t - 1] - targets[t - 1]
        wanted["output"] += 2 * error * y[t - 1]
        inside = range(first, t)  # accumulator ticks that this answer's piece holds
        wanted["accum"] += 2 * error * sum(0.5 ** (t - 1 - s) * (inputs[s - 2] if s > 1 else 0) for s in inside)
    value, slope = found(Truncated(ticks), loss, loss.program.weights, data)
    got = {path[0]: x for path, x in zip(loss.program.links, slope, strict=True)}
    assert got == pytest.approx(wanted, rel=1e-5)
    assert value == pytest.approx(sum((y[t - 1] - targets[t - 1]) ** 2 for t in range(1, 7)), rel=1e-6)


@pytest.mark.parametrize("wrong", [0, -3, 2.5, True, "7"])
def test_pieces_are_whole_numbers(wrong):
    with pytest.raises(ValueError, match="whole number"):
        Reverse(wrong)
    with pytest.raises(ValueError, match="whole number"):
        Truncated(wrong)


def test_what_fits_is_run_at_once_and_what_does_not_in_pieces():
    size = Size(moving=848, state=349, given=12, links=20306, streams=64, ticks=2000)
    assert Reverse().fitted(size, 10e9) == Reverse()
    fitted = Reverse().fitted(size, 256e6)
    assert size.bytes(fitted.piece) <= 256e6 < size.bytes(2 * fitted.piece)
    assert Reverse(50).fitted(size, 10e9) == Reverse(50)
    assert Truncated(50).fitted(size, 1) == Truncated(50)
    least = Reverse().fitted(size, 1).piece  # what cannot fit is run with the least
    assert size.bytes(least) == min(size.bytes(-(-2000 // 2**k)) for k in range(11))


def test_long_streams_are_run_in_pieces_that_a_cache_holds():
    size = Size(moving=848, state=349, given=12, links=20306, streams=1, ticks=100_000)
    assert Reverse().fitted(size, 10e9) == Reverse().fitted(size, 256e6) == Reverse(1563)
    many = Size(moving=848, state=349, given=12, links=20306, streams=1, ticks=100_000, members=1024)
    assert 1000 < Reverse().fitted(many, 1e12).piece <= 2000  # never to crumbs
