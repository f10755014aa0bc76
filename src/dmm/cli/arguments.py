"""Arguments that several commands share, and what they accept."""

import argparse
import math
import re
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 10**15
MOST_TICKS = 10_000_000  # a list of so many items still fits into memory


def add_stream_options(parser: argparse.ArgumentParser, counted: str) -> None:
    """`--every` and `--ticks`."""
    parser.add_argument("--every", metavar="N", type=count, default=1, help=f"one {counted} every N ticks (default: 1)")
    parser.add_argument(
        "--ticks", metavar="T", type=count, help="how long the stream is (default: two characters' time after the last)"
    )


def add_dot_clip(parser: argparse.ArgumentParser) -> None:
    """`--dot-clip`."""
    parser.add_argument(
        "--dot-clip",
        metavar="C",
        type=positive,
        default=4.0,
        help="where neurons of type dot clip, in bare matrices, which do not say it (default: 4)",
    )


def parameters(arguments: argparse.Namespace) -> Mapping[str, Mapping[str, Any]]:
    """What bare matrices do not say, as `load_machine` takes it."""
    return {"dot": {"clip": arguments.dot_clip}}


def count(text: str) -> int:
    """A number of ticks."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= MOST_TICKS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_TICKS}")
    return int(text)


def positive(text: str) -> float:
    """A finite number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number above 0")
    return number


def size(text: str) -> int:
    """A number of bytes, as in 2000000, 500M or 2G."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?)([kMGT]?)B?", text)
    number = float(found[1]) * 1000 ** " kMGT".index(found[2] or " ") if found else 0
    if not 1 <= number <= MOST_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes; give one as in 500M or 2G")
    return int(number)


def characters_of(text: str) -> str:
    """A text of at least one character; characters are Unicode code points."""
    if not text:
        raise argparse.ArgumentTypeError("the text is empty; give at least one character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not valid Unicode; check the encoding of the terminal") from None
    return text
