"""How edits get into a machine: the update neuron, whose items are added to the network matrix.

Source: the network update monitor of the Clojure implementation (Bukatin, Matthews, January 2018).
"""

from dmm.machine.machine import HOOK, UNIT_DELAY, Machine
from dmm.vvalue.support import Path

SELF, UPDATE = "self", "update"
RECEIVED = "char"  # the output of sources: the item of the tick


def listening(machine: Machine) -> tuple[Machine, str]:
    """The machine with an update neuron, and the name of that; self-referential, if it was not.

    An item that the update neuron receives at tick t is in the network matrix after t + 1, and first carries at t + 2.
    `ValueError` for a machine in synchronous timing, and for one whose matrix is held by a neuron that does not add up.

    >>> machine, update = listening(Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm"))
    >>> [str(link) for link in machine.hard_links() if link.neuron != link.source]
    ['self.dict-2 <- update.char']
    """
    if machine.timing != UNIT_DELAY:
        raise ValueError(f"a live machine runs under unit delay, and this one in {machine.timing} timing; retime it")
    if machine.own_matrix is not None:
        machine, update = _with_update(machine, machine.own_matrix)
        return machine.hook(update), update
    own = (_unused(SELF, machine), "dict")
    machine, update = _with_update(machine.add(own[0], "accum"), own)
    return machine.governed_by(own), update


def free_input(machine: Machine, own: tuple[str, str]) -> str:
    """The input of the neuron that holds the matrix where updates arrive; `ValueError` if it is no accumulator."""
    name, output = own
    memory = _memory(machine, own)
    free = [label for label in machine.inputs_of(name) or () if label != memory[1]]
    weight = (machine.matrix + machine.hard)[memory].scalar
    if not (machine.type_of(name).additive and free and memory[3] == output and weight == 1):
        raise ValueError(
            f"neuron {name!r}, which holds the network matrix, does not add to it what it receives; let an accum that "
            f"remembers it with weight 1 hold it"
        )
    return free[0]


def lifelines(machine: Machine, update: str) -> tuple[Path, ...]:
    """The links that edits need: the memory of the matrix, the way into it, and what keeps the update neuron active."""
    own = machine.own_matrix or ("", "")
    into = (own[0], free_input(machine, own), update, RECEIVED)
    return _memory(machine, own), into, (update, HOOK, update, HOOK)


def _memory(machine: Machine, own: tuple[str, str]) -> Path:
    """The link by which the neuron that holds the matrix remembers it."""
    memory = machine.type_of(own[0]).memory
    return (own[0], memory.input, own[0], memory.output) if memory else (own[0], "", own[0], "")


def _with_update(machine: Machine, own: tuple[str, str]) -> tuple[Machine, str]:
    update = _unused(UPDATE, machine)
    into = (own[0], free_input(machine, own))
    return machine.add(update, "input").link(into, (update, RECEIVED), hard=True), update


def _unused(name: str, machine: Machine) -> str:
    found, k = name, 2
    while found in machine.neurons:
        found, k = f"{name}-{k}", k + 1
    return found
