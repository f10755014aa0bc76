"""The fully recurrent machine flattened by hand: what a competent person writes in JAX who has no compiler of machines.

Every V-value is a row of P numbers: the scalar, then one for each character. The outputs of all neurons are one array
`[P, outputs]`; a tick is one matrix product for the down movement, then the types applied to its columns, and one
`lax.scan` is the run. Most of the 20306 links lead from or to fields that the types lack and carry nothing: a competent
person leaves them out, so that 56 inputs and the answer listen to 51 outputs.

This is the named baseline of the recurrent step; it takes the same vector of weights as the compiled program, by one
gather before the run. Ticks two by two (`unroll`) are a tenth quicker than one by one, and no slower than four by four.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.flattened import CLIP, FIRST, first_layer
from benchmarks.machines import COPIES, FIELDS
from dmm.vvalue.support import Support

IDENTITY = tuple(("id", field) for field in FIELDS)
OUTPUTS = (("accum", "dict"), ("norm", "norm"), ("dot", "dot"), ("compare", "true"), ("compare", "false"), *IDENTITY)
INPUTS = (
    ("accum", "dict-1"),
    ("accum", "dict-2"),
    ("norm", "dict"),
    ("dot", "dict-1"),
    ("dot", "dict-2"),
    ("compare", "dict-1"),
    ("compare", "dict-2"),
    *IDENTITY,
)


def flattened_loss(links: Support, characters: Support, stream: Any, targets: Any) -> Callable[[Any], Any]:
    """The loss as a function of the weights, a vector in the order of `links`.

    `stream` is `[time, characters]` in the order of `characters`, `targets` `[time, 2]`.
    """
    first = first_layer(characters, stream)
    sources = (*FIRST, *_of_all_copies(OUTPUTS))
    inside = np.array([[links.index[to + of] for to in _of_all_copies(INPUTS)] for of in sources])
    answer = np.array([[links.index["output", label, *of] for label in ("dict-1", "dict-2")] for of in sources])

    def loss(weights: Any) -> Any:
        matrix = weights[inside]

        def tick(outputs: Any, first: Any) -> tuple[Any, Any]:
            outputs = jnp.concatenate([first, _up(outputs @ matrix)], axis=1)
            return outputs, outputs[0]

        start = jnp.zeros((first.shape[1], len(sources)), first.dtype)
        scalars = jax.lax.scan(tick, start, first, unroll=2)[1]
        answers = jnp.pad(scalars[:-1], ((1, 0), (0, 0))) @ weights[answer]
        return jnp.sum((answers - targets) ** 2)

    return loss


def _of_all_copies(fields: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(f"{kind}-{copy}", field) for kind, field in fields for copy in range(1, COPIES + 1)]


def _up(inputs: Any) -> Any:
    """The outputs `[P, 48]` of all neurons from their inputs `[P, 56]`."""
    memory, new, norm, left, right, first, second = (inputs[:, COPIES * i : COPIES * (i + 1)] for i in range(7))
    difference = first[0] - second[0]
    scalars = [
        jnp.max(jnp.abs(norm), axis=0),
        jnp.clip(jnp.sum(left * right, axis=0), -CLIP, CLIP),
        jnp.maximum(difference, 0),
        jnp.maximum(-difference, 0),
    ]
    wide = jnp.pad(jnp.concatenate(scalars)[None], ((0, inputs.shape[0] - 1), (0, 0)))
    return jnp.concatenate([memory + new, wide, inputs[:, COPIES * 7 :]], axis=1)
