"""Level bars of parts in panels, as figures for papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from matplotlib.figure import Figure as Canvas

from loas_tl.report.panel import GAP, PITCH, Bar, draw_bars, ends_of
from loas_tl.report.paper import (
    EDGE,
    LINE,
    TICK,
    Entries,
    Paper,
    diamond,
    inches,
    legend_height,
    styled,
    swatch,
    width_of,
    wrapped,
)


@dataclass(frozen=True)
class Quantity:
    """What bars measure.

    Attributes:
        label: with the unit.
        panels: the bars of each panel; every panel has the same names.
    """

    label: str
    panels: Sequence[Sequence[Bar]] = field(default_factory=list)


NARROW = {"column": 0.85, "page": 1.2}
"""Inches of a panel, and more where long numbers stand in it."""
OF_NAMES = 0.36
"""Of the width of a figure, that names may take."""
TEXT = 0.6
"""Of a panel's width, that a number at the end of a bar may take."""


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
    panels = [panel for quantity in quantities for panel in quantity.panels]
    bars = [bar for panel in panels for bar in panel]
    entries: Entries = [(name, swatch(colour)) for name, colour in legend.items()]
    if any(bar.published is not None for bar in bars):
        entries = [*entries, (published, diamond())]
    names = {
        name: wrapped(name, OF_NAMES * whole - TICK)
        for name in dict.fromkeys(bar.name for bar in bars)
    }
    left = EDGE + TICK + max((width_of(x) for lines in names.values() for x in lines), default=0)
    numbers = [end.words for panel in panels for end in ends_of(panel, numbered)]
    narrow = max([NARROW[width], *(width_of(words) / TEXT for words in numbers)])
    free = whole - left - EDGE - 0.06
    fit = max(int((free + GAP) / (narrow + GAP)), 1)
    grid = _arranged(len(titles), len(quantities), fit, apart)
    wide = (free - GAP * (len(grid[0]) - 1)) / len(grid[0])
    rows: list[_Row] = []
    height = legend_height(entries, whole)
    for at, places in enumerate(grid):
        before = [title for title, _ in grid[at - 1]] if at else []
        rows.append(_Row.of(titles, quantities, places, names, wide, before))
        rows[-1].top = height + rows[-1].above
        height = rows[-1].top + rows[-1].high + rows[-1].below
    paper = Paper(whole, height + EDGE)
    for row in rows:
        row.draw(paper, left, wide, numbered)
    paper.legend(entries)
    return paper.canvas


@dataclass
class _Row:
    """Panels side by side; what is below another row of the same titles has none of its own.

    Attributes:
        panels: the bars of each.
        titles, labels: of each, in lines; one label stands below all where it is the same.
        names: by name, inches from the upper edge to the middle of its bar, and its lines.
        high: inches of the panels.
        top: inches above the panels.
    """

    panels: Sequence[Sequence[Bar]]
    titles: Sequence[Sequence[str]]
    labels: Sequence[Sequence[str]]
    names: Mapping[str, tuple[float, Sequence[str]]]
    high: float
    top: float = 0.0

    @classmethod
    def of(
        cls,
        titles: Sequence[str],
        quantities: Sequence[Quantity],
        places: Sequence[tuple[int, int]],
        names: Mapping[str, Sequence[str]],
        wide: float,
        before: Sequence[int],
    ) -> _Row:
        panels = [quantities[quantity].panels[title] for title, quantity in places]
        mine = dict.fromkeys(bar.name for panel in panels for bar in panel)
        middles, at = {}, 0.015
        for name in names:
            if name in mine:
                tall = (len(names[name]) - 1) * LINE + PITCH
                middles[name] = (at + tall / 2, names[name])
                at += tall
        room = wide + GAP / 2
        said = [wrapped(titles[title], room) if titles[title] else [] for title, _ in places]
        if [title for title, _ in places] == list(before[: len(places)]):
            said = [[] for _ in places]
        labels = list(dict.fromkeys(quantities[quantity].label for _, quantity in places))
        if len(labels) > 1:
            labels = [quantities[quantity].label for _, quantity in places]
        else:
            room = wide * len(places) + GAP * (len(places) - 1)
        return cls(panels, said, [wrapped(label, room) for label in labels], middles, at + 0.015)

    @property
    def above(self) -> float:
        """Inches above the panels."""
        most = max(map(len, self.titles))
        return most * LINE + 0.03 if most else 0.06

    @property
    def below(self) -> float:
        """Inches below the panels."""
        return TICK + LINE * (1 + max(map(len, self.labels))) + 0.08

    def draw(self, paper: Paper, left: float, wide: float, numbered: bool) -> None:
        """Put it onto the paper."""
        step = wide + GAP
        for at, (panel, title) in enumerate(zip(self.panels, self.titles, strict=True)):
            axes = paper.panel(left + at * step, self.top, wide, self.high)
            middles = [self.names[bar.name][0] for bar in panel]
            draw_bars(axes, panel, middles, wide, numbered)
            axes.set_yticks([])
            if at == 0:
                axes.set_yticks(
                    [middle for middle, _ in self.names.values()],
                    ["\n".join(lines) for _, lines in self.names.values()],
                    parse_math=False,
                    linespacing=1.0,
                )
                axes.tick_params(axis="y", length=0)
            axes.set_ylim(self.high, 0)
            middle = left + at * step + wide / 2
            paper.text(middle, self.top - 0.03, "\n".join(title), va="bottom")
        across = len(self.panels)
        widest = wide if len(self.labels) == across else wide * across + GAP * (across - 1)
        for at, label in enumerate(self.labels):
            low = self.top + self.high + TICK + LINE
            paper.text(left + at * step + widest / 2, low, "\n".join(label))


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
