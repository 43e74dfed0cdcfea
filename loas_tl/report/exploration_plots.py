"""Static figures of a space, by matplotlib: for papers, and for ``space.plot``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from loas_tl.exploration.axes import label_of, logarithmic
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown
from loas_tl.report.colours import accelerator_colours
from loas_tl.report.paper import Width, inches, legend, styled, width_of, wrapped

if TYPE_CHECKING:
    from loas_tl.exploration.result import Space

MARKERS = "osD^vP*X"
"""Of accelerators; they tell them apart as colours do."""
HIGH = 2.1
"""Inches of a row of panels."""


def scatter(space: Space, x: str, y: str, width: Width = "column") -> Canvas:
    """Points over two figures or keys that vary, with the front where both are figures.

    Args:
        space: what is drawn.
        x: name of a figure or of a key.
        y: another one.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such figure, key or width, or no point has both.
    """
    for name in (x, y):
        if name not in space.varied and name.rpartition(".")[2] not in OBJECTIVES:
            raise unknown(name, [*OBJECTIVES, *space.varied], "no figure or varied key is called")
    with styled():
        canvas = Canvas(figsize=(inches(width), 2.6), layout="constrained")
        axes = canvas.add_subplot()
        _scatter(space, axes, x, y)
        _legend(canvas, axes)
    return canvas


def fronts(space: Space, width: Width = "page") -> Canvas:
    """A panel for each pair of objectives (of a single one, over its place in the space).

    Args:
        space: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    pairs = list(combinations(space.objectives, 2)) or [(space.varied[0], space.objectives[0])]
    whole = inches(width)
    with styled():
        columns = min(len(pairs), 3 if width == "page" else 1)
        rows = -(-len(pairs) // columns)
        canvas = Canvas(figsize=(whole, HIGH * rows + 0.3), layout="constrained")
        grid: Any = canvas.subplots(rows, columns, squeeze=False)
        for axes, (x, y) in zip(grid.flat, pairs, strict=False):
            _scatter(space, axes, x, y)
        for axes in grid.flat[len(pairs) :]:
            axes.set_visible(False)
        _legend(canvas, grid.flat[0])
    return canvas


def effects(space: Space, width: Width = "page") -> Canvas:
    """What each key does alone: a column a key, a row an objective.

    Points are faint; a line joins the best point of each value. Keys that no row has room for stand
    in rows below.

    Args:
        space: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    points = space.feasible
    keys = [key for key in space.varied if any(key in p.parameters for p in points)]
    whole = inches(width)
    across = min(len(keys), 4 if width == "page" else 2) or 1
    blocks = [keys[start : start + across] for start in range(0, len(keys), across)] or [[]]
    objectives = list(space.objectives)
    rows = len(blocks) * len(objectives)
    with styled():
        canvas = Canvas(figsize=(whole, 1.6 * rows + 0.4), layout="constrained")
        grid: Any = canvas.subplots(rows, across, squeeze=False, sharey="row")
        for at, line in enumerate(grid):
            block, name = blocks[at // len(objectives)], objectives[at % len(objectives)]
            lines = wrapped(label_of(space, name), 1.4)
            line[0].set_ylabel("\n".join(lines), parse_math=False, linespacing=1.0)
            for axes, key in zip(line, block, strict=False):
                _effect(space, axes, key, name)
                if name == objectives[-1]:
                    axes.set_xlabel(key, parse_math=False)
            for axes in line[len(block) :]:
                axes.set_visible(False)
        _legend(canvas, grid.flat[0])
    return canvas


def parallel(space: Space, width: Width = "page") -> Canvas:
    """Parallel coordinates of the points on the front (others are faint), a line a quantity.

    Args:
        space: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    names = [*space.varied, *space.objectives]
    points = space.feasible
    front = {p.number for p in space.pareto()}
    whole = inches(width)
    with styled():
        canvas = Canvas(figsize=(whole, 0.32 * len(names) + 0.5), layout="constrained")
        axes = canvas.add_subplot()
        scales = [_Scale.of([float(p[name]) for p in points if _has(p, name)]) for name in names]
        colours = colours_of(space)
        for point in sorted(points, key=lambda one: one.number in front):
            on = point.number in front
            # A design has no place on the line of a parameter that it does not have.
            own = [at for at, name in enumerate(names) if _has(point, name)]
            axes.plot(
                [scales[at].place(float(point[names[at]])) for at in own],
                own,
                color=colours[point.accelerator] if on else "#bbbbbb",
                alpha=0.8 if on else 0.25,
                linewidth=1.0 if on else 0.5,
                zorder=2 if on else 1,
            )
        lows = [f"{scale.low:.4g}" for scale in scales]
        for at, scale in enumerate(scales):
            axes.axhline(at, color="#888888", linewidth=0.6, zorder=0)
            axes.text(-0.03, at, lows[at], ha="right", va="center_baseline")
            axes.text(1.03, at, f"{scale.high:.4g}", ha="left", va="center_baseline")
        axes.set_yticks(range(len(names)), names, parse_math=False)
        # The names stand left of the lowest values.
        axes.tick_params(axis="y", pad=8 + 72 * max(map(width_of, lows)), length=0)
        axes.set_xticks([])
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(len(names) - 0.6, -0.4)
        axes.spines[["left", "bottom"]].set_visible(False)
        lines = [Line2D([], [], color=colour) for colour in colours.values()]
        if len(lines) > 1:
            legend(canvas, list(zip(colours, lines, strict=True)), whole)
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
    _short(axes.xaxis, [p[x] for p in points])
    _short(axes.yaxis, [p[y] for p in points])
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
    _short(axes.yaxis, [p[name] for p in points])
    if logarithmic([p[key] for p in points]):
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if logarithmic([p[name] for p in points]):
        axes.set_yscale("log")
        _ticks(axes.yaxis)


def _short(axis: Axis, values: Sequence[float]) -> None:
    """Tens of thousands and more with a prefix."""
    if max(values) >= MANY:
        axis.set_major_formatter(EngFormatter(sep=" "))


MANY = 1e4
"""From which on numbers beside an axis have a prefix."""


def _ticks(axis: Axis) -> None:
    """1, 2 and 5 of each decade, as 200 k."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=8))
    axis.set_major_formatter(EngFormatter(sep=" "))
    axis.set_minor_formatter(NullFormatter())


MOST_STEPS = 40
"""Values of a key up to which a line joins the best of each."""


def colours_of(space: Space) -> dict[str, str]:
    """A colour for each accelerator."""
    return accelerator_colours(list(dict.fromkeys(point.accelerator for point in space.points)))


def _has(point: Point, name: str) -> bool:
    if name in point.parameters:
        return True
    return point.figures.get(name) is not None


def _legend(canvas: Canvas, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > 1:
        legend(canvas, list(zip(labels, handles, strict=True)), canvas.get_figwidth())
