"""A picture of counts: how many times the exact one each is, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loas_tl.report.colours import STAGES
from loas_tl.report.paper import LINE, Width, inches, legend, styled, wrapped

if TYPE_CHECKING:
    import pandas as pd

MOST = 40
"""Rows that are drawn."""
SERIES = (
    ("predicted", "predicted from densities", "o"),
    ("actual_data", "with actual_data", "s"),
    ("corrected", "with actual_data and overlap", "D"),
)
"""Columns, what they are, and their marks."""


@styled()
def draw_counts(frame: pd.DataFrame, of: str, width: Width = "page") -> Figure:
    """Every actual count over the exact one; of several layers the one that is farthest off.

    Args:
        frame: as of :meth:`loas_tl.validation.Validation.to_frame`.
        of: its column that says what was validated.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    whole = inches(width)
    actual = frame[(frame["kind"] == "actual") & (frame["exact"] > 0)]
    order = actual["error"].abs().sort_values(ascending=False, kind="stable").index
    place = [of, "level", "tensor", "action"]
    worst = actual.loc[order].drop_duplicates(place).head(MOST)
    several = frame[of].nunique() > 1
    said = [
        "  ".join(str(row[name]) for name in (place if several else place[1:]) if row[name])
        for _, row in worst.iterrows()
    ]
    names = [wrapped(one.replace("_", " "), 0.5 * whole) for one in said]
    pitch = LINE * max(map(len, names), default=1) + 0.02
    canvas = Figure(figsize=(whole, 0.9 + pitch * max(len(worst), 4)), layout="constrained")
    axes = canvas.subplots()
    rows = np.arange(len(worst))
    for column, label, mark in SERIES:
        ratio = (worst[column] / worst["exact"]).to_numpy(np.float64)
        shown = ratio > 0
        axes.plot(
            *(ratio[shown], rows[shown], mark),
            color=STAGES[column],
            label=label,
            markersize=3.5,
            alpha=0.9,
        )
    axes.set_yticks(rows, ["\n".join(name) for name in names], parse_math=False, linespacing=1.0)
    axes.set_ylim(len(worst) - 0.5, -0.5)
    axes.axvline(1, color="#444444", linewidth=0.7)
    axes.set_xscale("log")
    _ticks(axes, worst)
    axes.grid(axis="x", linewidth=0.4, alpha=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("count over exact count")
    handles, labels = axes.get_legend_handles_labels()
    legend(canvas, list(zip(labels, handles, strict=True)), whole)
    return canvas


def _ticks(axes: Axes, worst: pd.DataFrame) -> None:
    """Ticks that a reader of ratios looks for, as far apart as the ratios are."""
    columns = [column for column, *_ in SERIES]
    ratios = worst[columns].div(worst["exact"], axis=0).to_numpy(np.float64)
    ratios = ratios[ratios > 0]
    reach = max(np.abs(np.log(ratios)).max(initial=0.0) * 1.15, np.log(1.02))
    for step in (1.01, 1.05, 1.1, 1.25, 2.0, 10.0, 100.0):
        if reach <= 4.2 * np.log(step):
            break
    ticks = [step**n for n in range(-4, 5)]
    within = [tick for tick in ticks if abs(np.log(tick)) <= reach]
    axes.set_xticks(within, [f"{tick:.3g}" for tick in within])
    axes.set_xticks([], minor=True)
    axes.set_xlim(np.exp(-reach), np.exp(reach))
