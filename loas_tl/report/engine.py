"""An engine's result as a table for the terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from loas_tl.report.table import console
from loas_tl.timeloop.result import Number, Result


def print_result(name: str, result: Result) -> None:
    """Print totals, then a row for each level and tensor: what was done, not what was saved."""
    to = console()
    computes = result.computes
    to.print(f"[bold]{escape(name)}[/bold] (engine: {result.engine})")
    to.print(
        f"{_count(result.cycles)} cycles, {result.energy_pj / 1e3:,.3f} nJ, "
        f"{result.area_um2 / 1e6:,.4f} mm2"
    )
    to.print(
        f"computes: {_count(computes.actual)} of {_count(computes.algorithmic)}, "
        f"{_count(computes.gated)} gated, {_count(computes.skipped)} skipped"
    )
    table = Table(title="Accesses, per instance", title_justify="left", title_style="bold")
    table.add_column("level")
    table.add_column("tensor")
    for heading in ("instances", "cycles", "reads", "fills", "updates", "capacity", "energy pJ"):
        table.add_column(heading, justify="right")
    for level_name, level in result.levels.items():
        shared = (str(level.instances), _count(level.cycles))
        if not level.tensors:
            table.add_row(escape(level_name), "", *shared)
        for tensor_name, tensor in level.tensors.items():
            table.add_row(
                escape(level_name),
                escape(tensor_name),
                *shared,
                _count(tensor.reads.actual),
                _count(tensor.fills.actual),
                _count(tensor.updates.actual),
                _count(tensor.capacity),
                f"{tensor.energy_pj:,.2f}",
            )
    to.print(table)


def _count(number: Number) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
