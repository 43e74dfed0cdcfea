"""The units of a space's figures, one a quantity, and what stands beside their axes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loas_tl.exploration.axes import label_of
from loas_tl.exploration.figures import OBJECTIVES
from loas_tl.exploration.points import Point
from loas_tl.exploration.result import Space
from loas_tl.report.units import Unit, unit_for

SCALED = {
    "cycles": "cycles",
    "seconds": "s",
    "edp": "J s",
    "energy_pJ": "pJ",
    "dram_KiB": "KiB",
    "sram_KiB": "KiB",
}
"""Figures that have a unit by magnitude, and what they are counted in."""

BRIEF = {"edp": "EDP", "utilisation": "utilisation"}
"""Figures whose names are shorter than what is said of them."""

UNIT = re.compile(r" \(([^)]*)\)")
"""In what is said of a figure."""


@dataclass(frozen=True)
class Scales:
    """The units of a page, one a quantity.

    Attributes:
        space: what is shown.
        units: by what figures are counted in.
    """

    space: Space
    units: dict[str, Unit]

    @classmethod
    def of(cls, space: Space) -> Scales:
        """Those in which a middling figure of the space is 1 or more."""
        units = {
            counted: unit_for(
                (
                    p.figures.get(n)
                    for p in space.points
                    for n, of in SCALED.items()
                    if of == counted
                ),
                counted,
            )
            for counted in dict.fromkeys(SCALED.values())
        }
        return cls(space, units)

    def unit(self, name: str) -> Unit | None:
        """Of a figure, None where it is as it is counted."""
        return self.units.get(SCALED.get(name.rpartition(".")[2], ""))

    def value(self, point: Point, name: str) -> float | None:
        """A point's parameter, or its figure in the unit of the page, with six digits."""
        if name in self.space.varied:
            return point.parameters.get(name)
        found, unit = point.figures.get(name), self.unit(name)
        if found is None:
            return None
        scaled = found if unit is None else found / unit.size
        return float(f"{scaled:.6g}") if isinstance(scaled, float) else scaled

    def label(self, name: str) -> str:
        """What stands beside an axis and over a column, with the unit."""
        words, unit = self.short(name), self.unit_name(name)
        if not unit:
            return words
        return f"{words} ({unit})"

    def words(self, name: str) -> str:
        """As :meth:`label`, and whether it is a mean over networks."""
        mean = len(self.space.networks) > 1 and name in OBJECTIVES and name != "area_mm2"
        return f"{self.label(name)}, geometric mean" if mean else self.label(name)

    def unit_name(self, name: str) -> str:
        """The unit of a figure, empty where it has none."""
        if name in self.space.varied:
            return ""
        unit, counted = self.unit(name), UNIT.search(label_of(self.space, name))
        if unit is not None:
            return unit.name
        return counted[1].replace("mm2", "mm²") if counted else ""

    def short(self, name: str) -> str:
        """What a figure is, without the unit."""
        base = name.rpartition(".")[2]
        # That figures are means over networks is said once, at the top.
        words = UNIT.sub("", label_of(self.space, name)).partition(", ")[0]
        if name in self.space.varied or base not in BRIEF:
            return words
        return words.replace(UNIT.sub("", OBJECTIVES[base].about), BRIEF[base])
