"""Sound from a machine: every tone is two neurons that turn each other, and their sum is written as a WAV file.

The links between them are the cosine and the sine of the angle by which they turn in a tick, times what is left of the
tone after it. A machine without a stream, it plays what it starts with.
"""

import argparse
import math
import wave
from array import array
from pathlib import Path

from dmm import Machine, VValue, run

RATE = 8000  # ticks a second
TONES = {"a": 440.0, "c-sharp": 554.37, "e": 659.26}
HALF_LIFE = 0.5  # seconds


def tone(machine: Machine, name: str, frequency: float) -> Machine:
    """The machine with one more tone: x turns into y, and y into -x."""
    angle, kept = 2 * math.pi * frequency / RATE, 0.5 ** (1 / (HALF_LIFE * RATE))
    along, across = kept * math.cos(angle), kept * math.sin(angle)
    x, y = f"{name}-x", f"{name}-y"
    machine = machine.add(x, "sum").add(y, "sum").start(f"{x}.sum", 1)
    machine = machine.link(f"{x}.x", f"{x}.sum", along).link(f"{x}.y", f"{y}.sum", -across)
    return machine.link(f"{y}.x", f"{x}.sum", across).link(f"{y}.y", f"{y}.sum", along)


def chord() -> Machine:
    """All tones, equally loud."""
    machine = Machine().add("speaker", "sum").read("speaker")
    for name, frequency in TONES.items():
        machine = tone(machine, name, frequency).link(f"speaker.{name}", f"{name}-y.sum", 1 / len(TONES))
    return machine


def main() -> None:
    """Print the machine, let it play, and write what it says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("chord.wav"), help="the WAV file to write")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long it plays")
    arguments = parser.parse_args()
    print(chord().show(digits=4))
    silence = [VValue()] * round(RATE * arguments.seconds)
    answers = run(chord(), silence, engine="compile", dtype="float64")
    samples = array("h", (round(32000 * answer["sum"].scalar) for answer in answers))
    with wave.open(str(arguments.out), "wb") as file:
        file.setparams((1, 2, RATE, len(samples), "NONE", "not compressed"))
        file.writeframes(samples.tobytes())
    print(f"\n{arguments.out}: {len(samples)} samples, {' + '.join(f'{each:g} Hz' for each in TONES.values())}")


if __name__ == "__main__":
    main()
