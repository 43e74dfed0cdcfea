"""What a page on the inner join has besides: the sweep, and the changes that are proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loas_tl.designs.parameter import plain
from loas_tl.ground.titles import network_title
from loas_tl.report import axes, charts
from loas_tl.report.innerjoin_plots import PANELS, swept_marks, swept_title
from loas_tl.report.web import Cell, Chart, Section, Sheet
from loas_tl.studies.proposal import LIMIT, PRICED, Candidate, proposal
from loas_tl.studies.sweep import RANDOM, SweepRow


def swept_row(row: SweepRow) -> dict[str, Any]:
    """A row as charts take it."""
    return {
        "network": swept_title(row),
        "parameter": row.parameter,
        "value": row.value,
        "cost": round(row.overhead, 6),
        "laggy": row.laggy,
        "two_fast": row.two_fast,
    }


def sweep_section(rows: Sequence[SweepRow]) -> list[Section]:
    """A chart a parameter, a line a network."""
    if not rows:
        return []
    marks = swept_marks(rows)
    found = []
    for parameter, label, base in PANELS:
        values = sorted({row.value for row in rows if row.parameter == parameter})
        if not values:
            continue
        x: dict[str, Any] = {
            "field": "value",
            "type": "quantitative",
            "title": label,
            "axis": {"values": values, "format": "~g", "labelOverlap": True},
            "scale": {"type": "log", "base": base} if base else {"zero": False},
        }
        y: dict[str, Any] = {
            "field": "cost",
            "type": "quantitative",
            "title": "cost",
            "axis": {"format": "+.0%", "tickCount": 5},
        }
        if parameter == "adders":  # few adders cost hundreds of times what many do
            y["scale"] = {"type": "symlog", "constant": 0.1}
            y["axis"] = {"format": "+.0%", "values": [0, 0.1, 0.3, 1, 3, 10, 30]}
        tips = [
            charts.tip("network", form=""),
            charts.tip("value", label),
            charts.tip("cost", form="+.1%"),
            charts.tip("laggy", "cycles, laggy", ","),
            charts.tip("two_fast", "cycles, two fast", ","),
        ]
        found.append(
            Chart(
                charts.lines(
                    x,
                    y,
                    "network",
                    marks,
                    tips,
                    title=axes.title(label),
                    transform=charts.only(parameter=parameter),
                ),
                "sweep",
                f"what the laggy prefix-sum costs over {label}",
                height=240,
            )
        )
    table = [
        [
            "random layer" if row.network == RANDOM else network_title(row.network),
            row.parameter.replace("_", " "),
            Cell(row.value, f"{row.value:g}"),
            Cell(row.two_fast, f"{row.two_fast:,}"),
            Cell(row.laggy, f"{row.laggy:,}"),
            Cell(row.overhead, f"{row.overhead:+.1%}"),
        ]
        for row in rows
    ]
    sheet = Sheet(
        ["layers", "parameter", "value", "two fast (cycles)", "laggy (cycles)", "laggy costs"],
        table,
        "Sweep of the unit and of random layers",
        ["text", "text", *["number"] * 4],
        static=True,
    )
    about = "One parameter changed at a time; T and the densities on random layers."
    return [Section("Sweep", about, charts=found, sheet=sheet, legend=marks)]


def proposal_section(candidates: Sequence[Candidate] | None) -> list[Section]:
    """The changes that were looked at, with the proposal among them."""
    if not candidates:
        return []
    chosen, networks = proposal(candidates), list(candidates[0].cost)
    rows = [
        [
            ", ".join(f"{key}={plain(value)}" for key, value in one.changed.items())
            or "as asked for",
            "yes" if one is chosen else "",
            Cell(one.area_mm2, f"{one.area_mm2:.4f}"),
            Cell(one.more_area, f"{one.more_area:+.1%}"),
            Cell(one.more_power, f"{one.more_power:+.1%}"),
            *(Cell(one.cost[name], f"{one.cost[name]:+.1%}") for name in networks),
        ]
        for one in candidates
    ]
    sheet = Sheet(
        [
            *("changed", "proposed", "area of a PE (mm²)", "more area", "more power"),
            *(f"costs on {network_title(name)}" for name in networks),
        ],
        rows,
        "Changes of the inner join, by area",
        ["words", "text", *["number"] * (3 + len(networks))],
        static=True,
    )
    about = f"The proposal is the smallest that costs less than {LIMIT:.0%} on every network. "
    return [Section("Changes of the inner join", about + PRICED, sheet=sheet, named="proposal")]
