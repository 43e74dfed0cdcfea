"""Static figures of a space, by matplotlib: for papers, and for ``space.plot``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown

if TYPE_CHECKING:
    from loas_tl.exploration.result import Space

# Okabe and Ito's palette, which stays apart for colour-blind readers; markers tell them apart too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
MARKERS = "osD^vP*X"
STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "loas-tl",
    "pdf.fonttype": 42,
}
SPREAD = 8.0
"""An axis whose values span more than this factor is logarithmic."""


def scatter(space: Space, x: str, y: str) -> Canvas:
    """Points over two figures or keys that vary, with the front where both are figures.

    Raises:
        InputError: where there is no such figure or key, or no point has both.
    """
    for name in (x, y):
        if name not in space.varied and name.rpartition(".")[2] not in OBJECTIVES:
            raise unknown(name, [*OBJECTIVES, *space.varied], "no figure or varied key is called")
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(5.0, 3.6), layout="constrained")
        axes = canvas.add_subplot()
        _scatter(space, axes, x, y)
        _legend(axes)
    return canvas


def fronts(space: Space) -> Canvas:
    """A panel for each pair of objectives (of a single one, over its place in the space)."""
    pairs = list(combinations(space.objectives, 2)) or [(space.varied[0], space.objectives[0])]
    with mpl.rc_context(STYLE):
        columns = min(len(pairs), 3)
        rows = -(-len(pairs) // columns)
        canvas = Canvas(figsize=(3.9 * columns, 3.1 * rows + 0.3), layout="constrained")
        grid: Any = canvas.subplots(rows, columns, squeeze=False)
        for axes, (x, y) in zip(grid.flat, pairs, strict=False):
            _scatter(space, axes, x, y)
        for axes in grid.flat[len(pairs) :]:
            axes.set_visible(False)
        handles, labels = grid.flat[0].get_legend_handles_labels()
        if len(labels) > 1:
            canvas.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False)
    return canvas


def effects(space: Space) -> Canvas:
    """What each key does alone: a column a key, a row an objective.

    Points are faint; a line joins the best point of each value.
    """
    points = space.feasible
    keys = [key for key in space.varied if any(key in p.parameters for p in points)]
    rows, columns = len(space.objectives), max(len(keys), 1)
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(max(2.3 * columns, 4.0), 1.9 * rows + 0.5), layout="constrained")
        grid: Any = canvas.subplots(rows, columns, squeeze=False, sharey="row", sharex="col")
        for line, name in zip(grid, space.objectives, strict=True):
            line[0].set_ylabel(label_of(space, name), parse_math=False)
            for axes, key in zip(line, keys, strict=False):
                _effect(space, axes, key, name)
        for axes, key in zip(grid[-1], keys, strict=False):
            axes.set_xlabel(key, parse_math=False)
        handles, labels = grid.flat[0].get_legend_handles_labels()
        if len(labels) > 1:
            canvas.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False)
    return canvas


def parallel(space: Space) -> Canvas:
    """Parallel coordinates of the points on the front (others are faint), an axis a quantity."""
    names = [*space.varied, *space.objectives]
    points = space.feasible
    front = {p.number for p in space.pareto()}
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(max(1.25 * len(names), 4.0), 3.6), layout="constrained")
        axes = canvas.add_subplot()
        scales = [_Scale.of([float(p[name]) for p in points if _has(p, name)]) for name in names]
        colours = colours_of(space)
        for point in sorted(points, key=lambda one: one.number in front):
            on = point.number in front
            # A design has no place on the axis of a parameter that it does not have.
            own = [at for at, name in enumerate(names) if _has(point, name)]
            axes.plot(
                own,
                [scales[at].place(float(point[names[at]])) for at in own],
                color=colours[point.accelerator] if on else "#bbbbbb",
                alpha=0.8 if on else 0.25,
                linewidth=1.0 if on else 0.5,
                zorder=2 if on else 1,
            )
        for at, scale in enumerate(scales):
            axes.axvline(at, color="#888888", linewidth=0.6, zorder=0)
            for value, place, align in ((scale.low, -0.03, "top"), (scale.high, 1.03, "bottom")):
                axes.text(at, place, f"{value:.4g}", ha="center", va=align, fontsize=7)
        axes.set_xticks(range(len(names)), names, rotation=30, ha="right", parse_math=False)
        axes.tick_params(axis="x", pad=12, length=0)
        axes.set_yticks([])
        axes.spines[["left", "bottom"]].set_visible(False)
        for at, (name, colour) in enumerate(colours.items() if len(colours) > 1 else ()):
            axes.plot([], [], color=colour, label=name, zorder=at)
        if len(colours) > 1:
            canvas.legend(loc="outside upper center", ncols=4, frameon=False)
    return canvas


@dataclass(frozen=True)
class _Scale:
    """An axis of parallel coordinates: from 0 at the lowest value to 1 at the highest."""

    low: float
    high: float
    log: bool

    @classmethod
    def of(cls, values: Sequence[float]) -> _Scale:
        if not values:
            return cls(0.0, 1.0, False)
        return cls(min(values), max(values), logarithmic(values))

    def place(self, value: float) -> float:
        if self.high == self.low:
            return 0.5
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def _scatter(space: Space, axes: Axes, x: str, y: str) -> None:
    points = [p for p in space.points if p.error is None and _has(p, x) and _has(p, y)]
    if not points:
        raise InputError(f"no point has both {x} and {y}")
    for at, (name, colour) in enumerate(colours_of(space).items()):
        own = [p for p in points if p.accelerator == name]
        for kept, alpha in ((False, 0.15), (True, 0.75)):
            some = [p for p in own if space.keeps(p) is kept]
            axes.scatter(
                [p[x] for p in some],
                [p[y] for p in some],
                s=14,
                color=colour,
                alpha=alpha,
                marker=MARKERS[at % len(MARKERS)],
                linewidths=0,
                label=name if kept else None,
            )
    if x in points[0].figures and y in points[0].figures:
        front = space.pareto(x, y)
        axes.step(
            [p[x] for p in front],
            [p[y] for p in front],
            where="post" if space.objective(x).sign > 0 else "pre",
            color="#444444",
            linewidth=1,
            zorder=0,
            label="Pareto front",
        )
    axes.set_xlabel(label_of(space, x), parse_math=False)
    axes.set_ylabel(label_of(space, y), parse_math=False)
    if logarithmic([p[x] for p in points]):
        axes.set_xscale("log")
        _ticks(axes.xaxis)
    if logarithmic([p[y] for p in points]):
        axes.set_yscale("log")
        _ticks(axes.yaxis)
    axes.grid(visible=True, color="#dddddd", linewidth=0.5, zorder=-1)


def _effect(space: Space, axes: Axes, key: str, name: str) -> None:
    points = [p for p in space.feasible if key in p.parameters and _has(p, name)]
    if not points:
        return
    sign = space.objective(name).sign
    for at, (accelerator, colour) in enumerate(colours_of(space).items()):
        own = [p for p in points if p.accelerator == accelerator]
        axes.scatter(
            [p[key] for p in own],
            [p[name] for p in own],
            s=8,
            alpha=0.2,
            color=colour,
            marker=MARKERS[at % len(MARKERS)],
            linewidths=0,
        )
        values = sorted({p[key] for p in own})
        if own and len(values) <= MOST_STEPS:
            best = [sign * min(sign * p[name] for p in own if p[key] == v) for v in values]
            axes.plot(values, best, color=colour, linewidth=1.2, label=accelerator)
    if logarithmic([p[key] for p in points]):
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if logarithmic([p[name] for p in points]):
        axes.set_yscale("log")
        _ticks(axes.yaxis)


def _ticks(axis: Axis) -> None:
    """1, 2 and 5 of each decade, as 200 k."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=8))
    axis.set_major_formatter(EngFormatter(sep=" "))
    axis.set_minor_formatter(NullFormatter())


MOST_STEPS = 40
"""Values of a key up to which a line joins the best of each."""


def colours_of(space: Space) -> dict[str, str]:
    """A colour for each accelerator."""
    names = dict.fromkeys(point.accelerator for point in space.points)
    return {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}


def label_of(space: Space, name: str) -> str:
    """What stands beside an axis."""
    if name in space.varied:
        return name
    about = space.objective(name).about
    mean = len(space.networks) > 1 and name in OBJECTIVES and name != "area_mm2"
    return f"{about}, geometric mean" if mean else about


def logarithmic(values: Sequence[float]) -> bool:
    """Whether values are better seen on a logarithmic axis."""
    numbers = np.array(values, dtype=float)
    return bool(numbers.min() > 0 and numbers.max() > SPREAD * numbers.min())


def _has(point: Point, name: str) -> bool:
    if name in point.parameters:
        return True
    return point.figures.get(name) is not None


def _legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > 1:
        axes.legend(handles, labels, frameon=False, fontsize=8)
