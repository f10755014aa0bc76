"""Repair: the machines around one that a user wrote, searched before any template is."""

from dmm.machine.machine import Machine
from dmm.synthesis.template import constants, initialise, named_fields, weights_seed
from dmm.tasks.parts import Parts
from dmm.vvalue.tree import VValue

ATTEMPTS = 4  # at a repair, before the machine is given up for a template


def around(machine: Machine, parts: Parts) -> Machine:
    """The machine with every link that its neurons could have, and the constants and sources of `parts`.

    Links lead from neurons to those that come later, in the order of the data flow as far as the machine has one, then
    of its file. Memories keep their inputs to themselves.
    """
    whole = machine
    known = [(neuron.type, dict(neuron.parameters)) for neuron in machine.neurons.values()]
    for name in () if machine.sources else parts.inputs:
        whole = whole.add(name, "input")
    for name, kind, parameters in constants(parts):
        if name not in whole.neurons and (kind, parameters) not in known:
            whole = whole.add(name, kind, **parameters)
    for name in whole.neurons if whole.own_matrix else ():  # those that are new would be silent
        whole = whole if name in machine.neurons else whole.hook(name)
    order = _order(whole)
    links: list[tuple[str, ...]] = []
    for place, name in enumerate(order):
        known_inputs = whole.type_of(name).inputs
        named = named_fields(parts, whole.type_of(name))
        inputs = known_inputs if known_inputs is not None else parts.outputs if name in whole.readouts else named
        for label in sorted({*inputs, *whole.matrix[name].labels} - {*whole.hard[name].labels}):
            links += [
                (name, label, source, output)
                for source in order[:place]
                for output in whole.type_of(source).outputs or named_fields(parts, whole.type_of(source))
            ]
    return whole.with_matrix(VValue.from_paths(dict.fromkeys((*links, *machine.matrix.support), 1.0)))


def refuse_unsuited(machine: Machine, parts: Parts) -> None:
    """`ValueError` for a machine whose answers cannot be compared with those of the task."""
    if machine.timing != parts.timing:
        raise ValueError(
            f"the machine to repair is timed as {machine.timing!r}, the task as {parts.timing!r}; "
            f"turn it into the other with to_unit_delay or to_synchronous"
        )
    if len(parts.inputs) > 1 and set(machine.sources) != set(parts.inputs):
        raise ValueError(f"the machine to repair does not listen to {', '.join(parts.inputs)}; name its sources so")
    readouts = [machine.type_of(name) for name in machine.readouts]
    if len(readouts) != 1 or not all(readouts[0].has_input(label) for label in parts.outputs):
        outputs = ", ".join(parts.outputs)
        raise ValueError(f"the machine to repair does not answer {outputs}; let it have one readout with these inputs")


def disturbed(machine: Machine, space: Machine, attempt: int, seed: int, scale: float) -> Machine:
    """The machine to begin an attempt with: as given at first, then with small weights on all links of the space."""
    if attempt == 1:
        return space.with_matrix(machine.matrix)
    noise = initialise(space, weights_seed(seed, attempt), scale * (attempt - 1)).matrix
    return space.with_matrix(machine.matrix + noise.restrict(noise.support - machine.matrix.support))


def _order(machine: Machine) -> list[str]:
    """The neurons in the order of the data flow; where that leaves a choice, as the file has them."""
    listens: dict[str, set[str]] = {name: set() for name in machine.neurons}
    for link in machine.all_links():
        if link.source != link.neuron and link.input not in machine.type_of(link.neuron).late:
            listens[link.neuron].add(link.source)
    order: list[str] = []
    waiting = sorted(machine.neurons, key=lambda name: (name in machine.readouts, bool(machine.type_of(name).inputs)))
    while waiting:
        ready = (name for name in waiting if not (listens[name] & set(waiting)) - {name})
        name = next(ready, waiting[0])
        waiting.remove(name)
        order.append(name)
    return order
