"""An engine's result as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from loas_tl.ground.fitted import FittedTable
from loas_tl.report.table import console, print_whole
from loas_tl.timeloop.frames import TOTAL, rows_of
from loas_tl.timeloop.result import Number, Result

COUNTS = {
    "instances": "instances",
    "instances_used_average": "in use",
    "cycles": "cycles",
    "reads": "reads",
    "fills": "fills",
    "updates": "updates",
    "computes": "computes",
    "capacity": "capacity (words)",
}
"""Headings of a frame's counts."""
ENERGY = "energy (nJ)"
LEAST = ("capacity", "instances", "instances_used_average", "computes", "updates", "fills", "reads")
"""What a narrow terminal leaves out, in this order."""


def print_result(name: str, result: Result) -> None:
    """Print totals, then a row for each level and tensor: what was done, not what was saved.

    A row's counts times what it has in use are the counts over all instances. Computes, leakage and
    what else is charged have rows, so that energies add up to the total.
    """
    to = console()
    computes = result.computes
    to.print(Text.assemble((name, "bold"), f" (engine: {result.engine})"))
    to.print(
        f"{count(result.cycles)} cycles, {result.energy_pj / 1e3:,.3f} nJ, "
        f"{result.area_um2 / 1e6:,.4f} mm²"
    )
    document = result.to_dict()
    for line in (*unpriced_lines(document), *use_lines(document)):
        to.print(line, markup=False, soft_wrap=True)
    to.print(
        f"computes: {count(computes.actual)} of {count(computes.algorithmic)}, "
        f"{count(computes.gated)} gated, {count(computes.skipped)} skipped"
    )
    for note in result.notes:
        to.print(f"note: {note}", markup=False, soft_wrap=True)
    print_whole(to, _table(result))
    bypassed = [name for name, level in result.levels.items() if not level.tensors]
    if bypassed:
        to.print(f"keeps no tensor: {', '.join(bypassed)}", markup=False, soft_wrap=True)


def _table(result: Result) -> FittedTable:
    title = "Accesses per instance in use; computes and energy over all instances"
    table = FittedTable(title=title, title_justify="left", title_style="bold")
    table.add_column("level")
    table.add_column("tensor")
    table.figures(*COUNTS.values(), ENERGY)
    table.least = (*map(COUNTS.__getitem__, LEAST), ENERGY)
    for row in rows_of(result):
        figures = [count(row[name]) if name in row else "" for name in COUNTS]
        energy = row["energy_pJ"]
        shown = "unpriced" if energy is None else f"{energy / 1e3:,.3f}"
        if "cycles" not in row and shown == f"{0:.3f}":
            continue  # leakage and others that do not show in the total
        if row["level"] == TOTAL:
            table.add_section()
        table.add_row(
            Text(row["level"]),
            Text(row.get("tensor", "")),
            *figures,
            shown,
        )
    return table


def unpriced_lines(document: Mapping[str, Any]) -> list[str]:
    """What has no price, and is in no energy: a line for each component; or only a placeholder.

    Args:
        document: :meth:`Result.to_dict`.
    """
    lines = [document["placeholders"]] if "placeholders" in document else []
    for each in document.get("unpriced", []):
        of = f" {', '.join(each['actions'])}" if each["actions"] else ""
        lines.append(
            f"unpriced, in no energy above: {each['component']}{of} ({each['class']}): "
            f"{each['reason']}"
        )
    return lines


def use_lines(document: Mapping[str, Any]) -> list[str]:
    """How much of the hardware a run uses, and what the rest leaks.

    Args:
        document: :meth:`Result.to_dict`.

    Returns:
        A line with the utilization; then one with the leakage that Timeloop leaves out, where
        that shows in the digits.
    """
    compute, cycles = document["compute"], document["cycles"]
    gated = document["computes"]["gated"] / (compute["instances"] * cycles) if cycles else 0.0
    lines = [
        f"utilization: {document['utilization']:.1%} of {compute['instances']:,} "
        f"{compute['name']} x {count(cycles)} cycles, "
        f"{count(compute['instances_used_average'])} in use"
        + (f", {gated:.1%} gated" if gated else "")
    ]
    idle, whole = document["idle_leakage_pJ"], document["energy_all_leaking_pJ"]
    if idle is not None and f"{idle / 1e3:.3f}" != f"{0:.3f}":
        lines.append(
            f"+ {idle / 1e3:,.3f} nJ leakage of idle instances and compute units, "
            f"which Timeloop does not charge: {whole / 1e3:,.3f} nJ in all"
        )
    return lines


def count(number: Number) -> str:
    """Whole where it is, else with two decimals."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
