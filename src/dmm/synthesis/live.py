"""The progress of a synthesis for people: a moment in a line, and lines that move in a notebook.

In a notebook, `synthesise` and `resume` show their progress unless somebody listens; on a terminal, `dmm synth` does.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dmm.synthesis.position import Progress

EVERY = 0.2  # seconds between two updates of a notebook

_PARTS = {  # of an attempt, by stage: where it begins, and how much of it there is
    "warm up": (0.0, 0.1), "cut": (0.1, 0.5), "fit": (0.6, 0.02), "probe": (0.62, 0.01),
    "learn": (0.63, 0.01), "refine": (0.65, 0.2), "settle": (0.85, 0.02),
    "challenge": (0.87, 0.02), "mend": (0.87, 0.02), "rewire": (0.9, 0.02), "judge": (0.93, 0.02), "thin": (0.96, 0.04),
}  # fmt: skip


def in_a_line(progress: "Progress") -> str:
    """A moment of a synthesis in words."""
    learned = f"  {progress.challenges} learned" if progress.challenges else ""
    moment = f"{progress.stage.value:<9} attempt {progress.attempt}  step {progress.steps:>6}"
    return f"{moment}  loss {progress.loss:<9.3g} links {progress.links:>5}{learned}"


def done(progress: "Progress", most: int) -> float:
    """A guess at the part of an attempt that is done: by the stage, and the logarithm of the links that are left."""
    start, width = _PARTS[progress.stage]
    shrunk = math.log(most / max(progress.links, 1)) / math.log(max(most, 2))
    return start + width * min(1.0, shrunk)


@contextmanager
def followed(listen: Callable[["Progress"], None] | None) -> Iterator[Callable[["Progress"], None] | None]:
    """Within it, whoever listens hears of progress; where nobody does, and this is a notebook, that shows it."""
    if listen is not None or not in_a_notebook():
        yield listen
        return
    lines = NotebookLines()
    try:
        yield lines.show
    finally:
        lines.end()


def in_a_notebook() -> bool:
    """Whether this is the kernel of a notebook."""
    found = sys.modules.get("IPython")
    return found is not None and getattr(found.get_ipython(), "kernel", None) is not None


class NotebookLines:
    """A bar with a line in a notebook's output; at the end, a folded line for every stage takes its place."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.shown = -math.inf
        self.last: Progress | None = None
        self.most = 1  # links when the attempt began
        self.kept: list[str] = []
        self.handle: Any = None

    def show(self, progress: "Progress") -> None:
        """Show a moment of the search."""
        if self.last and (self.last.stage, self.last.attempt) != (progress.stage, progress.attempt):
            self._keep()
        self.last, self.most = progress, max(self.most, progress.links)
        now = time.perf_counter()
        if now - self.shown >= EVERY:
            self.shown = now
            line = in_a_line(progress)
            bar = f'<progress max="1" value="{done(progress, self.most):.3f}"></progress>'
            self._display(line, f"{bar} <code>{escape(line)}</code>")

    def end(self) -> None:
        """Leave what was done, stage by stage."""
        if self.last is None:
            return
        self._keep()
        head = f"{len(self.kept)} stages in {time.perf_counter() - self.began:.1f} s"
        text = "\n".join(self.kept)
        page = f"<details><summary>{head}</summary><pre>{escape(text)}</pre></details>"
        self._display(f"{head}\n{text}", page)

    def _keep(self) -> None:
        if self.last:
            self.kept.append(f"{in_a_line(self.last)}  after {time.perf_counter() - self.began:.1f} s")

    def _display(self, text: str, page: str) -> None:
        display = import_module("IPython.display").display  # there it is; dmm itself does not need it
        shown = {"text/plain": text, "text/html": page}
        if self.handle is None:
            self.handle = display(shown, raw=True, display_id=True)
        else:
            self.handle.update(shown, raw=True)
