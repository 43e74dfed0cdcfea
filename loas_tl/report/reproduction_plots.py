"""Figures of the published evaluation, ours beside it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from loas_tl.report.colours import LOAS
from loas_tl.report.panel import Bar
from loas_tl.report.paper import LINE, Width, inches, legend, styled, wrapped
from loas_tl.report.reproduction_shades import SHADES
from loas_tl.report.stacks import Quantity, stacked
from loas_tl.reproduction.item import NEAR, Reproduction, Row


@styled()
def differences(found: Reproduction, width: Width = "page") -> Canvas:
    """By how much ours differs from each published figure: a line an item, a point a figure.

    Args:
        found: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    whole = inches(width)
    known = {
        item: [100 * row.difference for row in rows if row.difference is not None]
        for item, rows in found.items()
    }
    known = {item: shares for item, shares in known.items() if shares}
    names = [wrapped(item.title, 0.42 * whole) for item in known]
    pitch = LINE * max(map(len, names), default=1) + 0.06
    canvas = Canvas(figsize=(whole, pitch * len(known) + 0.8), layout="constrained")
    axes = canvas.add_subplot()
    near, far = SHADES
    for at, shares in enumerate(known.values()):
        for name in SHADES:
            own = [x for x in shares if (abs(x) <= 100 * NEAR) is (name == near)]
            axes.plot(
                own,
                [at] * len(own),
                linestyle="",
                marker=SHADES[name].marker,
                markersize=4,
                markeredgewidth=0,
                alpha=0.7,
                color=SHADES[name].colour,
            )
    axes.axvline(0, color="#444444", linewidth=0.7, zorder=0)
    axes.set_yticks(range(len(known)), ["\n".join(name) for name in names], parse_math=False)
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlabel("ours over published, less 1 (%)")
    entries = [
        (name, Line2D([], [], linestyle="", marker=SHADES[name].marker, color=SHADES[name].colour))
        for name in (near, far)
    ]
    legend(canvas, entries, whole)
    return canvas


def figures(rows: Sequence[Row], width: Width = "page") -> Canvas:
    """The figures of an item with the published ones as diamonds: a row of panels a unit.

    Args:
        rows: of the item.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    units = list(dict.fromkeys(row.unit for row in rows))
    panels = [
        [Bar(row.what, [(LOAS[0], row.ours)], row.published) for row in rows if row.unit == unit]
        for unit in units
    ]
    quantity = Quantity("ours", panels)
    return stacked(units, [quantity], {}, width, numbered=True, apart=True)
