"""A machine that is edited while it runs: it counts characters, and is taught to count them tenfold, then to rank them.

An edit is an item like any other: the update neuron emits it, a tick later it is in the network matrix, and another
tick later it carries. So what is asked before tick 5 is first felt at tick 7. What cannot be is refused, with why not.
"""

import threading
import time

from dmm import LiveMachine, Machine

TEXT = "banana nananana"
ASKED = {  # before which tick, and what
    5: "set counts.dict-2 <- input.char 10",
    8: "neuron most : arg_max",
    9: "set most.dict <- counts.dict 1",
    13: "set most.dct <- counts.dict 1",
}


def counter() -> Machine:
    """Two neurons: the characters as they come, and a table of how often each has come."""
    return Machine().add("input").add("counts", "accum").link("counts.dict-2", "input.char").read("counts")


def main() -> None:
    """Step by step, the edits and what they do; then the same text in a thread, edited from another."""
    live = LiveMachine(counter())
    for character in TEXT:
        live.send("input", {character: 1})
    for tick in range(1, len(TEXT) + 2):
        if tick in ASKED:
            print(f"    > {ASKED[tick]}\n    {live.ask(ASKED[tick])}")
        live.step()
        print(f"{tick:>2}  {live.outputs['counts', 'dict']}", *live.outputs["most", "dict"].labels, sep="  ")
    print(f"\n{live.ask('show')}\n")

    with LiveMachine(counter(), rate=2000) as live:
        live.start()
        typist = threading.Thread(target=lambda: [live.send("input", {character: 1}) for character in TEXT])
        typist.start()
        for line in list(ASKED.values())[1:3]:
            live.ask(line)
        typist.join()
        while live.outputs["most", "dict"].labels != ("a",) or sum(x for _, x in live.answer.items()) < len(TEXT):
            time.sleep(0.001)
        print(f"In a thread, with no tenfold counting: {live.answer}, most often {live.outputs['most', 'dict']}")


if __name__ == "__main__":
    main()
