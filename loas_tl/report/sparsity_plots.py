"""Figures of what each kind of sparsity leaves."""

from __future__ import annotations

from math import ceil
from typing import Any

from matplotlib.figure import Figure as Canvas

from loas_tl.ground.titles import network_title
from loas_tl.report.colours import marks_of
from loas_tl.report.panel import Bar
from loas_tl.report.paper import LINE, Width, inches, legend, styled, width_of
from loas_tl.report.sparsity import GROUPS, HEADINGS, OF_SPIKES, WHOLES
from loas_tl.report.stacks import Quantity, stacked
from loas_tl.studies.sparsity import Left, Sparsity

BESIDE = 0.5
"""Inches of a panel that its layers do not have."""


def left(found: Sparsity, width: Width = "page") -> Canvas:
    """Share of positions that each kind of sparsity leaves: a panel a network.

    Args:
        found: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    panels = [_bars(one) for one in found.totals.values()]
    legend = {WHOLES[of]: mark.colour for of, mark in GROUPS.items()}
    titles = [network_title(network) for network in found.totals]
    return stacked(titles, [Quantity("share left (%)", panels)], legend, width, numbered=True)


def _bars(one: Left) -> list[Bar]:
    return [
        Bar(HEADINGS[name], [(GROUPS[name in OF_SPIKES].colour, 100 * share)])
        for name, share in one.densities().items()
    ]


@styled()
def layers(found: Sparsity, width: Width = "page") -> Canvas:
    """The same layer by layer: a panel a network, a line a kind.

    Args and errors are those of :func:`left`.
    """
    whole = inches(width)
    networks = list(found.totals)
    across = min(len(networks), 3 if width == "page" else 1)
    down = ceil(len(networks) / across)
    canvas = Canvas(figsize=(whole, 2.1 * down + 0.7), layout="constrained")
    grid: Any = canvas.subplots(down, across, squeeze=False, sharey=True)
    drawn: dict[str, Any] = {}
    for axes, network in zip(grid.flat, networks, strict=False):
        of = {
            layer: one.densities() for (name, layer), one in found.layers.items() if name == network
        }
        for kind, mark in marks_of(list(HEADINGS)).items():
            shares = [100 * densities[kind] for densities in of.values()]
            style = {"color": mark.colour, "marker": mark.marker, "markersize": 3, "linewidth": 1}
            [drawn[HEADINGS[kind]]] = axes.plot(range(len(of)), shares, **style)
        room = whole / across - BESIDE
        step = ceil(len(of) * 1.1 * LINE / room)
        upright = sum(width_of(layer) + 0.06 for layer in of) > room
        names = {"rotation": 90, "va": "top", "ha": "center"} if upright else {}
        places = range(0, len(of), step if upright else 1)
        axes.set_xticks(places, [list(of)[at] for at in places], parse_math=False, **names)
        axes.set_title(network_title(network), parse_math=False)
        axes.set_xlabel("layer")
    grid.flat[0].set_ylim(bottom=0)  # all share it
    for axes in grid.flat[len(networks) :]:
        axes.set_visible(False)
    canvas.supylabel("share left (%)", fontsize="medium")
    legend(canvas, list(drawn.items()), whole)
    return canvas
