"""The tables of a comparison's page: totals, claims, readings, models, layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loas_tl.comparison import Comparison
from loas_tl.ground.spread import Spread
from loas_tl.ground.titles import network_title
from loas_tl.models.accounting import Energy
from loas_tl.report.colours import named
from loas_tl.report.compare_data import Units, difference_text
from loas_tl.report.least import DETAIL_LEAST, LEAST, NORMALISED_LEAST
from loas_tl.report.normalised import normalised_columns, normalised_rows
from loas_tl.report.readings import Readings
from loas_tl.report.rows import (
    ACCOUNTING,
    Column,
    Figure,
    columns,
    detail_columns,
    detail_rows,
    headlines,
    rows,
)
from loas_tl.report.units import Unit
from loas_tl.report.web import Cell, Sheet

NOTHING = "-"
PLAIN = Unit("")


@dataclass(frozen=True)
class Form:
    """How a column is written.

    Attributes:
        heading: with the unit.
        form: of a value; empty for four digits in the unit.
        unit: that it is written in without a form.
    """

    heading: str
    form: str = ""
    unit: Unit = PLAIN

    def text(self, value: float | None) -> str:
        """A value as people read it."""
        if value is None:
            return NOTHING
        return self.form.format(value) if self.form else self.unit.text(value)


def totals(comparison: Comparison, units: Units) -> Sheet:
    """A row a network and accelerator; below each figure the published one and the difference."""
    of_page = {
        "energy_published": Form(f"published formula ({units.formula.name})", unit=units.formula),
        # Rows have nJ: the unit counts pJ.
        "energy_physical": Form(
            f"energy ({units.energy.name})", unit=Unit("", units.energy.size / 1e3)
        ),
        "dram": Form(f"DRAM ({units.traffic.name})", unit=units.traffic),
        "sram": Form(f"SRAM ({units.traffic.name})", unit=units.traffic),
    }
    shown = columns(comparison)
    forms = {key: of_page.get(key, Form(heading, form)) for key, heading, form in shown}
    table = [
        [
            network_title(network),
            row.accelerator,
            *(_figure(getattr(row, key), form) for key, form in forms.items()),
        ]
        for network in comparison.networks
        for row in rows(comparison, network)
    ]
    return Sheet(
        ["network", "accelerator", *(form.heading for form in forms.values())],
        table,
        "Totals of each network and accelerator",
        _formats(shown),
        pick=1,
        static=True,
        least=_least(forms, LEAST),
    )


def _least(forms: Mapping[str, Form], order: Sequence[str]) -> list[str]:
    """Headings of what gives way where there is no room, in this order."""
    return [forms[key].heading for key in order if key in forms]


def _figure(figure: Figure | str, form: Form) -> Cell | str:
    if isinstance(figure, str):
        return figure
    below = []
    if figure.published is not None:
        difference = difference_text(figure)
        below.append(form.text(figure.published) + (f" ({difference})" if difference else ""))
    if figure.spread is not None:
        below.append(_spread(figure.spread, form))
    return Cell(figure.ours, form.text(figure.ours), "; ".join(below))


def _spread(spread: Spread, form: Form) -> str:
    return f"± {form.text(spread.std)}, {form.text(spread.least)} to {form.text(spread.most)}"


def _formats(shown: Sequence[Column]) -> list[str]:
    words = {ACCOUNTING[0], "bound_by"}
    return ["text", "text", *("words" if key in words else "number" for key, _, _ in shown)]


def claims(comparison: Comparison) -> Sheet:
    """The published claims."""
    return Sheet(
        ["claim", "ours", "published", "difference"],
        [
            [
                one.claim,
                Cell(one.figure.ours, f"{one.figure.ours:.2f}"),
                Cell(one.figure.published, f"{one.figure.published:.2f}"),
                Cell(one.figure.difference, difference_text(one.figure)),
            ]
            for one in headlines(comparison)
        ],
        "Published claims beside ours",
        ["words", "number", "number", "number"],
        static=True,
    )


def by_reading(readings: Readings) -> Sheet:
    """Cycles and speedup of every reading."""
    names = readings.names
    return Sheet(
        [
            *("network", "accelerator"),
            *(f"cycles, {name}" for name in names),
            *(f"speedup, {name}" for name in names),
        ],
        [
            [
                network_title(row.network),
                row.accelerator,
                *(Cell(row.cycles[name], f"{row.cycles[name]:,}") for name in names),
                *(
                    Cell(row.speedup[name], Form("", "{:.2f}").text(row.speedup[name]))
                    for name in names
                ),
            ]
            for row in readings.ranges()
        ],
        f"Cycles and speedup over {readings.shown.baseline}, reading by reading",
        ["text", "text", *("number" for _ in range(2 * len(names)))],
        pick=1,
        static=True,
        anchor="readings",
        least=[f"cycles, {name}" for name in names],
    )


def detailed(comparison: Comparison) -> Sheet:
    """What the detailed model found."""
    shown = detail_columns(comparison)
    found = [
        (network, row)
        for network in comparison.networks
        for row in detail_rows(comparison, network)
    ]
    return _sheet(shown, found, "Detailed model, and what holds the cycles up", {}, DETAIL_LEAST)


def normalised(comparison: Comparison, units: Units) -> Sheet:
    """All at one technology, clock and area."""
    shown = normalised_columns(comparison)
    found = [
        (network, row)
        for network in comparison.networks
        for row in normalised_rows(comparison, network)
    ]
    energy = Form(f"energy ({units.energy.name})", unit=Unit("", units.energy.size / 1e3))
    others = {"energy_nJ": energy}
    return _sheet(shown, found, "At one technology and clock", others, NORMALISED_LEAST)


def _sheet(
    shown: Sequence[Column],
    found: Sequence[tuple[str, Any]],
    caption: str,
    others: dict[str, Form],
    least: Sequence[str],
) -> Sheet:
    forms = {key: others.get(key, Form(heading, form)) for key, heading, form in shown}
    table = [
        [
            network_title(network),
            row.accelerator,
            *(_cell(getattr(row, key), form) for key, form in forms.items()),
        ]
        for network, row in found
    ]
    headings = ["network", "accelerator", *(form.heading for form in forms.values())]
    return Sheet(
        headings,
        table,
        caption,
        _formats(shown),
        pick=1,
        static=True,
        least=_least(forms, least),
    )


def _cell(value: Any, form: Form) -> Cell | str:
    return named(value) if isinstance(value, str) else Cell(value, form.text(value))


def layers(comparison: Comparison, units: Units) -> Sheet:
    """A row a layer and accelerator."""
    both = comparison.model == "both"
    timed = comparison.model != "published"
    traffic, energy = units.traffic, units.energy
    table = []
    for one in comparison.layers:
        counts, physical, published = one.counts, one.physical, one.published
        row: list[Any] = [
            network_title(one.network),
            str(one.layer),
            one.accelerator,
            _count(counts.cycles),
            _count(counts.computes),
            Cell(counts.dram_kib, traffic.text(counts.dram_kib)),
            Cell(counts.sram_kib, traffic.text(counts.sram_kib)),
            _priced(published, units.formula),
            _priced(physical, energy),
        ]
        row += [one.accounting] if comparison.mixed else []
        if timed:
            timing = one.detailed or one
            row += [_count(timing.counts.cycles)] if both else []
            row += [named(timing.schedule.bound_by) if timing.schedule else NOTHING]
        table.append(row)
    headings = [
        *("network", "layer", "accelerator", "cycles", "computes"),
        *(f"DRAM ({traffic.name})", f"SRAM ({traffic.name})"),
        *(f"published formula ({units.formula.name})", f"energy ({energy.name})"),
        *(["accounting"] if comparison.mixed else []),
        *(["cycles, detailed model"] if both else []),
        *(["bound by"] if timed else []),
    ]
    words = ("accounting", "bound by")
    formats = ["text"] * 3 + ["words" if h in words else "number" for h in headings[3:]]
    dram, sram, formula = headings[5:8]
    return Sheet(
        headings,
        table,
        "Every layer on every accelerator",
        formats,
        pick=2,
        static=True,
        least=(formula, "computes", "accounting", sram, dram),
    )


def _count(value: int) -> Cell:
    return Cell(value, f"{value:,}")


def _priced(energy: Energy | None, unit: Unit) -> Cell:
    value = None if energy is None else energy.total
    return Cell(value, unit.text(value))
