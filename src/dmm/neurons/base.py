"""What a neuron type is, and the decorator that makes one of a Python function on V-values."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from dmm.vvalue.numbers import is_number
from dmm.vvalue.tree import VValue

MOST_SHOWN = 80  # characters of a parameter that is refused


class Memory(NamedTuple):
    """A type's hard link to itself: `input` receives the neuron's own `output` of the previous tick, weight 1."""

    input: str
    output: str


@dataclass(frozen=True)
class Range:
    """The numbers that a parameter may be: `low` and more, or only more than that; whole ones only.

    >>> 2.5 in Range(0, whole=True), 0 in Range(0), 0 in Range(0, open=True)
    (False, True, False)
    >>> print(Range(1, whole=True), "|", Range(0, open=True))
    a whole number, 1 or more | a number above 0
    """

    low: float
    whole: bool = False
    open: bool = False

    def __contains__(self, x: Any) -> bool:
        return bool(x > self.low if self.open else x >= self.low) and not (self.whole and x != int(x))

    def __str__(self) -> str:
        return f"a {'whole ' * self.whole}number" + (f" above {self.low}" if self.open else f", {self.low} or more")


@dataclass(frozen=True, eq=False)
class NeuronType:
    """An activation function and what the rest of the library must know of it.

    Called on a V-value of inputs, tree or flat, it returns the V-value of outputs, of the same kind. `inputs` and
    `outputs` are the labels it knows; `None` means any. A *source* receives the item of the stream in place of linked
    inputs; a *sink* is read as an output of its machine. `additive` promises `f(v + m) == f(v) + m` between the two
    ends of the memory, which lets the compiler replace the loop over time by a sum. Inputs that are `late` receive the
    values of the previous step in synchronous timing, too; the input of the memory is one of them. The outputs of a
    `stepwise` type move in steps, so that their derivative is zero almost everywhere; training it needs evolution
    strategies. Where the parameters decide which inputs there are, `ports` names them by these, and `inputs` is `None`.
    `ranges` says which numbers parameters may be.
    """

    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...] | None
    outputs: tuple[str, ...] | None
    memory: Memory | None = None
    additive: bool = False
    source: bool = False
    sink: bool = False
    late: tuple[str, ...] = ()
    stepwise: bool = False
    ports: Callable[..., tuple[str, ...]] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)

    def __call__(self, v: Any, **parameters: Any) -> Any:
        if self.inputs is not None and not self.source and not all(map(self.has_input, v.labels)):
            v = v.join({label: v[label] for label in v.labels if self.has_input(label)})
        outputs = self.function(v, **parameters)
        if not isinstance(outputs, Mapping) and not hasattr(outputs, "support"):
            raise ValueError(
                f"neuron type {self.name!r} returned {outputs!r}; return its outputs by name, or a V-value"
            )
        emitted = v.join(outputs) if isinstance(outputs, Mapping) else v.join({}) + outputs
        if self.outputs is not None:
            for label in emitted.labels:
                if label not in self.outputs:
                    raise ValueError(f"neuron type {self.name!r} emitted {label!r}, which is not one of its outputs")
        return emitted

    @property
    def summary(self) -> str:
        """The first line of the function's docstring: what the type computes."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]

    def has_input(self, label: str) -> bool:
        """Whether links to this input can matter."""
        return self.inputs is None or label in self.inputs

    def has_output(self, label: str) -> bool:
        """Whether links from this output can carry anything."""
        return self.outputs is None or label in self.outputs

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with defaults filled in and trees made V-values; `ValueError` for those it cannot have."""
        for name in given:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise ValueError(f"neuron type {self.name!r} has no parameter {name!r}; it has {known}")
        full = {name: _like(default, given.get(name, default), name) for name, default in self.parameters.items()}
        for name, allowed in self.ranges.items():
            if full[name] not in allowed:
                raise ValueError(f"parameter {name!r} of neuron type {self.name!r} is {full[name]!r}; give {allowed}")
        if self.ports:
            self.ports(**full)
        return full

    def inputs_by(self, given: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The inputs of a neuron with these parameters; `None` means any."""
        return self.ports(**self.settings(given)) if self.ports else self.inputs

    def __repr__(self) -> str:
        return f"<neuron type {self.name}>"


def neuron_type(
    *,
    inputs: tuple[str, ...] | None,
    outputs: tuple[str, ...] | None,
    memory: tuple[str, str] | None = None,
    additive: bool = False,
    source: bool = False,
    sink: bool = False,
    late: tuple[str, ...] = (),
    stepwise: bool = False,
    ports: Callable[..., tuple[str, ...]] | None = None,
    ranges: Mapping[str, Range] = MappingProxyType({}),
    name: str | None = None,
) -> Callable[[Callable[..., Any]], NeuronType]:
    """Make a neuron type of a function from the V-value of inputs to a dictionary of outputs (or a V-value).

    The function uses `+`, `-`, `v["label"]`, `.scalar`, `*` by scalars and the operations of `dmm.vvalue.operations`;
    it must not branch on numbers, or the compiler refuses it (the interpreter does not mind): `less_or_equal` and
    `where` decide in place of an `if`. Keyword-only arguments with defaults become the type's parameters, those
    named in `ranges` only with values in there. An `additive` promise that a trial refutes is refused with
    `ValueError`, and so is a `late` input that the type does not have; the input of the memory is late without being
    named.

    >>> @neuron_type(inputs=("x", "y"), outputs=("sum", "difference"))
    ... def plus_minus(v):
    ...     "sum = x + y, difference = x - y"
    ...     return {"sum": v["x"] + v["y"], "difference": v["x"] - v["y"]}
    >>> plus_minus(VValue({"x": {"a": 2}, "y": {"a": 1, "b": 1}}))
    VValue({'difference': {'a': 1, 'b': -1}, 'sum': {'a': 3, 'b': 1}})
    """

    def decorate(function: Callable[..., Any]) -> NeuronType:
        made = NeuronType(
            name=name or function.__name__,
            function=function,
            inputs=inputs,
            outputs=outputs,
            memory=Memory(*memory) if memory else None,
            additive=additive,
            source=source,
            sink=sink,
            late=tuple(dict.fromkeys((*late, *memory[:1])) if memory else late),
            stepwise=stepwise,
            ports=ports,
            parameters=MappingProxyType(_keyword_defaults(function)),
            ranges=MappingProxyType(dict(ranges)),
        )
        _require_consistent(made)
        _require_ranges(made)
        return made

    return decorate


def _keyword_defaults(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    keyword_only = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    for p in keyword_only:
        if p.default is inspect.Parameter.empty:
            raise TypeError(f"parameter {p.name!r} of neuron type {function.__name__!r} needs a default value")
    return {p.name: p.default for p in keyword_only}


def _like(default: Any, given: Any, name: str) -> Any:
    if isinstance(default, VValue):
        return VValue(given)
    if is_number(default) and not (is_number(given) and _is_finite(given)):
        found = repr(given) if len(repr(given)) <= MOST_SHOWN else "too large"
        raise ValueError(f"parameter {name!r} is {found}; give a finite number, like the default {default!r}")
    return given


def _is_finite(given: Any) -> bool:
    try:
        return math.isfinite(given)
    except OverflowError:  # a whole number beyond all floats
        return False


def _require_consistent(kind: NeuronType) -> None:
    """Refuse late inputs and a memory that the type does not have, and an additivity that a trial refutes."""
    for label in kind.late:
        if not kind.has_input(label) and (kind.memory is None or label != kind.memory.input):
            raise ValueError(f"neuron type {kind.name!r} has no input {label!r} that could be late; name one it has")
    if kind.memory is None:
        if kind.additive:
            raise ValueError(f"neuron type {kind.name!r} is additive in a memory it does not have; name its memory")
        return
    place, out = kind.memory
    if not kind.has_input(place) or not kind.has_output(out):
        raise ValueError(f"the memory of neuron type {kind.name!r} links {out!r} to {place!r}; it lacks one of them")
    if kind.additive:
        memory = VValue({":number": -3, "a": 2, "b": {"c": -5}})
        for x in (VValue(), VValue({"a": 7}), VValue({":number": 11, "b": {"c": 13}})):
            v = VValue().join(dict.fromkeys(kind.inputs or (place,), x))
            remembered = v + VValue().join({place: memory})
            if kind(remembered, **kind.parameters)[out] != kind(v, **kind.parameters)[out] + memory:
                raise ValueError(f"neuron type {kind.name!r} is not additive: f(v + m) is not f(v) + m; drop additive")


def _require_ranges(kind: NeuronType) -> None:
    """Refuse a range of a parameter that there is not, or that leaves out the default."""
    for name, allowed in kind.ranges.items():
        if name not in kind.parameters:
            raise ValueError(f"neuron type {kind.name!r} has no parameter {name!r} for this range; name one it has")
        if kind.parameters[name] not in allowed:
            found = f"parameter {name!r} of neuron type {kind.name!r} is {kind.parameters[name]!r} by default"
            raise ValueError(f"{found}; give {allowed}")
