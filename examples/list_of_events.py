"""A machine that keeps a list of events: clicks come in one by one, and the newest is the first of the list.

Lists are V-values: `{this: newest, rest: {this: the one before, rest: ...}}`. A neuron of type `cons` remembers one and
puts in front of it whatever comes that is not zero. Its picture is two boxes: the clicks, and the list.
"""

from dmm import Machine, VValue, list_items, run

CLICKS = {2: (10, 20), 3: (30, 40), 6: (50, 60), 7: (70, 80)}  # where, by tick


def click(tick: int) -> VValue:
    """What the mouse says in a tick: zero, or the place of a click, with a mark so that none is zero at (0, 0)."""
    if tick not in CLICKS:
        return VValue()
    x, y = CLICKS[tick]
    return VValue({"x": x, "y": y, "click": 1})


def places(events: VValue) -> list[tuple[int, int]]:
    """Where the clicks of a list were."""
    return [(int(event["x"].scalar), int(event["y"].scalar)) for event in list_items(events)]


def recorder(**bound: int) -> Machine:
    """A list of all clicks, or of the newest, so many as `length` says; with it, the first of them and the rest."""
    machine = Machine().add("clicks", "input").add("list", "cons", **bound).link("list.item", "clicks.char")
    machine = machine.add("first").link("first.list", "list.list").add("rest").link("rest.list", "list.list")
    return machine.read("list", "first", "rest")


def main() -> None:
    """Print what the machine is, and its list after every tick."""
    stream = [click(tick) for tick in range(1, 10)]
    print(recorder(), "\n")
    for tick, answer in enumerate(run(recorder(), stream), 1):
        clicked = f"click at {CLICKS[tick]}" if tick in CLICKS else ""
        print(f"{tick}  {clicked:<18} {places(answer['list', 'list'])}")
    print(f"\nThe newest: {answer['first', 'item']}; all others: {places(answer['rest', 'list'])}")
    bounded = run(recorder(length=2), stream, engine="compile")[-1]
    print(f"A list of two, which is bounded and so can be compiled: {places(bounded['list', 'list'])}")


if __name__ == "__main__":
    main()
