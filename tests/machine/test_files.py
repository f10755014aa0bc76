"""Machine files: both forms, round trips, broken files, atomic writing."""

import json
import os
from dataclasses import replace

import pytest
from hypothesis import given

from dmm.machine.files import load_machine, machine_from_json, machine_to_json, save_machine, write_atomically
from dmm.machine.machine import Machine, Neuron, address, described
from dmm.neurons.registry import NEURON_TYPES
from dmm.vvalue.tree import VValue
from published import FOLDER, needs_reference
from strategies import KINDS, odd_machines

TYPES = {**NEURON_TYPES, **KINDS}
LINK = '{"output": {"dict-1": {"norm": {"norm": %s}}}}'
OWN = {"format": "dmm-machine", "version": 1, "neurons": {"norm": {"type": "norm"}}, "outputs": ["norm"]}


def own(**changes):
    return json.dumps({**OWN, **changes})


def as_in_a_file(machine):
    """The machine with floats for fractions, which JSON does not have."""
    neurons = {
        name: described(kind, {label: VValue(x).map_leaves(float) for label, x in parameters.items()})
        for name, (kind, parameters) in machine.neurons.items()
    }
    return replace(machine.with_matrix(machine.matrix.map_leaves(float)), neurons=neurons)


@given(odd_machines())
def test_own_form_round_trip(machine):
    assert machine_from_json(machine_to_json(machine), types=TYPES) == as_in_a_file(machine)


def test_timing_is_written_where_it_is_synchronous():
    machine = Machine().add("norm").read("norm")
    assert "timing" not in json.loads(machine_to_json(machine))
    assert machine_from_json(own()) == machine == machine_from_json(own(timing="unit delay"))
    machine = machine.with_timing("synchronous")
    assert json.loads(machine_to_json(machine))["timing"] == "synchronous"
    assert machine_from_json(own(timing="synchronous")) == machine


def test_bare_matrix():
    """Types from names, memory links where the matrix gives none, parameters from the caller."""
    tree = {
        "accum-1": {"dict-2": {"input": {"char": 1}}},
        "accum-2": {"dict-1": {"accum-2": {"dict": 0.5}}},
        "output": {"dict-1": {"dot-1": {"dot": 2}}, "dict-2": {"id-1": {"x": 1}}},
    }
    machine = machine_from_json(json.dumps(tree), parameters={"dot": {"clip": 100}})
    assert machine.matrix == VValue(tree)
    assert [str(link) for link in machine.hard_links()] == ["accum-1.dict-1 <- accum-1.dict"]
    assert machine.neurons == {
        "accum-1": Neuron("accum"),
        "accum-2": Neuron("accum"),
        "dot-1": Neuron("dot", {"clip": 100}),
        "id-1": Neuron("identity"),
        "input": Neuron("input"),
        "output": Neuron("output"),
    }


def test_a_bare_matrix_may_have_a_neuron_called_format():
    machine = machine_from_json('{"format": {"x": {"norm": {"norm": 1}}}}', types={**TYPES, "format": TYPES["output"]})
    assert machine.neurons["format"].type == "format"


@needs_reference
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*-*.json")), ids=lambda path: path.stem)
def test_published_machines_load_and_come_back(path):
    """Every link as published; memory for the accumulators that get nothing else there; the same after our own form."""
    machine = load_machine(path)
    tree = json.loads(path.read_text(encoding="utf-8"))
    assert machine.matrix == VValue(tree)
    assert machine_from_json(machine_to_json(machine)) == machine
    memories = {(*address(f"{name}.dict-1"), *address(f"{name}.dict")) for name in accumulators(machine)}
    hard = {link[:4] for link in machine.hard_links() if link.neuron in accumulators(machine)}
    assert hard == {link for link in memories if not machine.matrix[link[:2]]}


def accumulators(machine):
    return [name for name in machine.neurons if name.startswith("accum")]


BROKEN = {
    "empty": ("", r"broken JSON at line 1, column 1 \(expecting value\); mend it there"),
    "cut off": ('{"a": {"b"', r"broken JSON at line 1, column 11"),
    "trailing comma": ('{\n "a": {},\n}', r"broken JSON at line [23]"),
    "a second value": ("{} {}", r"broken JSON at line 1, column 4"),
    "duplicate key": ('{"a": {"b": 1, "b": 2}}', r"the key 'b' stands twice"),
    "list": ("[1, 2]", "holds no JSON object"),
    "number": ("5", "holds no JSON object"),
    "null": ("null", "holds no JSON object"),
    "no links": ("{}", "no neuron is read as its answer"),
    "NaN": (LINK % "NaN", r"the matrix: .*output.dict-1.norm.norm is not finite"),
    "Infinity": (LINK % "-Infinity", r"output.dict-1.norm.norm is not finite"),
    "1e999": (LINK % "1e999", r"output.dict-1.norm.norm is not finite"),
    "huge integer": (LINK % ("1" + "0" * 400), r"output.dict-1.norm.norm is not finite or too large"),
    "integer of many digits": (LINK % ("1" * 10_000), "digits"),
    "text for a weight": (LINK % '"x"', r"output.dict-1.norm.norm is 'x', not a number"),
    "true for a weight": (LINK % "true", r"output.dict-1.norm.norm is True, not a number"),
    "null for a weight": (LINK % "null", r"output.dict-1.norm.norm is None, not a number"),
    "list for a weight": (LINK % "[1]", r"output.dict-1.norm.norm is \[1\], not a number"),
    "too shallow": ('{"output": {"dict-1": 5}}', r"output.dict-1: a weight stands 2 labels deep; nest to-neuron"),
    "too deep": (LINK % '{"more": 1}', r"output.dict-1.norm.norm.more: a weight stands 5 labels deep"),
    "deeper than values may be": ('{"a":' * 300 + "1" + "}" * 300, "deeper than 200 labels"),
    "absurd depth": ('{"a":' * 100_000, "absurdly deep"),
    "absurd depth of lists": ("[" * 100_000, "absurdly deep"),
    "unknown type": ('{"frob-1": {"x": {"norm": {"norm": 1}}}}', r"neuron frob-1: its type 'frob' is unknown; use one"),
    "other format": ('{"format": "zip"}', r"format is 'zip'; this program reads 'dmm-machine'"),
    "other version": (own(version=2), "version is 2; this program reads version 1"),
    "no version": ('{"format": "dmm-machine"}', "version is None"),
    "unknown key": (own(weights={}), r"unknown key 'weights'; the keys are format, hard_links"),
    "no neurons": ('{"format": "dmm-machine", "version": 1}', "neurons and metadata are objects"),
    "neurons in a list": (own(neurons=[]), "neurons and metadata are objects"),
    "metadata in a list": (own(metadata=[]), "neurons and metadata are objects"),
    "neuron without type": (own(neurons={"a": {}}), "neuron 'a' is not described as"),
    "neuron with another key": (own(neurons={"a": {"type": "norm", "x": 1}}), "neuron 'a' is not described as"),
    "parameters in a list": (own(neurons={"a": {"type": "dot", "parameters": [1]}}), "parameters of neuron 'a'"),
    "unknown parameter": (own(neurons={"a": {"type": "dot", "parameters": {"x": 1}}}), r"neuron a: .*no parameter 'x'"),
    "parameter of a kind": (own(neurons={"a": {"type": "dot", "parameters": {"clip": "x"}}}), r"neuron a: .*'clip'"),
    "parameter beyond all numbers": (
        own(neurons={"a": {"type": "dot", "parameters": {"clip": 10**400}}}),
        r"neuron a: parameter 'clip' is too large; give a finite number",
    ),
    "parameter with text in a V-value": (
        own(neurons={"a": {"type": "constant", "parameters": {"value": {"b": "x"}}}}),
        r"the parameters of neuron 'a': the leaf at b is 'x', not a number",
    ),
    "links in a list": (own(links=[]), "links: not an object"),
    "hard links with text": (own(hard_links={"a": "x"}), r"hard_links: .*leaf at a is 'x'"),
    "another timing": (own(timing="sync"), r"the machine: its timing is 'sync'; choose one of 'unit delay', 'synch"),
    "no word for the timing": (own(timing=["synchronous"]), r"its timing is \['synchronous'\]"),
    "null for the timing": (own(timing=None), r"its timing is None"),
    "a circle at once": (
        own(timing="synchronous", links={"norm": {"dict": {"norm": {"norm": 1}}}}),
        r"norm.dict <- norm.norm: this circle of links acts at once; lead one of them",
    ),
    "outputs in a text": (own(outputs="norm"), "outputs is a list"),
    "outputs of numbers": (own(outputs=[1]), "outputs is a list"),
    "output that is not there": (own(outputs=["ghost"]), "output ghost: there is no such neuron"),
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.values(), ids=BROKEN)
def test_broken_files_are_named_in_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "machine.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence) as problem:
        load_machine(path)
    assert str(problem.value).startswith(f"{path}: ")
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) < 500 + len(str(path))


def test_many_keys_with_one_twice_are_refused_quickly():
    text = "{" + ", ".join(f'"k{i}": 1' for i in [*range(200_000), 199_999]) + "}"
    with pytest.raises(ValueError, match="'k199999' stands twice"):
        machine_from_json(text)


def test_missing_file(tmp_path):
    with pytest.raises(ValueError, match=r"ghost.json: no such file or directory; check the name"):
        load_machine(tmp_path / "ghost.json")


def test_folder(tmp_path):
    with pytest.raises(ValueError, match="this is a folder; name the machine file in it"):
        load_machine(tmp_path)


def test_not_utf_8(tmp_path):
    path = tmp_path / "latin.json"
    path.write_bytes('{"é": 1}'.encode("latin-1"))
    with pytest.raises(ValueError, match="byte 2 is not UTF-8 text"):
        load_machine(path)


def test_file_over_the_limit(tmp_path):
    path = tmp_path / "large.json"
    path.touch()
    os.truncate(path, 33 * 2**20)  # sparse: takes no room
    with pytest.raises(ValueError, match=r"33 MB, more than a machine file may have \(32\)"):
        load_machine(path)


def test_saved_file(tmp_path):
    path = tmp_path / "machine.json"
    machine = Machine().add("dot", clip=9).link("dot.dict-1", "dot.dot", 0.1).read("dot").with_metadata(by="hand")
    save_machine(machine, path)
    assert load_machine(path) == machine
    assert path.read_text(encoding="utf-8").endswith("}\n")
    assert [file.name for file in tmp_path.iterdir()] == ["machine.json"]


def test_writing_is_all_or_nothing(tmp_path):
    """If anything fails before the file is whole, the old one stands and nothing else is left."""
    path, folder = tmp_path / "machine.json", tmp_path / "taken"
    path.write_text("old", encoding="utf-8")
    folder.mkdir()
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "new \ud800")
    with pytest.raises(OSError, match="taken"):
        write_atomically(folder, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert sorted(tmp_path.iterdir()) == [path, folder]
    write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "new"


def test_written_files_have_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_writing_follows_a_symbolic_link(tmp_path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        write_atomically(tmp_path / "pipe", "text")
    assert (tmp_path / "pipe").is_fifo()
