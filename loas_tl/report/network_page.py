"""What stands above the table on the page of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loas_tl.report import axes, charts
from loas_tl.report.colours import KINDS, Mark
from loas_tl.report.web import Chart, Section, Tile
from loas_tl.workload.network import Network


@dataclass(frozen=True)
class Above:
    """What stands above a table.

    Attributes:
        sections: headline figures and charts.
        data: rows that the charts draw, by name.
    """

    sections: Sequence[Section] = ()
    data: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


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
    count = len(network.layers)
    tiles = [Tile(f"{count}", "layers" if count > 1 else "layer")]
    for kind in marks:
        known = [row["density"] for row in found if row["kind"] == kind]
        if known:
            tiles.append(
                Tile(
                    " to ".join(dict.fromkeys(f"{one(known):.1%}" for one in (min, max))),
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
