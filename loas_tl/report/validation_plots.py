"""Plots of a validation: where errors are, and every count against the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogFormatter

from loas_tl.report.colours import accelerator_looks
from loas_tl.report.paper import LINE, Width, inches, legend, styled, wrapped
from loas_tl.report.validation_counts import draw_counts
from loas_tl.validation.records import Validation

if TYPE_CHECKING:
    import pandas as pd

PLOTS = {
    "accelerator": ("heat_map", "scatter", "cycles"),
    "spec": ("counts", "heat_map", "scatter"),
}
"""Their names, by what is validated."""
STAGES = (
    ("error", "predicted from densities"),
    ("actual_data_error", "with actual_data"),
    ("corrected_error", "with actual_data and overlap"),
)
LEAST = 1e-4
"""Errors below 0.01 % are drawn as that."""


def draw(validation: Validation, width: Width = "page") -> dict[str, Canvas]:
    """All plots by name."""
    return {name: draw_one(validation, name, width) for name in PLOTS[validation.of]}


def draw_one(validation: Validation, name: str, width: Width = "page") -> Canvas:
    """The plot of that name, one of :data:`PLOTS`.

    Args:
        validation: what is drawn.
        name: of the plot.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    with styled():
        frame = validation.to_frame()
        frame, of = frame[frame["kind"] == "actual"], validation.of
        drawings: dict[str, Callable[[], Canvas]] = {
            "heat_map": lambda: _heat_map(frame, of, width),
            "scatter": lambda: _scatter(frame, of, width),
            "cycles": lambda: _cycles(validation.cycles_frame(), of, width),
            "counts": lambda: draw_counts(validation.to_frame(), of, width),
        }
        return drawings[name]()


def _heat_map(frame: pd.DataFrame, of: str, width: Width) -> Canvas:
    """Worst error of the actual counts, accelerator and level against tensor and action.

    A column has room for two stages: with nothing known of the data, and with all of it.
    """
    stages = STAGES if width == "page" else (STAGES[0], STAGES[-1])
    frame = frame.assign(
        row=frame[of] + "  " + frame["level"],
        column=frame["action"].str.replace(r"\[\d+\]", "", regex=True).str.replace("_", " "),
    )
    rows = list(dict.fromkeys(frame["row"]))
    columns = list(dict.fromkeys(frame["column"]))
    names = [wrapped(row, 0.4 * inches(width)) for row in rows]
    pitch = LINE * max(map(len, names), default=1) + 0.02
    high = pitch * max(len(rows), 4) + 2.0
    canvas = Canvas(figsize=(inches(width), high), layout="constrained")
    panels = canvas.subplots(1, len(stages), sharey=True, squeeze=False)[0]
    image = None
    for axes, (error, title) in zip(panels, stages, strict=True):
        worst = frame[error].abs().groupby([frame["row"], frame["column"]], sort=False).max()
        values = np.full((len(rows), len(columns)), np.nan)
        for (row, column), size in worst.items():
            values[rows.index(row), columns.index(column)] = max(size, LEAST)
        image = axes.imshow(values, cmap="viridis_r", norm=LogNorm(LEAST, 1.0), aspect="auto")
        axes.set_title("\n".join(wrapped(title, 1.6 if width == "page" else 0.9)), linespacing=1.0)
        axes.set_xticks(
            range(len(columns)), columns, parse_math=False, rotation=90, va="top", ha="center"
        )
        axes.set_yticks(range(len(rows)), ["\n".join(name) for name in names], parse_math=False)
    if image is not None:
        bar = canvas.colorbar(image, ax=list(panels), location="top", aspect=40, shrink=0.9)
        bar.set_label("worst relative error")
        labels = ["≤0.01%", "0.1%", "1%", "10%", "≥100%"]
        bar.set_ticks([1e-4, 1e-3, 1e-2, 1e-1, 1.0], labels=labels)
    return canvas


def _scatter(frame: pd.DataFrame, of: str, width: Width) -> Canvas:
    canvas, panels = _side_by_side(len(STAGES), width)
    columns = ("predicted", "actual_data", "corrected")
    for axes, column, (_, title) in zip(panels, columns, STAGES, strict=True):
        drawn = _against(axes, frame, "exact", column, of)
        axes.set_title("\n".join(wrapped(title, 2.0)), linespacing=1.0)
    panels[-1].set_xlabel("exact count")
    canvas.supylabel("count over exact count", fontsize="medium")
    _legend(canvas, drawn)
    return canvas


def _cycles(frame: pd.DataFrame, of: str, width: Width) -> Canvas:
    canvas, panels = _side_by_side(2, width)
    titles = ("predicted from densities", "with actual_data, overlap and imbalance")
    for axes, column, title in zip(panels, ("predicted", "corrected"), titles, strict=True):
        drawn = _against(axes, frame, "exact", column, of)
        axes.set_title("\n".join(wrapped(title, 2.4)), linespacing=1.0)
    panels[-1].set_xlabel("exact cycles")
    canvas.supylabel("cycles over exact cycles, of a layer", fontsize="medium")
    _legend(canvas, drawn)
    return canvas


def _side_by_side(count: int, width: Width) -> tuple[Canvas, list[Axes]]:
    """Panels that share their axes; one below the other in a column."""
    down = 1 if width == "page" else count
    canvas = Canvas(figsize=(inches(width), 0.6 + 2.1 * down), layout="constrained")
    grid = canvas.subplots(down, count // down, sharex=True, sharey=True, squeeze=False)
    return canvas, list(grid.ravel())


def _against(axes: Axes, frame: pd.DataFrame, exact: str, column: str, of: str) -> dict[str, Any]:
    """How many times the exact count a count is, against the exact one; marks by ``of``."""
    marks = {}
    drawn = frame[(frame[exact] > 0) & (frame[column] > 0)]
    names = list(dict.fromkeys(map(str, frame[of])))
    # Of specs each is its own; of accelerators, colours are theirs.
    looks = accelerator_looks(names)
    for name, group in drawn.groupby(of, sort=False):
        marks[str(name)] = axes.scatter(
            group[exact],
            group[column] / group[exact],
            s=8,
            alpha=0.7,
            linewidths=0,
            color=looks[str(name)].colour,
            marker=looks[str(name)].marker,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(LogFormatter())
    axes.yaxis.set_minor_formatter(LogFormatter())
    axes.axhline(1, color="#444444", linewidth=0.7)
    return marks


def _legend(canvas: Canvas, marks: dict[str, Any]) -> None:
    legend(canvas, list(marks.items()), canvas.get_figwidth())
