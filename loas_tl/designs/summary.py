"""A design in figures: area and power by part, energy of every action."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from loas_tl.components.chip import TOTAL
from loas_tl.components.component import Component
from loas_tl.components.units import in_mm2, in_mW, in_pJ
from loas_tl.designs.design import Design
from loas_tl.designs.effects import odd, repriced, unseen
from loas_tl.designs.in_spec import in_spec
from loas_tl.ground.sums import in_order


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
    power_mW: float
    leakage_mW: float


def shares(design: Design) -> list[Share]:
    """The parts of a design, each followed by its own parts."""
    return list(_shares(design.chip, 1.0, "", 0))


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


def actions(design: Design) -> dict[str, dict[str, float]]:
    """Energy in pJ of every action of every part, and of the parts' own parts."""
    return dict(_actions(design.chip, ""))


def _actions(whole: Component, prefix: str) -> Iterator[tuple[str, dict[str, float]]]:
    for part in whole.parts():
        name = prefix + part.name
        component = part.component
        yield name, {one: in_pJ(component.energy(one)) for one in component.actions()}
        yield from _actions(component, f"{name}.")


def remarks(design: Design) -> list[str]:
    """What is to be said of the figures: settings without effect on them, and odd data."""
    lines = [*unseen(design, ("energy",)), *odd(design)]
    if design.pe() is None:
        lines.append("its PEs are not declared: they are not in these figures")
    return lines


def record(design: Design) -> dict[str, Any]:
    """Totals, parts and actions; the totals are the sums over the parts.

    ``spec`` is what of it the Timeloop spec holds: ``area_mm2``, ``leakage_mW``, and under
    ``left_out`` the parts that make the difference; None for a design without one.
    """
    parts = [share for share in shares(design) if share.depth == 0]
    spec = in_spec(design)
    return {
        "accelerator": design.label,
        "area_mm2": in_order(part.area_mm2 for part in parts),
        "power_mW": in_order(part.power_mW for part in parts),
        "parts": {
            part.name: {
                "count": int(part.count),
                "area_mm2": part.area_mm2,
                "power_mW": part.power_mW,
                "leakage_mW": part.leakage_mW,
            }
            for part in parts
        },
        "actions": actions(design),
        "leakage_mW": in_order(part.leakage_mW for part in parts),
        "parameters": design.settled,
        "spec": spec
        and {
            **asdict(spec.spec),
            "left_out": {name: asdict(one) for name, one in spec.left_out.items()},
        },
        "notes": [*remarks(design), *design.chip.outside()],
    }


def to_json(design: Design) -> str:
    """:func:`record` as JSON."""
    return json.dumps(record(design), indent=2)


def to_csv(design: Design) -> str:
    """A row a part, those of a part below it, and one of the total.

    ``depth`` is 0 for the parts that the total is the sum of; ``energy_<action>_pJ`` is of one
    action of an instance.
    """
    import pandas as pd

    found, each = shares(design), actions(design)
    rows: list[dict[str, Any]] = [
        {
            "part": share.name,
            **{key: value for key, value in asdict(share).items() if key != "name"},
            **{f"energy_{action}_pJ": energy for action, energy in each[share.name].items()},
        }
        for share in found
    ]
    sums = {
        key: in_order(getattr(share, key) for share in found if share.depth == 0)
        for key in ("area_mm2", "power_mW", "leakage_mW")
    }
    return str(pd.DataFrame([*rows, {"part": TOTAL, **sums}]).to_csv(index=False))


def published(design: Design) -> dict[str, tuple[float | None, float | None]]:
    """Published area in mm² and power in mW by part; none where the design was changed."""
    figures = design.published
    if figures is None or design.changed or repriced(design):
        return {}
    areas, powers = figures.area_mm2, figures.power_mW
    return {name: (areas.get(name), powers.get(name)) for name in {**areas, **powers, TOTAL: 0}}
