"""Static figures of a space, by matplotlib: for papers, and for ``space.plot``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from loas_tl.exploration.axes import logarithmic
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.ground.errors import InputError
from loas_tl.ground.nearest import unknown
from loas_tl.report.colours import FAINT, Look, accelerator_looks
from loas_tl.report.exploration_scales import Scales
from loas_tl.report.paper import Width, inches, legend, styled, width_of, wrapped
from loas_tl.report.units import digits

if TYPE_CHECKING:
    from loas_tl.exploration.result import Space

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
        _scatter(Scales.of(space), axes, x, y, inches(width))
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
            _scatter(Scales.of(space), axes, x, y, whole / columns)
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
    whole, scales = inches(width), Scales.of(space)
    across = min(len(keys), 4 if width == "page" else 2) or 1
    blocks = [keys[start : start + across] for start in range(0, len(keys), across)] or [[]]
    objectives = list(space.objectives)
    rows = len(blocks) * len(objectives)
    with styled():
        canvas = Canvas(figsize=(whole, 1.6 * rows + 0.4), layout="constrained")
        grid: Any = canvas.subplots(rows, across, squeeze=False, sharey="row")
        for at, line in enumerate(grid):
            block, name = blocks[at // len(objectives)], objectives[at % len(objectives)]
            words = _lines(scales.words(name), 1.4)
            line[0].set_ylabel(words, parse_math=False, linespacing=1.0)
            for axes, key in zip(line, block, strict=False):
                _effect(scales, axes, key, name)
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
        scales = Scales.of(space)
        places = [_Scale.of(_values(scales, points, name)) for name in names]
        looks = looks_of(space)
        for point in sorted(points, key=lambda one: one.number in front):
            on = point.number in front
            # A design has no place on the line of a parameter that it does not have.
            own = [at for at, name in enumerate(names) if _has(point, name)]
            axes.plot(
                [places[at].place(scales.value(point, names[at]) or 0.0) for at in own],
                own,
                color=looks[point.accelerator].colour if on else FAINT,
                linewidth=1.2 if on else 0.35,
                zorder=2 if on else 1,
            )
        lows = [digits(place.low) for place in places]
        for at, place in enumerate(places):
            axes.axhline(at, color="#888888", linewidth=0.6, zorder=0)
            axes.text(-0.03, at, lows[at], ha="right", va="center_baseline")
            axes.text(1.03, at, digits(place.high), ha="left", va="center_baseline")
        axes.set_yticks(range(len(names)), [*map(scales.label, names)], parse_math=False)
        # The names stand left of the lowest values.
        axes.tick_params(axis="y", pad=8 + 72 * max(map(width_of, lows)), length=0)
        axes.set_xticks([])
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(len(names) - 0.6, -0.4)
        axes.spines[["left", "bottom"]].set_visible(False)
        lines = [Line2D([], [], color=look.colour) for look in looks.values()]
        if len(lines) > 1:
            legend(canvas, list(zip(looks, lines, strict=True)), whole)
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


def _scatter(scales: Scales, axes: Axes, x: str, y: str, wide: float) -> None:
    space = scales.space
    points = [p for p in space.points if p.error is None and _has(p, x) and _has(p, y)]
    if not points:
        raise InputError(f"no point has both {x} and {y}")
    for name, look in looks_of(space).items():
        own = [p for p in points if p.accelerator == name]
        # What breaks a constraint is an outline.
        for kept, fill in ((False, "none"), (True, look.colour)):
            some = [p for p in own if space.keeps(p) is kept]
            axes.scatter(
                _values(scales, some, x),
                _values(scales, some, y),
                s=14,
                facecolors=fill,
                edgecolors="white" if kept else look.colour,
                marker=look.marker,
                linewidths=0.3 if kept else 0.6,
                label=name if kept else None,
            )
    if x in points[0].figures and y in points[0].figures:
        front = space.pareto(x, y)
        axes.step(
            _values(scales, front, x),
            _values(scales, front, y),
            where="post" if space.objective(x).sign > 0 else "pre",
            color="#444444",
            linewidth=1,
            zorder=0,
            label="Pareto front",
        )
    if not all(map(space.keeps, points)):
        broken: dict[str, Any] = {
            "facecolors": "none",
            "edgecolors": "#444444",
            "linewidths": 0.6,
            "s": 14,
        }
        axes.scatter([], [], label="breaks a constraint", **broken)
    axes.set_xlabel(_lines(scales.words(x), wide - BESIDE), parse_math=False, linespacing=1.0)
    axes.set_ylabel(_lines(scales.words(y), 0.7 * HIGH), parse_math=False, linespacing=1.0)
    _scale(axes, "x", _values(scales, points, x))
    _scale(axes, "y", _values(scales, points, y))
    axes.grid(visible=True, color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)


def _values(scales: Scales, points: Sequence[Point], name: str) -> list[float]:
    """Of points that have it, in the unit of the figure."""
    return [value for p in points if (value := scales.value(p, name)) is not None]


def _lines(words: str, room: float) -> str:
    """A label on lines of so many inches, broken where a comma is."""
    if width_of(words) <= room:
        return words
    return "\n".join(line for part in words.split(", ") for line in wrapped(part, room))


def _effect(scales: Scales, axes: Axes, key: str, name: str) -> None:
    space = scales.space
    points = [p for p in space.feasible if key in p.parameters and _has(p, name)]
    if not points:
        return
    best_of = min if space.objective(name).sign > 0 else max
    for accelerator, look in looks_of(space).items():
        own = [p for p in points if p.accelerator == accelerator]
        keys, figures = _values(scales, own, key), _values(scales, own, name)
        axes.scatter(
            keys,
            figures,
            s=7,
            facecolors="none",
            edgecolors=look.colour,
            marker=look.marker,
            linewidths=0.5,
        )
        steps = sorted(set(keys))
        if own and len(steps) <= MOST_STEPS:
            best = [
                best_of(figure for of, figure in zip(keys, figures, strict=True) if of == step)
                for step in steps
            ]
            axes.plot(steps, best, color=look.colour, linewidth=1.2, label=accelerator)
    keys = _values(scales, points, key)
    if logarithmic(keys):
        axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(_plain)
    _scale(axes, "y", _values(scales, points, name))


def _scale(axes: Axes, along: Literal["x", "y"], values: Sequence[float]) -> None:
    """Numbers in full, without exponents or an offset; 1, 2 and 5 of each decade of a power."""
    axis: Axis = getattr(axes, f"{along}axis")
    if logarithmic(values):
        getattr(axes, f"set_{along}scale")("log")
        few = (1.0,) if max(values) > MANY_DECADES * min(values) else (1.0, 2.0, 5.0)
        axis.set_major_locator(LogLocator(subs=few, numticks=8))
        axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(_plain)


def _plain(value: float, _: object = None) -> str:
    return f"{value:,.6g}" if abs(value) < MANY or not value else f"{value:.3g}"


MANY = 1e7
"""From which on numbers beside an axis have an exponent; units keep them below."""
MANY_DECADES = 1e3
"""Spread of values from which on only powers of ten have a tick."""
BESIDE = 0.6
"""Inches beside a panel."""

MOST_STEPS = 40
"""Values of a key up to which a line joins the best of each."""


def looks_of(space: Space) -> dict[str, Look]:
    """How each accelerator is drawn."""
    return accelerator_looks(list(dict.fromkeys(point.accelerator for point in space.points)))


def _has(point: Point, name: str) -> bool:
    if name in point.parameters:
        return True
    return point.figures.get(name) is not None


def _legend(canvas: Canvas, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > 1:
        legend(canvas, list(zip(labels, handles, strict=True)), canvas.get_figwidth())
