"""The abstract reading of a neuron type: which paths its outputs can hold, and which input paths it reads.

The type's own function is traced on shapes alone, on a flat V-value that notes what is read of it.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import jax
import numpy as np

from dmm.neurons.base import NeuronType
from dmm.vvalue.flat import FlatVValue
from dmm.vvalue.support import Path, Support


class Behaviour(NamedTuple):
    """What a type does to a support: where it can emit, and what it reads to do so."""

    outputs: Support
    reads: Support


class CompileError(ValueError):
    """A machine that the compiler refuses; the message says why and what to do."""


class Recording(FlatVValue):
    """A flat V-value that notes which of its paths have been read as numbers; parts of it note in the same place."""

    __slots__ = ("origins", "seen")

    origins: tuple[Path, ...]  # for each leaf, its path in the value that the type was given
    seen: set[Path]

    @classmethod
    def start(cls, leaves: Any, support: Support) -> "Recording":
        return cls._make(leaves, support, support.paths, set())

    @classmethod
    def _make(cls, leaves: Any, support: Support, origins: tuple[Path, ...], seen: set[Path]) -> "Recording":
        value = cls(leaves, support)
        value.origins, value.seen = origins, seen
        return value

    @property
    def leaves(self) -> Any:
        self.seen.update(self.origins)
        return self._leaves

    def _pick(self, places: np.ndarray, support: Support) -> FlatVValue:
        origins = tuple(self.origins[i] for i in places)
        return self._make(self._leaves[..., places], support, origins, self.seen)


@lru_cache(maxsize=65536)
def behaviour(kind: NeuronType, settings: tuple[tuple[str, Any], ...], support: Support) -> Behaviour:
    """What the type, with these parameters, does to inputs on `support`."""
    recordings = []

    def reading(leaves: Any) -> Any:
        given = Recording.start(leaves, support)
        recordings.append(given)
        outputs = kind(given, **dict(settings))
        return FlatVValue(outputs.leaves, outputs.support)

    try:
        outputs = jax.eval_shape(reading, np.zeros(len(support), np.float32))
    except jax.errors.JAXTypeError:
        raise CompileError(
            f"neuron type {kind.name!r} cannot be compiled: its function branches on a number; "
            f"write it with relu, clip, less_or_equal and others of dmm's operations, or run it in the interpreter"
        ) from None
    except (TypeError, AttributeError, ValueError) as problem:
        reason = str(problem).partition("\n")[0]
        raise CompileError(f"neuron type {kind.name!r} cannot be compiled: {reason}") from problem
    return Behaviour(outputs.support, Support(recordings[-1].seen))
