"""Demand: the dual of support inference. What nobody reads is not computed.

A type may read less than it receives (`compare` reads scalars only), so its sources need not send the rest; a neuron
of which nothing is read is not run at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dmm.compile.abstract import behaviour
from dmm.compile.supports import Supports, settings_key
from dmm.machine.flow import useful_links
from dmm.machine.machine import Link, Machine
from dmm.vvalue.support import Path, Support


@dataclass(frozen=True)
class Demand:
    """For every neuron that matters: the input paths it reads, the output paths that are needed, the links it uses."""

    reads: Mapping[str, Support]
    emits: Mapping[str, Support]
    links: Mapping[str, tuple[Link, ...]]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {self.reads[name]} -> {self.emits[name]}" for name in self.reads)


def infer_demand(machine: Machine, supports: Supports) -> Demand:
    """What is needed to know the machine's answer in every tick.

    >>> m = Machine().add("input").add("accum").add("compare").link("accum.dict-2", "input.char")
    >>> m = m.link("compare.dict-1", "accum.dict").read("compare")
    >>> from dmm.compile.supports import infer_supports
    >>> print(infer_demand(m, infer_supports(m, Support([(), ("a",)]))))
    input: . + {a} -> {char: . + {a}}
    accum: {dict-1: . + {a}, dict-2: . + {a}} -> {dict: . + {a}}
    compare: {dict-1} -> {false, true}
    """
    listens = useful_links(machine)
    needed: dict[str, set[Path]] = {name: set(supports.outputs[name]) for name in machine.readouts}
    reads: dict[str, Support] = {}
    used: dict[str, tuple[Link, ...]] = {}
    waiting = [name for name in needed if needed[name]]
    while waiting:
        name = waiting.pop()
        if name in reads:
            continue
        reads[name] = behaviour(machine.type_of(name), settings_key(machine, name), supports.inputs[name]).reads
        by_input = {label: reads[name][label] for label in reads[name].labels}
        carrying = []
        for link in listens[name]:
            wanted = by_input.get(link.input, Support()) & supports.outputs[link.source][link.output]
            if len(wanted):
                carrying.append(link)
                needed.setdefault(link.source, set()).update(wanted.under(link.output))
                waiting.append(link.source)
        used[name] = tuple(carrying)
    alive = [name for name in machine.neurons if name in reads]
    return Demand(
        {name: reads[name] for name in alive},
        {name: Support(needed[name]) for name in alive},
        {name: used[name] for name in alive},
    )
