"""Two machines side by side, in the interpreter, in float64."""

from dmm import run


def differences(machine, teacher, stream):
    """The answers of the machine minus those of the teacher, tick by tick."""
    return [a - b for a, b in zip(run(machine, stream), run(teacher, stream), strict=True)]


def max_error(machine, teacher, stream):
    """The largest absolute difference of their answers."""
    return max(float(difference.max_norm()) for difference in differences(machine, teacher, stream))
