"""The course of a live machine: its ticks, alone or in a thread, its past, and where edits come in between two ticks.

Verbs return one sentence about what happened, and raise `ValueError` with one about why it did not. All that decides
how the machine goes on is one frozen snapshot, which a tick or an edit replaces by the next: nothing is ever half done.
"""

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from dmm.interpret.cycle import read
from dmm.interpret.own_matrix import Governed
from dmm.live.editing import Answer
from dmm.live.snapshot import Snapshot, load_snapshot, save_snapshot
from dmm.live.turns import Pace, Turns
from dmm.vvalue.support import Path, show_path
from dmm.vvalue.tree import ZERO, VValue


class Record(NamedTuple):
    """What every neuron received and emitted in one tick of a live machine."""

    tick: int
    inputs: VValue
    outputs: VValue


class Course:
    """A live machine as it runs. Any thread may call any method."""

    def __init__(self, start: Snapshot, rate: float | None = None, history: int = 100):
        self._now = start
        self._machine, self._governed = start.machine, Governed(start.machine)
        self._past: deque[Record] = deque(maxlen=history)
        self._kept: dict[str, Snapshot] = {}
        self._pace = Pace(rate)
        self._running = False
        self._halted: str | None = None
        self._turns = Turns()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def now(self) -> Snapshot:
        """Where the machine stands."""
        return self._now

    @property
    def running(self) -> bool:
        """Whether it ticks by itself."""
        return self._running

    @property
    def halted(self) -> str | None:
        """Why it cannot go on, if it cannot."""
        return self._halted

    @property
    def past(self) -> tuple[Record, ...]:
        """The last ticks, as many as are kept, oldest first."""
        with self._turns:
            return tuple(self._past)

    def status(self) -> str:
        """What it is doing."""
        with self._turns:
            now, how = self._now, f"running {self._pace}" if self._running else "paused"
            waiting = {name: len(items) for name, items in now.inboxes.items() if items and name != now.update}
        parts = [f"tick {now.tick}", f"halted at {self._halted}" if self._halted else how]
        parts += [f"updates in flight: {len(now.in_flight)}"] if now.in_flight else []
        parts += [f"items that wait at {name}: {count}" for name, count in waiting.items()]
        return ", ".join(parts)

    # -- edits -----------------------------------------------------------------------------------------------------

    def edit(self, change: Callable[[Snapshot], Answer]) -> str:
        """Replace the snapshot by what `change` makes of it, between two ticks; refused edits leave it as it is."""
        with self._turns:
            self._require_going()
            self._now, said = change(self._now)
            return said

    def take(self, name: str) -> str:
        """Keep the snapshot under that name."""
        with self._turns:
            self._kept[name] = self._now
            return f"snapshot {name} of tick {self._now.tick}"

    def restore(self, name: str) -> str:
        """Go back to the snapshot of that name."""
        if name not in self._kept:
            raise ValueError(f"there is no snapshot {name!r}, there is {', '.join(self._kept) or 'none'}")
        return self.go_to(self._kept[name])

    def go_to(self, snapshot: Snapshot) -> str:
        """Go on from that snapshot; the history begins anew, and a machine that has halted may tick again."""
        with self._turns:
            self._now, self._halted = snapshot, None
            self._past.clear()
            return f"back at tick {snapshot.tick}" + (f", running {self._pace}" if self._running else "")

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the snapshot to a file."""
        snapshot = self._now
        try:
            save_snapshot(snapshot, path)
        except OSError as problem:
            reason = (problem.strerror or "cannot be written").lower()
            raise ValueError(f"{path}: {reason}; name a file in a folder that exists and can be written") from None
        return f"tick {snapshot.tick} is in {path}"

    def load(self, path: str | os.PathLike[str]) -> str:
        """Go on from the snapshot in a file."""
        return self.go_to(load_snapshot(path, self._now.machine.types))

    # -- time ------------------------------------------------------------------------------------------------------

    def step(self, ticks: int = 1) -> str:
        """Tick so many times, while it is paused; others may edit in between."""
        for _ in range(ticks):
            with self._turns:
                if self._running:
                    raise ValueError("the machine runs by itself; pause it first")
                self._require_going()
                self._tick()
                self._require_going()
        return f"tick {self._now.tick}: {read(self._now.machine, self._now.outputs)}"

    def start(self) -> str:
        """Tick by itself, in a thread, until it is paused, closed or halts."""
        with self._turns:
            self._require_going()
            if not self._running:
                self._running = True
                self._pace.begin(time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="dmm live", daemon=True)
                self._thread.start()
            self._woken.set()
            return f"running {self._pace}"

    def pause(self) -> str:
        """Tick no more; the tick in progress is finished first."""
        with self._turns:
            self._running = False
            self._woken.set()
            return f"paused at tick {self._now.tick}"

    def set_rate(self, rate: float | None) -> str:
        """Tick so many times a second while it runs; `None` is as fast as it can."""
        with self._turns:
            self._pace = Pace(rate)
            self._pace.begin(time.monotonic())
            self._woken.set()
            return f"{'running' if self._running else 'will run'} {self._pace}"

    def close(self) -> None:
        """Pause it and end its thread."""
        with self._turns:
            self._running = False
            thread, self._thread = self._thread, None
            self._woken.set()
        if thread is not None:
            thread.join()

    def _live(self) -> None:
        """What the thread does."""
        me = threading.current_thread()
        while True:
            with self._turns:
                if self._thread is not me:
                    return
                self._woken.clear()
                wait = self._pace.wait(time.monotonic()) if self._running else None
                if wait == 0:
                    self._tick()
                    self._pace.ticked(time.monotonic())
            if wait != 0:
                self._woken.wait(wait)

    def _tick(self) -> None:
        """One tick, or the halt of the machine, which stays as it was before that tick."""
        now = self._now
        if now.machine is not self._machine:
            self._machine, self._governed = now.machine, Governed(now.machine)
        active = now.matrix.children
        heard = {name: items[0] for name, items in now.inboxes.items() if items and name in active}
        try:
            inputs, outputs = self._governed.tick(now.outputs, lambda name: heard.get(name, ZERO), now.tick + 1)
            _require_finite(now.outputs, outputs)
        except Exception as problem:  # whatever a neuron type may raise
            self._halt(problem)
            return
        inboxes = {name: items[1:] if name in heard else items for name, items in now.inboxes.items()}
        self._now = replace(now, outputs=outputs, tick=now.tick + 1, inboxes=inboxes if heard else now.inboxes)
        self._past.append(Record(now.tick + 1, inputs, outputs))

    def _halt(self, problem: Exception) -> None:
        place = f"tick {self._now.tick + 1}: "
        said = str(problem) or type(problem).__name__
        self._halted = said if said.startswith(place) else place + said
        self._running = False

    def _require_going(self) -> None:
        if self._halted:
            raise ValueError(f"halted at {self._halted}; only a snapshot can be gone back to")


def _require_finite(before: VValue, after: VValue) -> None:
    path = _beyond(before, after, ())
    if path is not None:
        raise ValueError(f"{show_path(path)} is beyond all numbers; look for a circle of links that makes it grow")


def _beyond(before: VValue, after: VValue, path: Path) -> Path | None:
    """Where a number is not finite; what is the same as before is not looked into."""
    if not _is_finite(after.scalar):
        return path
    old = before.children
    for label, child in after.children.items():
        if child is not old.get(label):
            found = _beyond(old.get(label, ZERO), child, (*path, label))
            if found is not None:
                return found
    return None


def _is_finite(number: Any) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float can hold
        return False
