"""Parts: what the solution of a task may be made of."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from dmm.machine.machine import SYNCHRONOUS, UNIT_DELAY, link_ends
from dmm.vvalue.tree import VValue

LAYERED, RECURRENT, SUPERFLUID = TEMPLATES = ("layered", "recurrent", "superfluid")
AGAINST_THE_FLOW = (RECURRENT, SUPERFLUID)
"""Templates with links against the data flow, which have a meaning in unit delay alone."""
NO_CLIP = 1_000_000
UNCLIPPED_DOT = f"dot(clip = {NO_CLIP})"
"""A `dot` whose clip nobody feels."""


@dataclass(frozen=True)
class Parts:
    """What a template for a task is made of; see `dmm.template`.

    Neurons and constants are named by their types, with parameters in brackets where they differ from the default:
    `"dot(clip=100)"`, `"constant(value={a: 1})"`. `outputs` are the inputs of the one readout, of type `readout`: the
    answer is a V-value with these labels. In unit delay, targets are those of `lag` ticks before; `None` leaves it
    to a synthesis to find out how many.

    A `layered` template has `layers` with `width` neurons of each type; `recurrent` lets some inputs listen to later
    layers, too. The template called `recurrent` has no layers: `width` neurons of each type, every output linked to
    every input, and `layers` only says how many ticks an answer may take. In the one called `superfluid`, a layer has
    as many neurons, each a weighted sum of the types, so that training chooses its type, too. `fields` names the inputs
    and outputs of types that take part, as in `"accum.dict-2"`; where it names none, all do but the inputs of memories.
    The input of a memory that it names has trained links in place of the hard one.

    `edits` names links that the machine itself may change while it runs, as in `"identity-1-1.x <- input.char"`: the
    machine is then self-referential, and what is to be written there, label by label, has to be found.
    """

    neurons: tuple[str, ...] = ("accum", "norm", "dot", "compare")
    constants: tuple[str, ...] = ("eos", "const_1")
    inputs: tuple[str, ...] = ("input",)
    outputs: tuple[str, ...] = ("dict-1", "dict-2")
    readout: str = "output"
    layers: int = 5
    width: int = 2
    template: str = LAYERED
    fields: tuple[str, ...] = ()
    timing: str = UNIT_DELAY
    recurrent: bool = False
    lag: int | None = 0
    edits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in fields(self):
            if isinstance(each.default, tuple):
                given = getattr(self, each.name)
                if isinstance(given, str) or not all(isinstance(name, str) and name for name in given):
                    raise ValueError(f"{each.name} is {given!r}; give a list of names")
                object.__setattr__(self, each.name, tuple(given))
        for name in ("neurons", "inputs", "outputs"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; name one at least")
        for name, least in (("layers", 1), ("width", 1), ("lag", 0)):
            given = getattr(self, name)
            if name == "lag" and given is None and self.timing == UNIT_DELAY:
                continue
            if type(given) is not int or given < least:
                raise ValueError(f"{name} is {given!r}; give a whole number, {least} or more")
        self._require_choices()

    def answer(self, target: VValue) -> VValue:
        """A target as a machine answers it: under the label of the output, if there is only one and it is not named.

        >>> print(Parts(outputs=("total",)).answer(VValue(3)))
        {total: 3}
        """
        if len(self.outputs) > 1 or (target.labels == self.outputs and not target.scalar):
            return target
        return VValue().join({self.outputs[0]: target})

    def _require_choices(self) -> None:
        if self.timing not in (UNIT_DELAY, SYNCHRONOUS):
            raise ValueError(f"the timing is {self.timing!r}; choose {UNIT_DELAY!r} or {SYNCHRONOUS!r}")
        if self.template not in TEMPLATES:
            raise ValueError(f"the template is {self.template!r}; choose one of {', '.join(TEMPLATES)}")
        if self.template in AGAINST_THE_FLOW and self.timing == SYNCHRONOUS:
            raise ValueError(f"the template {self.template!r} has links against the data flow; choose {UNIT_DELAY!r}")
        if self.template == SUPERFLUID and self.fields:
            raise ValueError(f"fields is {self.fields!r}; leave it away, since a superfluid neuron has other fields")
        if self.edits and (self.timing == SYNCHRONOUS or self.template != LAYERED):
            raise ValueError(f"edits are for a {LAYERED!r} template in {UNIT_DELAY!r}; choose these")
        for edit in self.edits:
            link_ends(edit)

    @property
    def edited(self) -> tuple[VValue, ...]:
        """The links that the machine may change, each as a network matrix with a 1."""
        return tuple(VValue.from_paths({link_ends(edit): 1}) for edit in self.edits)

    @property
    def silence(self) -> tuple[VValue, ...]:
        """What follows a stream under unit delay, so that late answers show; nothing in synchronous timing."""
        return (VValue(),) * self.layers if self.timing == UNIT_DELAY else ()

    def as_json(self) -> dict[str, Any]:
        """The parts as plain data."""
        return asdict(self)
