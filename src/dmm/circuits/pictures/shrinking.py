"""The shrinking of a machine over a run, as a picture that moves: cells of the network matrix that fade away."""

import zlib
from collections import defaultdict
from collections.abc import Sequence

from dmm.circuits.graph import Edge, Node, circuit_graph
from dmm.circuits.pictures.drawing import MARGIN, document, element, number, plain
from dmm.circuits.pictures.layout import Point
from dmm.circuits.pictures.legend import legend
from dmm.circuits.pictures.lettering import counted
from dmm.circuits.pictures.matrix_picture import Grid, Scale, grid_of, matrix_style, meanings
from dmm.machine.machine import Machine

SECONDS, PAUSE = 0.5, 4.0  # of a machine, and how long the last one stays
FADE = 0.6  # of a machine's time
FAINT = 0.25  # names of neurons without trained links
HEAD = 26.0

Lifetime = tuple[bool, ...]  # in which of the machines something is there
Path = tuple[str, str, str, str]


def shrinking_svg(
    machines: Sequence[Machine], *, seconds: float = SECONDS, size: tuple[float, float] | None = None
) -> str:
    """The machines of a run, one after the other, as one animated SVG picture of their network matrices.

    Every machine is shown for so many `seconds`, the last one for longer; then all begins again. The colour of a cell
    is the weight that the link had last. Viewers without animation, and people who want no motion, see the last
    machine. `size` scales the picture to fit a width and a height in pixels. No machine at all, or no time, raises
    `ValueError`, and a machine with errors `MachineError`.

    >>> m = Machine().add("input").add("norm").link("norm.dict", "input.char").read("norm")
    >>> moving = shrinking_svg([m.add("dot").link("dot.dict-1", "input.char"), m])
    >>> "2 links" in moving, "@keyframes" in moving
    (True, True)
    """
    if not machines:
        raise ValueError("a run without machines has nothing to show; give one machine at least")
    if not seconds > 0:
        raise ValueError(f"a machine cannot be shown for {seconds} seconds; give a time above 0")
    graphs = [circuit_graph(machine, unused=True) for machine in machines]
    nodes: dict[str, Node] = {}
    last: dict[Path, Edge] = {}
    for graph in graphs:
        nodes |= {node.name: node for node in graph.nodes if node.name not in nodes}
        last |= {edge.path: edge for edge in graph.edges}
    grid = grid_of(graphs, tuple(nodes.values()))
    paths = [{edge.path for edge in graph.edges} for graph in graphs]
    linked = [
        {name for edge in graph.edges if not edge.hard for name in (edge.source, edge.neuron)} for graph in graphs
    ]
    there = {path: tuple(path in found for found in paths) for path in last}
    named = {name: tuple(name in found for found in linked) for name in nodes}
    film = Film(tuple(graph.trained for graph in graphs), seconds, [*there.values(), *named.values()])
    top = MARGIN + HEAD
    scale = Scale.doubling(edge.weight for edge in last.values() if not edge.hard)
    bar, bar_height = scale.drawn((MARGIN + grid.left, top + grid.height + 12))
    below = top + grid.height + 12 + bar_height + MARGIN
    entries = [("", "The colour of a link is the weight that it had last."), *meanings(last.values())]
    key, width, height = legend(graphs[:1], entries, (MARGIN, below), grid.width)
    frame = grid.frame((MARGIN, top), {name: film.name(named[name], "faint") for name in nodes})
    return document(
        [film.counts((MARGIN + grid.left, MARGIN + 14)), frame, *_cells(grid, film, last, there, scale, top), bar, key],
        matrix_style(*film.rules()),
        max(width, grid.width) + 2 * MARGIN,
        below + height + MARGIN,
        title=f"A machine shrinks from {counted(graphs[0].trained, 'link')} to {graphs[-1].trained}",
        description="Links, machine by machine: " + ", ".join(str(graph.trained) for graph in graphs),
        size=size,
    )


def _cells(
    grid: Grid, film: "Film", last: dict[Path, Edge], there: dict[Path, Lifetime], scale: Scale, top: float
) -> list[str]:
    """The cells of all links that ever were, those of one lifetime together."""
    together: dict[Lifetime, list[Edge]] = defaultdict(list)
    for path, edge in last.items():
        together[there[path]].append(edge)
    return [
        element("g", grid.cells(edges, scale, (MARGIN, top)), class_=film.name(lifetime, "cell"))
        for lifetime, edges in together.items()
    ]


class Film:
    """The times of an animation: which classes make things appear and vanish with the machines they belong to."""

    def __init__(self, counts: tuple[int, ...], seconds: float, lifetimes: Sequence[Lifetime]) -> None:
        self.numbers = counts
        self.seconds = seconds
        self.total = seconds * (len(counts) - 1) + PAUSE
        self.number = {lifetime: n for n, lifetime in enumerate(dict.fromkeys(lifetimes))}
        self.key = f"{zlib.crc32(repr((counts, seconds, *self.number)).encode()):08x}"  # keyframes are known page-wide

    def name(self, lifetime: Lifetime, kind: str) -> str:
        """The class of a `cell` or of a `faint` name with that lifetime."""
        return f"{kind} {kind}-{self.key}-{self.number[lifetime]}"

    def rules(self) -> list[str]:
        """The style rules of all lifetimes."""
        rules = []
        for lifetime, n in self.number.items():
            for kind, least in (("cell", 0.0), ("faint", FAINT)):
                rules += self._rules(f"{kind}-{self.key}-{n}", lifetime, least, "linear")
        for n in range(len(self.numbers)):
            shown = tuple(other == n for other in range(len(self.numbers)))
            rules += self._rules(f"count-{self.key}-{n}", shown, 0.0, "step-end")
        return [*rules, "@media (prefers-reduced-motion:reduce){.dmm g,.dmm text{animation:none!important}}"]

    def _rules(self, name: str, lifetime: Lifetime, least: float, timing: str) -> list[str]:
        still = 1.0 if lifetime[-1] else least
        if len(set(lifetime)) == 1:
            return [f".dmm .{name}{{opacity:{still:g}}}"]
        fade = FADE * self.seconds if timing == "linear" else 0.0
        stops = {0.0: 1.0 if lifetime[0] else least}
        for n in range(1, len(lifetime)):
            before, after = (1.0 if there else least for there in lifetime[n - 1 : n + 1])
            if before != after:
                stops |= {n * self.seconds: before, n * self.seconds + fade: after}
        stops[self.total] = still
        frames = "".join(f"{number(100 * time / self.total)}%{{opacity:{level:g}}}" for time, level in stops.items())
        play = f"animation:{name} {number(self.total)}s {timing} infinite"
        return [f"@keyframes {name}{{{frames}}}", f".dmm .{name}{{opacity:{still:g};{play}}}"]

    def counts(self, at: Point) -> str:
        """How many links there are, of each machine at its time."""
        x, y = at
        texts = [
            element("text", plain(counted(count, "link")), x=x, y=y, class_=f"name count-{self.key}-{n}")
            for n, count in enumerate(self.numbers)
        ]
        return element("g", *texts, class_="counts")
