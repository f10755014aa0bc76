"""Ctrl-C without harm: noted when it comes, obeyed between two steps.

An exception in the middle of a compiled call can crash the process when it exits; a second Ctrl-C takes that risk.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether Ctrl-C was pressed; `check` raises `KeyboardInterrupt` if it was."""

    def __init__(self) -> None:
        self.pressed = False

    def note(self, _signal: int, _frame: FrameType | None) -> None:
        """Note a first Ctrl-C; raise at the second."""
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        print("\nstopping after this step; press Ctrl-C again to stop at once", file=sys.stderr)

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C was pressed."""
        if self.pressed:
            raise KeyboardInterrupt


@contextmanager
def noted_interruption() -> Iterator[Interruption]:
    """Note Ctrl-C instead of raising it, for as long as the context lasts."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():  # only the main thread may handle signals
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption.note)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
