"""The progress of a synthesis on a terminal."""

import math
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from dmm.synthesis.position import Progress

_PARTS = {  # of an attempt, by stage: where it begins, and how much of it there is
    "warm up": (0.0, 0.1), "cut": (0.1, 0.5), "fit": (0.6, 0.02), "probe": (0.62, 0.01),
    "learn": (0.63, 0.01), "refine": (0.65, 0.2), "settle": (0.85, 0.02),
    "challenge": (0.87, 0.02), "mend": (0.87, 0.02), "rewire": (0.9, 0.02), "judge": (0.93, 0.02), "thin": (0.96, 0.04),
}  # fmt: skip


class Display:
    """One live line of progress, and a line that stays for every stage that ends."""

    def __init__(self, *, shown: bool):
        self.shown = shown
        self.began = time.perf_counter()
        self.last: Progress | None = None
        self.most = 1  # links when the attempt began

    def __enter__(self) -> Self:
        if self.shown:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn())
            self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self.line = self.bar.add_task("compiling the template", total=1.0)
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self._keep()
            self.bar.stop()

    def show(self, progress: "Progress") -> None:
        """Show a moment of the search."""
        if not self.shown:
            return
        if self.last and (self.last.stage, self.last.attempt) != (progress.stage, progress.attempt):
            self._keep()
        self.last = progress
        self.most = max(self.most, progress.links)
        self.bar.update(self.line, description=self._text(progress), completed=done(progress, self.most))

    def _keep(self) -> None:
        if self.last:
            seconds = time.perf_counter() - self.began
            self.bar.console.print(f"{self._text(self.last)}  after {seconds:.1f} s", highlight=False)

    def _text(self, p: "Progress") -> str:
        learned = f"  {p.challenges} learned" if p.challenges else ""
        moment = f"{p.stage.value:<9} attempt {p.attempt}  step {p.steps:>6}"
        return f"{moment}  loss {p.loss:<9.3g} links {p.links:>5}{learned}"


def done(progress: "Progress", most: int) -> float:
    """A guess at the part of an attempt that is done: by the stage, and the logarithm of the links that are left."""
    start, width = _PARTS[progress.stage]
    shrunk = math.log(most / max(progress.links, 1)) / math.log(max(most, 2))
    return start + width * min(1.0, shrunk)
