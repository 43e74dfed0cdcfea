"""What stands above the table on the page of an engine's result, and on that of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loas_tl.report import axes, charts
from loas_tl.report.colours import KINDS, OTHERS, PLAIN, Mark
from loas_tl.report.units import digits, unit_for
from loas_tl.report.web import Chart, Section, Tile
from loas_tl.timeloop.result import Result
from loas_tl.workload.network import Network

ACTIONS = dict(zip(("reads", "fills", "updates"), OTHERS, strict=False))
"""Colours of what is done to a level of memory."""


@dataclass(frozen=True)
class Above:
    """What stands above a table.

    Attributes:
        sections: headline figures and charts.
        data: rows that the charts draw, by name.
    """

    sections: Sequence[Section] = ()
    data: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def of_result(result: Result) -> Above:
    """Cycles, energy, area; energy and accesses of each level."""
    spent = {name: level.energy_pj for name, level in result.levels.items()}
    spent[result.compute.name] = result.compute.energy_pj
    for name, energy in result.networks.items():
        spent[name] = spent.get(name, 0.0) + energy
    unit = unit_for([result.energy_pj, *spent.values()], "pJ")
    done = [
        {
            "level": f"{level_name} {tensor_name}",
            "part": action,
            "order": order,
            "count": float(f"{count:.6g}"),
        }
        for level_name, level in result.levels.items()
        for tensor_name, tensor in level.tensors.items()
        for order, action in enumerate(ACTIONS)
        for count in [getattr(tensor, action).actual * tensor.instances_used_average]
    ]
    sections = [
        Section(
            "Headline figures",
            tiles=[
                Tile(f"{result.cycles:,.0f}", "cycles"),
                Tile(
                    f"{digits(result.energy_pj / unit.size)} {unit.name}",
                    "energy, as it is charged",
                ),
                Tile(_area(result.area_um2), "area"),
                Tile(f"{result.utilization:.1%}", "utilization of the compute units"),
            ],
            named="top",
        ),
        Section("Energy", charts=[_energy(list(spent), unit.name)] if any(spent.values()) else []),
        Section(
            "Accesses",
            "Scalars that are moved, over all instances in use.",
            charts=[_accesses(list(dict.fromkeys(str(row["level"]) for row in done)))]
            if any(row["count"] for row in done)
            else [],
            legend={action: Mark(colour) for action, colour in ACTIONS.items()},
        ),
    ]
    energy_rows = [
        {"level": name, "energy": float(f"{energy / unit.size:.6g}")}
        for name, energy in spent.items()
    ]
    return Above(sections, {"energy": energy_rows, "accesses": done})


def _area(um2: float) -> str:
    return f"{digits(um2 / 1e6)} mm²" if um2 >= 1e4 else f"{digits(um2)} µm²"


def _energy(names: Sequence[str], unit: str) -> Chart:
    spec = {
        "mark": {"type": "bar", "color": PLAIN},
        "encoding": {
            "y": axes.names("level", names),
            "x": {
                "field": "energy",
                "type": "quantitative",
                "title": unit,
                "axis": axes.linear(),
            },
            "tooltip": [charts.tip("level", form=""), charts.tip("energy", unit)],
        },
    }
    alt = "energy of each level, of the compute units and of networks"
    return Chart(spec, "energy", alt, height=axes.height_of(names), wide=True)


def _accesses(names: Sequence[str]) -> Chart:
    tips = [charts.tip("level", form=""), charts.tip("part", form=""), charts.tip("count")]
    spec = charts.stacked("count", "scalars", ("level", names), ACTIONS, tips)
    spec["encoding"]["x"]["axis"] = {"tickCount": 4, "format": "~s"}
    alt = "reads, fills and updates of each level and tensor"
    return Chart(spec, "accesses", alt, height=axes.height_of(names), wide=True)


def of_network(network: Network) -> Above:
    """How many layers, and the densities of each."""
    rows = [row for row in network.summary().rows if row.captured]
    found: list[dict[str, Any]] = []
    for row in rows:
        for kind, density in (("spikes", row.input_density), ("weights", row.weight_density)):
            if density is not None:
                found.append({"layer": row.layer, "kind": kind, "density": density})
    order = list(dict.fromkeys(str(row.layer) for row in rows))
    marks = {
        "spikes": Mark(KINDS["spikes"], "circle"),
        "weights": Mark(KINDS["weights"], "square"),
    }
    y = {
        "field": "density",
        "type": "quantitative",
        "title": "density",
        "axis": axes.shares(5),
    }
    tips = [
        charts.tip("layer", form=""),
        charts.tip("kind", form=""),
        charts.tip("density", form=".3%"),
    ]
    chart = Chart(
        charts.lines(charts.layers(order), y, "kind", marks, tips),
        "densities",
        "share of ones in the spikes and of non-zeros in the weights, of each layer",
        wide=True,
    )
    tiles = [Tile(f"{len(network.layers)}", "layers")]
    for kind in marks:
        known = [row["density"] for row in found if row["kind"] == kind]
        if known:
            tiles.append(
                Tile(
                    f"{min(known):.1%} to {max(known):.1%}",
                    "of the spikes are ones" if kind == "spikes" else "of the weights are not 0",
                    "least and most of a layer",
                )
            )
    sections = [
        Section("Headline figures", tiles=tiles, named="top"),
        Section(
            "Densities",
            "Ones in the spikes, all timesteps; non-zeros in the weights.",
            charts=[chart] if found else [],
            legend=marks,
        ),
    ]
    return Above(sections, {"densities": found})
