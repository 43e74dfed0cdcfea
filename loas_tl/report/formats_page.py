"""The sizes of formats as an interactive page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loas_tl.fiber.formats import FORMATS, OPERANDS, Formats, FormatSize, Operand
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.ground.titles import network_title, network_titles
from loas_tl.report import axes, charts
from loas_tl.report.colours import KINDS, PADDING, Mark
from loas_tl.report.made import Made
from loas_tl.report.units import Unit, digits, unit_for
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page

NAMES = {
    "fiber": "fiber",
    "fiber-lines": "fiber in lines",
    "csr": "CSR",
    "coo": "COO",
    "bitmask": "bitmask",
    "run-length": "run length",
}
PARTS = ("values", "metadata", "padding")

ABOUT = {
    "spikes": "Fibers are packed over the timesteps; all others hold each timestep.",
    "weights": "Every format goes column by column.",
}
MOST_TILES = 6


def page(formats: Formats, remarks: Mapping[str, list[str]], made: Made) -> str:
    """Render the page.

    Args:
        formats: what is shown.
        remarks: what is to be said of it, by title.
        made: what made it, for the foot of the page.
    """
    unit = unit_for((one.size.bits / BITS_PER_KIB for one in formats.totals), "KiB")
    sections = [
        Section("Headline figures", tiles=_tiles(formats, unit), named="top"),
        *(
            Section(
                f"{operand.capitalize()}, bits a non-zero",
                ABOUT[operand],
                charts=_charts(formats, operand, unit),
                legend={part: Mark(colour) for part, colour in _colours(operand).items()},
                view="bits a non-zero",
                least=260,
                named=operand,
            )
            for operand in OPERANDS
        ),
        Section("Totals", sheet=_sheet(formats, unit, layers=False)),
        Section("Layers", sheet=_sheet(formats, unit, layers=True)),
        *(Section(title, lines=said) for title, said in remarks.items() if said),
    ]
    return web_page(
        title=f"Sizes of sparse formats: {network_titles(formats.networks)}",
        lead=f"Pointers of {formats.pointer_bits} bits, lines of {formats.line_bytes} bytes, "
        "weights of 8 bits.",
        sections=sections,
        data={"sizes": [row for one in formats.totals for row in _rows(one, unit)]},
        links={
            "Data (CSV)": "formats.csv",
            "Data (JSON)": "formats.json",
            "Tables (Markdown)": "formats.md",
        },
        footer=made.words(),
    )


def _tiles(formats: Formats, unit: Unit) -> list[Tile]:
    """What spikes and weights take as fibers, and CSR beside."""
    found = []
    for network in formats.networks:
        for operand in OPERANDS:
            fiber, csr = (formats.total(network, operand, name) for name in ("fiber", "csr"))
            size = fiber.size.bits / BITS_PER_KIB / unit.size
            over = f"CSR takes {csr.over_fiber:.2f}\u00d7 as much" if fiber.fiber_bits else ""
            found.append(
                Tile(
                    f"{digits(size)} {unit.name}",
                    f"{operand} of {network_title(network)} as fibers",
                    over,
                )
            )
    return found[:MOST_TILES]


def _colours(operand: Operand) -> dict[str, str]:
    """Of what a format consists of."""
    return {"values": KINDS[operand], "metadata": KINDS["metadata"], "padding": PADDING}


def _rows(one: FormatSize, unit: Unit) -> list[dict[str, Any]]:
    return [
        {
            "network": network_title(one.network),
            "operand": one.operand,
            "format": NAMES[one.format],
            "part": part,
            "order": order,
            "each": round(getattr(one.size, part) / max(one.nonzeros, 1), 4),
            "size": float(f"{getattr(one.size, part) / BITS_PER_KIB / unit.size:.6g}"),
            "whole": float(f"{one.size.bits / BITS_PER_KIB / unit.size:.6g}"),
            "over": round(one.over_fiber, 4) if one.fiber_bits else None,
        }
        for order, part in enumerate(PARTS)
    ]


def _charts(formats: Formats, operand: Operand, unit: Unit) -> list[Chart]:
    names = [NAMES[name] for name in FORMATS]
    tips = [
        charts.tip("format", form=""),
        charts.tip("part", form=""),
        charts.tip("each", "bits a non-zero"),
        charts.tip("size", unit.name),
        charts.tip("whole", f"{unit.name} in all"),
        charts.tip("over", "over fibers"),
    ]
    found = []
    for network in map(network_title, formats.networks):
        each, size = (
            charts.stacked(
                field,
                title,
                ("format", names),
                _colours(operand),
                tips,
                title=axes.title(network),
                transform=charts.only(operand=operand, network=network),
            )
            for field, title in (("each", "bits a non-zero"), ("size", unit.name))
        )
        found.append(
            Chart(
                each,
                "sizes",
                f"bits a non-zero of the {operand} of {network} in each format",
                height=axes.height_of(names),
                views={"size": size},
            )
        )
    return found


def _sheet(formats: Formats, unit: Unit, layers: bool) -> Sheet:
    rows: list[list[Any]] = []
    for one in formats.layers if layers else formats.totals:
        each = one.coordinates_per_nonzero
        bits = one.size.bits / one.nonzeros if one.nonzeros else None
        rows.append(
            [
                network_title(one.network),
                *([str(one.layer)] if layers else []),
                one.operand,
                NAMES[one.format],
                _cell(one.size.bits / BITS_PER_KIB / unit.size),
                _cell(one.over_fiber if one.fiber_bits else None),
                _cell(bits),
                _cell(each),
            ]
        )
    headings = [
        *(["network", "layer"] if layers else ["network"]),
        *("operand", "format", f"size ({unit.name})", "over fibers"),
        *("bits a non-zero", "coordinates a non-zero"),
    ]
    texts = len(headings) - 4
    return Sheet(
        headings,
        rows,
        "Sizes of each layer" if layers else "Sizes of each network",
        ["text"] * texts + ["number"] * 4,
        static=True,
        least=("bits a non-zero", "over fibers"),
    )


def _cell(value: float | None) -> Cell:
    return Cell(value, "-" if value is None else digits(value))
