"""Figures for papers: two widths, one size of letters, and how much room text takes.

Panels are placed in inches by what stands beside them, once; nothing is laid out again for each
form of file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from loas_tl.ground.errors import InputError
from loas_tl.report.colours import Look
from loas_tl.report.drawn import any_letter

Width = Literal["column", "page"]
WIDTHS = {"column": 3.5, "page": 7.16}
"""Inches of one column and of both, in IEEE's and ACM's proceedings."""

SIZE = 8.0
"""Points of all letters."""
POINT = 1 / 72
LINE = 1.2 * SIZE * POINT
"""Inches from line to line."""
EDGE = 0.04
"""Inches that stay free at the edges of a figure."""

TICK = 3.5 * POINT + 0.02
"""Inches from an axis to its labels."""

STYLE: Any = {
    "font.size": SIZE,
    **dict.fromkeys(("axes.titlesize", "axes.labelsize", "legend.fontsize"), SIZE),
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), SIZE),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 2.5),
    **dict.fromkeys(("xtick.minor.width", "ytick.minor.width"), 0.4),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "loas-tl",
    "pdf.fonttype": 42,
}
"""Of matplotlib; letters of an SVG are outlines, those of a PDF an embedded TrueType font."""

DIAMOND: dict[str, Any] = {"color": "black", "marker": "D", "linestyle": "", "markersize": 3}
"""The mark of a published figure."""

HANDLE, TO_TEXT, BETWEEN = 1.3, 0.5, 1.3
"""Of a legend, in letters: a swatch, from there to its text, from column to column."""


def inches(width: str) -> float:
    """The width of a figure.

    Raises:
        InputError: where it is neither ``"column"`` nor ``"page"``.
    """
    if width not in WIDTHS:
        raise InputError(
            f"unknown width of a figure {width!r}; expected one of {', '.join(WIDTHS)}"
        )
    return WIDTHS[width]


@contextmanager
def styled() -> Iterator[None]:
    """Draw as figures for papers are drawn, whatever letters names have."""
    with mpl.rc_context(STYLE), any_letter():
        yield


@cache
def width_of(text: str) -> float:
    """Inches that a text without line breaks takes."""
    font = FontProperties(size=SIZE)
    with any_letter():
        return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / 72


def wrapped(text: str, room: float) -> list[str]:
    """A text in lines of no more than ``room`` inches; a word that is longer is broken."""
    lines: list[str] = []
    line = ""
    for word in " ".join(text.split()).split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        while width_of(word) > room and len(word) > 1:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or _fits(word[:n], room))
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line]


def _fits(text: str, room: float) -> bool:
    return width_of(text) <= room


class Paper:
    """A figure whose panels are placed in inches from its upper left corner.

    Attributes:
        canvas: matplotlib's figure.
        width, height: in inches.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.canvas = Canvas(figsize=(width, height))

    def panel(self, left: float, top: float, wide: float, high: float) -> Axes:
        """A panel without what stands around it."""
        bottom = self.height - top - high
        return self.canvas.add_axes(
            (left / self.width, bottom / self.height, wide / self.width, high / self.height)
        )

    def text(self, x: float, y: float, said: str, **more: Any) -> None:
        """A text, by default with the middle of its upper edge at that place."""
        stand: dict[str, Any] = {"ha": "center", "va": "top", "linespacing": 1.0, **more}
        self.canvas.text(x / self.width, 1 - y / self.height, said, parse_math=False, **stand)

    def legend(self, entries: Entries) -> None:
        """A legend at the upper edge."""
        if entries:
            legend(self.canvas, entries, self.width)


Entry = tuple[str, Any]
Entries = Sequence[Entry]
"""Labels and what stands before them."""


def swatch(look: Look | str) -> Patch:
    """A rectangle of a colour, with a hatch where it has one."""
    return Patch(**filled(look))


def filled(look: Look | str) -> dict[str, Any]:
    """How matplotlib fills a bar."""
    if isinstance(look, str):
        return {"facecolor": look}
    if not look.hatch:
        return {"facecolor": look.colour}
    return {"facecolor": look.colour, "hatch": look.hatch, "edgecolor": "white", "linewidth": 0}


def diamond() -> Line2D:
    """The mark of published figures."""
    return Line2D([], [], **DIAMOND)


def legend_height(entries: Entries, width: float) -> float:
    """Inches that a legend takes at the upper edge of a figure, with what is free below it."""
    if not entries:
        return EDGE
    lines, columns = _columns([label for label, _ in entries], width)
    rows = -(-len(entries) // columns)
    most = max(len(line) for line in lines)
    return rows * (most * LINE + 0.3 * SIZE * POINT) + 0.06 + EDGE


def legend(canvas: Canvas, entries: Entries, width: float) -> Legend:
    """A legend at the upper edge, in as many columns as there is room for; long labels wrap.

    Where matplotlib lays the figure out, it keeps what is below clear of it.
    """
    lines, columns = _columns([label for label, _ in entries], width)
    place: dict[str, Any] = {"loc": "outside upper center"}
    if canvas.get_layout_engine() is None:
        place = {
            "loc": "upper center",
            "bbox_to_anchor": (0.5, 1 - EDGE / canvas.get_figheight()),
        }
    made = canvas.legend(
        [handle for _, handle in entries],
        [" "] * len(entries),
        **place,
        ncols=columns,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=HANDLE,
        handletextpad=TO_TEXT,
        columnspacing=BETWEEN,
        labelspacing=0.3,
    )
    name_entries(made, ["\n".join(line) for line in lines])
    return made


def name_entries(of: Legend, labels: Sequence[str]) -> None:
    """Write the labels of a legend as they are, whatever is in them."""
    for text, label in zip(of.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_linespacing(1.0)
        text.set_text(label)


def _columns(labels: Sequence[str], width: float) -> tuple[list[list[str]], int]:
    """The lines of each label, and how many columns of them there is room for."""
    letter = SIZE * POINT
    room = width - 2 * EDGE
    around = (HANDLE + TO_TEXT) * letter
    lines = [wrapped(label, room - around) for label in labels]
    widths = [around + max(map(width_of, each)) for each in lines]
    for fewest in range(1, len(labels)):
        columns = -(-len(labels) // fewest)
        # matplotlib fills one column after the other, the first ones by one more.
        rows, more = divmod(len(labels), columns)
        starts = [at * rows + min(at, more) for at in range(columns + 1)]
        widest = [max(widths[a:b]) for a, b in pairwise(starts)]
        if sum(widest) + BETWEEN * letter * (columns - 1) <= room:
            return lines, columns
    return lines, 1


def ticks(top: float, most: int) -> list[tuple[float, str]]:
    """Round values from 0 to ``top`` and how they are written."""
    if not top > 0:
        return [(0.0, "0")]
    found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, top)
    inside = [float(value) for value in found if 0 <= value <= top * (1 + 1e-9)]
    return [(value, f"{value:,.12g}") for value in inside]
