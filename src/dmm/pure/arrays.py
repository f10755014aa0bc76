"""Arrays as V-values and back: the matrices of a pure machine are V-values like any other."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dmm.vvalue.tree import VValue


def array_to_vvalue(array: ArrayLike) -> VValue:
    """The V-value with every element under the path of its indices, as strings.

    A matrix of a pure machine gets paths (input, output); all its outputs, paths (output, input, output). The down
    movement is then the interpreter's, level 1: `matrix.apply_matrix(outputs, 1)`. A number that is not finite raises
    `ValueError`.

    >>> print(array_to_vvalue([[0.0, 2.0], [1.5, 0.0]]))
    {"0": {"1": 2}, "1": {"0": 1.5}}
    """
    numbers = np.asarray(array)
    return VValue.from_paths(
        {tuple(map(str, place)): numbers[place].item() for place in zip(*np.nonzero(numbers), strict=True)}
    )


def vvalue_to_array(v: VValue, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The float32 array of this shape whose elements are the leaves of `v`; `array_to_vvalue` turns it back.

    A path that is no place in the array raises `ValueError`.

    >>> vvalue_to_array(VValue({"0": {"1": 2}}), (2, 2))
    array([[0., 2.],
           [0., 0.]], dtype=float32)
    """
    places = {tuple(map(str, place)): place for place in np.ndindex(*shape)}
    array = np.zeros(shape, np.float32)
    for path, number in v.items():
        place: Any = places.get(path)
        if place is None:
            raise ValueError(f"there is no place {'.'.join(path)!r} in an array of shape {shape}; take a larger shape")
        array[place] = number
    return array
