"""The plan: every stage of the schedule with its wiring, and neighbours that do not listen to each other as one."""

from dataclasses import dataclass

import numpy as np

from dmm.compile.demand import Demand
from dmm.compile.schedule import Group, Kind, Schedule, Stage
from dmm.compile.supports import item_places
from dmm.compile.wiring import Wiring, wire
from dmm.machine.machine import Link, Machine
from dmm.vvalue.support import Path, Support


@dataclass(frozen=True)
class Memories:
    """The memories of a group's members: where their weights stand, and what they are if no training moves them."""

    places: np.ndarray
    fixed: np.ndarray | None


@dataclass(frozen=True)
class StagePlan:
    """Groups that run together, with their wiring from earlier stages, and, in a loop, from each other."""

    groups: dict[int, Group]
    outside: Wiring
    inside: tuple[Wiring, ...]  # of a loop over time, wave by wave
    feed: dict[int, np.ndarray]  # for each group of sources: where its members' items stand in the stream
    memory: dict[int, Memories]  # for each running sum


def plan_stages(machine: Machine, demand: Demand, schedule: Schedule, stream: Support) -> tuple[StagePlan, ...]:
    """The wiring of every stage; neighbours that do not listen to each other are wired as one."""
    numbered = dict(enumerate(schedule.groups()))
    paths = (*machine.matrix.support, *machine.hard.support)
    weight_index = {path: i for i, path in enumerate(paths)}
    plans, first = [], 0
    for stages in _side_by_side(demand, schedule):
        own = {}
        for stage in stages:
            for group in stage.groups:
                own[first] = group
                first += 1
        plans.append(_plan_stages(machine, demand, stages, numbered, own, weight_index, stream))
    return tuple(plans)


def _side_by_side(demand: Demand, schedule: Schedule) -> list[list[Stage]]:
    """Consecutive stages without loops, as long as none listens to another."""
    together: list[list[Stage]] = []
    for stage in schedule.stages:
        last = together[-1] if together else []
        heard = {link.source for name in _members([stage]) for link in demand.links[name]}
        if last and Kind.LOOP not in {stage.kind, last[-1].kind} and not heard & _members(last):
            last.append(stage)
        else:
            together.append([stage])
    return together


def _members(stages: list[Stage]) -> set[str]:
    return {name for stage in stages for group in stage.groups for name in group.members}


def _plan_stages(
    machine: Machine,
    demand: Demand,
    stages: list[Stage],
    numbered: dict[int, Group],
    own: dict[int, Group],
    weight_index: dict[Path, int],
    stream: Support,
) -> StagePlan:
    members = _members(stages)
    links = [link for name in members for link in demand.links[name]]
    inside = sorted(link for link in links if link.source in members)
    outside = sorted(link for link in links if link.source not in members)
    summing = {group.members for stage in stages if stage.kind is Kind.RUNNING_SUM for group in stage.groups}
    waves = stages[0].waves if stages[0].kind is Kind.LOOP else ()
    feed = {}
    for g, group in own.items():
        if group.type.source:
            feed[g] = np.stack([item_places(machine, name, group.reads, stream) for name in group.members])
    return StagePlan(
        own,
        wire(machine, numbered, own, outside, weight_index),
        tuple(_inside(machine, numbered, own, wave, inside, weight_index) for wave in waves),
        feed,
        {g: _memories(machine, group, inside, weight_index) for g, group in own.items() if group.members in summing},
    )


def _inside(
    machine: Machine,
    numbered: dict[int, Group],
    own: dict[int, Group],
    wave: tuple[Group, ...],
    links: list[Link],
    weight_index: dict[Path, int],
) -> Wiring:
    members = {name for group in wave for name in group.members}
    targets = [g for g, group in own.items() if group in wave]
    return wire(machine, numbered, targets, [link for link in links if link.neuron in members], weight_index)


def _memories(machine: Machine, group: Group, inside: list[Link], weight_index: dict[Path, int]) -> Memories:
    own = {link.neuron: link for link in inside}
    links = [own[name] for name in group.members]
    places = np.array([weight_index[link[:4]] for link in links])
    trained = places < len(machine.matrix)
    return Memories(places, None if trained.any() else np.array([float(link.weight) for link in links]))
