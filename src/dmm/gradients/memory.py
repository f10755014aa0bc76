"""Memory: what a step of training takes, and what there is of it."""

from dataclasses import dataclass
from math import ceil
from typing import Self

from dmm.compile.program import Program

NUMBER = 4  # bytes of a float32
KEPT = 3  # copies of every number that neurons receive or emit: 1.8 measured on the seed machine, 2.8 on loops
CARRIED = 2  # copies of the states between pieces, and of the data
LONG, QUICK = 2000, 12_000_000  # ticks and bytes from which cutting pays: 12 us a tick, not 15 as at 105 MB
SHARE = 0.5  # of the free memory that a step may take where nobody says otherwise


@dataclass(frozen=True)
class Size:
    """How much a step of training computes: of a program, on so many streams of so many ticks, for so many members.

    `moving` numbers are received and emitted by all neurons in a tick, `state` of them are handed to the next, and
    `given` come with the data.
    """

    moving: int
    state: int
    given: int
    links: int
    streams: int
    ticks: int
    members: int = 1

    @classmethod
    def of(cls, program: Program, streams: int, ticks: int, members: int = 1) -> Self:
        """The size of steps of this program."""
        given = len(program.stream) + len(program.answers) + 1
        return cls(program.moving, len(program.state), given, len(program.links), streams, ticks, members)

    def bytes(self, piece: int, together: int = 1) -> int:
        """What is needed at once where pieces of so many ticks are run, for `together` sets of weights a member."""
        between = CARRIED * self.state * ceil(self.ticks / piece) if piece < self.ticks else 0
        states = NUMBER * between * self.streams * self.members
        data = NUMBER * CARRIED * self.given * self.ticks * self.streams
        return together * (self._inside(piece) + states) + data

    def piece(self, memory: float, together: int = 1) -> int:
        """The longest pieces, halves of halves of the whole, that fit into so many bytes; where none does, the best.

        Long streams are quicker in pieces that a cache holds, though each is run twice, and so run in such.
        """
        pieces: list[int] = [ceil(self.ticks / 2**half) for half in range(self.ticks.bit_length())]
        fitting = [piece for piece in pieces if self.bytes(piece, together) <= memory]
        if not fitting:
            return min(pieces, key=lambda piece: self.bytes(piece, together))
        return next((piece for piece in fitting if piece <= LONG or self._inside(piece) <= QUICK), fitting[-1])

    def _inside(self, piece: int) -> int:
        return NUMBER * KEPT * self.moving * piece * self.streams * self.members


def default_memory() -> int:
    """Half of the free memory of the device that computes, in bytes; a power of two, so that it seldom changes."""
    free = max(SHARE * free_memory(), 1)
    return 1 << (int(free).bit_length() - 1)


def free_memory() -> int:
    """The free memory of the device that computes, in bytes."""
    import jax
    import psutil

    known = jax.local_devices()[0].memory_stats()
    if known and "bytes_limit" in known:
        return int(known["bytes_limit"] - known.get("bytes_in_use", 0))
    return int(psutil.virtual_memory().available)
