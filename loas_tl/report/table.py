"""The comparison as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.text import Text

from loas_tl.comparison import Comparison
from loas_tl.ground.fitted import FittedTable, words
from loas_tl.ground.titles import network_title
from loas_tl.report.least import DETAIL_LEAST, LEAST, NORMALISED_LEAST
from loas_tl.report.normalised import NORMALISED, conditions, normalised_columns, normalised_rows
from loas_tl.report.readings import Readings
from loas_tl.report.rows import (
    ACCOUNTING,
    PREDICTION,
    Column,
    Figure,
    columns,
    coverage_words,
    detail_columns,
    detail_rows,
    headlines,
    label_lines,
    notes,
    ratio_words,
    reading_words,
    rows,
    sample_words,
)

NOTHING = "-"
PLAIN_WIDTH = 120
"""Columns of text where the output is not a terminal."""


class PlainConsole(Console):
    """A console that no name of a layer or a file gives orders to."""

    def on_broken_pipe(self) -> None:
        """Have the command answer for a reader that has gone; Rich would exit with 1."""
        raise BrokenPipeError

    def render(self, renderable: Any, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Segments without control characters in their text."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.translate(_NO_CONTROL) == segment.text:
                yield segment
            else:
                yield Segment(segment.text.translate(_NO_CONTROL), segment.style)


_NO_CONTROL = dict.fromkeys((*range(10), *range(11, 32), *range(127, 160)))
"""All but the line end."""


def console(stderr: bool = False) -> Console:
    """A console that is as wide as the terminal, or PLAIN_WIDTH in a pipe."""
    made = PlainConsole(stderr=stderr, highlight=False)
    if made.is_terminal and made.file.isatty():
        return made
    colours: Any = made.color_system  # a variable may ask for them in a pipe, too
    return PlainConsole(
        stderr=stderr,
        highlight=False,
        width=PLAIN_WIDTH,
        force_terminal=False,
        color_system=colours,
    )


def print_whole(to: Console, table: FittedTable) -> None:
    """Print a table, as wide as it is in a pipe, which has no width of its own."""
    if not to.is_terminal:
        to.width = max(to.width, table.natural(to, to.options))
    to.print(table, crop=False)


def print_tables(comparison: Comparison, to: Console) -> None:
    """Print one table a network, then the published claims."""
    for network in comparison.networks:
        print_whole(to, network_table(comparison, network))
        to.print(Text(ratio_words(comparison)))
        # How much is missing stands under the table already.
        missing = coverage_words(comparison, network)[1:]
        for line in (sample_words(comparison, network), *missing):
            if line:
                to.print(Text(f"{network_title(network)}: {line}"))
        if comparison.mixed:
            print_whole(to, normalised_table(comparison, network))
        if comparison.model != "published":
            print_whole(to, detail_table(comparison, network))
    if comparison.model != "published":
        to.print(Text(reading_words(comparison)))
    for note in notes(comparison):
        to.print(Text(f"note: {note}"))
    if comparison.generated:
        to.print(PREDICTION)
    claims = headlines(comparison)
    if claims:
        table = FittedTable(title="Published claims", title_justify="left", title_style="bold")
        table.add_column("claim")
        table.figures("ours", "published", "difference")
        for claim in claims:
            table.add_row(claim.claim, *_cells(claim.figure, "{:.2f}"))
        print_whole(to, table)


def print_readings(readings: Readings, to: Console) -> None:
    """Print what each reading gives, a line for each network and accelerator."""
    baseline = readings.shown.baseline
    table = FittedTable(
        title=Text(f"Cycles and speedup over {baseline}, reading by reading", style="bold"),
        title_justify="left",
    )
    table.add_column("network")
    table.add_column("accelerator")
    table.figures(*(f"{name} {what}" for name in readings.names for what in ("cycles", "speedup")))
    # Each reading keeps its speedup for longest.
    table.least = tuple(
        f"{name} {what}" for what in ("cycles", "speedup") for name in readings.names
    )
    for row in readings.ranges():
        cells = [
            cell
            for name in readings.names
            for cell in (f"{row.cycles[name]:,}", _ratio(row.speedup[name]))
        ]
        table.add_row(Text(network_title(row.network)), _label(row.accelerator), *cells)
    print_whole(to, table)


def _ratio(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def network_table(comparison: Comparison, network: str) -> FittedTable:
    """One network: three lines an accelerator, ours, the published figure, the difference."""
    table = FittedTable(title=Text(network_title(network), style="bold"), title_justify="left")
    shown = columns(comparison)
    _add_columns(table, shown, LEAST)
    for row in rows(comparison, network):
        figures = [(getattr(row, key), form) for key, _, form in shown]
        lines = list(zip(*(_cells(figure, form) for figure, form in figures), strict=True))
        table.add_row(_label(row.accelerator), *lines[0])
        if any(isinstance(f, Figure) and f.published is not None for f, _ in figures):
            table.add_row("  published", *lines[1], style="dim")
            table.add_row("  difference", *lines[2], style="dim")
        if any(isinstance(f, Figure) and f.spread is not None for f, _ in figures):
            spread = list(zip(*(_spread(figure, form) for figure, form in figures), strict=True))
            table.add_row("  deviation", *spread[0], style="dim")
            table.add_row("  least", *spread[1], style="dim")
            table.add_row("  most", *spread[2], style="dim")
        table.add_section()
    coverage = comparison.coverage.get(network)
    if coverage is not None:
        table.caption = Text(str(coverage))
        table.caption_justify = "left"
    return table


def normalised_table(comparison: Comparison, network: str) -> FittedTable:
    """One network at one technology, clock and area."""
    title = Text(
        f"{network_title(network)}, {NORMALISED.format(**conditions(comparison))}", style="bold"
    )
    table = FittedTable(title=title, title_justify="left")
    shown = normalised_columns(comparison)
    _add_columns(table, shown, NORMALISED_LEAST)
    for row in normalised_rows(comparison, network):
        values = [(getattr(row, key), form) for key, _, form in shown]
        cells = (NOTHING if value is None else form.format(value) for value, form in values)
        table.add_row(_label(row.accelerator), *cells)
    return table


def detail_table(comparison: Comparison, network: str) -> FittedTable:
    """One network by the detailed model: cycles, and what holds them up."""
    title = Text(
        f"{network_title(network)}, detailed model, {comparison.reading} reading", style="bold"
    )
    table = FittedTable(title=title, title_justify="left")
    shown = detail_columns(comparison)
    _add_columns(table, shown, DETAIL_LEAST)
    for row in detail_rows(comparison, network):
        values = [(getattr(row, key), form) for key, _, form in shown]
        cells = (NOTHING if value is None else form.format(value) for value, form in values)
        table.add_row(_label(row.accelerator), *cells)
    return table


def _cells(figure: Figure | str, form: str) -> tuple[str, str, str]:
    if isinstance(figure, str):
        return figure, "", ""
    difference = figure.difference
    return (
        NOTHING if figure.ours is None else form.format(figure.ours),
        NOTHING if figure.published is None else form.format(figure.published),
        NOTHING if difference is None else f"{difference:+.1%}",
    )


def _spread(figure: Figure | str, form: str) -> tuple[str, str, str]:
    spread = None if isinstance(figure, str) else figure.spread
    if spread is None:
        return (NOTHING,) * 3
    return form.format(spread.std), form.format(spread.least), form.format(spread.most)


def _add_columns(table: FittedTable, shown: tuple[Column, ...], least: tuple[str, ...]) -> None:
    """The accelerator, words on it, and its figures."""
    table.add_column("accelerator")
    for key, heading, _ in shown:
        if key == ACCOUNTING[0]:
            table.add_column(heading)
        else:
            table.figures(heading)
    headings = {key: words(heading) for key, heading, _ in shown}
    table.least = [headings[key] for key in least if key in headings]


def _label(accelerator: str) -> Text:
    return Text("\n  ".join(label_lines(accelerator)), style="bold")
