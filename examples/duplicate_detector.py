"""The duplicate character detector, written by hand, on a text; and why it answered what it did.

It says how far the largest count of a character exceeds 1, and how many full stops there were.
"""

import argparse

from dmm import Machine, VValue, contributions, run, symbols

LAGS = 4, 3  # ticks from a character to what the first and the second answer say of it


def detector() -> Machine:
    """Eight links of weight 1: what is heard is counted; counts are measured, and compared with the constant 1."""
    machine = Machine()
    for name in ("input", "eos", "const_1", "accum", "norm", "compare", "dot", "output"):
        machine = machine.add(name)
    machine = machine.link("accum.dict-2", "input.char").link("norm.dict", "accum.dict")
    machine = machine.link("compare.dict-1", "norm.norm").link("compare.dict-2", "const_1.const_1")
    machine = machine.link("dot.dict-1", "accum.dict").link("dot.dict-2", "eos.char")
    return machine.link("output.dict-1", "compare.true").link("output.dict-2", "dot.dot")


def main() -> None:
    """Print the machine, its answers, and what the last one depends on."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--text", default="test string.", help="what it hears, a character a tick")
    text = parser.parse_args().text
    machine, stream = detector(), [*symbols(text), *[VValue()] * max(LAGS)]
    print(machine.show(), "\n")
    answers = run(machine, stream)
    for tick in range(len(text)):
        excess, stops = (
            answers[tick + lag][label].scalar for lag, label in zip(LAGS, ("dict-1", "dict-2"), strict=True)
        )
        print(f"{text[: tick + 1]:<{len(text)}}  {excess:g} {stops:g}")
    print(f"\n{contributions(machine, stream)}")


if __name__ == "__main__":
    main()
