"""What a machine would have done without an item of its stream: tried for every item, by the interpreter's own steps.

A run without an item differs from the run as it was in a few neurons only. All such runs go on side by side, tick by
tick, as the neurons that differ; those that come to the same state go on as one, and those that come back to the run as
it was are over. So a long stream of few symbols takes little more than as many runs as there are symbols.
"""

from collections.abc import Iterable, Sequence

from dmm.interpret.cycle import Tick, feed
from dmm.machine.machine import Link
from dmm.reasons.wiring import Wiring
from dmm.vvalue.tree import ZERO, VValue, weighted_sum

State = dict[str, VValue]  # what neurons emit in a tick, of those that emit something else than they did


def without_each(wiring: Wiring, stream: Sequence[VValue], ticks: Sequence[Tick], neuron: str) -> dict[int, VValue]:
    """By the tick of an item, what `neuron` would emit at the last tick if that item alone had been zero.

    Items without which it would emit the same are left out. `ticks` is the run over `stream` as it was.

    >>> from dmm import Machine, VValue, trace
    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm")
    >>> stream = [VValue(x) for x in (5, 7, 2)]
    >>> without_each(Wiring(m), stream, list(trace(m, stream)), "norm")
    {2: VValue(0)}
    """
    running: list[tuple[State, list[int]]] = []  # each state with the ticks of the items whose lack leads there
    for i, names in enumerate(wiring.needed(neuron, len(ticks))):
        alike: dict[tuple[tuple[str, VValue], ...], list[int]] = {}
        for before, lack in running:
            now = _next(wiring, ticks, i, names, before, lacking=False)
            alike.setdefault(tuple(now.items()), []).extend(lack)
        if stream[i]:
            now = _next(wiring, ticks, i, names, {}, lacking=True)
            alike.setdefault(tuple(now.items()), []).append(i + 1)
        running = [(dict(state), lack) for state, lack in alike.items() if state]
    found = {tick: state[neuron] for state, lack in running if neuron in state for tick in lack}
    return dict(sorted(found.items()))


def _next(wiring: Wiring, ticks: Sequence[Tick], i: int, names: tuple[str, ...], before: State, lacking: bool) -> State:
    """What differs in tick number `i`, from 0, after a tick in which `before` differed; `lacking`: its item is zero."""
    (inputs, emitted), was = ticks[i], ticks[i - 1].outputs if i else wiring.first
    now: State = {}
    for name in names:
        if name not in wiring.sources:
            other = {
                label: _sum(links, *heard)
                for label, links in wiring.links[name].items()
                for heard in [(before, was) if (name, label) in wiring.late else (now, emitted)]
                if any(link.source in heard[0] for link in links)
            }
            received = inputs[name].join({**inputs[name].children, **other}) if other else None
        else:
            received = feed(wiring.machine.sources, ZERO)[name] if lacking else None
        if received is not None:
            output = wiring.machine.apply(name, received)
            if output != emitted[name]:
                now[name] = output
    return now


def _sum(links: Iterable[Link], state: State, rest: VValue) -> VValue:
    """What the links bring together: from neurons in `state`, else from those in `rest`."""
    return weighted_sum((link.weight, state.get(link.source, rest[link.source])[link.output]) for link in links)
