"""A machine that grows: whenever a lap begins, it copies its counter of steps, and the copy counts from there on.

The copy is made by the machine itself: `copy` reads the network matrix, and what it emits is added to the matrix. The
new neuron is called after the lap.
"""

import argparse

from dmm import Machine, VValue, run, trace
from dmm.interpret.cycle import Tick


def machine() -> Machine:
    """Steps are counted by `count`; what arrives at `lap` names a copy of it."""
    machine = Machine().add("step", "input").add("lap", "input").add("self", "accum")
    machine = machine.add("count", "accum").link("count.dict-2", "step.char")
    machine = machine.add("grow", "copy", neurons={"count": 1})
    machine = (
        machine.link("grow.matrix", "self.dict").link("grow.copies", "lap.char").link("self.dict-2", "grow.matrix")
    )
    return machine.read("count").governed_by("self.dict")


def stream(laps: dict[int, str], ticks: int) -> list[VValue]:
    """A step at every tick, and laps that begin at some of them."""
    return [VValue({"step": 1, "lap": {laps[tick]: 1} if tick in laps else 0}) for tick in range(1, ticks + 1)]


def counts(tick: Tick) -> dict[str, float]:
    """What every counter shows."""
    return {name: tick.outputs[name, "dict"].scalar for name in tick.outputs.labels if name.startswith("count")}


def main() -> None:
    """Print the counters, tick by tick."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ticks", type=int, default=14, help="how long to run")
    ticks = parser.parse_args().ticks
    items = stream({2: "swim", 5: "bike", 8: "run"}, ticks)
    for number, tick in enumerate(trace(machine(), items), 1):
        links = len(tick.outputs["self", "dict"])
        print(f"{number:3}  {links:2} links  ", *(f"{name} {n:g}" for name, n in counts(tick).items()))
    compiled, interpreted = (
        run(machine(), items, engine=engine, dtype="float64") for engine in ("compile", "interpret")
    )
    print("compiled alike:", compiled == interpreted)


if __name__ == "__main__":
    main()
