"""Optimizers: who turns a gradient into a step. They are Optax's, by name."""

from typing import Any

OPTIMIZERS = (
    "adam", "adabelief", "adagrad", "adamax", "amsgrad", "lion", "nadam", "novograd", "radam", "rmsprop", "sgd", "sm3",
    "yogi",
)  # fmt: skip
"""Those that need nothing but gradients. The first is the default; the other settings were found with it."""

SECOND = 0.999  # of Adam: how slowly the mean of squared gradients moves; the default of Optax
CLIP = 3.0  # largest norm of a gradient of the scaled loss


def optimizer(name: str) -> Any:
    """The Optax transformation of that name, for a learning rate of 1, behind a clip of the gradient's norm.

    Steps are *subtracted*, times the learning rate.

    >>> import jax.numpy as jnp
    >>> sgd = optimizer("sgd")
    >>> print(sgd.update(jnp.array([4.0, 3.0]), sgd.init(jnp.zeros(2)))[0])  # a norm of 5, clipped to 3
    [2.4 1.8]
    """
    import optax

    clip = optax.clip_by_global_norm(CLIP)
    if name == OPTIMIZERS[0]:
        return optax.chain(clip, optax.scale_by_adam(b2=SECOND))
    return optax.chain(clip, optax.chain(getattr(optax, name)(1.0), optax.scale(-1.0)))


def mean_squares(state: Any, params: Any) -> Any:
    """Adam's mean of squared gradients, without its bias towards the zero it starts from; of other optimizers, 1."""
    import jax
    import jax.numpy as jnp
    import optax

    moments = state[1]
    if not isinstance(moments, optax.ScaleByAdamState):
        return jax.tree.map(jnp.ones_like, params)
    return jax.tree.map(lambda nu: nu / (1 - SECOND ** moments.count.astype(nu.dtype)), moments.nu)
