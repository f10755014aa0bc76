"""The seed machine flattened by hand: what a competent person writes in JAX who has no compiler for machines.

Every V-value is a row of P numbers: the scalar, then one for each character. So all neurons of a layer are one
rectangular array `[time, P, outputs]`, the down movement into a layer is one matrix product, a link's delay is a shift
along time, and accumulators are running sums. The layers are computed one after another, each for the whole stream.

This is the named baseline of the gradient step; it takes the same vector of weights as the compiled program.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.vvalue.support import Support

LAYERS, WIDTH, CLIP = 5, 2, 4.0

FIRST = (("input", "char"), ("eos", "char"), ("const_1", "const_1"))
OUTPUTS = (("accum", "dict"), ("norm", "norm"), ("dot", "dot"), ("compare", "true"), ("compare", "false"))
INPUTS = (
    ("accum", "dict-2"),
    ("norm", "dict"),
    ("dot", "dict-1"),
    ("dot", "dict-2"),
    ("compare", "dict-1"),
    ("compare", "dict-2"),
)


def flattened_loss(links: Support, characters: Support, stream: Any, targets: Any) -> Callable[[Any], Any]:
    """The loss as a function of the weights, a vector in the order of `links`.

    `stream` is `[time, characters]` in the order of `characters`, `targets` `[time, 2]`.
    """
    order, shapes = _matrices(links)
    first = first_layer(characters, stream)

    def loss(weights: Any) -> Any:
        flat, start = weights[order], 0
        values = first
        for rows, columns in shapes:
            matrix = flat[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
            if columns == len(INPUTS) * WIDTH:
                values = jnp.concatenate([values, _layer(_delayed(values) @ matrix)], axis=-1)
            else:
                answers = _delayed(values)[:, 0] @ matrix
        return jnp.sum((answers - targets) ** 2)

    return loss


def _matrices(links: Support) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Where the weights of all layers stand in the vector, matrix after matrix, and the shape of each matrix."""
    sources, places, shapes = list(FIRST), [], []
    for layer in range(1, LAYERS + 1):
        names = [[f"{kind}-{layer}-{k}" for k in range(1, WIDTH + 1)] for kind, _ in INPUTS]
        inputs = [(name, label) for of_kind, (_, label) in zip(names, INPUTS, strict=True) for name in of_kind]
        places += [links.index[to + of] for of in sources for to in inputs]
        shapes.append((len(sources), len(inputs)))
        sources += [(f"{kind}-{layer}-{k}", output) for kind, output in OUTPUTS for k in range(1, WIDTH + 1)]
    places += [links.index["output", label, *of] for of in sources for label in ("dict-1", "dict-2")]
    shapes.append((len(sources), 2))
    return np.array(places), shapes


def first_layer(characters: Support, stream: Any) -> np.ndarray:
    """`input`, `eos` and `const_1` as `[time, P, 3]`."""
    values = np.zeros((len(stream), 1 + len(characters), len(FIRST)), np.float32)
    values[:, 1:, 0] = stream
    values[:, 1 + characters.index[".",], 1] = 1
    values[:, 0, 2] = 1
    return values


def _delayed(values: Any) -> Any:
    return jnp.pad(values[:-1], ((1, 0), (0, 0), (0, 0)))


def _layer(inputs: Any) -> Any:
    """The outputs `[time, P, 10]` of a layer of accum, norm, dot and compare from its inputs `[time, P, 12]`."""
    accum, norm, left, right = (inputs[:, :, i : i + WIDTH] for i in range(0, 4 * WIDTH, WIDTH))
    difference = inputs[:, 0, 8:10] - inputs[:, 0, 10:12]
    scalars = [
        jnp.max(jnp.abs(norm), axis=1),
        jnp.clip(jnp.sum(left * right, axis=1), -CLIP, CLIP),
        jnp.maximum(difference, 0),
        jnp.maximum(-difference, 0),
    ]
    narrow = jnp.concatenate(scalars, axis=-1)[:, None, :]
    wide = jnp.pad(narrow, ((0, 0), (0, inputs.shape[1] - 1), (0, 0)))
    return jnp.concatenate([_running_sum(accum), wide], axis=-1)


def _running_sum(values: Any) -> Any:
    """`jnp.cumsum(values, axis=0)`, which as a loop of additions takes three quarters of the time here."""
    return jax.lax.scan(lambda total, new: (total + new,) * 2, jnp.zeros_like(values[0]), values)[1]
