"""Pages about runs: reading one back as a tree of elements, and writing the folders of runs in no time."""

import json
import re
import shutil
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

from dmm import Machine, Settings, Task, Verdict
from dmm.synthesis.front import Found, front
from dmm.synthesis.position import Position, Stage, Undone
from dmm.synthesis.runs import RunFolder

SETTINGS = Settings(streams=50, longest=50, memory=10**9)
VOID = {"meta", "link", "br", "hr", "img", "input"}

# -- pages -------------------------------------------------------------------------------------------------------------


@dataclass
class Element:
    """An element of a page, with what is in it: other elements and texts."""

    tag: str
    attributes: dict[str, str]
    content: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.content)

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())

    def all(self, *tags: str) -> list:
        """The elements inside of these tags, in document order."""
        inner = [each for each in self.content if isinstance(each, Element)]
        return [x for each in inner for x in ([each] if each.tag in tags else []) + each.all(*tags)]

    def everything(self) -> list:
        inner = [each for each in self.content if isinstance(each, Element)]
        return [x for each in inner for x in (each, *each.everything())]

    def by_id(self, name: str):
        (found,) = [each for each in self.everything() if each.attributes.get("id") == name]
        return found

    def table(self, caption: str) -> list[list[str]]:
        """The rows of the table with this caption, head first."""
        (found,) = [each for each in self.all("table") if each.all("caption")[0].words == caption]
        return [[cell.words for cell in row.all("th", "td")] for row in found.all("tr")]

    def facts(self) -> dict[str, str]:
        """The figures that stand above all sections."""
        (found,) = self.all("dl")
        return dict(zip((x.words for x in found.all("dt")), (x.words for x in found.all("dd")), strict=True))


class _Reader(HTMLParser):
    """Builds the tree, and accepts no element that is closed in the wrong place, or not at all."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in {tag}"
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"{tag} closes {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].content.append(data)


def read_page(text: str) -> Element:
    """The tree of a page."""
    assert text.startswith("<!DOCTYPE html>")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert [each.tag for each in reader.open] == ["page"]
    return reader.open[0]


def pictures_of(text: str) -> list[str]:
    """The SVG documents in a page."""
    return re.findall(r"<svg .*?</svg>", text, re.DOTALL)


# -- runs --------------------------------------------------------------------------------------------------------------


def halving(**names: str) -> Machine:
    """A wrong circuit for the sum so far: half of it."""
    adding, answering = names.get("adding", "accum"), names.get("answering", "output")
    machine = Machine().with_timing("synchronous").add("input").add(adding, "accum").add(answering, "numbers")
    return machine.link((adding, "dict-2"), ("input", "char"), 0.5).link((answering, "sum"), (adding, "dict"))


def grown(machine: Machine, links: int) -> Machine:
    """The machine with so many more links, which change little."""
    for number in range(links):
        machine = machine.add(f"norm-{number}").link(f"norm-{number}.dict", "input.char", 0.01 * (number + 1))
    return machine


def write_run(path: Path, task: Task, circuit: Machine, *, done: bool = True, failing: tuple = ()) -> Path:
    """A run of two attempts: one fails, one cuts, goes back, cuts, learns from a stream, and ends with the circuit."""
    folder = RunFolder.create(path, task, 7, SETTINGS)
    sizes = [6, 4, 4, 2, 1]
    position = Position(Stage.CUT, 1, grown(circuit, 6), 0.9, 0.1, steps=100)
    folder.save(position, 1.0, accepted=True)
    position = Position(
        Stage.WARM_UP, 2, grown(circuit, 6), float("inf"), 0.1, steps=150, failures=("it <b>failed</b>",)
    )
    folder.save(position, 1.5, accepted=True)
    for n, more in enumerate(sizes):
        before = position
        machine = grown(circuit, more)
        undone = Undone(more - 1, 7.5) if machine == before.machine else None
        position = replace(
            position, stage=Stage.CUT, machine=machine, loss=0.5 / (n + 1), steps=300 + 100 * n, penalty=0.25 * more,
            undone=undone,
        )  # fmt: skip
        folder.save(position, 3.0 + n, accepted=before.machine != machine)
    learned = task.examples[0].inputs[:3]
    position = replace(position, stage=Stage.CHALLENGE, circuit=circuit, challenges=(learned,), loss=0.0)
    folder.save(position, 9.0, accepted=True)
    if done:
        wrong = Verdict(2.5, False, 50, 999, failing, 16, "compile")
        right = Verdict(0.0, True, 50, 999, None, 16, "compile")
        found = Found(circuit, 0.25, wrong if failing else right)
        smaller = Found(without_first_link(circuit), 9.0, Verdict(7.25, False, 20, 300, learned, 16, "compile"))
        position = replace(position, stage=Stage.DONE, found=(found, smaller))
        folder.save(position, 10.0, accepted=False)
        folder.lay_out(front(position.found))
        exact = not failing
        folder.finish(circuit.with_metadata(task=task.name, seed=7, exact=exact, heldout_max_error=2.5 * bool(failing)))
    return path


def without_first_link(machine: Machine) -> Machine:
    """The machine without a link, and with a third of the weight of the others."""
    link = next(machine.links())
    smaller = machine.unlink(tuple(link[:2]), tuple(link[2:4]))
    return smaller.with_matrix(smaller.matrix * (1 / 3))


def edit(path: Path, **changes: object) -> None:
    """Change entries of a JSON object in a file; `None` takes one away."""
    stored = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: x for key, x in stored.items() if x is not None}), encoding="utf-8")


def copied(run: Path, name: str) -> Path:
    """A copy of a run beside it."""
    return Path(shutil.copytree(run, run.with_name(name)))
