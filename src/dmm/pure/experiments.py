"""The published experiments with pure machines, by name.

Source: A. Bukatin and colleagues (github: anhinga/fluid), Lightweight_Pure_DMMs of August 2016 and game_of_afterlife of
2018.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from dmm.pure.activations import Activation
from dmm.pure.java_random import JavaRandom
from dmm.pure.machine import Array, PureMachine

SMALL, LARGE = (11, 12), (23, 24)  # outputs, inputs
SMALL_SEED, LARGE_SEED = 746484, 300032
ORDER_OF_DRAWING = (0, 1, 2, 3, 4, 8, 5, 6, 9, 10, 7)  # of the small outputs, element by element

PLAIN: Mapping[int, str] = MappingProxyType(
    {0: "sum", 2: "sum", 4: "product", 6: "product", 8: "maximum", 10: "maximum"}
)
LIFE: Mapping[int, str] = MappingProxyType({0: "sum", **dict.fromkeys((2, 4, 6, 8, 10), "pseudoconway")})

ENDING = (
    (12, "pseudoconway", 600),
    (12, "product", 800),
    (10, "product", 1000),
    (14, "sum", 1200),
    (16, "sum", 1400),
    (18, "maximum", 1600),
    (20, "maximum", 1800),
)


def aug_25() -> PureMachine:
    """A network that extinguishes itself: the rows below the first shrink as the square root of 10 over the tick."""
    return _by_hand({(0, 1, 2): -0.1})


def aug_26() -> PureMachine:
    """A weight that output 1 takes away and gives back, tick after tick: W[1, 1] alternates between 1 and -1."""
    return _by_hand({(0, 1, 1): 1, (1, 1, 1): -2})


def aug_27() -> PureMachine:
    """A wave in row 1 of the network matrix: its only 1 moves from column 1 to 3, 5, 7, 9, and to 1 again."""
    columns = (1, 3, 5, 7, 9)
    off = {(column, 1, column): -1 for column in columns}
    on = {(column, 1, then): 1 for column, then in zip(columns, (*columns[1:], columns[0]), strict=True)}
    return _by_hand({(0, 1, 1): 1, **off, **on})


def afterlife_9_1(seed: int = SMALL_SEED) -> PureMachine:
    """Sums, products and maxima of random matrices, squeezed and accumulated: phases of little and of much change."""
    return after_life(random_outputs(JavaRandom(seed), *SMALL, ORDER_OF_DRAWING), PLAIN)


def conway_1(seed: int = SMALL_SEED) -> PureMachine:
    """Five soft Games of Life in a small network; the mean of its inputs tips between two signs."""
    return after_life(random_outputs(JavaRandom(seed), *SMALL, ORDER_OF_DRAWING), LIFE)


def conway_2(seed: int = LARGE_SEED) -> PureMachine:
    """The same in a network of 24 inputs and 23 outputs."""
    return after_life(random_outputs(JavaRandom(seed), *LARGE), LIFE)


def conway_3(seed: int = LARGE_SEED) -> PureMachine:
    """The machine of `conway_2`; the publication draws it in another way."""
    return conway_2(seed)


def conway_4(seed: int = LARGE_SEED) -> PureMachine:
    """Constants that come to life one after the other and then change what they do; published for 2600 ticks."""
    return _with_schedule(seed, (50, 100, 150, 200, 350), ((20, "negation", 2000), (18, "negation", 2200)))


def conway_5(seed: int = LARGE_SEED) -> PureMachine:
    """As `conway_4`, at other times; published for 2610 ticks, with sound."""
    return _with_schedule(seed, (100, 150, 200, 250, 400), ((20, "negation", 1900), (18, "negation", 2100)))


PURE_EXPERIMENTS: Mapping[str, Callable[[], PureMachine]] = MappingProxyType(
    {
        "aug_25": aug_25,
        "aug_26": aug_26,
        "aug_27": aug_27,
        "afterlife_9_1": afterlife_9_1,
        "conway_1": conway_1,
        "conway_2": conway_2,
        "conway_3": conway_3,
        "conway_4": conway_4,
        "conway_5": conway_5,
    }
)
"""The machines of the published experiments, by name; those of random numbers also take a `seed`."""


def random_outputs(java: JavaRandom, n_outputs: int, n_inputs: int, order: Sequence[int] | None = None) -> Array:
    """Outputs in [-1, 1) with W[0, 0] = 1: element by element, drawn for one output after the other, in this `order`.

    >>> random_outputs(JavaRandom(300032), 2, 3).shape
    (2, 3, 2)
    """
    drawn = java.random(2, size=(n_inputs, n_outputs, n_outputs)) - np.float32(1)
    outputs = np.empty((n_outputs, n_inputs, n_outputs), np.float32)
    outputs[list(order or range(n_outputs))] = np.moveaxis(drawn, -1, 0)
    outputs[0, 0, 0] = 1
    return outputs


def after_life(outputs: Array, activations: Mapping[int, str | Activation]) -> PureMachine:
    """The machine with these activations by output, squeezed, and with inputs that accumulate."""
    return _with_activations(PureMachine(outputs, squeeze=True, accumulate=True), activations)


def _by_hand(elements: Mapping[tuple[int, int, int], float]) -> PureMachine:
    """The machine of August 2016 with these elements (output, row, column), and a few that are there for decoration."""
    outputs = np.zeros((SMALL[0], SMALL[1], SMALL[0]), np.float32)
    for place, number in {(0, 0, 0): 1, (0, 2, 0): 0.5, (0, 4, 0): 0.5, (0, 5, 0): 0.5, **elements}.items():
        outputs[place] = number
    return _with_activations(PureMachine(outputs), PLAIN)


def _with_activations(machine: PureMachine, activations: Mapping[int, str | Activation]) -> PureMachine:
    for output, activation in activations.items():
        machine = machine.add(output, activation)
    return machine


def _with_schedule(seed: int, births: Sequence[int], negations: Sequence[tuple[int, str, int]]) -> PureMachine:
    """The large machine whose Games of Life begin after these ticks; then others act in their places."""
    machine = after_life(random_outputs(JavaRandom(seed), *LARGE), {0: "sum"})
    lives = [(output, "pseudoconway", after) for output, after in zip((2, 4, 6, 8, 10), births, strict=True)]
    for output, activation, after in (*lives, *ENDING, *negations):
        machine = machine.add(output, activation, after=after)
    return machine
