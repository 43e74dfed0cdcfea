"""Plots of a validation: where errors are, and every count against the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Canvas

from loas_tl.report.paper import STYLE, name_entries
from loas_tl.validation.drawing import draw_counts
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
COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#999999",
    "#F0E442",
    "#000000",
)
MARKERS = "os^Dv<>PX"


def draw(validation: Validation) -> dict[str, Canvas]:
    """All plots by name."""
    return {name: draw_one(validation, name) for name in PLOTS[validation.of]}


def draw_one(validation: Validation, name: str) -> Canvas:
    """The plot of that name, one of :data:`PLOTS`."""
    with mpl.rc_context(STYLE):
        frame = validation.to_frame()
        frame, of = frame[frame["kind"] == "actual"], validation.of
        drawings: dict[str, Callable[[], Canvas]] = {
            "heat_map": lambda: _heat_map(frame, of),
            "scatter": lambda: _scatter(frame, of),
            "cycles": lambda: _cycles(validation.cycles_frame(), of),
            "counts": lambda: draw_counts(validation.to_frame(), of),
        }
        return drawings[name]()


def _heat_map(frame: pd.DataFrame, of: str) -> Canvas:
    """Worst error of the actual counts, accelerator and level against tensor and action."""
    frame = frame.assign(
        row=frame[of] + "  " + frame["level"],
        column=frame["action"].str.replace(r"\[\d+\]", "", regex=True).str.replace("_", " "),
    )
    rows = list(dict.fromkeys(frame["row"]))
    columns = list(dict.fromkeys(frame["column"]))
    canvas = Canvas(figsize=(11, 1.6 + 0.19 * len(rows)), layout="constrained")
    panels = canvas.subplots(1, len(STAGES), sharey=True, squeeze=False)[0]
    image = None
    for axes, (error, title) in zip(panels, STAGES, strict=True):
        worst = frame[error].abs().groupby([frame["row"], frame["column"]], sort=False).max()
        values = np.full((len(rows), len(columns)), np.nan)
        for (row, column), size in worst.items():
            values[rows.index(row), columns.index(column)] = max(size, LEAST)
        image = axes.imshow(values, cmap="viridis_r", norm=LogNorm(LEAST, 1.0), aspect="auto")
        axes.set_title(title, fontsize=9)
        axes.set_xticks(
            range(len(columns)), columns, parse_math=False, rotation=60, ha="right", fontsize=7
        )
        axes.set_yticks(range(len(rows)), rows, parse_math=False, fontsize=6)
    if image is not None:
        bar = canvas.colorbar(image, ax=list(panels), shrink=0.6)
        bar.set_label("worst relative error")
        labels = ["≤0.01 %", "0.1 %", "1 %", "10 %", "≥100 %"]
        bar.set_ticks([1e-4, 1e-3, 1e-2, 1e-1, 1.0], labels=labels)
    return canvas


def _scatter(frame: pd.DataFrame, of: str) -> Canvas:
    canvas = Canvas(figsize=(11, 4.2), layout="constrained")
    panels = canvas.subplots(1, len(STAGES), sharex=True, sharey=True, squeeze=False)[0]
    columns = ("predicted", "actual_data", "corrected")
    for axes, column, (_, title) in zip(panels, columns, STAGES, strict=True):
        drawn = _against(axes, frame, "exact", column, of)
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("exact count")
    _legend(axes, drawn)
    panels[0].set_ylabel("count over exact count")
    return canvas


def _cycles(frame: pd.DataFrame, of: str) -> Canvas:
    canvas = Canvas(figsize=(8, 4.2), layout="constrained")
    panels = canvas.subplots(1, 2, sharex=True, sharey=True, squeeze=False)[0]
    titles = ("predicted from densities", "with actual_data, overlap and imbalance")
    for axes, column, title in zip(panels, ("predicted", "corrected"), titles, strict=True):
        drawn = _against(axes, frame, "exact", column, of)
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("exact cycles")
    _legend(axes, drawn)
    panels[0].set_ylabel("cycles over exact cycles, of a layer")
    return canvas


def _against(axes: Axes, frame: pd.DataFrame, exact: str, column: str, of: str) -> dict[str, Any]:
    """How many times the exact count a count is, against the exact one; marks by ``of``."""
    marks = {}
    drawn = frame[(frame[exact] > 0) & (frame[column] > 0)]
    for number, (name, group) in enumerate(drawn.groupby(of, sort=False)):
        marks[str(name)] = axes.scatter(
            group[exact],
            group[column] / group[exact],
            s=12,
            alpha=0.7,
            linewidths=0,
            color=COLOURS[number % len(COLOURS)],
            marker=MARKERS[number % len(MARKERS)],
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.axhline(1, color="#444444", linewidth=0.7)
    return marks


def _legend(axes: Axes, marks: dict[str, Any]) -> None:
    made = axes.legend(marks.values(), [" "] * len(marks), fontsize=7, frameon=False)
    name_entries(made, list(marks))
