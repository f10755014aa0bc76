"""The sections on machines: the circuit as a picture, equations and a program; the front of smaller ones."""

from dmm.circuits.equations import to_equations
from dmm.circuits.pictures.svg import to_svg
from dmm.circuits.programs.python import to_python
from dmm.machine.machine import Machine
from dmm.report.blocks import Block, Figure, Fold, Listing, Section, Table, remark
from dmm.report.folder import Run
from dmm.report.words import amount, error, many
from dmm.synthesis.front import description_length

READABLE = 100  # links; a machine with more is no reading matter
LARGEST = 3000  # links of a machine that is written out at all


def circuit_section(run: Run) -> Section:
    """The circuit, drawn and written."""
    machine = run.shown
    if machine is None:
        return Section("circuit", "The circuit", (remark("There is no machine to show."),))
    what = "The circuit" if run.circuit is not None else "The machine as it stands"
    caption = f"{what}: {many(len(machine.matrix), 'link')}, {machine.timing}."
    blocks: list[Block] = []
    if run.circuit is None:
        blocks.append(remark("No circuit has been judged yet. This is the machine that is being worked on."))
    if len(machine.matrix) > LARGEST:
        blocks.append(remark(f"With {many(len(machine.matrix), 'link')} it is too large to be drawn and written out."))
        return Section("circuit", what, tuple(blocks))
    blocks.append(Figure(to_svg(machine), caption))
    equations = Listing(to_equations(machine))
    blocks.append(equations if len(machine.matrix) <= READABLE else Fold("Equations", (equations,)))
    blocks.append(_program(machine))
    return Section("circuit", what, tuple(blocks))


def _program(machine: Machine) -> Block:
    try:
        return Fold("The circuit as a Python program", (Listing(to_python(machine)),))
    except ValueError as problem:
        return remark(f"There is no Python program of it: {problem}.")


def front_section(run: Run) -> Section:
    """The best circuits by links against error."""
    if not run.front:
        why = "No circuit was judged." if not run.found else "The folder front/ is empty or missing."
        return Section("front", "Smaller circuits", (remark(why),))
    judged = [(each.circuit.with_no_metadata(), each.verdict) for each in run.found]
    rows, folds = [], []
    for machine, noted in run.front:
        bare = machine.with_no_metadata()
        verdict = next((verdict for circuit, verdict in judged if circuit == bare), None)
        streams = "unknown" if verdict is None else amount(verdict.streams)
        worst = verdict.max_error if verdict is not None else noted
        links = amount(len(machine.matrix))
        rows.append((links, error(worst), streams, f"{description_length(machine):.0f}"))
        text = f"{many(len(machine.matrix), 'link')}: equations"
        folds.append(Fold(text, (Listing(to_equations(machine, digits=4)),)))
    head = ("links", "largest error", "streams judged by", "description length in bits")
    table = Table("The best circuits of the run, links against error", head, tuple(rows))
    lead = remark(
        "Every circuit that no other beats in links and error at once. Weights are rounded to four digits here."
    )
    return Section("front", "Smaller circuits", (table, lead, *folds))
