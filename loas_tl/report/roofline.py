"""Rooflines: operations a byte against operations a cycle, with what bounds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loas_tl.comparison import Comparison, Result
from loas_tl.designs.accountings import Entrant
from loas_tl.ground.titles import network_title
from loas_tl.report import axes
from loas_tl.report.colours import BOUND, accelerator_colours
from loas_tl.report.compare_data import MEMORIES, Units, short
from loas_tl.report.web import Chart

VIEWS = {"dram": "a DRAM byte", "sram": "an SRAM byte"}


def layer_rows(comparison: Comparison, units: Units) -> list[dict[str, Any]]:
    """Each layer on each accelerator: cycles, computes, and computes a cycle and a byte.

    By the detailed model where it counted.
    """
    found = []
    for one in comparison.layers:
        result = one.detailed or one
        cycles, computes = result.counts.cycles, result.counts.computes
        row: dict[str, Any] = {
            "network": network_title(one.network),
            "layer": one.layer,
            "accelerator": one.accelerator,
            "cycles": short(cycles / units.cycles.size),
            "computes": computes,
            "rate": short(computes / cycles if cycles else 0.0),
        }
        for memory, bits in MEMORIES.items():
            moved = result.counts.moved(*bits) / 8
            if moved and computes:
                row[memory] = short(computes / moved)
        found.append(row)
    return found


def bytes_per_cycle(entrant: Entrant, memory: str) -> float:
    """What a memory moves at most in a cycle.

    Args:
        entrant: an accelerator; its clock is that its cycles are of.
        memory: ``"dram"`` or ``"sram"``, all banks of which serve a line each.
    """
    if memory == "dram":
        return entrant.design.hbm_GBps * 1e3 / entrant.clock_MHz
    return entrant.design.cache_banks * entrant.design.line_bits / 8


def peak(comparison: Comparison, accelerator: str) -> float:
    """Operations a cycle of all PEs: one each."""
    most = 0.0
    for one in comparison.layers:
        if one.accelerator == accelerator:
            result: Result = one.detailed or one
            if result.counts.cycles:
                most = max(most, result.pe_cycles / result.counts.cycles)
    return most


def rooflines(comparison: Comparison, layers: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """A chart an accelerator, with layers as points; DRAM, and SRAM to switch to.

    Args:
        comparison: what is shown.
        layers: its :func:`layer_rows`.
    """
    charts = []
    for entrant in comparison.entrants:
        top = peak(comparison, entrant.label)
        rows = [row for row in layers if row["accelerator"] == entrant.label]
        specs = {
            view: _roofline(comparison, entrant, memory, top, rows)
            for memory, view in VIEWS.items()
            if any(row["rate"] and row.get(memory) for row in rows)
        }
        if top and specs:
            first, *_ = specs
            charts.append(
                Chart(
                    specs.pop(first),
                    "layers",
                    f"roofline of {entrant.label}: operations a cycle over operations a byte of "
                    f"each layer; at most {top:g} a cycle",
                    height=260,
                    views=specs,
                )
            )
    return charts


def _roofline(
    comparison: Comparison,
    entrant: Entrant,
    memory: str,
    top: float,
    rows: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    bandwidth = bytes_per_cycle(entrant, memory)
    ridge = top / bandwidth
    seen = [row[memory] for row in rows if row.get(memory)]
    low, high = min(*seen, ridge) / 2, max(*seen, ridge) * 2
    least = min(row["rate"] for row in rows if row["rate"]) / 2
    bound = [
        {"x": low, "y": bandwidth * low},
        {"x": ridge, "y": top},
        {"x": high, "y": top},
    ]
    x = {"type": "quantitative", "title": f"operations {VIEWS[memory]}",
         "scale": {"type": "log", "domain": [low, high], "nice": False},
         "axis": axes.logarithmic()}  # fmt: skip
    y = {"type": "quantitative", "title": "operations a cycle",
         "scale": {"type": "log", "domain": [min(least, bandwidth * low), top * 2], "nice": False},
         "axis": axes.logarithmic()}  # fmt: skip
    text = {
        "type": "text",
        "align": "right",
        "baseline": "bottom",
        "dy": -3,
        "fontSize": 11,
    }
    label = f"{top:g} PEs; slope {bandwidth:g} bytes a cycle"
    colour = accelerator_colours(comparison.accelerators)[entrant.label]
    return {
        "title": axes.title(entrant.label),
        "layer": [
            {
                "data": {"values": bound},
                "mark": {"type": "line", "color": BOUND, "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}},
            },
            {
                "data": {"values": [{"x": high, "y": top, "label": label}]},
                "mark": text,
                "encoding": {
                    "x": {**x, "field": "x"},
                    "y": {**y, "field": "y"},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
            {
                "transform": [
                    {"filter": {"field": "accelerator", "equal": entrant.label}},
                    {"filter": f"datum.rate > 0 && isValid(datum.{memory})"},
                ],
                "mark": {"type": "point", "filled": True, "size": 45, "color": colour,
                         "opacity": 0.85},
                "encoding": {
                    "x": {**x, "field": memory},
                    "y": {**y, "field": "rate"},
                    "shape": {"field": "network", "type": "nominal", "legend": None},
                    "tooltip": [
                        {"field": "network", "type": "nominal"},
                        {"field": "layer", "type": "nominal"},
                        {"field": memory, "type": "quantitative", "format": ",.4~g",
                         "title": f"operations {VIEWS[memory]}"},
                        {"field": "rate", "type": "quantitative", "format": ",.4~g",
                         "title": "operations a cycle"},
                    ],
                },
            },
        ],
    }  # fmt: skip
