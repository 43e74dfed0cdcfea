"""A design in figures: area and power by part, energy of every action."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from loas_tl.components.component import Component
from loas_tl.components.units import in_mm2, in_mW, in_pJ
from loas_tl.designs.composition import (
    PUBLISHED_AREA_MM2,
    PUBLISHED_POWER_MW,
    TOTAL,
    Composition,
    find,
)
from loas_tl.designs.rendered import parameter_names
from loas_tl.ground.errors import InputError


@dataclass(frozen=True)
class Share:
    """All instances of one part.

    Attributes:
        name: the part, with dots where it is inside another.
        depth: 0 for a part of the design, 1 for a part of that, and so on.
        count: instances in the design.
        area_mm2: of all instances.
        power_mW: of all instances, an action of each in every 2.5 ns.
        leakage_mW: what of it is leakage.
    """

    name: str
    depth: int
    count: float
    area_mm2: float
    power_mW: float  # noqa: N815 - the unit as it is written
    leakage_mW: float  # noqa: N815


def configure(name: str, settings: Mapping[str, str]) -> Composition:
    """The composition of an accelerator with some attributes set.

    Parameters of its Timeloop specification alone are left aside.

    Raises:
        InputError: where there is no such accelerator or attribute, or a value cannot be used.
    """
    kind = find(name)
    own = [one.name for one in fields(kind)]
    known = list(dict.fromkeys([*own, *parameter_names(kind)]))
    for key in settings:
        if key not in known:
            raise InputError(
                f"{kind.kind} has no {key!r}; expected one of {', '.join(known)}", key="--set"
            )
    values: dict[str, Any] = {key: value for key, value in settings.items() if key in own}
    return kind(**values)


def shares(design: Composition) -> list[Share]:
    """The parts of a design, each followed by its own parts."""
    return list(_shares(design, 1.0, "", 0))


def _shares(whole: Component, instances: float, prefix: str, depth: int) -> Iterator[Share]:
    for part in whole.parts():
        count = instances * part.count
        name = prefix + part.name
        yield Share(
            name=name,
            depth=depth,
            count=count,
            area_mm2=in_mm2(part.component.area) * count,
            power_mW=in_mW(whole.part_power(part)) * instances,
            leakage_mW=in_mW(part.component.leakage) * count,
        )
        yield from _shares(part.component, count, f"{name}.", depth + 1)


def actions(design: Composition) -> dict[str, dict[str, float]]:
    """Energy in pJ of every action of every part, and of the parts' own parts."""
    return dict(_actions(design, ""))


def _actions(whole: Component, prefix: str) -> Iterator[tuple[str, dict[str, float]]]:
    for part in whole.parts():
        name = prefix + part.name
        component = part.component
        yield name, {one: in_pJ(component.energy(one)) for one in component.actions()}
        yield from _actions(component, f"{name}.")


def to_json(design: Composition) -> str:
    """Totals, parts and actions; the totals are the sums over the parts."""
    parts = [share for share in shares(design) if share.depth == 0]
    return json.dumps(
        {
            "accelerator": design.kind,
            "area_mm2": sum(part.area_mm2 for part in parts),
            "power_mW": sum(part.power_mW for part in parts),
            "parts": {
                part.name: {
                    "count": int(part.count),
                    "area_mm2": part.area_mm2,
                    "power_mW": part.power_mW,
                }
                for part in parts
            },
            "actions": actions(design),
        },
        indent=2,
    )


def published(design: Composition) -> dict[str, tuple[float | None, float | None]]:
    """Published area in mm2 and power in mW by part; none where the design was changed."""
    if design != type(design)():
        return {}
    areas = PUBLISHED_AREA_MM2.get(design.kind, {})
    powers = PUBLISHED_POWER_MW.get(design.kind, {})
    return {name: (areas.get(name), powers.get(name)) for name in {**areas, **powers, TOTAL: 0}}
