"""Accelerators at one technology, one clock and one area: the baseline's."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loas_tl.comparison import Comparison, Result
from loas_tl.components.technology import energy_factor
from loas_tl.designs.accountings import Entrant
from loas_tl.models.accounting import physical_energy
from loas_tl.report.rows import ACCOUNTING, Column

NORMALISED = "at {technology:g} nm and {clock:g} MHz, and at the area of {baseline}"


@dataclass(frozen=True)
class NormalisedRow:
    """One accelerator on one network, as if it had the baseline's technology and clock.

    Attributes:
        accelerator: name.
        accounting: whose rules count it.
        technology, clock_MHz: that its own figures are of.
        time_us: its cycles at the baseline's clock.
        dram_us: that its DRAM traffic alone takes at the baseline's bandwidth, under its cycles or
            beyond.
        area_mm2: by the component models, at the baseline's technology, with its cache.
        speedup: over the baseline, at one clock.
        speedup_area: at one clock and one area: as many of it as fit, in perfect parallel.
        energy_nJ: of published powers what is on the chip is scaled to the technology.
        energy_ratio: the baseline's over it.
    """

    accelerator: str
    accounting: str
    technology: float
    clock_MHz: float  # noqa: N815 - the unit as it is written
    time_us: float
    dram_us: float
    area_mm2: float
    speedup: float | None
    speedup_area: float | None
    energy_nJ: float | None  # noqa: N815
    energy_ratio: float | None


def conditions(comparison: Comparison) -> dict[str, float | str]:
    """What all are normalised to: ``technology``, ``clock`` and the ``baseline``'s name."""
    base = _entrant(comparison, comparison.baseline)
    return {
        "technology": base.design.technology,
        "clock": base.design.clock_MHz,
        "baseline": base.label,
    }


def normalised_columns(comparison: Comparison) -> tuple[Column, ...]:
    """The columns of :class:`NormalisedRow`; times have the digits that the shortest needs."""
    base = _entrant(comparison, comparison.baseline)
    time, dram = (
        _decimals([_times(total, base)[at] for total in comparison.totals]) for at in (0, 1)
    )
    return (
        ACCOUNTING,
        ("technology", "its own nm", "{:g}"),
        ("clock_MHz", "its own MHz", "{:g}"),
        ("time_us", "time (us)", time),
        ("dram_us", "DRAM alone (us)", dram),
        ("speedup", f"speedup over {comparison.baseline}", "{:.2f}"),
        ("area_mm2", "area (mm²)", "{:.3f}"),
        ("speedup_area", "speedup at its area", "{:.2f}"),
        ("energy_nJ", "energy (nJ)", "{:,.0f}"),
        ("energy_ratio", "energy ratio", "{:.2f}"),
    )


def normalised_rows(comparison: Comparison, network: str) -> list[NormalisedRow]:
    """The normalised table of one network."""
    base = _entrant(comparison, comparison.baseline)
    over = comparison.found(network, comparison.baseline)
    area, spent = _area(base, base), None if over is None else _energy(over, base, base)
    table = []
    for one in comparison.entrants:
        result = comparison.found(network, one.label)
        if result is None:
            continue
        own, energy = _area(one, base), _energy(result, one, base)
        cycles = result.counts.cycles
        time, dram = _times(result, base)
        speedup = over.counts.cycles / cycles if over and cycles else None
        table.append(
            NormalisedRow(
                accelerator=one.label,
                accounting=one.accounting,
                technology=one.technology,
                clock_MHz=one.clock_MHz,
                time_us=time,
                dram_us=dram,
                area_mm2=own,
                speedup=speedup,
                speedup_area=None if speedup is None else speedup * area / own,
                energy_nJ=None if energy is None else energy / 1e3,
                energy_ratio=spent / energy if spent and energy else None,
            )
        )
    return table


def _times(result: Result, base: Entrant) -> tuple[float, float]:
    """What cycles and DRAM traffic take in microseconds, at the baseline's clock and bandwidth."""
    bytes_moved = result.counts.moved("dram") / 8
    return (
        result.counts.cycles / base.design.clock_MHz,
        bytes_moved / base.design.hbm_GBps / 1e3,
    )


def _decimals(values: list[float]) -> str:
    """The format in which the least of these has three digits, one to five behind the point."""
    least = min((value for value in values if value > 0), default=1.0)
    return f"{{:,.{min(max(2 - math.floor(math.log10(least)), 1), 5)}f}}"


def _entrant(comparison: Comparison, label: str) -> Entrant:
    return next(one for one in comparison.entrants if one.label == label)


def _area(one: Entrant, base: Entrant) -> float:
    return one.design.with_(technology=base.design.technology).area_mm2


def _energy(result: Result, one: Entrant, base: Entrant) -> float | None:
    """Energy in pJ at the baseline's technology and clock; None where it is not known."""
    nm = base.design.technology
    if one.rules is None:
        scaled = one.design.with_(technology=nm, clock_MHz=base.design.clock_MHz)
        return physical_energy(result.counts, scaled.constants).total
    if result.physical is None:
        return None
    on_chip = result.physical.total - result.physical.dram
    return on_chip * energy_factor(nm, one.technology) + result.physical.dram
