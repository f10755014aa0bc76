"""Small networks in every form of `dmm show`: all neurons are there, forms parse back, programs do the same."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from dmm.circuits.equations_parser import parse_equations
from dmm.circuits.forms import FORMS
from dmm.circuits.programs.python import to_python
from dmm.circuits.statements import readable
from dmm.engines import run
from dmm.machine.check import check
from dmm.machine.files import machine_from_json
from dmm.machine.text import parse_machine
from dmm.networks.attention import attention
from dmm.networks.layers import Affine, network
from dmm.networks.recurrent import elman, gru, lstm, minimal_gated_unit
from dmm.vvalue.tree import VValue

DRAW = np.random.default_rng(0)


def drawn(*parts, recurrent):
    return {part: Affine.random(DRAW, 2, 1, recurrent=recurrent) for part in parts}


LAYERS = {
    "elman": elman(**drawn("hidden", recurrent=True)),
    "lstm": lstm(**drawn("input", "forget", "output", "candidate", recurrent=True)),
    "gru": gru(**drawn("update", "reset", "candidate", recurrent=True)),
    "minimal_gated_unit": minimal_gated_unit(**drawn("forget", "candidate", recurrent=True)),
    "attention": attention(**drawn("query", "key", "value", recurrent=False)),
    "window": attention(**drawn("query", "key", "value", recurrent=False), window=2),
}
MACHINES = {name: network(["a"], layer) for name, layer in LAYERS.items()}
every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)


@every_machine
def test_nothing_is_wrong_with_it(machine):
    assert check(machine) == []


@every_machine
@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_every_neuron(machine, form):
    text = machine.show(form)
    words = text.replace(r"\_", "_")
    if form == "svg":
        words = "".join(ET.fromstring(text).itertext())
    for name in machine.neurons if form in ("json", "text") else readable(machine).neurons:
        constant = form == "python" and name in ("one", "output")  # is written where it is heard
        assert constant or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words), name


@every_machine
def test_forms_parse_back(machine):
    assert parse_equations(machine.show()) == readable(machine)
    assert machine_from_json(machine.show("json")) == machine
    assert parse_machine(machine.show("text")) == machine


@every_machine
def test_the_program_computes_the_same(machine):
    stream = [VValue({"a": x, "place": {str(t): 1}}) for t, x in enumerate(DRAW.normal(size=6).tolist())]
    defined = {}
    exec(to_python(machine), defined)
    answers = [VValue(answer) for answer in defined["circuit"](item.to_nested() for item in stream)]
    assert len(answers) == 6
    for answer, wanted in zip(answers, run(machine, stream), strict=True):
        assert (answer - wanted).max_norm() <= 1e-12
