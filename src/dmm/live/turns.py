"""A lock that is fair, and when ticks are due.

A thread that ticks as fast as it can asks for its lock again at once; with a lock of Python's own, others might wait
for seconds.
"""

import math
import threading
from collections import deque
from typing import Any

from dmm.vvalue.numbers import is_number

MOST_LATE = 1.0  # seconds that a thread may be behind; what it missed beyond that is not made up for


class Turns:
    """A lock: whoever asks first has the next turn. One thread may not ask again while it has its turn.

    >>> turns = Turns()
    >>> with turns:
    ...     print("mine")
    mine
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._waiting: deque[object] = deque()

    def __enter__(self) -> None:
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            try:
                while self._waiting[0] is not mine:
                    self._changed.wait()
            except BaseException:  # Ctrl-C: who waits no more must not hold up the others
                self._waiting.remove(mine)
                self._changed.notify_all()
                raise

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._waiting.popleft()
            self._changed.notify_all()


class Pace:
    """When the next tick is due, at `rate` ticks a second; `None` is as fast as can be. Times are in seconds.

    Ticks are due at whole multiples of their distance from the first, however late each of them comes.

    >>> pace = Pace(10)
    >>> pace.begin(100.0)
    >>> pace.wait(100.0), pace.wait(99.75)
    (0.0, 0.25)
    >>> pace.ticked(100.02)
    >>> round(pace.wait(100.02), 9)
    0.08
    """

    def __init__(self, rate: float | None):
        self.rate = checked_rate(rate)
        self._first = 0.0
        self._ticks = 0

    def begin(self, now: float) -> None:
        """The next tick is due at once, and is the first."""
        self._first, self._ticks = now, 0

    def wait(self, now: float) -> float:
        """The seconds until the next tick is due."""
        return 0.0 if self.rate is None else max(0.0, self._first + self._ticks / self.rate - now)

    def ticked(self, now: float) -> None:
        """A tick was done at that time."""
        self._ticks += 1
        if self.rate is not None and now - (self._first + self._ticks / self.rate) > MOST_LATE:
            self.begin(now)

    def __str__(self) -> str:
        return "as fast as it can" if self.rate is None else f"at {self.rate:g} ticks a second"


def checked_rate(rate: Any) -> float | None:
    """A rate as a float; `ValueError` for what is none."""
    if rate is None:
        return None
    if not is_number(rate) or not math.isfinite(rate) or rate <= 0:
        raise ValueError(f"{rate!r} is no rate; give a number of ticks a second above 0, or none for no limit")
    return float(rate)
