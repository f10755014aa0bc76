"""The up movement: the type of a group applied to what its members receive."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dmm.compile.schedule import Group
from dmm.vvalue.flat import FlatVValue

Stopped = Mapping[str, tuple[str, ...] | None]
"""Inputs, by type name, through which no gradient flows; `None` means all of them."""


def up(group: Group, stopped: Stopped, received: FlatVValue) -> Any:
    """The outputs `[members, ..., paths]` of a group."""
    emitted = group.type(_stop(received, group.type.name, stopped), **dict(group.settings))
    return emitted.restrict(group.emits).extend(group.emits).leaves


def _stop(v: FlatVValue, kind: str, stopped: Stopped) -> FlatVValue:
    mask = np.array([any(is_stopped(kind, label, stopped) for label in path[:1]) for path in v.support], bool)
    if not mask.any():
        return v
    return FlatVValue(jnp.where(mask, jax.lax.stop_gradient(v.leaves), v.leaves), v.support)


def is_stopped(kind: str, label: str, stopped: Stopped) -> bool:
    """Whether that input of that type lets no gradient through."""
    labels = stopped.get(kind, ())
    return labels is None or label in labels
