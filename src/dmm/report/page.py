"""The page: runs in, one self-contained HTML text out."""

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from dmm.report.answers import answers_section, inside_section
from dmm.report.blocks import Chapter
from dmm.report.circuit import circuit_section, front_section
from dmm.report.comparing import Compared, all_compared
from dmm.report.failures import failures_section
from dmm.report.folder import Run, load_run
from dmm.report.generalisation import generalisation, generalisation_section, is_askable
from dmm.report.headline import comparison_section, lead, opening
from dmm.report.training import setup_section, training_section
from dmm.tasks.task import Task

Folder = str | os.PathLike[str]


def report_html(runs: Folder | Iterable[Folder], *, task: Task | None = None) -> str:
    """One or several runs of synthesis as one page of HTML, which needs no network, no other file and no script.

    `runs` are run folders; `task` is the task of those that had a teacher of one's own, as for `resume`. What cannot be
    read of a run is left out, and the page says so. `ValueError` for a folder that holds no run.

    >>> report_html("nowhere")
    Traceback (most recent call last):
    ValueError: nowhere: no such folder; name the folder of a run, as 'dmm synth' made it
    """
    folders = [runs] if isinstance(runs, (str, os.PathLike)) else list(runs)
    if not folders:
        raise ValueError("there is no run to report on; name one folder at least")
    read = [load_run(folder, task) for folder in folders]
    names = _names(read)
    keys = [f"run-{number}" for number in range(1, len(read) + 1)]
    chapters = [_chapter(run, name, key) for run, name, key in zip(read, names, keys, strict=True)]
    comparison = comparison_section(read, names, keys) if len(read) > 1 else None
    tasks = list(dict.fromkeys(run.task.name for run in read))
    page = _template().render(title=" and ".join(tasks), names=names, chapters=chapters, comparison=comparison)
    return page.rstrip("\n") + "\n"


def _chapter(run: Run, name: str, key: str) -> Chapter:
    machine = run.shown
    found: list[Compared] = []
    left_out = 0
    if machine is not None:
        found, left_out = all_compared(run, machine)
    beyond = generalisation(machine, run.task) if machine is not None and is_askable(run) else None
    sections = (
        circuit_section(run),
        training_section(run),
        answers_section(run, found, left_out),
        inside_section(run),
        generalisation_section(run, beyond),
        failures_section(run, found, beyond),
        front_section(run),
        setup_section(run),
    )
    return Chapter(key, f"{run.task.name}, {name}", lead(run), opening(run), sections)


def _names(runs: Sequence[Run]) -> list[str]:
    """The runs by their folders; by their whole paths, where folders have the same name."""
    short = [run.name for run in runs]
    return short if len(set(short)) == len(short) else [str(run.path) for run in runs]


# -- HTML --------------------------------------------------------------------------------------------------------------


@lru_cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("dmm.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    sheet = Path(__file__).with_name("templates").joinpath("page.css").read_text(encoding="utf-8")
    environment.globals["sheet"] = Markup(sheet)  # noqa: S704  (our own file)
    environment.filters["drawn"] = Markup  # of pictures, whose texts are escaped where they are drawn
    return environment.get_template("page.html.jinja")


def _printable(text: object) -> object:
    """The text with escapes for what has no picture, such as half a character; lines stay lines."""
    if isinstance(text, str) and not isinstance(text, Markup):
        return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    return text
