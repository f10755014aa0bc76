"""The wave in the matrix: a machine that rewrites one row of its own network matrix, so that a link travels along it.

The neuron `self` holds the matrix. Three others each remember an update that takes away the link from themselves to
`self` and puts one from the next in its place. So whoever is heard now says who is to be heard next.

Source: the Clojure implementation of Bukatin and Matthews (github: jsa-aerial/DMM).
"""

import argparse
from itertools import islice, repeat

from dmm import Machine, VValue, trace

UPDATES = ("update-1", "update-2", "update-3")


def wave() -> Machine:
    """The three updates and the matrix, with the first link in place."""
    machine = Machine().add("self", "accum")
    for name, following in zip(UPDATES, (*UPDATES[1:], UPDATES[0]), strict=True):
        machine = machine.add(name, "identity").link((name, "update"), (name, "update"), hard=True)
        change = {"self": {"dict-2": {name: {"update": -1}, following: {"update": 1}}}}
        machine = machine.start((name, "update"), change)
    return machine.link("self.dict-2", "update-1.update").read("self").governed_by("self.dict")


def main() -> None:
    """Print the machine, then in every tick the row of the matrix that says whom `self` hears."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ticks", type=int, default=12, help="how long to watch")
    ticks = parser.parse_args().ticks
    print(wave().show(), "\n")
    print("tick", *UPDATES)
    for number, tick in enumerate(islice(trace(wave(), repeat(VValue())), ticks), 1):
        row = tick.outputs["self", "dict", "self", "dict-2"]
        cells = (f"{row[name, 'update'].scalar:>8g}" for name in UPDATES)
        print(f"{number:>4}", *cells)


if __name__ == "__main__":
    main()
