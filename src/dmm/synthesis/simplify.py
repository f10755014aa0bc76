"""Simplification: the same circuit in fewer links and plainer weights.

Weights have gauge freedom: what enters an accumulator, a norm or a comparison can be scaled, and what leaves it scaled
back. `fix_gauge` spends that freedom on weights of 1; `snap` then rounds to small fractions. Both return a machine that
still has to be checked against the old one, which `simplified` does.
"""

from collections.abc import Callable
from fractions import Fraction

from dmm.machine.machine import Machine
from dmm.machine.text import flow_order
from dmm.synthesis.folding import fold_constants, heard, merge_factors, merge_parallel, merge_twins
from dmm.synthesis.self_reference import upright
from dmm.synthesis.superfluid import crystallised
from dmm.synthesis.symmetries import symmetries
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

DENOMINATORS = (*range(1, 9), 10, 16, 20, 100)
CLOSE, FRACTION = 2e-3, 0.1
"""How far a weight may be from the fraction it is rounded to; of large denominators, a part of their squares."""


def simplified(machine: Machine, is_as_good: Callable[[Machine], bool]) -> Machine:
    """The machine with its gauge fixed, its weights rounded, and what says the same as one.

    Each pass is kept only if its result `is_as_good`.
    """
    if machine.own_matrix:  # most of the passes that follow ask who hears whom, and here that changes
        machine = _kept(machine, snap(machine), is_as_good)
        machine = _merged(machine, is_as_good)
        return _kept(machine, upright(machine), is_as_good)
    machine = _crystal(machine, is_as_good)
    machine = _kept(machine, fix_gauge(machine), is_as_good)
    for name in flow_order(machine):
        for label in symmetries(machine, name).linear:
            machine = _kept(machine, fix_gauge(_unscaled(machine, name, label)), is_as_good)
    machine = _kept(machine, snap(machine), is_as_good)
    machine = _merged(machine, is_as_good)
    for fold in (merge_parallel, merge_twins, fold_constants):
        machine = _kept(machine, heard(fold(machine)), is_as_good)
    return machine


def _crystal(machine: Machine, is_as_good: Callable[[Machine], bool]) -> Machine:
    """Plain neurons for superfluid ones: with memories, if only once all weights are rounded, else without."""
    plain = crystallised(machine, remember=True)
    tried = (plain, snap(fix_gauge(plain)), crystallised(machine, remember=False)) if plain != machine else ()
    return next(filter(is_as_good, tried), machine)


def _merged(machine: Machine, is_as_good: Callable[[Machine], bool]) -> Machine:
    while (fewer := _kept(machine, merge_factors(machine), is_as_good)) is not machine:
        machine = fewer
    return machine


def _kept(old: Machine, new: Machine, is_as_good: Callable[[Machine], bool]) -> Machine:
    return new if new != old and is_as_good(new) else old


def fix_gauge(machine: Machine) -> Machine:
    """The same function of streams with as many weights at 1 as scaling can bring there, neuron by neuron.

    Links with negative weights into one of two opposite inputs move to the other; the largest weight into a homogeneous
    neuron, or into the first of two balanced inputs, becomes 1, and positive where the sign is free, too.

    >>> m = Machine().add("input").add("accum").add("norm").add("output").link("accum.dict-2", "input.char", 0.5)
    >>> m = m.link("norm.dict", "accum.dict", -4).link("output.dict-1", "norm.norm", 1.5)
    >>> print([link.weight for link in fix_gauge(m).links()])
    [1.0, 1.0, 3.0]
    """
    for name in flow_order(machine):
        kind = symmetries(machine, name)
        for pair in kind.opposite:
            machine = _positive(machine, name, pair)
        into = _into(machine, name)
        if kind.homogeneous and into and name not in machine.readouts:
            scale = _scale(into, signed=kind.odd or kind.even)
            machine = _rescaled(machine, name, into, 1 / scale, abs(scale) if kind.even else scale)
        for first, second in kind.balanced:
            one, two = (_into(machine, name, label) for label in (first, second))
            if one and two:
                scale = _scale(one, signed=True)
                machine = _multiplied(machine, {**dict.fromkeys(one, 1 / scale), **dict.fromkeys(two, scale)})
    return machine


def _unscaled(machine: Machine, name: str, label: str) -> Machine:
    """The scale of one input of a neuron moved behind it; right as long as the neuron is linear in that input."""
    into = _into(machine, name, label)
    if not into or name in machine.readouts:
        return machine
    scale = _scale(into, signed=True)
    return _rescaled(machine, name, into, 1 / scale, scale)


def snap(machine: Machine) -> Machine:
    """The machine with every weight that is close to a fraction of small denominator rounded to it."""
    return machine.with_matrix(VValue.from_paths({link[:4]: rounded(link.weight) for link in machine.links()}))


def rounded(weight: float) -> float:
    """The weight as a fraction of small denominator, if it is close to one."""
    for denominator in DENOMINATORS:
        fraction = Fraction(round(weight * denominator), denominator)
        if fraction and abs(float(fraction) - weight) <= min(CLOSE, FRACTION / denominator**2):
            return float(fraction)
    return weight


def _positive(machine: Machine, name: str, pair: tuple[str, str]) -> Machine:
    """Links of negative weight into one input of the pair, as links of positive weight into the other."""
    moved: dict[Path, float] = {}
    for link in machine.links():
        path = link[:4]
        if link.neuron == name and link.input in pair and link.weight < 0:
            other = pair[1 - pair.index(link.input)]
            moved |= {path: -link.weight, (name, other, *path[2:]): -link.weight}
    return machine.with_matrix(machine.matrix + VValue.from_paths(moved))


def _into(machine: Machine, name: str, label: str | None = None) -> dict[Path, float]:
    """The trained links into a neuron, or one input of it, from others."""
    links = (link for link in machine.links() if link.neuron == name != link.source)
    return {link[:4]: link.weight for link in links if label in (None, link.input)}


def _scale(into: dict[Path, float], *, signed: bool) -> float:
    largest = max(into.values(), key=abs)
    return largest if signed else abs(largest)


def _rescaled(machine: Machine, name: str, into: dict[Path, float], factor: float, back: float) -> Machine:
    """What enters the neuron by these links times `factor`, what leaves it for others times `back`."""
    out: list[Path] = [link[:4] for link in machine.links() if link.source == name != link.neuron]
    return _multiplied(machine, {**dict.fromkeys(into, factor), **dict.fromkeys(out, back)})


def _multiplied(machine: Machine, factors: dict[Path, float]) -> Machine:
    weights = {link[:4]: link.weight * factors.get(link[:4], 1) for link in machine.links()}
    return machine.with_matrix(VValue.from_paths(weights))
