"""Level bars of parts in panels, as figures for papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from loas_tl.report.paper import (
    DIAMOND,
    EDGE,
    LINE,
    POINT,
    TICK,
    Entries,
    Paper,
    diamond,
    inches,
    legend_height,
    styled,
    swatch,
    ticks,
    width_of,
    wrapped,
)


@dataclass(frozen=True)
class Bar:
    """A bar of parts.

    Attributes:
        name: stands left of it.
        parts: colours and lengths.
        published: its published length, None where there is none.
    """

    name: str
    parts: Sequence[tuple[str, float]]
    published: float | None = None

    @property
    def whole(self) -> float:
        """Its length."""
        return sum(length for _, length in self.parts)


@dataclass(frozen=True)
class Quantity:
    """What bars measure.

    Attributes:
        label: with the unit.
        panels: the bars of each panel; every panel has the same names.
    """

    label: str
    panels: Sequence[Sequence[Bar]] = field(default_factory=list)


NARROW = 1.1
"""Inches of a panel."""
GAP = 0.2
"""Inches from panel to panel."""
OF_NAMES = 0.4
"""Of the width of a figure, that names may take."""
THICK = 0.72
"""Of the distance from bar to bar."""


@styled()
def stacked(
    titles: Sequence[str],
    quantities: Sequence[Quantity],
    legend: Mapping[str, str],
    width: str,
    published: str = "published",
    numbered: bool = False,
    apart: bool = False,
) -> Canvas:
    """Level bars of parts: a panel a title and quantity, with names on the left.

    Panels stand side by side where there is room, by title or by quantity, whichever takes fewer
    rows.

    Args:
        titles: of the panels of each quantity.
        quantities: in order.
        legend: colours by what they mean.
        width: ``"column"`` or ``"page"``.
        published: what the diamonds are, where there are any.
        numbered: whether every bar has its length at its end, and not only those that are cut.
        apart: whether each title has names of its own, and so a row.
    """
    whole = inches(width)
    bars = [bar for quantity in quantities for panel in quantity.panels for bar in panel]
    entries: Entries = [(name, swatch(colour)) for name, colour in legend.items()]
    if any(bar.published is not None for bar in bars):
        entries = [*entries, (published, diamond())]
    above = legend_height(entries, whole)
    names = {
        name: lines
        for name in dict.fromkeys(bar.name for bar in bars)
        for lines in [wrapped(name, OF_NAMES * whole - TICK)]
    }
    left = EDGE + TICK + max((width_of(x) for lines in names.values() for x in lines), default=0)
    right = EDGE + 0.06
    fit = max(int((whole - left - right + GAP) / (NARROW + GAP)), 1)
    grid = _arranged(len(titles), len(quantities), fit, apart)
    across = len(grid[0])
    wide = (whole - left - right - GAP * (across - 1)) / across
    pitch = max(map(len, names.values()), default=1) * LINE + 0.015
    drawn = [[_Placed.of(titles, quantities, at, wide) for at in row] for row in grid]
    height = above
    for above_it, row in zip([[], *grid], drawn, strict=False):
        if {title for title, _ in above_it} == {title for title, _ in grid[drawn.index(row)]}:
            for one in row:
                one.title = []  # it stands above already
        row_titled = max(len(one.title) for one in row)
        height += row_titled * LINE + 0.03 if row_titled else 0.06
        for one in row:
            one.top = height
            one.high = pitch * max(len(one.bars) for one in row) + 0.03
        height += row[0].high + TICK + 2 * LINE + LINE * max(len(one.label) for one in row) - LINE
        height += 0.06
    paper = Paper(whole, height + EDGE)
    for row in drawn:
        for at, one in enumerate(row):
            place = left + at * (wide + GAP)
            axes = paper.panel(place, one.top, wide, one.high)
            _bars(axes, one.bars, wide, numbered)
            axes.set_yticks([])
            if at == 0:
                labels = ["\n".join(names[bar.name]) for bar in one.bars]
                axes.set_yticks(range(len(labels)), labels, parse_math=False, linespacing=1.0)
                axes.tick_params(axis="y", length=0)
            axes.set_ylim(len(one.bars) - 0.5 + 0.01 / pitch, -0.5 - 0.01 / pitch)
            paper.text(
                place + wide / 2,
                one.top - 0.03,
                "\n".join(one.title),
                va="bottom",
            )
            paper.text(place + wide / 2, one.top + one.high + TICK + LINE, "\n".join(one.label))
    paper.legend(entries)
    return paper.canvas


@dataclass
class _Placed:
    """A panel and where it stands."""

    bars: Sequence[Bar]
    title: Sequence[str]
    label: Sequence[str]
    top: float = 0.0
    high: float = 0.0

    @classmethod
    def of(
        cls,
        titles: Sequence[str],
        quantities: Sequence[Quantity],
        at: tuple[int, int],
        wide: float,
    ) -> _Placed:
        quantity, panel = quantities[at[1]], at[0]
        title = wrapped(titles[panel], wide + GAP / 2) if titles[panel] else []
        return cls(quantity.panels[panel], title, wrapped(quantity.label, wide + GAP / 2))


def _arranged(titles: int, quantities: int, fit: int, apart: bool) -> list[list[tuple[int, int]]]:
    """Rows of panels, each a title and a quantity by number, of no more than ``fit`` a row."""
    fit = min(fit, titles * quantities)
    across = 1 if apart else ceil(titles / ceil(titles / fit))
    by_title = [
        [(title, quantity) for title in range(start, min(start + across, titles))]
        for start in range(0, titles, across)
        for quantity in range(quantities)
    ]
    several = fit // quantities
    if several == 0:
        return by_title
    several = 1 if apart else ceil(titles / ceil(titles / several))
    by_quantity = [
        [
            (title, quantity)
            for title in range(start, min(start + several, titles))
            for quantity in range(quantities)
        ]
        for start in range(0, titles, several)
    ]
    return by_quantity if len(by_quantity) < len(by_title) else by_title


def cut_at(heights: Sequence[float]) -> float | None:
    """Where bars are cut that would flatten all the others, as a dense array's; None for nowhere.

    A bar is too tall from four times the median on; the highest of the others sets the limit, and
    where all of them reach no higher than that, none is cut.
    """
    if len(heights) < 3:
        return None
    tall = 4 * sorted(heights)[len(heights) // 2]
    limit = 1.15 * max((height for height in heights if height <= tall), default=0.0)
    return limit if 0 < limit < max(heights) else None


FAR = 1.5
"""Times the longest bar, up to which a published mark stands where it belongs."""


def _bars(axes: Axes, bars: Sequence[Bar], wide: float, numbered: bool) -> None:
    """Bars of parts, with published figures as diamonds.

    A bar that is cut is drawn to a scale of its own, with its parts and its published mark: it has
    a break, and its length stands at its end.
    """
    limit = cut_at([bar.whole for bar in bars])
    scales = [limit / bar.whole if limit and bar.whole > limit else 1.0 for bar in bars]
    longest = max((bar.whole * scale for bar, scale in zip(bars, scales, strict=True)), default=0)
    by_colour: dict[str, list[tuple[int, float, float]]] = {}
    said: list[tuple[int, float, str, float]] = []
    for at, (bar, scale) in enumerate(zip(bars, scales, strict=True)):
        start = 0.0
        for colour, length in bar.parts:
            if length:
                by_colour.setdefault(colour, []).append((at, start, length * scale))
            start += length * scale
        words = [short(bar.whole)] if scale != 1.0 or numbered else []
        end, mark = start, bar.published
        if mark is not None and mark * scale <= FAR * longest:
            axes.plot(mark * scale, at, **DIAMOND)
            end = max(end, mark * scale)
        elif mark is not None:
            words.append(f"(publ. {short(mark)})")
        marked = mark is not None and end == mark * scale
        if words or mark is not None:
            said.append((at, end, " ".join(words), (5 if marked else 3.5) * POINT))
    for colour, pieces in by_colour.items():
        places, starts, lengths = zip(*pieces, strict=True)
        axes.barh(places, lengths, left=starts, height=THICK, color=colour)
    for at, scale in enumerate(scales):
        if scale != 1.0:
            _break(axes, at, longest)
    needs = [(end, width_of(text) + gap + POINT) for _, end, text, gap in said]
    top = max([longest, *(end * wide / max(wide - need, 0.3 * wide) for end, need in needs)])
    for at, end, text, gap in said:
        if text:
            axes.annotate(
                *(text, (end, at)),
                xytext=(gap / POINT, 0),
                textcoords="offset points",
                va="center_baseline",
                parse_math=False,
            )
    axes.set_xlim(0, top or 1.0)
    _across_ticks(axes, longest, top or 1.0, wide)


def _across_ticks(axes: Axes, longest: float, top: float, wide: float) -> None:
    """Ticks no farther than the bars, and none whose label would leave the panel."""
    kept: list[tuple[float, str]] = []
    for most in (4, 3, 2, 1):
        marks = ticks(longest, most)
        kept = [
            (value, said)
            for value, said in marks
            if value / top * wide + width_of(said) / 2 <= wide + GAP / 3
        ]
        step = kept[1][0] / top * wide if len(kept) > 1 else wide
        if max(width_of(said) for _, said in kept) + 0.06 <= step:
            break
    axes.set_xticks([value for value, _ in kept], [said for _, said in kept])


def short(value: float) -> str:
    """A length as it stands at the end of a bar."""
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _break(axes: Axes, at: int, end: float) -> None:
    """Two white strokes through a bar that is cut."""
    for low in (0.86, 0.91):
        along, across = [low * end, (low + 0.03) * end], [at + 0.5, at - 0.5]
        axes.plot(along, across, color="white", linewidth=1.3, solid_capstyle="butt")
