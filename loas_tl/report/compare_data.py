"""What the charts of a comparison's page draw: rows of one figure each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from loas_tl.comparison import Comparison, Result
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.ground.titles import network_title
from loas_tl.models.dataflow import KINDS, Memory
from loas_tl.report.colours import KINDS as KIND_COLOURS
from loas_tl.report.colours import PARTS, named
from loas_tl.report.rows import Figure, Row, rows
from loas_tl.report.units import Unit, signed, unit_for

MEAN = "mean"
"""The group of bars beside the networks."""

MEMORIES: dict[str, tuple[Memory, ...]] = {
    "dram": ("dram",),
    "sram": ("sram_read", "sram_write"),
}


@dataclass(frozen=True)
class Units:
    """The units of a page, one a quantity."""

    cycles: Unit
    energy: Unit
    traffic: Unit
    formula: Unit

    @classmethod
    def of(cls, comparison: Comparison) -> Units:
        """Those that a comparison's totals have a middling figure of 1 or more in."""
        totals = comparison.totals
        return cls(
            unit_for((one.counts.cycles for one in totals), "cycles"),
            unit_for((one.physical.total if one.physical else None for one in totals), "pJ"),
            unit_for((one.counts.dram_kib for one in totals), "KiB"),
            unit_for((one.published.total if one.published else None for one in totals), "units"),
        )


@dataclass(frozen=True)
class Stack:
    """A quantity that has parts.

    Attributes:
        key: names it in the data.
        title: for people.
        unit: of its figures.
        parts: colours by part.
    """

    key: str
    title: str
    unit: str
    parts: dict[str, str]


def stacks(units: Units, split: Sequence[Mapping[str, Any]]) -> list[Stack]:
    """The quantities with parts that a comparison's :func:`part_rows` have."""
    found = [
        Stack("physical", "energy, physical", units.energy.name, PARTS),
        Stack("formula", "energy, published formula", units.formula.name, PARTS),
        Stack("dram", "DRAM traffic", units.traffic.name, KIND_COLOURS),
        Stack("sram", "SRAM traffic", units.traffic.name, KIND_COLOURS),
        Stack("bounds", "cycles, detailed model", units.cycles.name, BOUNDS),
    ]
    have = {row["of"] for row in split}
    return [one for one in found if one.key in have]


BOUNDS = {part: PARTS[part] for part in ("compute", "sram", "dram")}


def figure_rows(comparison: Comparison, units: Units) -> list[dict[str, Any]]:
    """``speedup`` and ``cycles`` of each network and accelerator, and the mean speedup."""
    found = []
    speedups: dict[str, list[Figure]] = {}
    for network in comparison.networks:
        for row in rows(comparison, network):
            found += [
                _figure(network, row, "speedup", row.speedup, 1.0),
                _figure(network, row, "cycles", row.cycles, units.cycles.size),
            ]
            speedups.setdefault(row.accelerator, []).append(row.speedup)
    if len(comparison.networks) > 1:
        for accelerator, figures in speedups.items():
            average = mean_of(figures, len(comparison.networks))
            found.append(_row(MEAN, accelerator, "speedup", average, 1.0))
    return [row for row in found if row["value"] is not None]


def drawn(rows: Sequence[Mapping[str, Any]], of: str) -> set[str]:
    """Networks that have a figure of a quantity to draw; an axis of zeros alone is empty."""
    values = ("value", "published")
    return {row["network"] for row in rows if row["of"] == of and any(map(row.get, values))}


def mean_of(figures: Sequence[Figure], count: int) -> Figure:
    """The arithmetic mean, as published; of what is known of all ``count`` networks."""
    ours = [figure.ours for figure in figures if figure.ours is not None]
    published = [figure.published for figure in figures if figure.published is not None]
    return Figure(
        mean(ours) if len(ours) == count else None,
        mean(published) if len(published) == count else None,
    )


def _figure(network: str, row: Row, what: str, figure: Figure, size: float) -> dict[str, Any]:
    return _row(network_title(network), row.accelerator, what, figure, size)


def _row(network: str, accelerator: str, what: str, figure: Figure, size: float) -> dict[str, Any]:
    row: dict[str, Any] = {
        "network": network,
        "accelerator": accelerator,
        "of": what,
        "value": short(None if figure.ours is None else figure.ours / size),
    }
    if figure.published is not None:
        row["published"] = short(figure.published / size)
        row["difference"] = difference_text(figure)
    return row


def difference_text(figure: Figure) -> str:
    """By how much ours differs, empty where nothing was published."""
    return "" if figure.difference is None else signed(figure.difference)


def part_rows(comparison: Comparison, units: Units) -> list[dict[str, Any]]:
    """Every part of every quantity, of each network and accelerator."""
    found = []
    for network in comparison.networks:
        table = {row.accelerator: row for row in rows(comparison, network)}
        base = comparison.found(network, comparison.baseline)
        of_base = {} if base is None else _parts(base)
        for accelerator in comparison.accelerators:
            result = comparison.found(network, accelerator)
            if result is None:
                continue
            for key, parts in _parts(result).items():
                size = _size(units, key)
                whole, over = sum(parts.values()), sum(of_base.get(key, {}).values())
                published = _published(table[accelerator], key)
                for order, (part, value) in enumerate(parts.items()):
                    row = {
                        "network": network_title(network),
                        "accelerator": accelerator,
                        "of": key,
                        "part": named(part),
                        "order": order,
                        "value": short(value / size),
                        "share": short(value / whole if whole else 0.0),
                        "whole": short(whole / size),
                    }
                    if over:
                        row["relative"] = short(value / over)
                    if published.published is not None:
                        row["published"] = short(published.published / size)
                        row["difference"] = difference_text(published)
                        if over:
                            row["published_relative"] = short(published.published / over)
                    found.append(row)
    return found


def _parts(result: Result) -> dict[str, dict[str, float]]:
    """By quantity and part, in cycles, pJ and KiB."""
    found: dict[str, dict[str, float]] = {}
    for key, energy in (("physical", result.physical), ("formula", result.published)):
        if energy is not None:
            found[key] = {part: getattr(energy, part) for part in PARTS}
    for key, memories in MEMORIES.items():
        moved: dict[str, float] = {
            kind: result.counts.moved(*memories, kind=kind) / BITS_PER_KIB for kind in KINDS
        }
        if any(moved.values()):
            found[key] = moved
    schedule = (result.detailed or result).schedule
    if schedule is not None:
        held: Mapping[str, int] = {str(on): cycles for on, cycles in schedule.bound.items()}
        found["bounds"] = {part: float(held.get(part, 0)) for part in BOUNDS}
    return found


def _size(units: Units, key: str) -> float:
    sizes = {"physical": units.energy, "formula": units.formula, "bounds": units.cycles}
    return sizes.get(key, units.traffic).size


def _published(row: Row, key: str) -> Figure:
    known = {"formula": row.energy_published, "dram": row.dram, "sram": row.sram}
    return known.get(key, Figure(None))


def short(value: float | None) -> float | None:
    """Six digits, which is what a chart can show."""
    return None if value is None else float(f"{value:.6g}")
