"""The sections on what the circuit does along streams: its answers beside the targets, and what its neurons say."""

from collections.abc import Sequence

import numpy as np

from dmm.interpret.cycle import trace
from dmm.report.blocks import Block, Figure, Section, Table, remark
from dmm.report.comparing import RANDOM, Compared
from dmm.report.folder import Run
from dmm.report.stream_picture import Series, answers_svg
from dmm.report.trace import Trace
from dmm.report.words import amount, error, many, spelled
from dmm.synthesis.verify import ROUNDING
from dmm.vvalue.tree import VValue

MOST_TICKS = 140  # of a stream that is drawn
OF_EACH_KIND = 2  # streams that are drawn
MOST_SERIES = 4  # numbers of an answer that are drawn
MOST_IN_TABLE = 60


def answers_section(run: Run, found: Sequence[Compared], left_out: int) -> Section:
    """The answers against the targets, tick by tick; so many more streams were left out."""
    blocks: list[Block] = []
    if run.shown is None:
        blocks.append(remark("There is no machine to ask."))
    else:
        blocks += [_figure(run, each) for each in _chosen(found)]
        blocks += [_table(found[:MOST_IN_TABLE])] if found else [remark("There are no examples with targets.")]
        if any(each.kind == RANDOM for each in found):
            blocks.append(remark("No example was held out; the random streams were drawn for this page."))
        if left_out := left_out + max(0, len(found) - MOST_IN_TABLE):
            blocks.append(remark(f"Left out: {many(left_out, 'more example')}."))
    return Section("answers", "Answers and targets", tuple(blocks))


def _chosen(found: Sequence[Compared]) -> list[Compared]:
    """Two streams of each kind: those with the largest errors, or else the first."""
    chosen: list[Compared] = []
    for kind in dict.fromkeys(each.kind for each in found):
        own = sorted((each for each in found if each.kind == kind), key=lambda each: -each.error)
        chosen += sorted(own[:OF_EACH_KIND], key=lambda each: each.number)
    return chosen


def _figure(run: Run, found: Compared) -> Figure:
    series = found.series(run.task.parts.outputs)
    drawn = sorted(sorted(range(len(series)), key=lambda n: -_largest_gap(series[n]))[:MOST_SERIES])
    shown = [Series(s.name, s.answers[:MOST_TICKS], s.targets[:MOST_TICKS]) for s in (series[n] for n in drawn)]
    title = found.name.capitalize()
    svg = answers_svg(shown, found.stream[:MOST_TICKS], f"{title}: answers and targets")
    wrong = found.first_wrong(ROUNDING)
    words = [f"{title}: {'every answer is right' if wrong is None else f'first wrong at tick {wrong}'}."]
    if len(found.stream) > MOST_TICKS:
        words.append(f"Ticks 1 to {MOST_TICKS} of {amount(len(found.stream))}.")
    if len(series) > len(drawn):
        words.append(f"{len(drawn)} of {len(series)} numbers of the answer.")
    return Figure(svg, " ".join(words))


def _largest_gap(series: Series) -> float:
    pairs = zip(series.answers, series.targets, strict=True)
    return max((abs(a - b) for a, b in pairs if a is not None and b is not None), default=0.0)


def _table(found: Sequence[Compared]) -> Table:
    rows = []
    for each in found:
        wrong = each.first_wrong(ROUNDING)
        ticks, first = amount(len(each.stream)), "none" if wrong is None else amount(wrong)
        rows.append((each.name, ticks, error(each.error), first, spelled(each.stream)))
    marked = frozenset(n for n, each in enumerate(found) if each.first_wrong(ROUNDING) is not None)
    head = ("stream", "ticks", "largest error", "first wrong tick", "items")
    return Table("Errors, stream by stream", head, tuple(rows), frozenset({0, 4}), marked)


# -- inside ------------------------------------------------------------------------------------------------------------


def inside_section(run: Run) -> Section:
    """What every neuron emits along a training stream."""
    machine = run.shown
    if machine is None or not run.task.examples:
        return Section("inside", "Inside the circuit", (remark("There is no machine, or no stream, to look into."),))
    stream = (*run.task.examples[0].inputs, *(VValue(),) * run.task.lag)[:MOST_TICKS]
    with np.errstate(all="ignore"):
        found = Trace(machine, stream, tuple(trace(machine, stream, number=np.float64)))
    ticks = f"the first {many(len(stream), 'tick')} of it, " if len(run.task.examples[0].inputs) > MOST_TICKS else ""
    caption = f"Training stream 1, {ticks}tick by tick: the darker a cell, the larger the number that a neuron emits."
    return Section("inside", "Inside the circuit", (Figure(found.svg(), caption),))
