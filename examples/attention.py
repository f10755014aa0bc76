"""Attention by hand: a machine remembers what things cost, and tells when it is asked by looking at the same things.

An item is a thing, with its price if that is known, and the place in the memory where it goes. A query points to the
same thing, and to where a price was told. Where several were, the answer is their mean.
"""

import argparse

from dmm import Affine, Machine, VValue, attention, network, run, trace

THINGS = ("apple", "pear", "fig")
OFFERS = (("apple", 3), ("pear", 7), ("fig", 1), ("apple", 5), ("pear", None), ("apple", None), ("fig", None))
SHARP = 12  # how far above all other scores the right ones are


def shop() -> Machine:
    """Queries and keys have a unit for each thing, and one for a price that was told; a value is the price."""
    things = [[SHARP * (i == j) for j in range(len(THINGS))] for i in range(len(THINGS))]
    zeros = [0] * len(THINGS)
    query = Affine([*([*row, 0, 0] for row in things), [*zeros, 0, 0]], b=[*zeros, SHARP])
    key = Affine([*([*row, 0, 0] for row in things), [*zeros, SHARP, 0]])
    value = Affine([[*zeros, 0, 1]])
    layer = attention(query=query, key=key, value=value)
    return network([*THINGS, "told", "price"], layer, outputs=["price"])


def items() -> list[VValue]:
    """The stream of offers and questions, each with a place of its own."""
    stream = []
    for number, (thing, price) in enumerate(OFFERS, 1):
        told = {} if price is None else {"told": 1, "price": price}
        stream.append(VValue({thing: 1, **told, "place": {f"{number}-{thing}": 1}}))
    return stream


def main() -> None:
    """Print the machine, and for every item the answer and where in the memory it comes from."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    machine = shop()
    print(machine.show(), "\n")
    for (thing, price), tick in zip(OFFERS, trace(machine, items()), strict=True):
        weights = tick.outputs["weights", "dict"]
        seen = ", ".join(
            f"{place} {weights[place].scalar:.2f}" for place in weights.labels if weights[place].scalar > 0.01
        )
        said = "?" if price is None else price
        print(f"{thing:<6}{said}   price {tick.outputs['output', 'price'].scalar:.3f}   looks at {seen}")
    compiled = run(machine, items(), engine="compile", dtype="float32")
    gap = max((a - b).max_norm() for a, b in zip(compiled, run(machine, items()), strict=True))
    print(f"\nCompiled in float32, where all items are answered at once, answers differ by {gap:.1g}")


if __name__ == "__main__":
    main()
