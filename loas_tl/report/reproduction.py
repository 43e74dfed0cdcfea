"""Ours beside the published evaluation: a table, a CSV and a page."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.console import Console
from rich.text import Text

from loas_tl.ground.fitted import FittedTable
from loas_tl.report import axes, charts
from loas_tl.report.made import Made
from loas_tl.report.reproduction_shades import SHADES
from loas_tl.report.table import print_whole
from loas_tl.report.units import signed
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page
from loas_tl.reproduction.item import NEAR, Item, Reproduction, Row

FORMS = ("png", "svg", "pdf")
FILES = (
    *("reproduction.html", "reproduction.csv", "reproduction.json"),
    *(f"differences.{form}" for form in FORMS),
)
NOTHING = "-"
NARROW = 30
"""Letters of a line beside an axis."""
SEEN = 0.0005
"""A difference from which on there is something to draw."""


def print_reproduction(found: Reproduction, to: Console) -> None:
    """Print a table an item, with the notes below it."""
    for item, rows in found.items():
        table = FittedTable(title=Text(item.title, style="bold"), title_justify="left")
        table.add_column("what")
        table.figures("ours", "published", "unit", "difference")
        table.least = ("unit",)
        for row in rows:
            far = row.difference is not None and abs(row.difference) > NEAR
            cells = (figure(row.ours), figure(row.published), row.unit, percent(row))
            table.add_row(Text(row.what), *cells, style="bold" if far else "")
        print_whole(to, table)
        for note in dict.fromkeys(row.note for row in rows if row.note):
            to.print(Text(f"note: {note}"))


def figure(value: float | None) -> str:
    """A value with four digits, or all those before the point."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percent(row: Row) -> str:
    """The difference."""
    return NOTHING if row.difference is None else signed(row.difference)


def files(found: Reproduction, made: Made) -> dict[str, str | bytes]:
    """The content of each of :data:`FILES`.

    Args:
        found: rows by item.
        made: what made it, for the foot of the page.
    """
    from loas_tl.report.plots import render
    from loas_tl.report.reproduction_plots import differences

    canvas = differences(found)
    return {
        "reproduction.html": page(found, made),
        "reproduction.csv": found.to_csv(),
        "reproduction.json": found.to_json() + "\n",
        **{f"differences.{form}": render(canvas, form) for form in FORMS},
    }


def page(found: Reproduction, made: Made) -> str:
    """Every item as a chart of the differences and a table."""
    known = [row for rows in found.values() for row in rows if row.difference is not None]
    lead = (
        "Ours beside published, on networks generated from the published statistics: A is "
        "AlexNet, V VGG16, R ResNet19, as in the published figures. "
        f"{found.near} of {len(known)} figures are within {100 * NEAR:g}%. Weights were "
        "fitted to SparTen-SNN's published cycles of each layer and to nothing else."
    )
    data = [
        {
            "item": item.name,
            "what": row.what,
            "ours": row.ours,
            "published": row.published,
            "unit": row.unit,
            "difference": 100 * row.difference,
            "near": next(iter(SHADES)) if abs(row.difference) <= NEAR else "farther off",
            "title": item.title,
        }
        for item, rows in found.items()
        for row in rows
        if row.difference is not None
    ]
    return web_page(
        title="The published evaluation of LoAS",
        lead=lead,
        sections=[*_overview(found), *(_section(item, rows) for item, rows in found.items())],
        data={"rows": data},
        links={
            "Data (CSV)": FILES[1],
            "Data (JSON)": FILES[2],
            "Figure: differences": "differences.svg",
        },
        footer=made.words(),
    )


def _overview(found: Reproduction) -> list[Section]:
    """How near each item is: headline figures, and a chart of all differences."""
    known = {
        item: sizes
        for item, rows in found.items()
        if (sizes := [abs(row.difference) for row in rows if row.difference is not None])
    }
    if not known:
        return []
    every = [size for sizes in known.values() for size in sizes]
    near = sum(size <= NEAR for size in every)
    farthest = max(known, key=lambda item: max(known[item]))
    tiles = [
        Tile(f"{near} of {len(every)}", f"figures within {100 * NEAR:g}% of the published ones"),
        Tile(f"{100 * median(every):.2g}%", "median difference", "in size, of every figure"),
        Tile(
            f"{sum(max(sizes) <= NEAR for sizes in known.values())} of {len(known)}",
            f"items with every figure within {100 * NEAR:g}%",
        ),
        Tile(f"{100 * max(every):.0f}%", "largest difference", farthest.title),
    ]
    return [
        Section("Headline figures", tiles=tiles, named="top"),
        Section(
            "Every difference",
            "Ours over published, less 1; a point a figure. Hover for it.",
            charts=[_every(found)],
            legend=SHADES,
            named="differences",
        ),
    ]


def _every(found: Reproduction) -> Chart:
    """A line an item, a point a figure."""
    titles = [item.title for item in found if any(r.difference is not None for r in found[item])]
    return Chart(
        {
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 0.8},
            "encoding": {
                "x": {
                    "field": "difference",
                    "type": "quantitative",
                    "title": "difference (%)",
                    "axis": axes.linear(6),
                },
                "y": axes.names("title", titles, NARROW),
                "color": charts.by("near", SHADES, "colour"),
                "shape": charts.by("near", SHADES, "shape"),
                "tooltip": _tips(),
            },
        },
        "rows",
        "by how much each figure of ours differs from the published one, by item",
        height=axes.height_of(titles, NARROW),
        wide=True,
    )


def _tips() -> list[dict[str, Any]]:
    figures = [charts.tip(name) for name in ("ours", "published", "difference")]
    return [charts.tip("what", form=""), *figures, charts.tip("unit", form="")]


def _section(item: Item, rows: Sequence[Row]) -> Section:
    noted = any(row.note for row in rows)
    sheet = Sheet(
        ["what", "ours", "published", "unit", "difference", *(["note"] if noted else [])],
        [
            [
                row.what,
                Cell(row.ours, figure(row.ours)),
                Cell(row.published, figure(row.published)),
                row.unit,
                Cell(row.difference, percent(row)),
                *([row.note] if noted else []),
            ]
            for row in rows
        ],
        item.title,
        ["words", "number", "number", "text", "number", *(["words"] if noted else [])],
        static=True,
        least=("unit", "note"),
    )
    compared = [row for row in rows if row.difference is not None]
    apart = any(abs(row.difference or 0.0) >= SEEN for row in compared)
    drawn = [_differences(item, compared)] if apart else []
    return Section(
        item.title, charts=drawn, sheet=sheet, legend=SHADES if drawn else {}, named=item.name
    )


def _differences(item: Item, rows: Sequence[Row]) -> Chart:
    """A bar a figure: by how much ours differs."""
    return Chart(
        {
            "transform": [{"filter": {"field": "item", "equal": item.name}}],
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "difference",
                    "type": "quantitative",
                    "title": "difference (%)",
                    "stack": None,
                    "axis": axes.linear(5),
                },
                "y": axes.names("what", [row.what for row in rows], NARROW),
                "color": charts.by("near", SHADES, "colour"),
                "tooltip": _tips(),
            },
        },
        "rows",
        f"by how much ours differs from the published figures of {item.title}",
        height=axes.height_of((row.what for row in rows), NARROW),
        wide=True,
    )
