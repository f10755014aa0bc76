"""What stands above all sections: how the run ended, and how sure that is; and, of several runs, the comparison."""

from collections.abc import Sequence

from dmm.circuits.pictures.compared import compared_svg
from dmm.circuits.statements import readable
from dmm.report.blocks import Block, Bullets, Facts, Figure, Paragraph, Reference, Section, Table, remark
from dmm.report.course import course
from dmm.report.folder import Run
from dmm.report.training_picture import overlaid_svg
from dmm.report.words import amount, duration, error, many
from dmm.synthesis.synthesise import Outcome

MOST_COMPARED = 400  # links of two machines that are drawn side by side


def outcome(run: Run) -> Outcome | None:
    """How the run ended; `None` if it did not, or its folder does not tell."""
    if not run.is_done or run.circuit is None:
        return None
    verdict, error = run.verdict, run.max_error
    if verdict is not None and not verdict.streams and verdict.failing is None:
        return Outcome.LEARNED
    if verdict.exact if verdict is not None else run.circuit.metadata.get("exact") is True:
        return Outcome.EXACT if run.taught else Outcome.FITS
    accept = 0.0 if run.settings is None else run.settings.accept
    return Outcome.APPROXIMATE if error is not None and error <= accept else Outcome.NOT_FOUND


def in_a_word(run: Run) -> str:
    """The outcome in one or two words."""
    words = {Outcome.EXACT: "exact", Outcome.FITS: "fits", Outcome.LEARNED: "fits", Outcome.APPROXIMATE: "approximate"}
    ended = outcome(run)
    if ended is None:
        return "unknown" if run.is_done else "unfinished"
    return words.get(ended, "not found")


def lead(run: Run) -> str:
    """The sentence above all others: how the run ended, and how sure that is."""
    ended, streams = outcome(run), _streams(run)
    if ended is Outcome.EXACT and streams:
        return f"Exact: the circuit equals the teacher on {streams}."
    if ended is Outcome.FITS and streams and run.verdict is not None:
        return f"The circuit agrees with every example, {amount(run.verdict.streams)} held-out ones included."
    if ended in (Outcome.APPROXIMATE, Outcome.NOT_FOUND):
        on = f" on {streams}" if streams else ""
        return f"{ended.value} Its largest error is {error(run.max_error)}{on}."
    if ended is not None:
        return ended.value
    if run.is_done:
        return "The run came to its end, but its circuit is missing."
    if run.stage is None:
        return "What came of the run is not known."
    attempt = "" if run.last is None else f" of attempt {run.last.attempt}"
    best = "the best circuit so far" if run.verdict is not None else "the machine as it stands"
    return f"Unfinished: before the stage “{run.stage}”{attempt}. Shown is {best}."


def opening(run: Run) -> tuple[Block, ...]:
    """What belongs to the sentence above all others: the task, the figures, what the verdict rests on."""
    blocks: list[Block] = []
    if run.task.summary:
        blocks.append(Paragraph(f"The task: {run.task.summary}."))
    blocks.append(Facts(tuple(_facts(run))))
    blocks.append(remark(_how_sure(run)))
    if not run.is_done:
        blocks.append(remark(f"The run can be taken up again: dmm synth --resume {run.path}"))
    if run.missing:
        blocks += [remark("Not all of the run could be read:"), Bullets(run.missing)]
    return tuple(blocks)


def _streams(run: Run) -> str:
    """What the circuit was judged by, in words; empty where that is not known, or nothing."""
    verdict = run.verdict
    if verdict is None or not verdict.streams:
        return ""
    held_out = len([each for each in run.task.held_out if each.targets is not None])
    drawn, parts = verdict.streams - held_out, []
    if drawn > 0:
        longest = "" if run.settings is None else f" of up to {many(run.settings.longest, 'tick')}"
        parts.append(f"{many(drawn, 'random stream')}{longest}")
    if held_out:
        parts.append(many(held_out, "held-out example"))
    return " and ".join(parts)


def _how_sure(run: Run) -> str:
    verdict = run.verdict
    if verdict is None:
        known = run.max_error is not None
        return "It was judged by few and short streams." if known else "The machine has not been judged."
    if not verdict.streams:
        return "It was judged by nothing but the examples that it was trained on."
    engine = "" if verdict.engine == "compile" else " The machine could not be compiled, and was asked fewer ticks."
    return (
        f"No stage of the search has seen what it was judged by, {many(verdict.ticks, 'tick')} in all. The "
        f"interpreter, asked about {many(verdict.confirmed, 'stream')} once more, came to the same result.{engine}"
    )


def _facts(run: Run) -> list[tuple[str, str]]:
    facts = [("outcome", in_a_word(run))]
    if run.shown is not None:
        facts.append(("links", amount(len(run.shown.matrix))))
    if run.max_error is not None:
        facts.append(("largest error", error(run.max_error)))
    if run.last is not None:
        facts.append(("time", duration(run.last.seconds)))
        facts.append(("steps", amount(run.last.steps)))
        facts.append(("attempts", amount(run.last.attempt)))
    facts.append(("seed", "unknown" if run.seed is None else str(run.seed)))
    facts.append(("counter-examples", amount(len(run.challenges))))
    return facts


# -- several runs ------------------------------------------------------------------------------------------------------


def comparison_section(runs: Sequence[Run], names: Sequence[str], keys: Sequence[str]) -> Section:
    """Several runs in a table and a plot, and two circuits side by side."""
    rows = []
    for run, name, key in zip(runs, names, keys, strict=True):
        last, machine = run.last, run.shown
        figures = (
            ("unknown",) * 3 if last is None else (duration(last.seconds), amount(last.steps), amount(last.attempt))
        )
        links = "unknown" if machine is None else amount(len(machine.matrix))
        seed = "unknown" if run.seed is None else str(run.seed)
        row = (Reference(name, key), run.task.name, seed, in_a_word(run), links, error(run.max_error), *figures)
        rows.append(row)
    head = ("run", "task", "seed", "outcome", "links", "largest error", "time", "steps", "attempts")
    blocks: list[Block] = [Table("The runs", head, tuple(rows), frozenset({0, 1, 3}))]
    blocks += _in_figures(runs)
    lines = [(name, course(run.history)) for run, name in zip(runs, names, strict=True) if run.history]
    if lines:
        caption = "Links over the steps of training; a line breaks where an attempt ends and another starts. "
        blocks.append(Figure(overlaid_svg(lines), caption + "Dots are where the histories end."))
    machines = [run.shown for run in runs if run.shown is not None]
    if len(runs) == 2 and len(machines) == 2 and sum(len(m.matrix) for m in machines) <= MOST_COMPARED:
        svg = compared_svg(readable(machines[0]), readable(machines[1]), names=(names[0], names[1]))
        blocks.append(Figure(svg, "The two circuits side by side; what only one of them has is stressed."))
    return Section("comparison", "Comparison", tuple(blocks))


def _in_figures(runs: Sequence[Run]) -> list[Block]:
    """What runs of one task have in common, in figures."""
    done = [run for run in runs if run.is_done]
    if len({run.task.name for run in runs}) > 1 or len(done) < 2:
        return []
    good = [run for run in done if in_a_word(run) in ("exact", "fits")]
    links = sorted(len(run.circuit.matrix) for run in good if run.circuit is not None)
    sizes = f", of {' to '.join(map(amount, dict.fromkeys((links[0], links[-1]))))} links" if links else ""
    ended = f"{len(good)} of {many(len(done), 'finished run')} ended with a circuit that does the task{sizes}."
    return [Paragraph(ended)]
