"""Building blocks of interactive pages: one HTML file that needs nothing beside it.

Charts are Vega-Lite specifications, drawn by Vega (``vl-convert`` carries its scripts); tables are
DataTables (``itables`` carries them). Both follow the light or dark scheme of the system.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from loas_tl.report import vega
from loas_tl.report.colours import Mark
from loas_tl.report.rows import label_lines

LEFT_OUT = (
    "The charts of the page are left out: Vega, which draws them, reserves "
    f"{vega.RESERVED >> 30} GiB of address space, and this process was not to (ulimit -v)"
)


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite chart.

    Attributes:
        spec: the specification, without data.
        data: name of the page's data that it draws.
        alt: for those who cannot see it.
        height: in pixels.
        wide: whether it takes a row of its own.
        views: further specifications by what they are called, to switch to.
    """

    spec: Mapping[str, Any]
    data: str
    alt: str
    height: int = 300
    wide: bool = False
    views: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A figure in a table with what stands below it.

    Attributes:
        value: what it is sorted by; None where there is none.
        text: as people read it.
        below: in small, such as the published figure.
    """

    value: float | None
    text: str
    below: str = ""


@dataclass(frozen=True)
class Tile:
    """A headline figure.

    Attributes:
        value: large.
        about: what it is.
        below: in small.
    """

    value: str
    about: str
    below: str = ""


@dataclass(frozen=True)
class Pick:
    """Names that can be shown and hidden, in all charts and tables of a page.

    Attributes:
        title: what they are.
        field: of the charts' data that has the name.
        marks: of each name.
    """

    title: str
    field: str
    marks: Mapping[str, Mark]


SHAPES = {
    "circle": "M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10z",
    "square": "M-5-5h10v10h-10z",
    "triangle-up": "M0-5L5.5 5h-11z",
    "cross": "M-2-5.5h4v3.5h3.5v4h-3.5v3.5h-4v-3.5h-3.5v-4h3.5z",
    "triangle-down": "M0 5L5.5-5h-11z",
    "triangle-right": "M5 0L-5 5.5v-11z",
    "triangle-left": "M-5 0L5 5.5v-11z",
}
"""Outlines of marks, 12 pixels wide and high."""

STATIC = 400
"""Rows up to which a table stands in the page as it is, and can be read without scripts."""


@dataclass(frozen=True)
class Sheet:
    """A table to sort, search and filter.

    Attributes:
        columns: headings.
        rows: a value (or a :class:`Cell`) a column; None is empty.
        caption: for people and screen readers.
        formats: by place of the column, ``"number"`` or ``"text"``.
        pick: place of the column with the names that can be hidden, None without.
        static: whether it is to be readable without scripts, where it is not too long.
        anchor: to link to.
        least: headings of columns that give way first where the view is narrow, in this order.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str
    formats: Sequence[str]
    pick: int | None = None
    static: bool = False
    anchor: str = ""
    least: Sequence[str] = ()

    @property
    def head(self) -> int:
        """Place of the column that says what a row is of."""
        return self.pick or 0

    @property
    def leaving(self) -> list[int]:
        """Places of the columns that can be left out, in order.

        As on a terminal those of :attr:`least` go first, then the others from the right; what a row
        is of stays, and one figure.
        """
        first = next((at for at, form in enumerate(self.formats) if form == "number"), None)
        kept = max(self.head + 1, len(self.columns) if first is None else first)
        places = {heading: place for place, heading in enumerate(self.columns)}
        stated = [places[heading] for heading in self.least if heading in places]
        order = dict.fromkeys([*stated, *reversed(range(kept, len(self.columns)))])
        last = [place for place in order if place >= kept][-1:]
        return [place for place in order if place not in last]

    @property
    def stands(self) -> bool:
        """Whether its rows are elements of the page."""
        return self.static and len(self.rows) <= STATIC

    def settings(self) -> dict[str, Any]:
        """What the script that sorts and filters it needs to know."""
        rows = None if self.stands else [[_plain(cell) for cell in row] for row in self.rows]
        return {
            "columns": list(self.columns),
            "rows": rows,
            "count": len(self.rows),
            "formats": list(self.formats),
            "pick": self.pick,
            "head": self.head,
            "leaving": self.leaving,
            "caption": self.caption,
        }


def _plain(cell: Any) -> Any:
    return cell.value if isinstance(cell, Cell) else cell


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        title: its heading.
        about: a line or two below it.
        charts: side by side where there is room.
        sheet: a table.
        lines: a list of remarks.
        tiles: headline figures.
        legend: marks by what they mean.
        named: what is linked to; by default the title's letters.
        view: what the charts' first specification is called, where they have views.
        least: pixels that a chart needs; as many stand side by side as there is room for.
    """

    title: str
    about: str = ""
    charts: Sequence[Chart] = ()
    sheet: Sheet | None = None
    lines: Sequence[str] = field(default_factory=tuple)
    tiles: Sequence[Tile] = ()
    legend: Mapping[str, Mark] = field(default_factory=dict)
    named: str = ""
    view: str = "linear"
    least: int = 330

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        shown = self.charts or self.lines or self.tiles
        return not (shown or (self.sheet is not None and self.sheet.rows))

    @property
    def views(self) -> list[str]:
        """What the charts can be switched to; the first is shown."""
        others = dict.fromkeys(name for chart in self.charts for name in chart.views)
        return [self.view, *others] if others else []

    @property
    def anchor(self) -> str:
        """What the contents link to."""
        if self.named:
            return self.named
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


def page(
    title: str,
    lead: str,
    sections: Sequence[Section],
    data: Mapping[str, Sequence[Mapping[str, Any]]],
    links: Mapping[str, str],
    footer: str,
    pick: Pick | None = None,
) -> str:
    """A page.

    Args:
        title: its heading.
        lead: what it is, in a line.
        sections: in order; those with nothing to show are left out.
        data: rows that charts draw, by name.
        links: files beside it, by what they are called.
        footer: what made it.
        pick: what can be shown and hidden.
    """
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("loas_tl.report").joinpath("web.html.jinja")
    sections = [section for section in sections if not section.empty]
    charts = [chart for section in sections for chart in section.charts]
    scripts = _script(vega.bundle()) if charts else ""
    left_out = LEFT_OUT if charts and not scripts else ""
    if left_out:
        warnings.warn(left_out, RuntimeWarning, stacklevel=2)
        sections = [_without_charts(section) for section in sections]
        charts = []
    sheets = [section.sheet for section in sections if section.sheet is not None]
    return environment.from_string(source.read_text(encoding="utf-8")).render(
        title=title,
        lead=lead,
        sections=sections,
        charts=_inline(
            [
                {"spec": c.spec, "data": c.data, "height": c.height}
                | ({"views": dict(c.views)} if c.views else {})
                for c in charts
            ]
        ),
        sheets=_inline([sheet.settings() for sheet in sheets]),
        picks=_inline({"field": pick.field, "names": list(pick.marks)} if pick else None),
        pick=pick,
        data=_inline(data),
        links=links,
        footer=footer,
        label_lines=label_lines,
        figure_and_unit=figure_and_unit,
        shapes=SHAPES,
        vega=scripts,
        left_out=left_out,
        datatables=_script(_bundled("dt_bundle.js")) if sheets else "",
        style=_bundled("dt_bundle.css") if sheets else "",
    )


def figure_and_unit(value: str) -> tuple[str, str]:
    """A headline figure and its unit, empty where it has none.

    >>> figure_and_unit("94.98 kcycles"), figure_and_unit("0.6 mm²")
    (('94.98', 'kcycles'), ('0.6', 'mm²'))
    >>> figure_and_unit("6 of 27")
    ('6 of 27', '')
    """
    figure, _, unit = value.partition(" ")
    has_one = figure[:1].isdigit() and unit and not any(letter.isdecimal() for letter in unit)
    return (figure, unit) if has_one else (value, "")


def _without_charts(section: Section) -> Section:
    if not section.charts:
        return section
    about = f"{section.about} Charts are left out; the end of the page says why.".lstrip()
    return replace(section, charts=(), legend={}, about=about)


def _inline(document: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _script(text: str) -> str:
    return text.replace("</script", "<\\/script")


def _bundled(name: str) -> str:
    """A file that itables carries; itself it is not imported, as it would import pandas."""
    found = find_spec("itables")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'itables'", name="itables")
    return (Path(found.origin).parent / "html" / name).read_text("utf-8")
