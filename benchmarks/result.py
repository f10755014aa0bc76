"""What a benchmark returns: named figures with units and bounds, in the order in which they are read."""

import math
import os
import platform
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A measured value. `at_most` and `at_least` bound it where somebody has asked for a bound."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def bound(self) -> str:
        """The bound as text; empty for a figure without one."""
        if self.at_most is not None:
            return f"at most {self.at_most:g} {self.unit}".rstrip()
        return "" if self.at_least is None else f"at least {self.at_least:g} {self.unit}".rstrip()

    @property
    def met(self) -> bool:
        """Whether the value is a number within its bound."""
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return low <= self.value <= high

    def __str__(self) -> str:
        return f"{self.value:.3g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Result:
    """The figures of one benchmark, and a table of what they were counted in, where there is one."""

    figures: tuple[Figure, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()

    @property
    def met(self) -> bool:
        """Whether every bound is met."""
        return all(figure.met for figure in self.figures)

    def as_json(self) -> dict[str, Any]:
        """The values by name, unit included; bounds that are missed are listed under `missed`."""
        values = {f"{x.name}, {x.unit}" if x.unit else x.name: x.value for x in self.figures}
        table = {"rows": [dict(zip(self.head, row, strict=True)) for row in self.rows]} if self.rows else {}
        return {**values, **table, "missed": [f"{x.name}: {x}, {x.bound}" for x in self.figures if not x.met]}


def circumstances() -> dict[str, Any]:
    """What the figures depend on besides the program."""
    import jax

    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "device": jax.devices()[0].device_kind,
        "jax": jax.__version__,
        "python": platform.python_version(),
    }
