"""Component classes and compositions in the formats of Accelergy v0.4.

With the declaration of the primitive classes (``*.lib.yaml``) in its configuration Accelergy knows
every class's attributes, their defaults and all its actions, so that a component's table has them
all without ``required_actions``.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from loas_tl.components.chip import Chip
from loas_tl.components.component import GLOBAL_CYCLE_SECONDS, Component, Part
from loas_tl.components.registry import COMPONENTS
from loas_tl.timeloop.accelergy.ert import LEAK, VERSION, Entry, priced

MUST_SPECIFY = "must_specify"


def attributes(component: type[Component]) -> dict[str, Any]:
    """Attributes of a class with their defaults; technology never has one in Accelergy."""
    return {
        one.name: MUST_SPECIFY
        if one.default is MISSING or one.name == "technology"
        else one.default
        for one in fields(component)
    }


def action_names(component: type[Component]) -> list[str]:
    """Every action of a class, leakage last."""
    needed = {one.name: 8 for one in fields(component) if one.default is MISSING}
    return [*component(**needed).actions(), LEAK]


def library() -> dict[str, Any]:
    """The declaration of all classes, ready to be written as YAML."""
    return {
        "version": VERSION,
        "classes": [
            {
                "name": component.kind,
                "attributes": attributes(component),
                "actions": [{"name": name} for name in action_names(component)],
            }
            for component in COMPONENTS
        ],
    }


def architecture(chip: Chip, global_cycle_seconds: float = GLOBAL_CYCLE_SECONDS) -> Any:
    """A chip as an architecture that a real ``accelergy`` reads (v0.4).

    Run on it, with the plug-ins, Accelergy writes the tables of :func:`entries`.
    """
    return {
        "architecture": {
            "version": VERSION,
            "subtree": [
                {
                    "name": _tree(chip),
                    "attributes": {
                        "technology": chip.technology,
                        "global_cycle_seconds": global_cycle_seconds,
                    },
                    "local": [
                        {
                            "name": _ranged(part),
                            "class": part.component.kind,
                            "attributes": {
                                one.name: getattr(part.component, one.name)
                                for one in fields(part.component)
                                if one.name != "technology"
                            },
                        }
                        for part in chip.parts()
                    ],
                }
            ],
        }
    }


def entries(chip: Chip, global_cycle_seconds: float = GLOBAL_CYCLE_SECONDS) -> list[Entry]:
    """The components of a chip's architecture as they stand in Accelergy's tables."""
    return [
        Entry(
            name=f"{_tree(chip)}.{_ranged(part)}",
            cost=priced(part.component),
            global_cycle_seconds=global_cycle_seconds,
        )
        for part in chip.parts()
    ]


def _tree(chip: Chip) -> str:
    return "".join(one if one.isalnum() else "_" for one in chip.label)


def _ranged(part: Part) -> str:
    return f"{part.name}[1..{part.count:g}]"
