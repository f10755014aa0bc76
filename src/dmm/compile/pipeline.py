"""The compiler on one screen."""

from collections.abc import Mapping
from types import MappingProxyType

from dmm.compile.demand import infer_demand
from dmm.compile.own_matrix import compile_governed
from dmm.compile.plan import plan_stages
from dmm.compile.program import Program
from dmm.compile.schedule import schedule_neurons
from dmm.compile.staged import StagedProgram
from dmm.compile.supports import infer_supports
from dmm.compile.up import Stopped
from dmm.machine.check import check, refuse
from dmm.machine.machine import Machine
from dmm.vvalue.support import Support

TRUE_GRADIENT: Stopped = MappingProxyType({})
PUBLISHED_GRADIENT: Stopped = MappingProxyType({"accum": ("dict-1",), "identity": None})
"""Where the published Julia experiments lost their gradients: copying a dictionary stopped them."""


def compile_machine(
    machine: Machine,
    stream: Support,
    *,
    stopped: Mapping[str, tuple[str, ...] | None] = TRUE_GRADIENT,
    links: Support | None = None,
) -> Program:
    """The machine as one static-shape program; agrees with `interpret.run` on every stream over `stream`.

    A self-referential machine can get any link that its updates lead to; `links` bounds them, and what an update says
    of others is dropped. That is needed where there would be ever new ones. `stopped` names inputs, by neuron type,
    through which no gradient flows (`None`: all inputs of the type); use `PUBLISHED_GRADIENT` to follow published
    trajectories. Raises `MachineError` for a machine with errors and `CompileError` for one whose trees never stop
    growing, or with a type that branches on numbers.

    >>> m = Machine().add("input").add("accum").link("accum.dict-2", "input.char", 0.5).read("accum")
    >>> program = compile_machine(m, Support([("a",), ("b",)]))
    >>> from dmm.vvalue.tree import VValue
    >>> print(*program.run([VValue({"a": 1}), VValue({"b": 1}), VValue()])[0], sep="; ")
    0; {dict: {a: 0.5}}; {dict: {a: 0.5, b: 0.5}}
    """
    refuse(check(machine))
    for kind in stopped:
        if kind not in machine.types:
            raise ValueError(f"stopped names the neuron type {kind!r}, which is unknown; correct it")
    if machine.own_matrix is not None:
        return compile_governed(machine, stream, links, stopped)
    if links is not None:
        raise ValueError("links bounds a machine that changes its own matrix, and this one does not; leave it out")
    supports = infer_supports(machine, stream)
    demand = infer_demand(machine, supports)
    schedule = schedule_neurons(machine, demand)
    return StagedProgram(machine, stream, supports, schedule, plan_stages(machine, demand, schedule, stream), stopped)
