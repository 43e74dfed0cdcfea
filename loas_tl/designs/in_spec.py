"""What of a design its Timeloop spec holds: area and leakage, and what is left out, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from loas_tl.components.component import Part
from loas_tl.components.units import in_mm2, in_mW
from loas_tl.designs.design import Design
from loas_tl.timeloop.accelergy import specification
from loas_tl.timeloop.accelergy.ert import LEAK, Entry
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.spec import parse_spec

CACHE_CLASS = "fiber_cache"
OUTSIDE_PARTITIONS = "global_cache outside its partitions"
OTHER = "other"
"""What a design's declaration does not explain; nothing for those that come with us."""

ROUNDING = 1e-9
"""Of the whole: less than this is how numbers are added up, not a part."""


@dataclass(frozen=True)
class Amount:
    """Area and leakage.

    Attributes:
        area_mm2: on the chip.
        leakage_mW: of all instances.
    """

    area_mm2: float = 0.0
    leakage_mW: float = 0.0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.area_mm2 + other.area_mm2, self.leakage_mW + other.leakage_mW)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.area_mm2 - other.area_mm2, self.leakage_mW - other.leakage_mW)


@dataclass(frozen=True)
class InSpec:
    """A design and its Timeloop spec, side by side.

    Attributes:
        design: all of its parts.
        spec: what stands in the spec's ART, and the leakage in its ERT, of all instances.
        left_out: what makes the difference, by name; ``spec`` and these add up to ``design``.
    """

    design: Amount
    spec: Amount
    left_out: dict[str, Amount]


def specification_of(design: Design) -> str:
    """The design's Timeloop spec, of a stand-in layer, whether that fits or not.

    Raises:
        InputError: where it has none.
    """
    from loas_tl.timeloop.rendering.render import render

    layer = Measured(
        T=int(getattr(design, "timesteps", 1)),
        M=64,
        N=64,
        K=256,
        input_density=0.25,
        weight_density=1.0 if design.dense_weights else 0.1,
        corrections=float(design.typical.get("corrections", 0.0)),
    )
    return render(design.timeloop_or_refuse(), layer, check=False).model_spec


def entries(design: Design) -> list[Entry]:
    """The components of the design's spec as they stand in Accelergy's tables."""
    return specification.entries(
        parse_spec(specification_of(design), file=f"spec of {design.label}")
    )


@cache
def in_spec(design: Design) -> InSpec | None:
    """Compare a design with its spec; None where it has none.

    Raises:
        InputError: where a component of the spec cannot be priced.
    """
    if design.timeloop() is None:
        return None
    spec = parse_spec(specification_of(design), file=f"spec of {design.label}")
    whole, held = Amount(design.area_mm2, design.leakage_mW), Amount()
    cache = Amount()
    for node, instances, entry in specification.placed_entries(spec):
        amount = _amount(entry, instances)
        held += amount
        if (node.subclass or node.component_class) == CACHE_CLASS:
            cache += amount
    left_out: dict[str, Amount] = {}
    for part in design.left_out():
        left_out[part.name] = left_out.get(part.name, Amount()) + _part(part)
    if cache.area_mm2:
        bank = Part("global_cache", design.bank(), design.cache_banks)
        left_out[OUTSIDE_PARTITIONS] = _part(bank) - cache
    left_out[OTHER] = whole - held - _sum(left_out.values())
    return InSpec(
        whole,
        held,
        {name: one for name, one in left_out.items() if not _nothing(one, whole)},
    )


def _amount(entry: Entry, instances: int) -> Amount:
    leak = entry.cost.action(LEAK, 1.0) * entry.energy_scale * entry.instances
    return Amount(entry.area_um2() * instances / 1e6, float(leak) * 1e3 * instances)


def _part(part: Part) -> Amount:
    return Amount(
        in_mm2(part.component.area) * part.count, in_mW(part.component.leakage) * part.count
    )


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for one in amounts:
        total += one
    return total


def _nothing(one: Amount, whole: Amount) -> bool:
    return (
        abs(one.area_mm2) <= ROUNDING * whole.area_mm2
        and abs(one.leakage_mW) <= ROUNDING * whole.leakage_mW
    )
