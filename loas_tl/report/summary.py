"""A network's summary as a table on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.titles import network_title
from loas_tl.report.table import print_whole
from loas_tl.workload.summary import Summary

WORDS = 2
"""Columns of words at the left: name and kind."""


def print_summary(summary: Summary, to: Console) -> None:
    """Print one line a layer, what was done to each or why it is none, and what is missing."""
    headings, cells = summary.table()
    table = FittedTable(
        title=Text(network_title(summary.network), style="bold"), title_justify="left"
    )
    for heading in headings[:WORDS]:
        table.add_column(heading)
    figures = headings[WORDS:-1]
    table.figures(*figures)
    # Densities and the share of the work stay longest.
    table.least = ["rounded to 0", "weights, given", "active", "K", "N", "M", "T"]
    for row, line in zip(summary.rows, cells, strict=True):
        style = "" if row.captured else "dim"
        table.add_row(*(Text(cell, style=style) for cell in line[:-1]))
    print_whole(to, table)
    for row in summary.rows:
        if row.why:
            to.print(Text(f"{row.layer}: {row.why}"))
    to.print(Text(summary.headline))
