"""The progress of a synthesis on a terminal."""

import time
from typing import TYPE_CHECKING, Self

from dmm.synthesis.live import done, in_a_line

if TYPE_CHECKING:
    from dmm.synthesis.position import Progress


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
        self.bar.update(self.line, description=in_a_line(progress), completed=done(progress, self.most))

    def _keep(self) -> None:
        if self.last:
            seconds = time.perf_counter() - self.began
            self.bar.console.print(f"{in_a_line(self.last)}  after {seconds:.1f} s", highlight=False)
