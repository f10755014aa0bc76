"""Self-referential machines drawn at random, and a second account of what they do: flat dictionaries, no trees."""

from collections import defaultdict

from hypothesis import strategies as st

from dmm.machine.machine import Machine
from dmm.vvalue.tree import VValue

FIELDS = {  # of each type: inputs and outputs
    "accum": (("dict-1", "dict-2"), ("dict",)),
    "sum": (("a", "b"), ("sum",)),
    "norm": (("dict",), ("norm",)),
    "compare": (("dict-1", "dict-2"), ("true", "false")),
    "multiply": (("dict-1", "dict-2"), ("dict",)),
    "identity": (("a", "b"), ("a", "b")),
    "constant": (("hook",), ("value",)),
    "input": (("hook",), ("char",)),
}
TYPES = tuple(kind for kind in FIELDS if kind not in ("constant", "input"))


@st.composite
def governed_machines(draw):
    """A machine that changes its own links, by constants, gates and sums of them, among a few neurons."""
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    names = {f"n{i}": kind for i, kind in enumerate(kinds)} | {"input": "input", "self": "accum"}
    names |= {f"u{i}": "constant" for i in range(draw(st.integers(1, 3)))}
    ends_in = st.sampled_from([(name, field) for name, kind in names.items() for field in FIELDS[kind][0]])
    ends_out = st.sampled_from([(name, field) for name, kind in names.items() for field in FIELDS[kind][1]])
    weights = st.sampled_from((-2, -1, 1, 1, 2))
    links = st.dictionaries(st.tuples(ends_in, ends_out), weights, max_size=6)
    machine = Machine()
    for name, kind in names.items():
        value = {}
        if kind == "constant":
            value = {"value": VValue.from_paths({(*to, *at): w for (to, at), w in draw(links).items()}).to_nested()}
        machine = machine.add(name, kind, **value)
    for (to, at), weight in draw(links).items():
        if (*to, *at) not in machine.hard.support:
            machine = machine.link(to, at, weight)
    update = draw(st.sampled_from([end for end in names if end != "self"]))
    machine = machine.link("self.dict-2", (update, FIELDS[names[update]][1][0]), draw(weights))
    if draw(st.booleans()):
        name = draw(st.sampled_from([name for name in names if name != "self"]))
        machine = machine.start((name, FIELDS[names[name]][1][0]), draw(st.sampled_from((1, -2))))
    return machine.governed_by("self.dict").read(
        *draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=2))
    )


def states(machine, stream, ticks):
    """All outputs after each tick, whole numbers by path, without zeros; stops where the matrix is lost."""
    state = {path: int(number) for path, number in machine.first_outputs.items()}
    for item, _ in zip(stream, range(ticks), strict=False):
        matrix = {path[2:]: weight for path, weight in state.items() if path[:2] == machine.own_matrix}
        active = {path[0] for path in matrix if path}
        if not active:
            return
        received = defaultdict(lambda: defaultdict(int))
        for (neuron, label, *source), weight in ((path, w) for path, w in matrix.items() if len(path) > 1):
            for path, number in state.items():
                if path[: len(source)] == tuple(source):
                    received[neuron][(label, *path[len(source) :])] += weight * number
        state = {}
        for neuron in active:
            for path, number in _emitted(machine, neuron, received[neuron], item).items():
                if number:
                    state[neuron, *path] = number
        yield state


def _emitted(machine, neuron, received, item):
    kind, parameters = machine.neurons[neuron]
    part = defaultdict(dict)
    for (label, *path), number in received.items():
        part[label][tuple(path)] = number
    difference = part["dict-1"].get((), 0) - part["dict-2"].get((), 0)
    outputs = {
        "input": {"char": dict(item.items())},
        "constant": {"value": dict(VValue(parameters.get("value", 1)).items())},
        "accum": {"dict": _total(part["dict-1"], part["dict-2"])},
        "sum": {"sum": _total(*part.values())},
        "norm": {"norm": {(): max(map(abs, part["dict"].values()), default=0)}},
        "identity": part,
        "multiply": {"dict": {p: x * part["dict-2"].get((), 0) for p, x in part["dict-1"].items()}},
        "compare": {"true": {(): max(difference, 0)}, "false": {(): max(-difference, 0)}},
    }[kind]
    return {(label, *path): number for label, value in outputs.items() for path, number in value.items()}


def _total(*parts):
    found = defaultdict(int)
    for each in parts:
        for path, number in each.items():
            found[path] += number
    return found
