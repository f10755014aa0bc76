"""One call for both engines: the interpreter, which is the meaning, and the compiler, which is the speed."""

from collections.abc import Iterable

from dmm.machine.machine import Machine
from dmm.vvalue.support import Support
from dmm.vvalue.tree import VValue

ENGINES = ("compile", "interpret")
DTYPES = ("float32", "float64")


def run(
    machine: Machine, stream: Iterable[VValue], *, engine: str = "interpret", dtype: str = "float64"
) -> list[VValue]:
    """The machine's answers to a stream, one a tick, from all outputs zero.

    `engine` is "interpret" (any machine) or "compile" (fast, for machines whose supports settle), `dtype` the
    precision of the arithmetic, "float32" or "float64". `ValueError` for another one, or a machine that cannot run.

    >>> from dmm.tasks.duplicates import teacher
    >>> from dmm.tasks.streams import characters
    >>> print(*run(teacher(), characters("aab.", ticks=9)), sep="; ")
    0; 0; 0; 0; 0; {dict-1: 1}; {dict-1: 1, dict-2: 1}; {dict-1: 1, dict-2: 2}; {dict-1: 1, dict-2: 3}
    """
    stream = [VValue(item) for item in stream]
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    if dtype not in DTYPES:
        raise ValueError(f"there is no dtype {dtype!r}; choose one of {', '.join(DTYPES)}")
    if engine == "interpret":
        import numpy as np

        from dmm.interpret.cycle import run as interpret

        with np.errstate(over="ignore", invalid="ignore"):  # too large is infinite, without remarks, as compiled
            return interpret(machine, stream, number=np.dtype(dtype).type)[0]
    import jax

    from dmm.compile.pipeline import compile_machine

    with jax.enable_x64(dtype == "float64"):
        support = Support(path for item in stream for path, _ in item.items())
        return compile_machine(machine, support).run(stream)[0]


def too_large(tick: int, dtype: str) -> FloatingPointError:
    """The error that an answer has left the range of the arithmetic, to be raised by whoever needs finite answers."""
    remedy = "take float64 or a shorter stream" if dtype == "float32" else "take a shorter stream"
    return FloatingPointError(f"the answer at tick {tick} is too large for {dtype}; {remedy}")
