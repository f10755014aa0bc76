"""A machine that counts words: how often each has come, which came more than once, and which most often.

A word is a V-value with a 1 under its name, so a whole table of counts is one value, and adding is counting. The words
need not be known beforehand: the table grows as they come.
"""

import re

from dmm import Machine, run, symbols

TEXT = "A dog saw a cat, and the cat saw the dog; then the dog, as dogs do, ran after the cat that ran after the mouse."


def counter() -> Machine:
    """Five neurons; in synchronous timing, all answers are about the words so far, the last one included."""
    machine = (
        Machine(timing="synchronous").add("word", "input").add("counts", "accum").link("counts.dict-2", "word.char")
    )
    machine = machine.add("repeated", "threshold", limit=1).link("repeated.dict", "counts.dict")
    machine = machine.add("table", "product").link("table.dict-1", "counts.dict").link("table.dict-2", "repeated.dict")
    machine = machine.add("most", "arg_max").link("most.dict", "counts.dict")
    return machine.read("counts", "table", "most")


def main() -> None:
    """Print the machine, the leading word after every word, and the table at the end."""
    words = re.findall(r"\w+", TEXT.lower())
    print(counter().show(), "\n")
    answers = run(counter(), symbols(words))
    for word, answer in zip(words, answers, strict=True):
        (leader,) = answer["most", "dict"].labels
        print(f"{word:<8} {int(answer['counts', 'dict', word].scalar)}   most often so far: {leader}")
    table = answers[-1]["table", "dict"]
    print(f"\nMore than once, of {len(words)} words, {len(answers[-1]['counts'])} of them different:")
    for word in sorted(table.labels, key=lambda word: (-table[word].scalar, word)):
        print(f"{word:<8} {int(table[word].scalar)}")


if __name__ == "__main__":
    main()
