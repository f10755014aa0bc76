"""Life-like patterns with bistability: soft Games of Life in a network that rewrites its weights, as a moving picture.

Left the network matrix, right one of the Games; below, the mean of all inputs, which tips between two signs.
"""

import argparse
from pathlib import Path

import numpy as np

from dmm import PURE_EXPERIMENTS, pure_program

CELL, SECONDS = 10, 0.1  # the size of a cell, the time of a tick


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("life_like.svg"), help="the animated SVG to write")
    parser.add_argument("--ticks", type=int, default=200, help="how long to watch")
    arguments = parser.parse_args()
    machine = PURE_EXPERIMENTS["conway_2"]()
    look = pure_program(machine, arguments.ticks, read=lambda tick: (tick.state.outputs[:5:4], tick.state.inputs))
    outputs, inputs = map(np.asarray, look(machine.start())[1])
    mean = inputs.mean((1, 2, 3))
    changes = np.flatnonzero(np.diff(np.sign(mean)))
    print(f"{arguments.ticks} ticks; mean of all inputs from {mean.min():.3f} to {mean.max():.3f}")
    print(f"{len(changes)} sign changes; ticks from one to the next: {' '.join(map(str, np.diff(changes))) or 'none'}")
    arguments.out.write_text(picture(outputs[:, 0], outputs[:, 1], mean), encoding="utf-8")


def picture(left: np.ndarray, right: np.ndarray, mean: np.ndarray) -> str:
    """An animated SVG: two boards of cells, and the mean as a curve with a mark that moves along."""
    ticks, height, width = left.shape
    full, zero, tall = (2 * width + 1) * CELL, (height + 6) * CELL, (height + 12) * CELL
    x, y = [f"{a:.1f}" for a in np.linspace(0, full, ticks)], [f"{a:.1f}" for a in zero - 10 * CELL * mean]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-CELL} {-CELL} {full + 2 * CELL} {tall}">
<style>svg{{background:#e8dcc0}}path,polyline{{fill:none;stroke:#765}}</style>
{board(left, 0)}{board(right, (width + 1) * CELL)}
<path d="M0 {zero}H{full}"/><polyline points="{" ".join(map(",".join, zip(x, y, strict=True)))}"/>
<circle r="5" fill="#b22">{moving("cx", x)}{moving("cy", y)}</circle></svg>
"""


def board(frames: np.ndarray, left: int) -> str:
    """A white board with black squares, which show the more, the nearer to -1 their numbers are."""
    cells = [f'<rect width="{frames.shape[2]}" height="{frames.shape[1]}" fill="#fff"/>']
    for i, j in np.ndindex(frames.shape[1:]):
        shades = moving("opacity", [f"{shade:.1g}" for shade in (1 - frames[:, i, j]) / 2])
        cells.append(f'<rect x="{j}" y="{i}" width="1" height="1">{shades}</rect>')
    return f'<g transform="translate({left}) scale({CELL})">{"".join(cells)}</g>'


def moving(attribute: str, values: list[str]) -> str:
    """One attribute that takes these values one after the other, again and again."""
    how = f'attributeName="{attribute}" calcMode="discrete" dur="{SECONDS * len(values):g}s" repeatCount="indefinite"'
    return f'<animate {how} values="{";".join(values)}"/>'


if __name__ == "__main__":
    main()
