"""The comparison as tables on a terminal."""

from __future__ import annotations

from textwrap import wrap

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from loas_tl.comparison import Comparison
from loas_tl.report.rows import (
    PREDICTION,
    Column,
    Figure,
    columns,
    detail_columns,
    detail_rows,
    headlines,
    label_lines,
    notes,
    ratio_words,
    rows,
)

NOTHING = "-"
PLAIN_WIDTH = 120
"""Columns of text where the output is not a terminal."""
UNLIMITED_WIDTH = 10_000
HEADING_WIDTH = 11
"""Of a line of a heading; longer ones go over several."""


def console(stderr: bool = False) -> Console:
    """A console that is as wide as the terminal, or PLAIN_WIDTH in a pipe."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


def print_whole(to: Console, table: Table) -> None:
    """Print a table that no number of is cut off in a pipe, which has no width of its own."""
    if not to.is_terminal:
        wide = to.options.update(max_width=UNLIMITED_WIDTH)
        to.width = max(to.width, Measurement.get(to, wide, table).maximum)
    to.print(table)


def print_tables(comparison: Comparison, to: Console) -> None:
    """Print one table a network, then the published claims."""
    for network in comparison.networks:
        print_whole(to, network_table(comparison, network))
        to.print(ratio_words(comparison))
        if comparison.model != "published":
            print_whole(to, detail_table(comparison, network))
    for note in notes(comparison):
        to.print(Text(f"note: {note}"))
    if comparison.generated:
        to.print(PREDICTION)
    claims = headlines(comparison)
    if claims:
        table = Table(title="Published claims", title_justify="left", title_style="bold")
        table.add_column("claim")
        for heading in ("ours", "published", "difference"):
            table.add_column(heading, justify="right")
        for claim in claims:
            table.add_row(claim.claim, *_cells(claim.figure, "{:.2f}"))
        to.print(table)


def network_table(comparison: Comparison, network: str) -> Table:
    """One network: three lines an accelerator, ours, the published figure, the difference."""
    table = Table(title=Text(network, style="bold"), title_justify="left")
    shown = columns(comparison)
    _add_columns(table, shown)
    for row in rows(comparison, network):
        figures = [(getattr(row, key), form) for key, _, form in shown]
        lines = list(zip(*(_cells(figure, form) for figure, form in figures), strict=True))
        table.add_row(_label(row.accelerator), *lines[0])
        if any(figure.published is not None for figure, _ in figures):
            table.add_row("  published", *lines[1], style="dim")
            table.add_row("  difference", *lines[2], style="dim")
        table.add_section()
    return table


def detail_table(comparison: Comparison, network: str) -> Table:
    """One network by the detailed model: cycles, and what holds them up."""
    table = Table(title=Text(f"{network}, detailed model", style="bold"), title_justify="left")
    shown = detail_columns(comparison)
    _add_columns(table, shown)
    for row in detail_rows(comparison, network):
        values = [(getattr(row, key), form) for key, _, form in shown]
        cells = (NOTHING if value is None else form.format(value) for value, form in values)
        table.add_row(_label(row.accelerator), *cells)
    return table


def _cells(figure: Figure, form: str) -> tuple[str, str, str]:
    difference = figure.difference
    return (
        NOTHING if figure.ours is None else form.format(figure.ours),
        NOTHING if figure.published is None else form.format(figure.published),
        NOTHING if difference is None else f"{difference:+.1%}",
    )


def _add_columns(table: Table, shown: tuple[Column, ...]) -> None:
    """The accelerator and its figures; no number is ever broken or cut in a pipe."""
    table.add_column("accelerator", no_wrap=True)
    for _, heading, _ in shown:
        lines = "\n".join(wrap(heading, HEADING_WIDTH, break_long_words=False))
        table.add_column(Text(lines), justify="right", no_wrap=True)


def _label(accelerator: str) -> Text:
    return Text("\n  ".join(label_lines(accelerator)), style="bold")
