"""Attention as a machine against the formula over arrays: a memory that grows, and a window."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import textbook
from dmm.compile.pipeline import compile_machine
from dmm.engines import run
from dmm.networks.attention import attention
from dmm.networks.layers import Affine, dense, network
from dmm.vvalue.flat import flatten, unflatten
from dmm.vvalue.tree import VValue

INPUTS, SIZES, STEPS = "abc", {"query": 4, "key": 4, "value": 2}, 9
WINDOWS = (None, 1, 3, STEPS + 2)

every_window = pytest.mark.parametrize("window", WINDOWS)
both_memories = pytest.mark.parametrize("window", [None, 3])


def drawn(seed, places=True):
    """Numbers, the inputs, and the stream, in which every step has a place of its own."""
    draw = np.random.default_rng(seed)
    p = {part: (draw.normal(size=(n, len(INPUTS))), draw.normal(size=n)) for part, n in SIZES.items()}
    xs = draw.normal(0, 1 + seed, (STEPS, len(INPUTS)))
    marks = [{"place": {f"at {t}": 1}} if places else {} for t in range(STEPS)]
    stream = [VValue({**dict(zip(INPUTS, x, strict=True)), **mark}) for x, mark in zip(xs.tolist(), marks, strict=True)]
    return p, xs, stream


def machine_of(p, window):
    layer = attention(**{part: Affine(w, b=b) for part, (w, b) in p.items()}, window=window)
    return network(list(INPUTS), layer)


def rows(answers):
    return np.array([[float(answer[str(k + 1)].scalar) for k in range(SIZES["value"])] for answer in answers])


@every_window
@pytest.mark.parametrize("seed", range(3))
def test_it_computes_the_formula(window, seed):
    p, xs, stream = drawn(seed, places=window is None)
    wanted = textbook.attention(np, p, xs, window)
    machine = machine_of(p, window)
    assert np.abs(rows(run(machine, stream)) - wanted).max() <= 1e-12 * np.abs(wanted).max()


@both_memories
@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-12), ("float32", 1e-5)])
def test_it_computes_the_formula_compiled(window, dtype, bound):
    p, xs, stream = drawn(0, places=window is None)
    wanted = textbook.attention(np, p, xs, window)
    assert np.abs(rows(run(machine_of(p, window), stream, engine="compile", dtype=dtype)) - wanted).max() <= bound


@both_memories
def test_the_gradient_is_that_of_the_formula(window):
    p, xs, stream = drawn(0, places=window is None)
    target = np.random.default_rng(8).normal(size=(STEPS, SIZES["value"]))
    with jax.enable_x64(True):
        inputs, wanted = flatten(stream), jnp.asarray(target)
        program = compile_machine(machine_of(p, window), inputs.support)

        def loss(weights):
            answers = program(weights, inputs).answers
            found = jnp.stack([answers[str(k + 1)].scalar for k in range(SIZES["value"])], -1)
            return ((found - wanted) ** 2).sum()

        found = unflatten(jax.jit(jax.grad(loss))(program.weights))
        formula = jax.grad(lambda q: ((textbook.attention(jnp, q, jnp.asarray(xs), window) - wanted) ** 2).sum())
        slopes = jax.device_get(jax.jit(formula)(jax.tree.map(jnp.asarray, p)))
    expected = {}
    for part, (w, b) in slopes.items():
        for k, row in enumerate(w, 1):
            expected |= {(f"{part}-{k}", "x", f"input-{x}", "value"): g for x, g in zip(INPUTS, row, strict=True)}
            expected[f"{part}-{k}", "x", "one", "const_1"] = b[k - 1]
    difference = found - VValue.from_paths(expected)
    assert difference.max_norm() <= 1e-10 * found.max_norm()
    assert len(program.links) == sum(n * (len(INPUTS) + 1) for n in SIZES.values())


def test_a_growing_memory_needs_no_loop_over_time():
    p, _, stream = drawn(0)
    schedule = str(compile_machine(machine_of(p, None), flatten(stream).support).schedule)
    assert "running sum of the whole stream: accum: keys; accum: values" in schedule
    assert "tick by tick" not in schedule


def test_a_memory_that_grows_has_no_end():
    p, _, _ = drawn(0)
    draw = np.random.default_rng(1)
    xs = draw.normal(size=(200, len(INPUTS)))
    stream = [VValue({**dict(zip(INPUTS, x, strict=True)), "place": {str(t): 1}}) for t, x in enumerate(xs.tolist())]
    found = rows(run(machine_of(p, None), stream))
    assert np.abs(found - textbook.attention(np, p, xs)).max() <= 1e-12 * np.abs(found).max()


def test_without_a_place_nothing_is_remembered():
    p, xs, stream = drawn(0)
    stream[4] = VValue({label: stream[4][label] for label in INPUTS})
    found = rows(run(machine_of(p, None), stream))[5:]
    kept = np.delete(np.arange(STEPS), 4)
    assert np.abs(found - textbook.attention(np, p, xs[kept])[4:]).max() <= 1e-12 * np.abs(found).max()


def test_two_layers():
    """The second looks at what the first made of the items, at the same places."""
    p, xs, stream = drawn(0)
    draw = np.random.default_rng(5)
    sizes = {"query": 3, "key": 3, "value": 2}
    q = {part: (draw.normal(size=(n, SIZES["value"])), draw.normal(size=n)) for part, n in sizes.items()}
    w, b = draw.normal(size=(2, 2)), draw.normal(size=2)
    layers = [attention(**{part: Affine(w, b=b) for part, (w, b) in each.items()}) for each in (p, q)]
    machine = network(list(INPUTS), *layers, dense(Affine(w, b=b), "relu"))
    hidden = textbook.attention(np, q, textbook.attention(np, p, xs))
    wanted = np.maximum(hidden @ w.T + b, 0)
    assert (wanted > 0).any()
    assert np.abs(rows(run(machine, stream)) - wanted).max() <= 1e-12 * np.abs(wanted).max()


def test_what_does_not_fit_is_refused():
    p, _, _ = drawn(0)
    with pytest.raises(ValueError, match="the window is 0; give 1 or more steps, or None"):
        machine_of(p, 0)
    p["key"] = (p["key"][0][:2], p["key"][1][:2])
    with pytest.raises(ValueError, match=r"w of the key has the shape \(2, 3\); give \(4, 3\)"):
        machine_of(p, None)
