"""Bars in groups, as figures for papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from loas_tl.report.colours import Look
from loas_tl.report.paper import (
    DIAMOND,
    EDGE,
    LINE,
    POINT,
    SIZE,
    TICK,
    Entries,
    Paper,
    diamond,
    filled,
    inches,
    legend_height,
    styled,
    swatch,
    ticks,
    width_of,
    wrapped,
)
from loas_tl.report.rows import Figure

UPRIGHT = 1.2 * SIZE * POINT
"""Inches from bar to bar that numbers above them need, upright."""
THINNEST = 3 * POINT
"""Inches from bar to bar without numbers."""
THICKEST = 0.45
MOST_ROWS = 4
"""Rows of groups up to which each bar has its number; with more there is no room on a page."""
HIGH = {1: 1.6, 2: 1.25}
"""Inches of the axis, by how many rows there are."""
BESIDE = 0.06
"""Inches between the titles of groups."""


@dataclass(frozen=True)
class Group:
    """Bars side by side.

    Attributes:
        title: stands below them.
        figures: by name; what has none has no bar.
        without: said where no bar has a figure.
        apart: whether a line sets it off from the groups before.
        under: said once below groups that have it in common, such as a network below its layers.
    """

    title: str
    figures: Mapping[str, Figure]
    without: str = ""
    apart: bool = False
    under: str = ""


@styled()
def grouped(
    groups: Sequence[Group],
    looks: Mapping[str, Look],
    label: str,
    width: str,
    line: float | None = None,
    numbered: bool = True,
) -> Canvas:
    """Groups of a bar a name, in as many rows as they need, on one scale.

    Args:
        groups: in order.
        looks: of every name, in order; the legend has them.
        label: of the axis.
        width: ``"column"`` or ``"page"``.
        line: where a line is drawn across.
        numbered: whether a bar has its number above it, where there is room.
    """
    whole = inches(width)
    entries: Entries = [(name, swatch(look)) for name, look in looks.items()]
    if any(one.published is not None for group in groups for one in group.figures.values()):
        entries = [*entries, ("published", diamond())]
    above = legend_height(entries, whole)
    plan = _Plan.of(groups, len(looks), label, whole, numbered)
    paper = Paper(whole, above + plan.high * plan.rows + sum(plan.below) + EDGE)
    at = above
    for row in range(plan.rows):
        mine = slice(row * plan.across, (row + 1) * plan.across)
        axes = paper.panel(plan.left, at, plan.room, plan.high)
        _row(axes, groups[mine], plan.titles[mine], looks, line, plan.numbers)
        axes.set_xlim(*plan.limits)
        axes.set_ylim(0, plan.top)
        axes.set_yticks([value for value, _ in plan.ticks], [said for _, said in plan.ticks])
        titled = max(map(len, plan.titles[mine])) * LINE
        for middle, lines in plan.under[row]:
            paper.text(middle, at + plan.high + TICK + titled, "\n".join(lines))
        at += plan.high + plan.below[row]
    middle = above + (at - plan.below[-1] - above) / 2
    paper.text(EDGE, middle, "\n".join(plan.label), rotation=90, ha="left", va="center")
    paper.legend(entries)
    return paper.canvas


@dataclass(frozen=True)
class _Plan:
    """Where the rows of groups stand.

    Attributes:
        label: of the axis, in lines.
        left, room, high: inches left of a row, of its width and of its height.
        across: groups a row.
        pitch: inches from bar to bar.
        limits: of the axis along the bars.
        numbers: how numbers stand above bars.
        top, ticks: of the axis.
        titles: of the groups, in lines.
        under: of each row, the middle of each word below groups in inches, and its lines.
        below: inches below each row.
    """

    label: Sequence[str]
    left: float
    room: float
    high: float
    across: int
    pitch: float
    limits: tuple[float, float]
    numbers: _Numbers
    top: float
    ticks: Sequence[tuple[float, str]]
    titles: Sequence[Sequence[str]]
    under: Sequence[Sequence[tuple[float, Sequence[str]]]]
    below: Sequence[float]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.below)

    @classmethod
    def of(
        cls, groups: Sequence[Group], bars: int, label: str, whole: float, numbered: bool
    ) -> _Plan:
        """A place for every group; the room depends on what the axis says, and the other way."""
        every = [figure for group in groups for figure in group.figures.values()]
        of_ticks = 0.0
        while True:
            for several, high in HIGH.items():
                lines = wrapped(label, several * high + 0.1)
                left = EDGE + len(lines) * LINE + of_ticks + TICK + 0.04
                room = whole - left - EDGE
                across, shown = _across(groups, bars, room, numbered)
                if ceil(len(groups) / across) <= several:
                    break
            pitch = min(room / (across * (bars + 1)), THICKEST)
            numbers = _Numbers.of(every, pitch, shown)
            top = numbers.limit(every, high) or 1.0
            marks = ticks(top, 5)
            need = max(width_of(said) for _, said in marks)
            if need <= of_ticks:
                break
            of_ticks = need
        each = room / across if pitch == THICKEST else pitch * (bars + 1)
        titles = [wrapped(group.title, each - BESIDE) for group in groups]
        limits = _middle(0.0, across * (bars + 1) - 1.0, room / pitch)
        under, below = [], []
        for start in range(0, len(groups), across):
            words = []
            for first, last, said in _runs(groups[start : start + across]):
                middle = ((first + last) * (bars + 1) + bars) / 2
                place = left + (middle - limits[0]) * pitch
                words.append((place, wrapped(said, (last - first + 1) * each - BESIDE)))
            under.append(words)
            titled = max(map(len, titles[start : start + across]))
            said_under = max((len(lines) for _, lines in words), default=0)
            below.append(TICK + LINE * (titled + said_under) + 0.08)
        return cls(
            *(lines, left, room, high, across, pitch, limits, numbers, top, marks),
            *(titles, under, below),
        )


def _top(figure: Figure) -> float:
    most = figure.spread.most if figure.spread is not None else 0.0
    return max(figure.ours or 0.0, figure.published or 0.0, most)


def _across(groups: Sequence[Group], bars: int, room: float, numbered: bool) -> tuple[int, bool]:
    """How many groups stand in a row, and whether their bars have numbers."""
    words = [width_of(word) for group in groups for word in group.title.split()]
    for least in (UPRIGHT, THINNEST) if numbered else (THINNEST,):
        each = max([least * (bars + 1), *(min(word, 1.0) + BESIDE for word in words)])
        fit = min(int(room / each), len(groups))
        if fit:
            rows = ceil(len(groups) / fit)
            if rows <= MOST_ROWS or least == THINNEST:
                return ceil(len(groups) / rows), least == UPRIGHT
    return 1, False


def _runs(groups: Sequence[Group]) -> list[tuple[int, int, str]]:
    """First and last of the groups that have a word below them in common."""
    found: list[tuple[int, int, str]] = []
    for at, group in enumerate(groups):
        if found and found[-1][2] == group.under:
            found[-1] = (found[-1][0], at, group.under)
        else:
            found.append((at, at, group.under))
    return [run for run in found if run[2]]


def _middle(low: float, high: float, least: float) -> tuple[float, float]:
    """Limits around those, ``least`` apart or more."""
    more = max(least - (high - low), 0.0) / 2
    return low - more, high + more


@dataclass(frozen=True)
class _Numbers:
    """How numbers stand above bars: not at all, upright or level."""

    shown: bool
    upright: bool
    high: float

    @classmethod
    def of(cls, figures: Sequence[Figure], pitch: float, shown: bool) -> _Numbers:
        said = [_said(figure.ours) for figure in figures if figure.ours is not None]
        widest = max(map(width_of, said), default=0.0)
        upright = widest > pitch - 2 * POINT
        return cls(shown, upright, widest if upright else 0.8 * LINE)

    def limit(self, figures: Sequence[Figure], high: float) -> float:
        """Where the axis ends so that all numbers are below that."""
        if not self.shown:
            return 1.05 * max((_top(figure) for figure in figures), default=0.0)
        limits = [
            _top(figure) * high / max(high - self.high - self.gap(figure) - 2 * POINT, 0.2)
            for figure in figures
            if figure.ours is not None
        ]
        return max(limits, default=0.0)

    def gap(self, figure: Figure) -> float:
        """Inches from the top of a bar to its number."""
        return (4.5 if figure.published is not None or figure.spread is not None else 2) * POINT


def _said(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def _row(
    axes: Axes,
    groups: Sequence[Group],
    titles: Sequence[Sequence[str]],
    looks: Mapping[str, Look],
    line: float | None,
    numbers: _Numbers,
) -> None:
    if line is not None:
        axes.axhline(line, color="#888888", linewidth=0.5, zorder=0.5)
    middle = (len(looks) - 1) / 2
    places = [which * (len(looks) + 1) + 0.5 for which in range(len(groups))]
    for at, (name, look) in enumerate(looks.items()):
        mine = [
            (place + at, figure)
            for place, group in zip(places, groups, strict=True)
            if (figure := group.figures.get(name)) is not None and figure.ours is not None
        ]
        axes.bar(
            [place for place, _ in mine],
            [figure.ours or 0.0 for _, figure in mine],
            width=0.84,
            **filled(look),
        )
        for place, figure in mine:
            _about(axes, place, figure, numbers)
    for place, group in zip(places, groups, strict=True):
        if group.apart and place > 1:
            axes.axvline(place - 1, color="#bbbbbb", linewidth=0.6, zorder=0.5)
        if group.without and all(figure.ours is None for figure in group.figures.values()):
            said = "\n".join(wrapped(group.without, 1.2))
            axes.text(
                *(place + middle, 0.5, said),
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="center",
                parse_math=False,
            )
    axes.set_xticks(
        [place + middle for place in places],
        ["\n".join(title) for title in titles],
        parse_math=False,
        linespacing=1.0,
    )
    axes.tick_params(axis="x", length=0)


def _about(axes: Axes, at: float, figure: Figure, numbers: _Numbers) -> None:
    """The figure above its bar, the published one, and the extremes of several samples."""
    if figure.spread is not None:
        extremes = [figure.spread.least, figure.spread.most]
        axes.plot([at, at], extremes, "_-", color="black", linewidth=0.7, markersize=3)
    if figure.published is not None:
        axes.plot(at, figure.published, **DIAMOND)
    if numbers.shown:
        axes.annotate(
            _said(figure.ours or 0.0),
            (at, _top(figure)),
            xytext=(0, numbers.gap(figure) / POINT),
            textcoords="offset points",
            ha="center",
            va="bottom",
            rotation=90 if numbers.upright else 0,
        )
