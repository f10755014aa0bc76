"""A run as a notebook shows it: how it ended, the circuit, and the way to it."""

from collections.abc import Iterator
from html import escape

from dmm.circuits.equations import to_equations
from dmm.circuits.pictures.svg import to_svg
from dmm.report.blocks import Facts
from dmm.report.circuit import LARGEST
from dmm.report.course import course
from dmm.report.folder import Run
from dmm.report.headline import lead, opening
from dmm.report.training_picture import training_svg
from dmm.report.words import many

DIGITS = 4


def shown(run: Run) -> dict[str, str]:
    """The headline and the figures of the report, the circuit, and loss and links over the steps."""
    title = f"{run.task.name}, {run.name}"
    facts = [f"{name}: {value}" for block in opening(run) if isinstance(block, Facts) for name, value in block.rows]
    notes = [f"Not all of the run could be read: {' '.join(run.missing)}"] if run.missing else []
    lines = [f"{title}. {lead(run)}", "; ".join(facts), *notes]
    page = [f"<p><b>{escape(title)}.</b> {escape(lead(run))}</p>", *(f"<p>{escape(line)}</p>" for line in lines[1:])]
    page += _pictures(run)
    return {"text/plain": "\n".join([*lines, *_equations(run)]), "text/html": "\n".join(page)}


def _equations(run: Run) -> Iterator[str]:
    if run.shown is not None and len(run.shown.matrix) <= LARGEST:
        yield f"\n{to_equations(run.shown, digits=DIGITS)}"


def _pictures(run: Run) -> Iterator[str]:
    if run.shown is not None and len(run.shown.matrix) <= LARGEST:
        yield to_svg(run.shown)
        yield f"<pre>{escape(to_equations(run.shown, digits=DIGITS))}</pre>"
    elif run.shown is not None:
        yield f"<p>With {many(len(run.shown.matrix), 'link')} it is too large to be drawn and written out.</p>"
    if run.history:
        yield training_svg(course(run.history))
