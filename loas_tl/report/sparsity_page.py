"""What each kind of sparsity leaves, as an interactive page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from loas_tl.ground.titles import network_title, network_titles
from loas_tl.report import axes, charts
from loas_tl.report.colours import marks_of
from loas_tl.report.made import Made
from loas_tl.report.sparsity import BOUND, GROUPS, HEADINGS, LEAST, OF_SPIKES, WHOLES
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page
from loas_tl.studies.sparsity import Left, Sparsity

PLOTS = ("left", "layers")
FORMS = ("png", "svg", "pdf")
FILES = (
    *("report.html", "sparsity.json", "sparsity.csv"),
    *(f"{name}.{form}" for name in PLOTS for form in FORMS),
)
"""Names of the files of a report."""

MOST_TILES = 6


def files(found: Sparsity, made: Made) -> dict[str, str | bytes]:
    """The content of each of :data:`FILES`."""
    from loas_tl.report import sparsity_plots
    from loas_tl.report.plots import render

    written: dict[str, str | bytes] = {
        "report.html": page(found, made),
        "sparsity.json": found.to_json() + "\n",
        "sparsity.csv": found.to_csv(),
    }
    for name in PLOTS:
        canvas = getattr(sparsity_plots, name)(found)
        written |= {f"{name}.{form}": render(canvas, form) for form in FORMS}
    return written


def page(found: Sparsity, made: Made) -> str:
    """Render the page.

    Args:
        found: what is shown.
        made: what made it, for the foot of the page.
    """
    networks = list(found.totals)
    most = max(share for one in found.totals.values() for share in one.densities().values())
    said = [f"{network_title(name)}: {of}" for name, of in found.coverage.items()]
    said += [
        f"{network_title(name)}: {BOUND}"
        for name, one in found.totals.items()
        if one.calibrated_on_itself
    ]
    said.append(
        f"Prefixes are sought in tiles of {found.tile_rows} rows by {found.tile_inputs} inputs. "
        "Rows of the transposed matrix are inputs, as Prosperity's Table V has it for LoAS."
    )
    sections = [
        Section("Headline figures", tiles=_tiles(found), named="top"),
        Section(
            "What is left",
            "Share of positions that each kind of sparsity leaves. Hover for values.",
            charts=[_left(network, most) for network in networks],
            legend={WHOLES[of]: mark for of, mark in GROUPS.items()},
            least=280,
            named="left",
        ),
        Section(
            "Layer by layer",
            charts=[chart for network in networks for chart in _layers(found, network)],
            legend=marks_of(list(HEADINGS.values())),
        ),
        Section("Networks", sheet=_sheet(found, layers=False)),
        Section("Layers", sheet=_sheet(found, layers=True)),
        Section("Notes", lines=said),
    ]
    return web_page(
        title=f"What sparsity leaves of {network_titles(networks)}",
        lead="Bits, packed words, product sparsity and patterns on the same spikes.",
        sections=sections,
        data={
            "totals": [
                row for name, one in found.totals.items() for row in _rows(name, "all", one)
            ],
            "layers": [
                row
                for (name, layer), one in found.layers.items()
                for row in _rows(name, layer, one)
            ],
        },
        links={"Data (CSV)": "sparsity.csv", "Data (JSON)": "sparsity.json"}
        | {f"Figure: {name}": f"{name}.svg" for name in PLOTS},
        footer=made.words(),
    )


def _tiles(found: Sparsity) -> list[Tile]:
    tiles = []
    for network, one in found.totals.items():
        shares = one.densities()
        tiles += [
            Tile(f"{shares['ones']:.1%}", f"of {network_title(network)}'s positions have a spike"),
            Tile(
                f"{shares['active']:.1%}",
                f"of {network_title(network)}'s neurons fire",
                f"{shares['firing_again']:.1%} more than once",
            ),
        ]
    return tiles[:MOST_TILES]


def _rows(network: str, layer: str, one: Left) -> list[dict[str, Any]]:
    return [
        {
            "network": network_title(network),
            "layer": layer,
            "kind": HEADINGS[name],
            "of": WHOLES[name in OF_SPIKES],
            "share": float(f"{share:.6g}"),
        }
        for name, share in one.densities().items()
    ]


TIPS = [
    charts.tip("kind", form=""),
    charts.tip("layer", form=""),
    charts.tip("share", form=".3%"),
    charts.tip("of", form=""),
]


def _left(network: str, most: float) -> Chart:
    network = network_title(network)
    kinds = list(HEADINGS.values())
    spec = {
        "title": axes.title(network),
        "transform": charts.only(network=network),
        "mark": {"type": "bar"},
        "encoding": {
            "y": axes.names("kind", kinds, 24),
            "x": {
                "field": "share",
                "type": "quantitative",
                "title": "share left",
                "axis": axes.shares(),
                "scale": {"domain": [0, most], "nice": True},
            },
            "color": charts.by("of", {WHOLES[of]: mark for of, mark in GROUPS.items()}, "colour"),
            "tooltip": TIPS,
        },
    }
    alt = f"share of positions of {network} that each kind of sparsity leaves"
    return Chart(spec, "totals", alt, height=axes.height_of(kinds, 24))


def _layers(found: Sparsity, network: str) -> list[Chart]:
    order = [layer for name, layer in found.layers if name == network]
    longest = max(Counter(name for name, _ in found.layers).values())
    if len(order) < 2:
        return []
    network = network_title(network)
    y = {
        "field": "share",
        "type": "quantitative",
        "title": "share that is left",
        "axis": axes.shares(),
    }
    spec = charts.lines(
        charts.layers(order),
        y,
        "kind",
        marks_of(list(HEADINGS.values())),
        TIPS,
        title=axes.title(network),
        transform=charts.only(network=network),
    )
    alt = f"share of positions of each layer of {network} that each kind of sparsity leaves"
    return [Chart(spec, "layers", alt, height=260, wide=longest > 8)]


def _sheet(found: Sparsity, layers: bool) -> Sheet:
    rows: list[list[Any]] = [
        [network_title(network), layer, *_cells(one)]
        for (network, layer), one in found.layers.items()
    ]
    if not layers:
        rows = [[network_title(network), *_cells(one)] for network, one in found.totals.items()]
    headings = [
        *(["network", "layer"] if layers else ["network"]),
        *(f"{heading} (%)" for heading in HEADINGS.values()),
    ]
    texts = len(headings) - len(HEADINGS)
    return Sheet(
        headings,
        rows,
        f"Percent of positions that are left of each {'layer' if layers else 'network'}",
        ["text"] * texts + ["number"] * len(HEADINGS),
        static=True,
        least=[f"{heading} (%)" for heading in LEAST],
    )


def _cells(one: Left) -> list[Cell]:
    return [Cell(share, f"{100 * share:.2f}") for share in one.densities().values()]
