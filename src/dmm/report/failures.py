"""Where the circuit fails: the shortest failing stream, tick by tick and explained, or what was tried in vain."""

from collections.abc import Sequence

import numpy as np

from dmm.circuits.graph import circuit_graph
from dmm.circuits.pictures.lettering import written
from dmm.circuits.statements import readable
from dmm.interpret.cycle import Tick, read, trace
from dmm.machine.machine import Machine
from dmm.reasons.contributions import contributions
from dmm.report.blocks import Block, Bullets, Listing, Paragraph, Section, Table, remark
from dmm.report.comparing import Compared
from dmm.report.folder import Run
from dmm.report.generalisation import Generalisation
from dmm.report.words import amount, error, many, spelled, value_text
from dmm.synthesis.verify import ROUNDING
from dmm.tasks.task import Stream, Task
from dmm.vvalue.labels import format_label
from dmm.vvalue.support import Path
from dmm.vvalue.tree import VValue

MOST_ROWS = 30  # of a trace
MOST_LINKS = 300  # of a machine that is explained
LONGEST = 400  # ticks of a stream that is explained
DEPTH = 12  # links that an explanation goes back


def failures_section(run: Run, compared: Sequence[Compared], beyond: Generalisation | None) -> Section:
    """Where the machine fails, as far as the run, the streams `compared` and those `beyond` the training tell."""
    machine = run.shown
    blocks: list[Block] = []
    if machine is None:
        blocks.append(remark("There is no machine to ask."))
    elif failing := _failing(run, compared, beyond):
        blocks += _explained(run.task, machine, failing)
    else:
        blocks.append(Paragraph(_how_hard(run, beyond)))
    if run.challenges:
        blocks.append(Paragraph(f"The run learned from {many(len(run.challenges), 'counter-example')}:"))
        blocks.append(Bullets(tuple(spelled(stream) for stream in run.challenges), is_code=True))
    else:
        blocks.append(Paragraph("The run needed no counter-example to learn from."))
    return Section("failures", "Where it fails", tuple(blocks))


def _failing(run: Run, compared: Sequence[Compared], beyond: Generalisation | None) -> Stream | None:
    """The shortest stream known to end with a wrong answer: of the verdict, of this page, or of the examples."""
    verdict = run.verdict
    known = [stream for stream in (verdict and verdict.failing, beyond and beyond.failing) if stream]
    if not known:
        known = [each.stream[:tick] for each in compared for tick in [each.first_wrong(ROUNDING)] if tick]
    return min(known, key=len, default=None)


def _how_hard(run: Run, beyond: Generalisation | None) -> str:
    """What was tried in vain."""
    verdict, tried = run.verdict, []
    if verdict is not None and verdict.streams:
        longest = "" if run.settings is None else f" of up to {many(run.settings.longest, 'tick')}"
        tried.append(f"the {many(verdict.streams, 'stream')}{longest} of the verdict")
    if verdict is not None and verdict.exact and run.task.teacher is not None:
        tried.append("the search for short counter-examples (all-equal streams, runs, alternations, mixtures)")
    if beyond is not None:
        tried.append(f"the {many(sum(row.streams for row in beyond.rows), 'stream')} drawn for this page")
    if not tried:
        return "No failing stream is known; nothing but the examples was there to look among."
    return (
        f"No failing stream was found, neither by {' nor by '.join(tried)}."
        if len(tried) > 1
        else (f"No failing stream was found by {tried[0]}.")
    )


# -- a failing stream --------------------------------------------------------------------------------------------------


def _explained(task: Task, machine: Machine, stream: Stream) -> list[Block]:
    lead = f"The shortest failing stream known has {many(len(stream), 'tick')}; its last answer is wrong:"
    blocks: list[Block] = [Paragraph(lead), Bullets((spelled(stream),), is_code=True)]
    if len(machine.matrix) > MOST_LINKS or len(stream) > LONGEST:
        return [*blocks, remark("The machine or the stream is too large to be explained link by link.")]
    machine = readable(machine)
    with np.errstate(all="ignore"):
        ticks = list(trace(machine, stream, number=np.float64))
    answers = [read(machine, tick.outputs) for tick in ticks]
    expected = _expected(task, stream)
    found = Compared("failing", 1, stream, answers, expected)
    blocks.append(_trace_table(machine, found, ticks))
    if len(stream) > MOST_ROWS:
        blocks.append(remark(f"Ticks 1 to {len(stream) - MOST_ROWS} are left out."))
    blocks.append(Paragraph(f"Why the answer at tick {len(stream)} was what it was:"))
    blocks.append(_reason(machine, stream, _wrong_path(answers[-1], expected[-1])))
    return blocks


def _expected(task: Task, stream: Stream) -> list[VValue | None]:
    """What should be answered, from the teacher, or from an example that begins like that."""
    lag = task.lag
    if task.teacher is not None:
        return [*[None] * lag, *task.answers(stream)][: len(stream)]
    for example in (*task.examples, *task.held_out):
        longer = (*example.inputs, *(VValue(),) * lag)
        if example.targets is not None and longer[: len(stream)] == stream:
            return [*[None] * lag, *example.targets][: len(stream)]
    return [None] * len(stream)


def _trace_table(machine: Machine, found: Compared, ticks: list[Tick]) -> Table:
    nodes = [node for node in circuit_graph(machine).nodes if node.inputs and not node.readout]
    heads = [
        (node.name, output, f"{written(node.name)}.{written(output)}") for node in nodes for output in node.outputs
    ]
    first = max(0, len(ticks) - MOST_ROWS)
    gaps, rows = found.errors(), []
    for n in range(first, len(ticks)):
        inner = [value_text(ticks[n].outputs[name, output]) for name, output, _ in heads]
        target = found.targets[n]
        wanted = "not scored" if target is None else value_text(target)
        answer = value_text(found.answers[n])
        rows.append((amount(n + 1), value_text(found.stream[n]), *inner, answer, wanted, error(gaps[n])))
    head = ("tick", "item", *(text for *_, text in heads), "answer", "expected", "error")
    wrong = frozenset(n - first for n in range(first, len(ticks)) if gaps[n] > ROUNDING)
    words = frozenset(range(1, len(head) - 1))
    return Table("The failing stream, tick by tick", head, tuple(rows), words, wrong, is_code=True)


def _wrong_path(answer: VValue, target: VValue | None) -> Path | None:
    """The path of the answer's largest error."""
    gaps = [] if target is None else [(-abs(float(x)), path) for path, x in (answer - target).items()]
    return min(gaps)[1] if gaps else None


def _reason(machine: Machine, stream: Stream, path: Path | None) -> Block:
    try:
        return Listing(str(contributions(machine, stream, output=path, depth=DEPTH)))
    except (ValueError, FloatingPointError) as problem:
        place = "" if path is None else f" of {'.'.join(map(format_label, path))}"
        return remark(f"The answer{place} cannot be explained: {problem}.")
