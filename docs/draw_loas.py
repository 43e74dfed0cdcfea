"""The picture of LoAS, ``images/loas.svg``: ``python docs/draw_loas.py`` (paper, section IV)."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

INK, SPIKES, WEIGHTS, SUMS, PLAIN = "#102a43", "#dcebf7", "#fbe6cf", "#e3f1dd", "#f4f6fa"


def box(axes: Axes, x: float, y: float, w: float, h: float, text: str, colour: str) -> None:
    """A labelled box with its lower left corner at (x, y)."""
    shape = FancyBboxPatch(
        (x, y), w, h, boxstyle="round,pad=0.03", facecolor=colour, edgecolor="#33507a", lw=0.9
    )
    axes.add_patch(shape)
    axes.text(x + w / 2, y + h / 2, text, ha="center", va="center", fontsize=7.2, color=INK)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], both: bool) -> None:
    """An arrow from start to end, with a head at each end for ``both``."""
    style = "<|-|>" if both else "-|>"
    axes.annotate("", end, start, arrowprops={"arrowstyle": style, "color": "#33507a", "lw": 1})


def main() -> None:
    """Draw and write the picture."""
    mpl.rcParams |= {"svg.hashsalt": "loas-tl", "svg.fonttype": "path"}
    figure, axes = plt.subplots(figsize=(9, 4.3))
    box(axes, 0, 1.9, 1.25, 1.2, "HBM\n128 GB/s", PLAIN)
    box(
        axes,
        1.95,
        1.3,
        1.7,
        2.4,
        "global cache\n256 KiB, 16 banks\n\nspikes, packed\nweights\noutputs",
        PLAIN,
    )
    box(axes, 4.25, 1.3, 0.8, 2.4, "cross-\nbars", PLAIN)
    for step in (0.2, 0.1):
        box(axes, 5.75 + step, 0.75 + step, 5.2, 3.85, "", "white")
    box(axes, 5.75, 0.75, 5.2, 3.85, "", "white")
    axes.text(
        5.9, 4.42, "16 TPPEs: a row of spikes each, one column of weights", fontsize=7.2, color=INK
    )
    box(axes, 5.95, 3.35, 1.45, 0.75, "bitmask of\nactive neurons", SPIKES)
    box(axes, 5.95, 1.2, 1.45, 0.75, "bitmask of\nweights", WEIGHTS)
    box(axes, 7.75, 2.4, 0.7, 0.5, "AND", PLAIN)
    box(
        axes,
        8.75,
        3.35,
        1.95,
        0.75,
        "laggy prefix-sum\nto the packed word\n(T bits a neuron)",
        SPIKES,
    )
    box(axes, 8.75, 2.3, 1.95, 0.75, "fast prefix-sum\nto the weight", WEIGHTS)
    box(
        axes,
        7.75,
        0.95,
        2.95,
        0.95,
        "pseudo-accumulator: all weights\nless a correction a timestep:\nT outputs at once",
        SUMS,
    )
    box(
        axes,
        4.25,
        0.0,
        6.7,
        0.4,
        "P-LIF neurons, then the compressor: spikes of all T timesteps, packed",
        SUMS,
    )
    arrow(axes, (1.25, 2.5), (1.95, 2.5), both=True)
    arrow(axes, (3.65, 2.5), (4.25, 2.5), both=True)
    arrow(axes, (5.05, 2.5), (5.75, 2.5), both=False)
    arrow(axes, (7.4, 3.5), (7.85, 2.92), both=False)
    arrow(axes, (7.4, 1.8), (7.85, 2.38), both=False)
    arrow(axes, (8.4, 2.88), (8.75, 3.5), both=False)
    arrow(axes, (8.45, 2.65), (8.75, 2.65), both=False)
    arrow(axes, (9.2, 2.3), (9.2, 1.92), both=False)
    arrow(axes, (8.35, 0.75), (8.35, 0.42), both=False)
    arrow(axes, (4.25, 0.2), (2.8, 1.28), both=False)
    axes.set_xlim(-0.1, 11.3)
    axes.set_ylim(-0.1, 4.95)
    axes.axis("off")
    to = Path(__file__).parent / "images" / "loas.svg"
    figure.savefig(to, bbox_inches="tight", facecolor="white", metadata={"Date": None})


if __name__ == "__main__":
    main()
