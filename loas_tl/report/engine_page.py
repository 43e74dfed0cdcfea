"""An engine's result, and what a search found, as an interactive page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loas_tl.report import axes, charts
from loas_tl.report.colours import ACTIONS, DYNAMIC, ON_THE_WAY, PARTS, PLAIN, Mark
from loas_tl.report.engine import COUNTS, LEAST, count, unpriced_lines, use_lines
from loas_tl.report.made import Made
from loas_tl.report.units import Unit, counted, digits, unit_for
from loas_tl.report.web import Cell, Chart, Section, Sheet, Tile
from loas_tl.report.web import page as web_page
from loas_tl.timeloop.frames import rows_of
from loas_tl.timeloop.mapper.edp import edp
from loas_tl.timeloop.result import MappedLevel, Result

SPENT = {
    "accesses and computes": DYNAMIC,
    "leakage": PARTS["leakage"],
    "networks": ON_THE_WAY,
}
"""Colours of what energy is spent on."""


@dataclass(frozen=True)
class Searched:
    """How a mapping was found.

    Attributes:
        search: ``search`` of ``loas-tl map --json``.
        cycle_seconds: of a cycle.
        space: mappings in all, where that is known.
    """

    search: Mapping[str, Any]
    cycle_seconds: float
    space: int | None = None

    @property
    def words(self) -> str:
        """A sentence of it."""
        search = self.search
        seen = "all" if search["exhaustive"] else "some"
        of = "" if self.space is None or search["exhaustive"] else f" of {counted(self.space)}"
        known = {
            "looked at": search["mappings"],
            "valid": search["valid_mappings"],
        }
        counts = ", ".join(f"{n:,} {what}" for what, n in known.items() if n is not None)
        return (
            f"The best mapping by {search['metric']} of {seen}{of}: "
            f"{counts or 'not counted'}, in {search['seconds']:.1f} s."
        )


def page(
    result: Result,
    links: Mapping[str, str],
    made: Made,
    searched: Searched | None = None,
    title: str = "",
) -> str:
    """Render the page.

    Args:
        result: what is shown.
        links: files beside it, by what they are called.
        made: what made it, for the foot of the page.
        searched: how its mapping was found, if by a search.
        title: what was evaluated.
    """
    document = result.to_dict()
    spent = _spent(result)
    energy = unit_for([result.energy_pj, *(one["energy"] for one in spent)], "pJ")
    cycles = unit_for([result.cycles], "cycles")
    names = [*result.levels, result.compute.name]
    marks = {part: Mark(SPENT[part]) for part in SPENT if any(one["part"] == part for one in spent)}
    accesses = _accesses(result)
    sections = [
        Section("Headline figures", tiles=_tiles(result, energy, searched), named="top"),
        Section(
            "Energy and cycles of each level",
            "Energy over all instances; the level with most cycles holds the others up.",
            charts=[
                *([_energy(spent, energy, marks)] if any(one["energy"] for one in spent) else []),
                _cycles(names, cycles),
            ],
            legend=marks if len(marks) > 1 else {},
            named="levels",
        ),
        Section(
            "Accesses",
            "Scalars that are moved, over all instances in use.",
            charts=[_moved(accesses)] if any(row["count"] for row in accesses) else [],
            legend={action: Mark(colour) for action, colour in ACTIONS.items()},
        ),
        *_mapping(result.mapping or ()),
        Section("Figures of each level", EACH, sheet=_sheet(result, energy), named="rows"),
        Section("Notes", lines=[*unpriced_lines(document), *use_lines(document), *result.notes]),
    ]
    return web_page(
        title=title or "One mapping, evaluated",
        lead=searched.words if searched else f"One mapping, counted by {_engine(result)}.",
        sections=sections,
        data={
            "energy": [
                {**one, "energy": _short(one["energy"] / energy.size), "of": _short(one["of"])}
                for one in spent
            ],
            "cycles": [
                {"level": name, "cycles": _short(needed / cycles.size)}
                for name, needed in _cycle_counts(result).items()
            ],
            "accesses": accesses,
        },
        links=links,
        footer=made.words(f"counted by {_engine(result)}"),
    )


def _engine(result: Result) -> str:
    return "the real Timeloop" if result.engine == "timeloop" else f"the {result.engine} engine"


EACH = "Counts of an instance in use; energy over all instances."


def _tiles(result: Result, energy: Unit, searched: Searched | None) -> list[Tile]:
    counts = _cycle_counts(result)
    slowest = max(counts, key=lambda name: counts[name])
    alike = len(set(counts.values())) == 1
    bound = "as many at each level" if alike else f"most at {slowest}"
    idle = result.idle_leakage_pj
    bare = len(result.unpriced)
    below = f"+ {energy.text(idle)} {energy.name} of leakage that is not charged" if idle else ""
    if bare:
        below = f"without {bare} unpriced component{'s' if bare > 1 else ''}"
    if result.placeholders is not None:
        below = "of placeholder prices"
    tiles = [
        Tile(f"{result.cycles:,.0f}", "cycles", bound),
        Tile(f"{energy.text(result.energy_pj)} {energy.name}", "energy", below),
        Tile(_area(result.area_um2), "area"),
        Tile(
            f"{result.utilization:.1%}",
            "utilization of the compute units",
            f"{result.compute.instances_used_average:,.4g} of {result.compute.instances:,} in use",
        ),
    ]
    if searched is not None:
        product = edp(result.energy_pj, result.cycles, searched.cycle_seconds)
        unit = unit_for([product], "J s")
        below = f"cycles of {searched.cycle_seconds * 1e9:.4g} ns"
        tiles.append(Tile(f"{unit.text(product)} {unit.name}", "energy-delay product", below))
    return tiles


def _area(um2: float) -> str:
    return f"{digits(um2 / 1e6)} mm²" if um2 >= 1e4 else f"{digits(um2)} µm²"


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _cycle_counts(result: Result) -> dict[str, float]:
    counts = {name: float(level.cycles) for name, level in result.levels.items()}
    return counts | {result.compute.name: float(result.compute.cycles)}


def _spent(result: Result) -> list[dict[str, Any]]:
    """Energy in pJ by level and part; ``of`` is the level's share of all."""
    parts: dict[str, dict[str, float]] = {}
    for name, level in result.levels.items():
        own = level.energy_pj - level.leakage_pj
        parts[name] = {"accesses and computes": own, "leakage": level.leakage_pj}
    parts[result.compute.name] = {"accesses and computes": result.compute.energy_pj}
    for name, energy in result.networks.items():
        parts.setdefault(name, {})["networks"] = energy
    whole = result.energy_pj or 1.0
    return [
        {
            "level": _priced(result, name),
            "part": part,
            "order": list(SPENT).index(part),
            "energy": energy,
            "of": sum(of.values()) / whole,
        }
        for name, of in parts.items()
        for part, energy in of.items()
        if energy or part == "accesses and computes"
    ]


def _priced(result: Result, name: str) -> str:
    return f"{name} (unpriced)" if name in result.without_price else name


def _energy(spent: Sequence[Mapping[str, Any]], unit: Unit, marks: Mapping[str, Mark]) -> Chart:
    names = list(dict.fromkeys(str(one["level"]) for one in spent))
    tips = [
        *(charts.tip("level", form=""), charts.tip("part", form="")),
        *(charts.tip("energy", unit.name), charts.tip("of", "level's share of all", ".1%")),
    ]
    colours = {part: mark.colour for part, mark in marks.items()}
    spec = charts.stacked("energy", unit.name, ("level", names), colours, tips, title="energy")
    alt = "energy of each level, of the compute units and of networks"
    return Chart(spec, "energy", alt, height=axes.height_of(names))


def _cycles(names: Sequence[str], unit: Unit) -> Chart:
    spec = {
        "title": "cycles",
        "mark": {"type": "bar", "color": PLAIN},
        "encoding": {
            "y": axes.names("level", names),
            "x": {
                "field": "cycles",
                "type": "quantitative",
                "title": unit.name,
                "axis": axes.linear(),
            },
            "tooltip": [charts.tip("level", form=""), charts.tip("cycles", unit.name)],
        },
    }
    alt = "cycles that each level and the compute units need"
    return Chart(spec, "cycles", alt, height=axes.height_of(names))


def _accesses(result: Result) -> list[dict[str, Any]]:
    return [
        {
            "level": f"{level_name} {tensor_name}",
            "part": action,
            "order": order,
            "count": _short(getattr(tensor, action).actual * tensor.instances_used_average),
        }
        for level_name, level in result.levels.items()
        for tensor_name, tensor in level.tensors.items()
        for order, action in enumerate(ACTIONS)
    ]


def _moved(rows: Iterable[Mapping[str, Any]]) -> Chart:
    names = list(dict.fromkeys(str(row["level"]) for row in rows))
    tips = [charts.tip("level", form=""), charts.tip("part", form=""), charts.tip("count")]
    spec = charts.stacked("count", "scalars", ("level", names), ACTIONS, tips)
    spec["encoding"]["x"]["axis"] = axes.thousands(4)
    alt = "reads, fills and updates of each level and tensor"
    return Chart(spec, "accesses", alt, height=axes.height_of(names), wide=True)


def _mapping(levels: Sequence[MappedLevel]) -> list[Section]:
    rows = [
        [
            level.name,
            ", ".join(
                f"{loop.dimension} {loop.bound}" + (" in space" if loop.axis else "")
                for loop in level.loops
            ),
            ", ".join(f"{tensor} {words:,}" for tensor, (words, _) in level.tiles.items()),
        ]
        for level in levels
    ]
    sheet = Sheet(
        ["level", "loops, outermost first", "tiles (words)"],
        rows,
        "Loops and tiles of each level",
        ["words", "words", "words"],
        static=True,
    )
    return [Section("Mapping", sheet=sheet)]


def _sheet(result: Result, energy: Unit) -> Sheet:
    found = rows_of(result, idle=True)
    counts = {key: heading for key, heading in COUNTS.items() if any(key in row for row in found)}
    rows = [
        [
            row["level"],
            row.get("tensor", ""),
            *(_count(row.get(key)) for key in counts),
            _energy_of(row, energy),
        ]
        for row in found
    ]
    return Sheet(
        ["level", "tensor", *counts.values(), f"energy ({energy.name})"],
        rows,
        "Counts and energy of each level and tensor",
        ["text", "text", *["number"] * (len(counts) + 1)],
        static=True,
        least=[counts[key] for key in LEAST if key in counts],
    )


def _count(value: float | None) -> Cell:
    return Cell(None, "") if value is None else Cell(value, count(value))


def _energy_of(row: Mapping[str, Any], unit: Unit) -> Cell:
    energy = row["energy_pJ"]
    return Cell(None, "unpriced") if energy is None else Cell(energy / unit.size, unit.text(energy))
