"""The search: from a template to a circuit in small units of work, each from one position to the next.

Any position can be written to disk and taken up again. The template is trained (`warm up`), and links are cut (`cut`).
What is left must fit the examples (`fit`), and learns from random streams on which it errs most (`probe`, `learn`).
Links are tried one by one (`refine`), and the rest is brought to its minimum and simplified (`settle`). The circuit is
challenged by short streams (`challenge`); one on which it is wrong joins the data, and training goes on (`mend`). Then
smaller circuits that do the same are sought (`rewire`), the verdict is spoken (`judge`), and the front of smaller
circuits that do less is laid out (`thin`). What leads nowhere ends an attempt, and another starts from other weights.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dmm.synthesis import finishing, shrinking
from dmm.synthesis.position import Position, Stage
from dmm.synthesis.workbench import Workbench

Work = Callable[[Workbench, Position], Position]

STAGES: Mapping[Stage, Work] = MappingProxyType(
    {
        Stage.WARM_UP: shrinking.warm_up,
        Stage.CUT: shrinking.cut,
        Stage.FIT: shrinking.fit,
        Stage.PROBE: shrinking.probe,
        Stage.LEARN: shrinking.learn,
        Stage.REFINE: shrinking.refine,
        Stage.SETTLE: finishing.settle,
        Stage.CHALLENGE: finishing.challenge,
        Stage.MEND: finishing.mend,
        Stage.REWIRE: finishing.rewire,
        Stage.JUDGE: finishing.judge,
        Stage.THIN: finishing.thin,
    }
)
"""What each stage does; a table of one's own makes another search of the same parts."""


def advance(bench: Workbench, position: Position, stages: Mapping[Stage, Work] = STAGES) -> Position:
    """The position after one more unit of work."""
    bench.tell(position, position.steps, position.loss, position.links)
    return stages[position.stage](bench, position)


def knows(bench: Workbench, position: Position) -> bool:
    """Whether the position's neurons and links are those that its attempt is about."""
    whole = bench.space(position.attempt)
    machines = [machine for machine in (position.machine, position.trunk) if machine is not None]
    return set(position.workspace) <= set(whole.neurons) and all(
        set(machine.neurons) <= set(whole.neurons) and machine.matrix.support <= whole.matrix.support
        for machine in machines
    )
