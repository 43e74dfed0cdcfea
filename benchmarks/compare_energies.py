"""How far the usual classes are from a real Accelergy: ``benchmarks/results/energies.csv``.

    python benchmarks/compare_energies.py

reads what ``record_usual_classes.py`` recorded; prints a table for ``docs/energies.md``.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from loas_tl.components.units import in_pJ, in_um2
from loas_tl.timeloop.accelergy.ert import price

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "data" / "usual_classes.json"
RESULTS = Path(__file__).parent / "results" / "energies.csv"
COLUMNS = ("of", "class", "attributes", "figure", "unit", "accelergy", "loas_tl", "ratio")


def rows() -> list[dict[str, Any]]:
    """Every figure of every recorded component."""
    found = []
    for each in json.loads(RECORDED.read_text()):
        attributes = each["attributes"]
        cost = price(each["class"], attributes)
        cycle = attributes["global_cycle_seconds"]
        figures = [
            (action, "pJ", theirs, in_pJ(cost.action(action, cycle)))
            for action, theirs in each["actions"].items()
        ]
        figures.append(("area", "um2", each["area_um2"], in_um2(cost.area)))
        shown = " ".join(f"{name}={value}" for name, value in attributes.items())
        found += [
            dict(
                zip(
                    COLUMNS,
                    (
                        *(each.get("of", "chosen"), each["class"], shown, figure, unit),
                        *(theirs, float(f"{ours:.6g}")),
                        f"{ours / theirs:.4f}" if theirs else "",
                    ),
                    strict=True,
                )
            )
            for figure, unit, theirs, ours in figures
        ]
    return found


def main() -> None:
    """Write all figures, print a summary by class."""
    found = rows()
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    kinds = dict.fromkeys(row["class"] for row in found)
    sys.stdout.write("| class | energies | within 5 % | farthest | leakage | area |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    for kind in kinds:
        cells = []
        for figures in ("energy", "leak", "area"):
            errors = [
                abs(float(row["ratio"]) - 1)
                for row in found
                if row["class"] == kind
                and row["ratio"]
                and (row["figure"] if row["figure"] in ("leak", "area") else "energy") == figures
            ]
            far = f"{max(errors):.1%}" if errors else "-"
            if figures == "energy":
                close = sum(error <= 0.05 for error in errors)
                cells += [str(len(errors)), str(close), far]
                cells[-1] += f" (median {statistics.median(errors):.1%})" if errors else ""
            else:
                cells.append(far)
        sys.stdout.write(f"| `{kind}` | {' | '.join(cells)} |\n")


if __name__ == "__main__":
    main()
