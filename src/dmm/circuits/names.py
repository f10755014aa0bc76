"""Names for reading: every neuron by a word, as far as its type and place tell one."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable

from dmm.machine.machine import Machine
from dmm.machine.text import flow_order

_NO_WORD = re.compile(r"\W+", re.ASCII)
_PLAIN = re.compile(r"\w[\w-]*")


def readable_names(machine: Machine, taken: Iterable[str] = ()) -> dict[str, str]:
    """For every neuron, in order of the data flow, a name that is an identifier, no two the same.

    A neuron that is named after its type (`accum-1-2`) gets the type's name, with a number if there are several; any
    other keeps its own, spelled as an identifier. Names in `taken`, and words of Python, are avoided. Neurons of a
    self-referential machine keep plain names such as `accum-1-2`, by which its updates speak of them.

    >>> readable_names(Machine().add("input").add("accum-1-2").add("accum-2-1").add("my sum", "sum").read("my sum"))
    {'my sum': 'my_sum', 'accum-1-2': 'accum_1', 'accum-2-1': 'accum_2', 'input': 'input'}
    """
    order = flow_order(machine)
    names = {name: name for name in order if machine.own_matrix and _PLAIN.fullmatch(name)}
    words = {name: _word(machine, name) for name in order if name not in names}
    count, used = Counter(words.values()), {*taken, *keyword.kwlist, *names}
    number: Counter[str] = Counter()
    for name, word in words.items():
        found = word if count[word] == 1 else ""
        while not found or found in used:
            number[word] += 1
            found = f"{word}_{number[word]}"
        used.add(found)
        names[name] = found
    return names


def _word(machine: Machine, name: str) -> str:
    kind = machine.neurons[name].type
    after_type = re.fullmatch(rf"{re.escape(kind)}(-\d+)*", name)
    word = _NO_WORD.sub("_", kind if after_type else name).strip("_")
    return word if word.isidentifier() else f"n_{word}".rstrip("_")
