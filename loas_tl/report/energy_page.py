"""An accelerator's area, power and energies as an interactive page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loas_tl.components.chip import TOTAL
from loas_tl.designs.design import Design
from loas_tl.designs.in_spec import in_spec
from loas_tl.designs.summary import Share, actions, published, remarks, shares
from loas_tl.report import axes, charts
from loas_tl.report.colours import DYNAMIC, PARTS, PLAIN, Mark
from loas_tl.report.made import Made
from loas_tl.report.units import digits
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page

POWER = {"leakage": PARTS["leakage"], "dynamic power": DYNAMIC}
"""Colours of power."""

EVERY = "Power with an action of each instance in every 2.5 ns."
LETTERS = 22

SPELLED = {
    "tppe": "TPPE",
    "pe": "PE",
    "pes": "PEs",
    "hbm": "HBM",
    "fifo": "FIFO",
    "fifos": "FIFOs",
    "plif": "P-LIF",
}
"""Words of parts' names that people spell otherwise."""


def page(design: Design, files: Sequence[str], made: Made) -> str:
    """Render the page.

    Args:
        design: what is shown.
        files: names of those that stand beside it.
        made: what made it, for the foot of the page.
    """
    found = shares(design)
    top = [one for one in found if one.depth == 0]
    inner = [one for one in found if one.depth == 1 and one.name.startswith(f"{design.pe_name}.")]
    known = published(design)
    sections = [
        Section("Headline figures", tiles=_tiles(design, top), named="top"),
        _parts("Parts", "parts", top, bool(known)),
        _parts(f"Parts of all {design.pe_count} {spelled(design.pe_name)}s", "inner", inner, False),
        Section("All parts", EVERY, sheet=_sheet(design, found)),
        Section("Energy of an action", sheet=_energies(design)),
        *_spec(design),
        Section("Notes", lines=[*design.chip.outside(), *remarks(design)]),
    ]
    links = {"Data (CSV)": "energy.csv", "Data (JSON)": "energy.json"}
    return web_page(
        title=f"Area and power of {design.label}",
        lead=f"{design.technology:g} nm, {design.clock_MHz:g} MHz, by the component models.",
        sections=sections,
        data={"parts": _rows(top, known), "inner": _rows(inner, {})},
        links=links | {name: name for name in files if name.endswith(".yaml")},
        footer=made.words(f"{design.technology:g} nm"),
    )


def spelled(part: str) -> str:
    """A part as people write it."""
    words = part.replace("p_lif", "plif").split("_")
    return " ".join(SPELLED.get(word, word) for word in words)


def _tiles(design: Design, top: Sequence[Share]) -> list[Tile]:
    area, power = (sum(getattr(one, key) for one in top) for key in ("area_mm2", "power_mW"))
    leakage = sum(one.leakage_mW for one in top)
    known = published(design).get(TOTAL, (None, None))
    tiles = [
        Tile(f"{digits(area)} mm²", "area", _beside(area, known[0], "mm²")),
        Tile(f"{digits(power)} mW", "power", _beside(power, known[1], "mW")),
        Tile(f"{digits(leakage)} mW", "leakage", f"{leakage / power:.0%} of the power"),
    ]
    for name, key, unit in (("largest part", "area_mm2", area), ("most power", "power_mW", power)):
        most = max(top, key=lambda one: float(getattr(one, key)))
        share = getattr(most, key) / unit if unit else 0.0
        tiles.append(Tile(f"{share:.0%}", f"{name}: {spelled(most.name)}"))
    return tiles


def _beside(ours: float, figure: float | None, unit: str) -> str:
    if not figure:
        return ""
    return f"published {figure:g} {unit} ({100 * (ours / figure - 1):+.1f}\u00a0%)"


def _rows(
    found: Sequence[Share], known: dict[str, tuple[float | None, float | None]]
) -> list[dict[str, Any]]:
    rows = []
    for one in found:
        area, power = known.get(one.name, (None, None))
        dynamic = max(one.power_mW - one.leakage_mW, 0.0)
        whole = {
            "name": spelled(one.name.rsplit(".", 1)[-1]),
            "area": _short(one.area_mm2),
            "power": _short(one.power_mW),
            "published_area": area,
            "published_power": power,
        }
        for order, (part, value) in enumerate(
            (("leakage", one.leakage_mW), ("dynamic power", dynamic))
        ):
            rows.append({**whole, "part": part, "order": order, "value": _short(value)})
    return rows


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _parts(title: str, data: str, found: Sequence[Share], published: bool) -> Section:
    if not found:
        return Section(title)
    names = [spelled(one.name.rsplit(".", 1)[-1]) for one in found]
    about = "Diamonds are the published figures. " if published else ""
    return Section(
        title,
        f"{about}{EVERY} Hover for values.",
        charts=[_areas(data, names, published), _powers(data, names, published)],
        legend={"area": Mark(PLAIN), **{part: Mark(colour) for part, colour in POWER.items()}},
        named=data,
    )


def _areas(data: str, names: Sequence[str], published: bool) -> Chart:
    tips = [charts.tip("name", form=""), charts.tip("area", "mm²")]
    tips += [charts.tip("published_area", "published mm²")] if published else []
    y = axes.names("name", names, LETTERS)
    x = {"type": "quantitative", "title": "mm²", "axis": axes.linear()}
    bar = {
        "mark": {"type": "bar", "color": PLAIN},
        "encoding": {"x": {**x, "field": "area"}, "tooltip": tips},
    }
    spec = {
        "title": "area",
        "transform": [{"filter": "datum.order === 0"}],
        "encoding": {"y": y},
        "layer": [bar, *(_diamond("published_area", x, tips) if published else [])],
    }
    return Chart(spec, data, "area of each part", height=axes.height_of(names, LETTERS))


def _powers(data: str, names: Sequence[str], published: bool) -> Chart:
    tips = [
        charts.tip("name", form=""),
        charts.tip("part", form=""),
        charts.tip("value", "mW"),
        charts.tip("power", "mW in all"),
    ]
    tips += [charts.tip("published_power", "published mW")] if published else []
    stack = charts.stacked("value", "mW", ("name", names), POWER, tips)
    stack["encoding"]["y"] = axes.names("name", names, LETTERS)
    x = {"type": "quantitative", "title": "mW", "axis": axes.linear()}
    spec = {
        "title": "power",
        "encoding": {"y": stack["encoding"].pop("y")},
        "layer": [stack, *(_diamond("published_power", x, tips) if published else [])],
    }
    return Chart(spec, data, "power of each part", height=axes.height_of(names, LETTERS))


def _diamond(field: str, x: dict[str, Any], tips: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "transform": [{"filter": f"isValid(datum.{field}) && datum.order === 0"}],
            "mark": charts.DIAMOND,
            "encoding": {"x": {**x, "field": field}, "tooltip": list(tips)},
        }
    ]


def _sheet(design: Design, found: Sequence[Share]) -> Sheet:
    known = published(design)
    rows = [
        [
            one.name,
            Cell(one.count, f"{one.count:,g}"),
            _figure(one.area_mm2, known.get(one.name, (None, None))[0]),
            _figure(one.power_mW, known.get(one.name, (None, None))[1]),
            _figure(one.leakage_mW, None),
        ]
        for one in found
    ]
    return Sheet(
        ["part", "count", "area (mm²)", "power (mW)", "of it leakage (mW)"],
        rows,
        "Area and power of every part; below a figure the published one",
        ["words", "number", "number", "number", "number"],
        static=True,
        least=("of it leakage (mW)", "count"),
    )


def _figure(value: float, beside: float | None) -> Cell:
    return Cell(value, digits(value), "" if beside is None else f"published {beside:g}")


def _energies(design: Design) -> Sheet:
    rows = [
        [name, action, Cell(energy, digits(energy))]
        for name, energies in actions(design).items()
        for action, energy in energies.items()
        if energy
    ]
    return Sheet(
        ["part", "action", "energy (pJ)"],
        rows,
        "Energy of an action of an instance; those that cost nothing are left out",
        ["words", "text", "number"],
        static=True,
    )


def _spec(design: Design) -> list[Section]:
    found = in_spec(design)
    if found is None:
        return []
    rows = {"the spec's components": found.spec}
    rows |= {f"not in it: {name}": one for name, one in found.left_out.items()}
    rows["the design"] = found.design
    sheet = Sheet(
        ["what", "area (mm²)", "leakage (mW)"],
        [
            [
                name,
                Cell(one.area_mm2, f"{one.area_mm2:.6f}"),
                Cell(one.leakage_mW, f"{one.leakage_mW:.5f}"),
            ]
            for name, one in rows.items()
        ],
        "What of the design its Timeloop spec holds",
        ["words", "number", "number"],
        static=True,
    )
    return [Section("In its Timeloop spec", sheet=sheet, named="spec")]
