"""The lightweight pure machine: every stream is a matrix of the shape of the network matrix, which is one of them.

Output 0 is the network matrix W, a row an input and a column an output. Down movement: every input becomes the sum of
all outputs, each times its weight in W. Up movement: activations make new outputs of inputs; what no activation makes
stays as it is. Then come the post-steps of the experiments: a first row that is held, and the squeeze.

Source: Bukatin, Matthews, Radul, "Notes on pure dataflow matrix machines" (arXiv:1610.00831); float32 and the order of
operations are those of the experiments of 2016 to 2018 (github: anhinga/fluid).
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dmm.pure.activations import ACTIVATIONS, Activation

Array = Any  # of NumPy or of JAX


class PureState(NamedTuple):
    """How many ticks have passed, and what every input and output holds.

    `inputs` has shape (..., n_inputs, n_inputs, n_outputs), `outputs` (..., n_outputs, n_inputs, n_outputs).
    """

    tick: Any
    inputs: Array
    outputs: Array

    @property
    def matrix(self) -> Array:
        """The network matrix: output 0."""
        return self.outputs[..., 0, :, :]

    def cloned(self, member: int) -> Self:
        """The ensemble in which every member has the outputs of this one, along the first axis."""
        return self._replace(outputs=np.broadcast_to(self.outputs[member], self.outputs.shape))

    def checksums(self) -> tuple[int, int]:
        """CRC-32 of the outputs and of the inputs, as little-endian float32 with 0 for -0; published runs list them."""
        crcs = [zlib.crc32((np.asarray(x, "<f4") + np.float32(0)).tobytes()) for x in (self.outputs, self.inputs)]
        return crcs[0], crcs[1]


class PureTick(NamedTuple):
    """One tick: what the two movements made, and the state that the post-steps leave for the next tick."""

    moved: PureState
    state: PureState


@dataclass(frozen=True)
class PureNeuron:
    """An activation that makes output `output` of `inputs` in every tick later than tick `after`."""

    output: int
    activation: Activation
    inputs: tuple[int, ...]
    after: int = 0

    def __str__(self) -> str:
        name = next((name for name, known in ACTIVATIONS.items() if known == self.activation), str(self.activation))
        begins = f", from tick {self.after + 1}" if self.after else ""
        return f"output {self.output} = {name} of {' and '.join(f'input {i}' for i in self.inputs)}{begins}"


@dataclass(frozen=True, eq=False)
class PureMachine:
    """Initial outputs, and the neurons that make new ones. Every verb returns a new machine.

    `initial` holds all outputs before the first tick, float32 of shape (n_outputs, n_inputs, n_outputs); with more axes
    in front it is an ensemble, whose members move side by side. Of several neurons that share an output, the one that
    began last acts. With `fixed_row`, row 0 of every network matrix that a neuron makes is (1, 0, ..., 0), so that
    input 0 is the network matrix itself. With `squeeze`, every input and output is divided by its largest absolute
    element after each tick, where that is not 0, and W[0, 0] is 1 again. With `accumulate`, inputs are added to what
    they held, instead of starting from 0.

    Initial outputs of another shape, or that are not finite, raise `ValueError`.

    >>> outputs = np.zeros((2, 3, 2))
    >>> outputs[0, 0, 0] = outputs[0, 1, 1] = outputs[1, 2, 1] = 1
    >>> machine = PureMachine(outputs).add(0, "sum")
    >>> [float(tick.state.matrix[2, 1]) for tick in machine.trace(3)]
    [1.0, 2.0, 3.0]
    >>> print(machine)
    3 inputs, 2 outputs, row 0 fixed
    output 0 = sum of input 0 and input 1
    """

    initial: NDArray[np.float32] = field(repr=False)
    neurons: tuple[PureNeuron, ...] = ()
    fixed_row: bool = True
    squeeze: bool = False
    accumulate: bool = False

    def __post_init__(self) -> None:
        initial = np.array(self.initial, np.float32)
        if initial.ndim < 3 or initial.shape[-3] != initial.shape[-1] or 0 in initial.shape:
            raise ValueError(
                f"initial outputs of shape {initial.shape} do not make a pure machine, where every output is a matrix "
                "of inputs by outputs; give an array of shape (outputs, inputs, outputs)"
            )
        if not np.isfinite(initial).all():
            raise ValueError("some initial outputs are not finite in float32; give finite numbers")
        initial.flags.writeable = False
        object.__setattr__(self, "initial", initial)

    # -- verbs -----------------------------------------------------------------------------------------------------

    def add(
        self, output: int, activation: str | Activation, inputs: tuple[int, ...] | None = None, *, after: int = 0
    ) -> "PureMachine":
        """With one more neuron; unless `inputs` are given, they are those from the number of the output on.

        `ValueError` for an unknown activation, an output or input that is not there, and an output that another neuron
        makes from the same tick on.
        """
        if isinstance(activation, str):
            if activation not in ACTIVATIONS:
                raise ValueError(f"there is no activation {activation!r}; choose one of {', '.join(ACTIVATIONS)}")
            activation = ACTIVATIONS[activation]
        read = tuple(range(output, output + activation.ports)) if inputs is None else tuple(inputs)
        name = type(activation).__name__
        if not 0 <= output < self.n_outputs:
            raise ValueError(f"{name} cannot make output {output}; the outputs are 0 to {self.n_outputs - 1}")
        if len(read) != activation.ports:
            raise ValueError(f"{name} at output {output} reads {activation.ports} inputs, not {read}; give as many")
        if not all(0 <= i < self.n_inputs for i in read):
            raise ValueError(f"{name} at output {output} reads inputs {read}; the inputs are 0 to {self.n_inputs - 1}")
        if any((there.output, there.after) == (output, after) for there in self.neurons):
            raise ValueError(f"output {output} has a neuron from tick {after + 1} on; begin {name} in another tick")
        grown = (*self.neurons, PureNeuron(output, activation, read, after))
        return replace(self, neurons=tuple(sorted(grown, key=lambda neuron: (neuron.after, neuron.output))))

    def with_initial(self, outputs: ArrayLike) -> "PureMachine":
        """The same neurons and post-steps, starting from other outputs, or from those of an ensemble."""
        return replace(self, initial=np.asarray(outputs))

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def n_inputs(self) -> int:
        """How many inputs there are: the rows of every matrix."""
        return int(self.initial.shape[-2])

    @property
    def n_outputs(self) -> int:
        """How many outputs there are: the columns of every matrix."""
        return int(self.initial.shape[-1])

    def __str__(self) -> str:
        """One line for the machine, and one for each neuron."""
        posts = {"squeezed": self.squeeze, "accumulated": self.accumulate, "row 0 fixed": self.fixed_row}
        head = [f"{self.n_inputs} inputs, {self.n_outputs} outputs", *(name for name, there in posts.items() if there)]
        return "\n".join([", ".join(head), *map(str, self.neurons)])

    # -- running ---------------------------------------------------------------------------------------------------

    def start(self) -> PureState:
        """The state before the first tick: all inputs are 0."""
        shape = (*self.initial.shape[:-3], self.n_inputs, self.n_inputs, self.n_outputs)
        return PureState(0, np.zeros(shape, np.float32), self.initial)

    def tick(self, state: PureState) -> PureTick:
        """The tick after `state`, in NumPy: float32, and every addition in the order of the published programs."""
        number, held, outputs = int(state.tick) + 1, np.asarray(state.inputs), np.asarray(state.outputs)
        inputs = down(outputs, held if self.accumulate else np.zeros_like(held))
        moved = PureState(number, inputs, up(self, number, inputs, outputs))
        return PureTick(moved, settle(self, moved))

    def trace(self, ticks: int, state: PureState | None = None) -> Iterator[PureTick]:
        """So many ticks, one by one, from the start or from `state` on."""
        state = self.start() if state is None else state
        for _ in range(ticks):
            tick = self.tick(state)
            yield tick
            state = tick.state

    def run(self, ticks: int, state: PureState | None = None) -> PureState:
        """The state after so many ticks; give it back to go on from there."""
        state = self.start() if state is None else state
        for tick in self.trace(ticks, state):
            state = tick.state
        return state


def down(outputs: Array, before: Array) -> Array:
    """The down movement, in NumPy: to each input `before`, all outputs are added, times their weights in output 0.

    Output after output, each product rounded before it is added. A weight of 0 adds nothing, not even to infinity.
    """
    inputs, weights = before.copy(), outputs[..., 0, :, :]
    finite = bool(np.isfinite(outputs).all())
    for j in range(outputs.shape[-3]):
        weight = weights[..., j, None, None]
        if weight.any():
            product = weight * outputs[..., j, None, :, :]
            inputs += product if finite else np.where(weight != 0, product, np.float32(0))
    return inputs


def up(machine: PureMachine, tick: Any, inputs: Array, outputs: Array) -> Array:
    """The up movement: neurons make new outputs of inputs; in NumPy, where `tick` is known, only those that act."""
    xp = inputs.__array_namespace__()
    known = isinstance(tick, int)
    acting = {x.output: x for x in machine.neurons if x.after < tick}.values() if known else machine.neurons
    alike: dict[tuple[Activation, int], list[PureNeuron]] = {}
    for neuron in acting:
        alike.setdefault((neuron.activation, 0 if known else neuron.after), []).append(neuron)
    made = [outputs[..., k, :, :] for k in range(machine.n_outputs)]
    for (activation, after), neurons in alike.items():
        ports = zip(*(neuron.inputs for neuron in neurons), strict=True)
        new = activation(tick, *(inputs[..., list(port), :, :] for port in ports))
        for place, neuron in enumerate(neurons):
            k, matrix = neuron.output, new[..., place, :, :]
            if k == 0 and machine.fixed_row:
                matrix = with_fixed_row(matrix)
            made[k] = xp.where(tick > after, matrix, made[k]) if after else matrix
    return xp.stack(made, axis=-3)


def with_fixed_row(matrix: Array) -> Array:
    """The matrix with (1, 0, ..., 0) as its row 0."""
    xp = matrix.__array_namespace__()
    row = [xp.ones_like(matrix[..., :1, :1]), xp.zeros_like(matrix[..., :1, 1:])]
    return xp.concatenate([xp.concatenate(row, axis=-1), matrix[..., 1:, :]], axis=-2)


def settle(machine: PureMachine, moved: PureState, held: Callable[[Array], Array] = lambda x: x) -> PureState:
    """The state that the post-steps leave: squeezed, where the machine is; for `held` see `squeezed`."""
    if not machine.squeeze:
        return moved
    outputs = squeezed(moved.outputs, held)
    if machine.fixed_row:
        xp = outputs.__array_namespace__()
        corner = np.zeros(outputs.shape, bool)
        corner[..., 0, 0, 0] = True
        outputs = xp.where(corner, xp.ones_like(outputs), outputs)
    return PureState(moved.tick, squeezed(moved.inputs, held), outputs)


def squeezed(matrices: Array, held: Callable[[Array], Array] = lambda x: x) -> Array:
    """Every matrix divided by its largest absolute element, if that is not 0; `held` may keep the divisors as they are.

    The published programs have NaN in place of such a zero matrix; none of their runs meets one.

    >>> squeezed(np.array([[1.0, -4.0], [2.0, 0.0]]))
    array([[ 0.25, -1.  ],
           [ 0.5 ,  0.  ]])
    """
    xp = matrices.__array_namespace__()
    largest = xp.max(xp.abs(matrices), axis=(-2, -1), keepdims=True)
    largest = xp.where(largest == 0, xp.ones_like(largest), largest)
    return matrices / held(xp.broadcast_to(largest, matrices.shape))
