"""What a synthesis will do, said before anything long starts."""

from typing import Any, NamedTuple

from dmm.gradients.base import Gradient, megabytes
from dmm.gradients.choice import choose
from dmm.gradients.memory import Size, default_memory
from dmm.gradients.ways import stepwise
from dmm.synthesis.settings import Settings
from dmm.synthesis.workbench import Workbench
from dmm.tasks.task import Task
from dmm.vvalue.flat import FlatVValue


class Explanation(NamedTuple):
    """The size of a synthesis, its gradient and the memory of a step of training of its template, predicted.

    `bytes` are those of one step; `memory` is what it may take. `why` says what a measurement found, where there was
    one. Printed, it is for people.
    """

    neurons: int
    links: int
    size: Size
    gradient: Gradient
    why: str
    memory: int

    @property
    def fits(self) -> bool:
        """Whether a step is predicted to take no more than it may."""
        return self.bytes <= self.memory

    @property
    def bytes(self) -> int:
        """What a step is predicted to take."""
        return self.gradient.bytes(self.size)

    def __str__(self) -> str:
        size = self.size
        lines = [
            f"template: {self.neurons} neurons, {self.links} links",
            f"data: {size.streams} streams of {size.ticks} ticks, trained {size.members} at a time",
            f"gradient: {self.gradient.explain(size)}",
            *([f"because {self.why}"] if self.why else []),
            f"memory: {megabytes(self.bytes)} a step of {megabytes(self.memory)} that it may take",
        ]
        if not self.fits:
            lines.append("this does not fit: give more with --memory, or shorter streams")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """What `dmm synth --explain --json` prints."""
        plain = {"neurons": self.neurons, "links": self.links, "streams": self.size.streams, "ticks": self.size.ticks}
        return {
            **plain, "members": self.size.members, "gradient": repr(self.gradient), "why": self.why,
            "bytes": self.bytes, "memory": self.memory,
        }  # fmt: skip


def explain(task: Task, *, seed: int = 0, settings: Settings | None = None, measure: bool = False) -> Explanation:
    """What a synthesis would start with.

    With `measure`, the gradient is chosen by measurement, which takes seconds; else it is that of the settings.
    `ValueError` as in `synthesise`.

    >>> from dmm.tasks.duplicates import DUPLICATES
    >>> explained = explain(DUPLICATES, settings=Settings(memory=2**30))
    >>> explained.links, explained.size.streams, explained.gradient, explained.fits
    (1486, 4, Reverse(piece=None), True)
    """
    settings = settings or Settings()
    memory = settings.memory or default_memory()
    bench = Workbench(task, seed, settings)
    position = bench.start()
    trainer = bench.trainer(position)
    size = trainer.size(trainer.data, settings.population)
    gradient, why = bench.gradient, ""
    if measure or (settings.gradient is None and stepwise(bench.template)):
        weights = FlatVValue(trainer.arrays([position.machine.matrix]).leaves[0], trainer.links)
        gradient, why = choose(trainer.program, weights, trainer.data, memory)
    return Explanation(
        len(bench.template.neurons), len(trainer.links), size, gradient.fitted(size, memory), why, memory
    )
