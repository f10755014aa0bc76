"""What `dmm synth` prints at the end."""

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dmm.machine.machine import Machine
    from dmm.synthesis.synthesise import Synthesis


def outcome(result: "Synthesis", out: str) -> str:
    """The circuit, how good it is, and what it took."""
    from dmm.synthesis.synthesise import Outcome

    v = result.verdict
    small = result.outcome is not Outcome.INTERRUPTED or result.links <= 100  # a larger one is no reading matter
    lines = [f"# {result.task.name}: {result.task.summary}"]
    if small:
        lines += [result.circuit.show(digits=3), ""]
    taken = f"{result.steps} steps, {result.attempts} attempts, {len(result.challenges)} counter-examples"
    judged = f"largest error {v.max_error:.2g} on {v.streams} held-out streams, {v.ticks} ticks"
    lines.append(result.outcome.value)
    lines.append(f"{result.links} links in {result.seconds:.0f} s ({taken})")
    lines.append(f"{judged}; loss in training {result.train_loss:.2g}")
    lines += [f"learned from {_spelled(stream)}" for stream in result.challenges]
    if v.failing is not None:
        lines.append(f"wrong on {_spelled(v.failing)}")
    if result.undecided is not None:
        lines.append(
            f"the examples leave open what to answer to {_spelled(result.undecided)}: two circuits that fit differ"
        )
    if len(result.front) > 1:
        lines.append("front: " + ", ".join(f"{f.links} links err by {f.verdict.max_error:.2g}" for f in result.front))
    if result.outcome is Outcome.NOT_FOUND:
        counted = Counter(result.failures).items()
        lines += [f"tried: {failure}" + f" ({count} times)" * (count > 1) for failure, count in counted]
    lines.append(f"circuit: {result.path}   run: {out}")
    symbols = {label for example in result.task.examples for x in example.inputs for label in x.labels}
    if symbols and all(len(symbol) == 1 for symbol in symbols):
        lines.append(f"try it: dmm run {result.path} --text {''.join(sorted(symbols)[-2:] * 2)!r}")
    lines.append(f"see it: dmm show {result.path} --as svg --out circuit.svg")
    return "\n".join(lines)


def changes(before: "Machine", after: "Machine") -> list[str]:
    """What a repair did to the links, a line for each."""
    old, new = ({str(link): link.weight for link in machine.links()} for machine in (before, after))
    lines = [f"removed   {link} ({weight:.3g})" for link, weight in old.items() if link not in new]
    lines += [f"added     {link} ({weight:.3g})" for link, weight in new.items() if link not in old]
    both = [link for link in old if link in new and old[link] != new[link]]
    return lines + [f"reweighed {link} ({old[link]:.3g} to {new[link]:.3g})" for link in both]


def _spelled(stream: Any) -> str:
    from dmm.tasks.streams import NOTHING, spell

    text = spell(stream)
    return repr(text) if len(text) == len(stream) and text.count("·") == stream.count(NOTHING) else _listed(stream)


def _listed(stream: Any) -> str:
    return " ".join(map(str, stream))
