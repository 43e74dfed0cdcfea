"""A validation as tables on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from loas_tl.ground.fitted import FittedTable
from loas_tl.ground.titles import network_title, titled
from loas_tl.report.table import print_whole
from loas_tl.validation.records import Validation, summary

COLUMNS = (
    ("error", "error"),
    ("independence", "independence"),
    ("rounding", "rounding"),
    ("actual_data_error", "actual_data"),
    ("corrected_error", "+ overlap"),
)
CAUSES = (
    "Of the prediction's error, independence goes when non-zeros are shuffled, rounding stays; "
    "actual_data is the native engine on measured tiles, overlap how often the operands meet."
)
ABOUT = f"Size of the errors of actual counts, median / 95th percentile / worst. {CAUSES}"


def print_tables(validation: Validation, to: Console) -> None:
    """Print the summary by accelerator, by level, by kind, and the cycles."""
    frame = validation.to_frame()
    actual = frame[frame["kind"] == "actual"]
    of = validation.of
    table = _errors(summary(actual, [of]), [of], "Actual counts")
    print_whole(to, table)
    to.print(ABOUT)
    levels = summary(actual, [of, "level"])
    title = "Actual counts by level, worst"
    print_whole(to, _errors(levels, [of, "level"], title, ("worst",)))
    print_whole(to, _errors(summary(frame, ["kind"]), ["kind"], "All counts by kind"))
    print_whole(to, _cycles(validation))
    if of == "spec":
        print_whole(to, _counts(validation))
    for name, notes in validation.notes.items():
        for note in notes:
            to.print(Text(f"note: {name}: {note}"))
    for network, coverage in validation.coverage.items():
        to.print(Text(f"note: {network_title(network)}: {coverage}"))


def _counts(validation: Validation) -> FittedTable:
    """The counts that are farthest off, over all instances and for one."""
    title = f"Actual counts that are farthest off, {MOST} at most"
    table = FittedTable(title=title, title_justify="left", title_style="bold")
    several = len(validation.cycles) > 1
    names = [*([validation.of] if several else []), "level", "tensor", "action"]
    for name in names:
        table.add_column(name)
    table.figures("predicted", "exact", "error", "predicted each", "exact each")
    table.least = ("exact each", "predicted each", "error", "predicted", "exact")
    for _, row in titled(validation.worst(MOST)).iterrows():
        table.add_row(
            *(Text(str(row[name])) for name in names),
            f"{row['predicted']:,.0f}",
            f"{row['exact']:,.0f}",
            f"{row['error']:+.1%}",
            f"{row['predicted_per_instance']:,.0f}",
            f"{row['exact_per_instance']:,.0f}",
        )
    return table


AFTER = "worst after"
MOST = 15
"""Counts that are listed one by one."""
SIZES = ("median", "p95", "worst")


def _errors(
    rows: list[dict[str, object]], by: list[str], title: str, sizes: tuple[str, ...] = SIZES
) -> FittedTable:
    table = FittedTable(title=title, title_justify="left", title_style="bold")
    for name in by:
        table.add_column(name)
    table.figures("counts", *(heading for _, heading in COLUMNS))
    table.least = ("counts", "rounding", "independence", "actual_data", "+ overlap")
    for row in rows:
        cells = [
            " / ".join(percent(row[f"{name}_{size}"]) for size in sizes) for name, _ in COLUMNS
        ]
        table.add_row(*(Text(str(row[name])) for name in by), str(row["counts"]), *cells)
    return table


def _cycles(validation: Validation) -> FittedTable:
    table = FittedTable(title="Cycles", title_justify="left", title_style="bold")
    groups = [name for name in validation.names.values() if name != "layer"]
    for heading in groups:
        table.add_column(heading)
    table.figures("predicted", "exact", "error", "corrected", AFTER)
    table.least = (AFTER, "corrected", "error", "exact")
    frame = titled(validation.cycles_frame())
    for names, group in frame.groupby(groups, sort=False):
        totals = group[["predicted", "exact", "corrected"]].sum()
        table.add_row(
            *(Text(str(name)) for name in names),
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
