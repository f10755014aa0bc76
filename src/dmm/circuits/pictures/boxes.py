"""The box of a neuron: its size, where links end on it, and how it is drawn."""

from dataclasses import dataclass, replace

from dmm.circuits.graph import Node
from dmm.circuits.pictures.drawing import element, number, path, plain
from dmm.circuits.pictures.layout import Point
from dmm.circuits.pictures.lettering import text_width, visible, wrapped, written
from dmm.circuits.pictures.shapes import DEPTH, Look, Shape

NAME, TEXT, FIELD = 13.0, 11.0, 10.0  # font sizes, as in the style sheet
NAME_LINE, TEXT_LINE, FIELD_LINE = 16.0, 13.0, 14.0
PAD, ABOVE, BELOW, APART = DEPTH + 6.0, 7.0, 6.0, 16.0
LONGEST_LINE = 170.0
STUB, STUB_TEXT = 40.0, "stream"


@dataclass(frozen=True)
class NeuronBox:
    """A neuron, its look, and what follows from them: lines of text, rows of labels, size."""

    node: Node
    look: Look

    @property
    def shape(self) -> Shape:
        """The shape alone."""
        return self.look[0]

    @property
    def lines(self) -> list[str]:
        """What stands under the name."""
        return wrapped(self.node.caption, TEXT, LONGEST_LINE) if self.node.caption else []

    @property
    def rows(self) -> int:
        """How many rows of labels there are."""
        inputs = len(self.node.inputs) * self.node.labels_inputs
        return max(inputs, len(self.node.outputs) * self.node.labels_outputs)

    @property
    def width(self) -> float:
        """How wide the box is."""
        inputs = max((text_width(written(label), FIELD) for label in self.node.inputs), default=0.0)
        outputs = max((text_width(written(label), FIELD) for label in self.node.outputs), default=0.0)
        fields = inputs * self.node.labels_inputs + outputs * self.node.labels_outputs
        texts = [text_width(self.node.word, NAME) * 1.06, *(text_width(line, TEXT) for line in self.lines)]
        return round(max(34.0, *texts, fields + APART if self.rows else 0.0) + 2 * PAD, 1)

    @property
    def room(self) -> float:
        """How much room is needed on the left: where the stream arrives."""
        return STUB if self.node.source else 0.0

    @property
    def head(self) -> float:
        """How high the part above the labels is."""
        return ABOVE + NAME_LINE + TEXT_LINE * len(self.lines)

    @property
    def height(self) -> float:
        """How high the box is."""
        return self.head + FIELD_LINE * self.rows + BELOW

    def entry(self, label: str) -> float:
        """How far down links into that input end, as part of the height."""
        return self._port(self.node.inputs.index(label), self.node.labels_inputs)

    def exit(self, label: str) -> float:
        """How far down links from that output begin, as part of the height."""
        return self._port(self.node.outputs.index(label), self.node.labels_outputs)

    def _port(self, row: int, labelled: bool) -> float:
        return (self.head + FIELD_LINE * (row + 0.5)) / self.height if labelled else 0.5

    def read(self, readout: bool) -> "NeuronBox":
        """The same box, drawn as that of a neuron that is read as the answer or not."""
        return replace(self, node=replace(self.node, readout=readout))

    def drawn(self, corner: Point, marked: bool = False) -> str:
        """The box with everything inside, as SVG."""
        (x, y), width, height = corner, self.width, self.height
        node, shape, hue = self.node, self.shape, self.look[1]
        outline = path(shape.outline(x, y, width, height))
        parts = [element("title", plain(tooltip(node)))]
        if marked:
            parts.append(element("path", d=outline, class_="marked", stroke_width=9.0))
        parts.append(element("path", d=outline, class_=f"box {hue}"))
        if shape.bar:
            parts.append(element("path", d=bar(x, y, height), class_=f"inner {hue}"))
        if node.readout:
            parts.append(
                element("path", d=path(shape.outline(x + 3, y + 3, width - 6, height - 6)), class_=f"inner {hue}")
            )
        if node.source:
            parts.append(stub(x + shape.left.inset(0.5), y + height / 2))
        middle, line = x + width / 2, y + ABOVE + 11
        parts.append(element("text", plain(node.word), x=middle, y=line, class_="name", text_anchor="middle"))
        for number_, text in enumerate(self.lines, 1):
            below = line + TEXT_LINE * number_
            parts.append(element("text", plain(text), x=middle, y=below, class_="quiet", text_anchor="middle"))
        return element("g", *parts, *self._fields(x, y), class_="neuron", data_neuron=written(node.name))

    def _fields(self, x: float, y: float) -> list[str]:
        texts = []
        for label in self.node.inputs if self.node.labels_inputs else ():
            down = self.entry(label)
            left = x + self.shape.left.inset(down) + 4 + 2 * self.shape.bar + 3 * self.node.readout
            texts.append(_field(label, left, y + down * self.height, "input", "start"))
        for label in self.node.outputs if self.node.labels_outputs else ():
            down = self.exit(label)
            right = x + self.width - self.shape.right.inset(down) - 4 - 3 * self.node.readout
            texts.append(_field(label, right, y + down * self.height, "output", "end"))
        return texts


def _field(label: str, x: float, y: float, side: str, anchor: str) -> str:
    return element("text", plain(written(label)), x=x, y=y + 3.5, class_=f"field {side}", text_anchor=anchor)


def bar(x: float, y: float, height: float) -> str:
    """The bar inside the box of a neuron that remembers, as the `d` of a path."""
    return f"M{number(x + 4)} {number(y)}v{number(height)}"


def stub(x: float, y: float) -> str:
    """The arrow by which the stream arrives at the left of a box."""
    line = element("path", d=f"M{number(x - STUB)} {number(y)}H{number(x)}", class_="wire", stroke_width=1.6)
    text = element("text", STUB_TEXT, x=x - STUB, y=y - 4, class_="field")
    return line + arrow_head(x, y, 1.6) + text


def arrow_head(x: float, y: float, width: float, hollow: bool = False) -> str:
    """The head of an arrow to the right that ends there, for a line of that width."""
    length, half = 6.5 + width, 2.6 + width * 0.7
    d = f"M{number(x)} {number(y)}l{number(-length)} {number(-half)}v{number(2 * half)}Z"
    return element("path", d=d, class_="head", stroke_width=1.1 if hollow else 0.3)


def tooltip(node: Node) -> str:
    """What a neuron is, in full."""
    settings = f"({node.settings})" if node.settings else ""
    return f"{written(node.name)} : {node.kind.name}{settings}\n{visible(node.kind.summary)}"
