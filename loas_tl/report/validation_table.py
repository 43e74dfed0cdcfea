"""A validation as tables on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from loas_tl.validation.records import Validation, summary

COLUMNS = (
    ("error", "error"),
    ("independence", "independence"),
    ("rounding", "rounding"),
    ("actual_data_error", "actual_data"),
    ("corrected_error", "+ overlap"),
)
ABOUT = (
    "Size of the errors of actual counts, median / 95th percentile / worst. Of the prediction's "
    "error, independence goes when non-zeros are shuffled, rounding stays; actual_data is the "
    "native engine on measured tiles, overlap how often the operands meet."
)


def print_tables(validation: Validation, to: Console) -> None:
    """Print the summary by accelerator, by level, by kind, and the cycles."""
    frame = validation.to_frame()
    actual = frame[frame["kind"] == "actual"]
    to.print(_errors(summary(actual, ["accelerator"]), ["accelerator"], "Actual counts"))
    to.print(ABOUT)
    levels = summary(actual, ["accelerator", "level"])
    to.print(_errors(levels, ["accelerator", "level"], "Actual counts by level, worst", ("worst",)))
    by_kind = summary(frame, ["kind"])
    to.print(_errors(by_kind, ["kind"], "All counts by kind"))
    to.print(_cycles(validation))
    for accelerator, notes in validation.notes.items():
        for note in notes:
            to.print(Text(f"note: {accelerator}: {note}"))


SIZES = ("median", "p95", "worst")


def _errors(
    rows: list[dict[str, object]], by: list[str], title: str, sizes: tuple[str, ...] = SIZES
) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in by:
        table.add_column(name)
    table.add_column("counts", justify="right")
    for _, heading in COLUMNS:
        table.add_column(heading, justify="right")
    for row in rows:
        cells = [
            " / ".join(percent(row[f"{name}_{size}"]) for size in sizes) for name, _ in COLUMNS
        ]
        table.add_row(*(str(row[name]) for name in by), str(row["counts"]), *cells)
    return table


def _cycles(validation: Validation) -> Table:
    table = Table(title="Cycles", title_justify="left", title_style="bold")
    for heading in ("accelerator", "network"):
        table.add_column(heading)
    for heading in ("predicted", "exact", "error", "corrected", "worst layer after"):
        table.add_column(heading, justify="right")
    frame = validation.cycles_frame()
    for (accelerator, network), group in frame.groupby(["accelerator", "network"], sort=False):
        totals = group[["predicted", "exact", "corrected"]].sum()
        table.add_row(
            str(accelerator),
            str(network),
            f"{totals['predicted']:,.0f}",
            f"{totals['exact']:,.0f}",
            f"{totals['predicted'] / totals['exact'] - 1:+.1%}" if totals["exact"] else "-",
            f"{totals['corrected']:,.0f}",
            percent(group["corrected_error"].abs().max()),
        )
    return table


def percent(value: object) -> str:
    """A size of an error, to two digits."""
    size = 100 * float(value)  # type: ignore[arg-type]
    if size >= 10:
        return f"{size:.0f}%"
    if size >= 1:
        return f"{size:.1f}%"
    return f"{size:.2f}%" if size >= 0.005 else "0"
