"""Ours beside the published evaluation: a table, a CSV and a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources

import pandas as pd
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from rich.console import Console
from rich.text import Text

import loas_tl
from loas_tl.designs.tables import FittedTable
from loas_tl.report.table import print_whole
from loas_tl.reproduction.item import NEAR, Item, Row

Reproduction = Mapping[Item, Sequence[Row]]
FILES = ("reproduction.html", "reproduction.csv", "reproduction.json")
NOTHING = "-"


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
    return NOTHING if row.difference is None else f"{100 * row.difference:+.1f} %"


def to_json(found: Reproduction) -> str:
    """A JSON object of ``items``: name, title and rows of each."""
    items = [
        {"name": item.name, "title": item.title, "rows": [row.record() for row in rows]}
        for item, rows in found.items()
    ]
    return json.dumps({"items": items}, indent=2)


def to_csv(found: Reproduction) -> str:
    """One row a figure."""
    rows = [{"item": item.name, **row.record()} for item, rows in found.items() for row in rows]
    return str(pd.DataFrame(rows).to_csv(index=False))


def files(found: Reproduction, seed: int) -> dict[str, str | bytes]:
    """The content of each of :data:`FILES`."""
    environment = SandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files("loas_tl.report").joinpath("reproduction.html.jinja")
    known = [row for rows in found.values() for row in rows if row.difference is not None]
    page = environment.from_string(source.read_text(encoding="utf-8")).render(
        found=found,
        figure=figure,
        percent=percent,
        near=NEAR,
        met=sum(abs(row.difference or 0.0) <= NEAR for row in known),
        known=len(known),
        seed=seed,
        version=loas_tl.__version__,
    )
    return dict(zip(FILES, (page, to_csv(found), to_json(found) + "\n"), strict=True))
