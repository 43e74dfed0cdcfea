"""What the laggy prefix-sum costs, as an interactive page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from loas_tl.designs.readings import NEVER_MEASURED
from loas_tl.ground.titles import network_title
from loas_tl.report import axes, charts
from loas_tl.report.colours import OTHERS, Mark, marks_of
from loas_tl.report.innerjoin_plots import variants
from loas_tl.report.innerjoin_sections import proposal_section, sweep_section, swept_row
from loas_tl.report.made import Made
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page
from loas_tl.studies.laggy_cost import NEGLIGIBLE, LaggyCost

if TYPE_CHECKING:
    from loas_tl.report.innerjoin import Studies, Study

MOST_TILES = 6
NOTHING = "-"


def page(study: Study, studies: Studies | None, made: Made) -> str:
    """Render the page.

    Args:
        study: what is shown in full.
        studies: one a reading, where they were asked for.
        made: what made it, for the foot of the page.
    """
    swept = study.sweep or ()
    sections = [
        Section("Headline figures", tiles=_tiles(study), named="top"),
        Section(
            "Cost of each layer",
            "Cycles over those with two fast prefix-sums, less 1; memory included. Hover for the "
            "cycles.",
            charts=_costs(study),
            legend=_marks(study),
            view="cost",
            named="cost",
        ),
        Section("Networks", sheet=_sheet(study, study.totals, "Networks")),
        *_readings(studies),
        Section(
            "What the lanes did",
            "Shares of the lanes' cycles with the unit as asked for.",
            charts=_lanes(study),
            legend={name: Mark(colour) for name, colour in _lane_colours(study).items()},
        ),
        *sweep_section(swept),
        *proposal_section(study.candidates),
        Section("Layers", sheet=_sheet(study, study.layers, "Layers")),
        Section("Notes", lines=[NEVER_MEASURED, *study.notes]),
    ]
    links = {"Data (CSV)": "innerjoin.csv", "Data (JSON)": "innerjoin.json"}
    links |= {"Sweep (CSV)": "sweep.csv"} if swept else {}
    return web_page(
        title="What the laggy prefix-sum costs",
        lead=f"{study.design.label}, detailed model, {study.reading} reading; against the same "
        "design with two fast prefix-sums.",
        sections=sections,
        data={
            "layers": [row for cost in study.layers for row in _rows(study, cost)],
            "lanes": [row for cost in study.totals for row in _lane_rows(cost)],
            "sweep": [swept_row(row) for row in swept],
        },
        links=links,
        footer=made.words("detailed model", f"{study.reading} reading"),
    )


def _tiles(study: Study) -> list[Tile]:
    found = []
    for total in study.totals[:MOST_TILES]:
        needed = total.adders_needed
        few = f"{needed} adders cost {NEGLIGIBLE:.0%} or less" if needed else ""
        found.append(
            Tile(
                f"{total.overhead:+.1%}",
                f"cycles of {network_title(total.network)}, {total.laggy:,} over "
                f"{total.two_fast:,}",
                few,
            )
        )
    return found


def _marks(study: Study) -> dict[str, Mark]:
    """How each unit beside the one of two fast prefix-sums is drawn."""
    return marks_of([name for _, name in variants(study.unit)])


def _rows(study: Study, cost: LaggyCost) -> list[dict[str, Any]]:
    return [
        {
            "network": network_title(cost.network),
            "layer": str(cost.layer),
            "unit": name,
            "cost": round(getattr(cost, key) / cost.two_fast - 1, 6),
            "cycles": getattr(cost, key),
            "two_fast": cost.two_fast,
        }
        for key, name in variants(study.unit)
    ]


def _costs(study: Study) -> list[Chart]:
    """A chart a network: a line a unit over the layers."""
    found = []
    tips = [
        charts.tip("unit", form=""),
        charts.tip("layer", form=""),
        charts.tip("cost", form="+.1%"),
        charts.tip("cycles", form=","),
        charts.tip("two_fast", "cycles, two fast", ","),
    ]
    longest = max(Counter(cost.network for cost in study.layers).values(), default=0)
    for total in study.totals:
        network = network_title(total.network)
        order = [str(cost.layer) for cost in study.layers if cost.network == total.network]
        cost: dict[str, Any] = {
            "field": "cost",
            "type": "quantitative",
            "title": "cost",
            "axis": {"format": "+.0%", "tickCount": 5},
        }
        cycles: dict[str, Any] = {
            "field": "cycles",
            "type": "quantitative",
            "title": "cycles",
            "scale": {"type": "log"},
            "axis": axes.logarithmic("~s"),
        }
        shared = {"title": axes.title(network), "transform": charts.only(network=network)}
        x = charts.layers(order)
        bars = charts.beside(x, cost, "unit", _marks(study), tips, **shared)
        other = charts.lines(x, cycles, "unit", _marks(study), tips, **shared)
        found.append(
            Chart(
                bars,
                "layers",
                f"what the laggy prefix-sum costs in each layer of {network}, with each unit",
                height=280,
                wide=longest > 8,
                views={"cycles, log": other},
            )
        )
    return found


def _lane_colours(study: Study) -> dict[str, str]:
    names = dict.fromkeys(name for total in study.totals for name in total.lane_cycles)
    return {_words(name): OTHERS[at % len(OTHERS)] for at, name in enumerate(names)}


def _words(part: str) -> str:
    return part.replace("_", " ").replace("fifo", "FIFO")


def _lane_rows(cost: LaggyCost) -> list[dict[str, Any]]:
    whole = sum(cost.lane_cycles.values()) or 1
    return [
        {
            "network": network_title(cost.network),
            "part": _words(part),
            "order": at,
            "share": round(n / whole, 6),
            "cycles": n,
        }
        for at, (part, n) in enumerate(cost.lane_cycles.items())
    ]


def _lanes(study: Study) -> list[Chart]:
    colours = _lane_colours(study)
    networks = [network_title(total.network) for total in study.totals]
    if not colours:
        return []
    tips = [
        charts.tip("network", form=""),
        charts.tip("part", form=""),
        charts.tip("share", form=".1%"),
        charts.tip("cycles", form=","),
    ]
    names = ("network", networks)
    spec = charts.stacked(
        "share", "share", names, colours, tips, axes.shares(), title="cycles of the lanes"
    )
    spec["encoding"]["x"]["scale"] = {"domain": [0, 1]}
    return [
        Chart(
            spec,
            "lanes",
            "shares of the lanes' cycles by what they did, for each network",
            height=axes.height_of(networks),
            wide=True,
        )
    ]


def _readings(studies: Studies | None) -> list[Section]:
    if studies is None:
        return []
    rows = [
        [
            network_title(total.network),
            study.reading,
            Cell(total.two_fast, f"{total.two_fast:,}"),
            Cell(total.laggy, f"{total.laggy:,}"),
            Cell(total.overhead, f"{total.overhead:+.1%}"),
        ]
        for study in studies.studies
        for total in study.totals
    ]
    sheet = Sheet(
        ["network", "reading", "two fast (cycles)", "laggy (cycles)", "laggy costs"],
        rows,
        "What the laggy prefix-sum costs, reading by reading",
        ["text", "text", *["number"] * 3],
        static=True,
    )
    return [Section("Reading by reading", sheet=sheet, named="readings")]


def _sheet(study: Study, costs: Sequence[LaggyCost], caption: str) -> Sheet:
    units = dict(variants(study.unit))
    several = any(cost.layer is not None for cost in costs)
    rows = [
        [
            network_title(cost.network),
            *([str(cost.layer)] if several else []),
            Cell(cost.matches / cost.chunks, f"{cost.matches / cost.chunks:.2f}"),
            Cell(cost.two_fast, f"{cost.two_fast:,}"),
            Cell(cost.laggy, f"{cost.laggy:,}"),
            *(_cost(getattr(cost, key) / cost.two_fast - 1) for key in units),
            Cell(
                cost.adders_needed, NOTHING if not cost.adders_needed else f"{cost.adders_needed}"
            ),
        ]
        for cost in costs
    ]
    headings = [
        *(["network", "layer"] if several else ["network"]),
        *("matches a chunk", "two fast (cycles)", "laggy (cycles)"),
        *(f"cost, {name}" for name in units.values()),
        f"adders for {NEGLIGIBLE:.0%}",
    ]
    texts = 1 + several
    formats = ["text"] * texts + ["number"] * (len(headings) - texts)
    return Sheet(
        headings,
        rows,
        f"{caption}: what the laggy prefix-sum costs",
        formats,
        static=True,
        least=[headings[texts], *headings[texts + 4 :], headings[texts + 1]],
    )


def _cost(value: float) -> Cell:
    return Cell(value, f"{value:+.1%}")
