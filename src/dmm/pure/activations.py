"""What an output of a pure machine makes of inputs: functions of matrices, for NumPy and JAX alike.

Each is a small frozen value, `ACTIVATIONS` has those without parameters by name, and one of your own is a subclass. The
order of operations is that of the published programs, so that float32 comes out the same to the last bit.

Source: experiments of A. Bukatin and colleagues in Processing, 2016 to 2018 (github: anhinga/fluid).
"""
# ruff: noqa: ARG002  (most do not ask what tick it is)

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

Array = Any  # of NumPy or of JAX: matrices along the last two axes (inputs, outputs); others are ensembles


@dataclass(frozen=True)
class Activation(ABC):
    """A function of one or more matrices, as many as `ports`. Equal parameters make equal activations.

    It treats leading axes alike, and may use NumPy's functions by `x.__array_namespace__()`, which are JAX's for JAX.
    """

    ports: ClassVar[int]

    @abstractmethod
    def __call__(self, tick: Any, *matrices: Array) -> Array:
        """The new matrix in tick number `tick`, the first of which is 1."""


@dataclass(frozen=True)
class Identity(Activation):
    """x"""

    ports = 1

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        (x,) = matrices
        return x


@dataclass(frozen=True)
class Negation(Activation):
    """-x"""

    ports = 1

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        (x,) = matrices
        return -x


@dataclass(frozen=True)
class Sum(Activation):
    """x + y"""

    ports = 2

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        x, y = matrices
        return x + y


@dataclass(frozen=True)
class Product(Activation):
    """x times y, element by element"""

    ports = 2

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        x, y = matrices
        return x * y


@dataclass(frozen=True)
class Maximum(Activation):
    """The larger of x and y, element by element"""

    ports = 2

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        x, y = matrices
        return x.__array_namespace__().maximum(x, y)


@dataclass(frozen=True)
class PseudoConway(Activation):
    """-1 (alive) where the 3 x 3 elements around one, itself thrice, sum to [-1, 1] or [4, 6]; else 1

    A soft Game of Life on a torus: with -1 for alive and 1 for dead, a living cell stays so with two or three living
    neighbours of eight. It moves in steps, so its derivative is 0.
    """

    ports = 1

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        (x,) = matrices
        xp = x.__array_namespace__()
        n, m = x.shape[-2:]
        wide = xp.concatenate([x[..., -1:, :], x, x[..., :1, :]], axis=-2)
        wide = xp.concatenate([wide[..., -1:], wide, wide[..., :1]], axis=-1)
        total = 2 * x
        for down in range(3):
            for right in range(3):
                total = total + wide[..., down : down + n, right : right + m]
        alive = ((total >= -1) & (total <= 1)) | ((total >= 4) & (total <= 6))
        return xp.where(alive, -xp.ones_like(x), xp.ones_like(x))


@dataclass(frozen=True)
class CircularWaves(Activation):
    """Waves around a centre that pull and push the elements of x

    With c the `centre` and d the distance of element p from it, element p in tick t is that of x at
    c + (p - c) sin(`by_distance` d + `by_time` t) / 4, rounded towards 0.
    """

    by_time: float = 1.0
    by_distance: float = 1.0
    centre: tuple[int, int] = (11, 11)

    ports = 1

    def __call__(self, tick: Any, *matrices: Array) -> Array:
        (x,) = matrices
        xp = x.__array_namespace__()
        if not all(0 <= c < n for c, n in zip(self.centre, x.shape[-2:], strict=True)):
            raise ValueError(f"waves around {self.centre} miss matrices of shape {x.shape[-2:]}; put the centre inside")
        one = x.dtype.type
        # Java computes roots and sines in float64 and rounds them; JAX has float32 only, unless told otherwise.
        best = xp.float64 if xp.__name__ == "numpy" else x.dtype
        rows, columns = (xp.arange(n).astype(x.dtype) - c for n, c in zip(x.shape[-2:], self.centre, strict=True))
        rows, columns = rows[:, None], columns[None, :]
        distance = xp.sqrt((rows * rows + columns * columns).astype(best)).astype(x.dtype)
        angle = one(self.by_distance) * distance + one(self.by_time) * xp.asarray(tick).astype(x.dtype)
        share = one(0.25) * xp.sin(angle.astype(best)).astype(x.dtype)
        row, column = ((c + p * share).astype(xp.int32) for c, p in zip(self.centre, (rows, columns), strict=True))
        return x[..., row, column]


ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "identity": Identity(),
        "negation": Negation(),
        "sum": Sum(),
        "product": Product(),
        "maximum": Maximum(),
        "pseudoconway": PseudoConway(),
    }
)
"""The activations without parameters, by name."""
