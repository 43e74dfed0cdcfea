"""``ERT.yaml`` and ``ART.yaml``: energies and areas in the form of Accelergy's tables."""

from __future__ import annotations

from typing import Any

import yaml

from loas_tl.timeloop.native.machine import Machine

_TOP = "system_top_level"
_VERSION = "0.4"


def write_ert(machine: Machine) -> str:
    """Energies in pJ of one action, of each component of the table that was used."""
    instances = _instances(machine)
    tables = [
        {
            "name": _name(component, instances.get(component, 1)),
            "actions": [
                {"name": action, "arguments": {}, "energy": energy}
                for action, energy in actions.items()
            ],
        }
        for component, actions in machine.ert.items()
    ]
    return _dump({"ERT": {"version": _VERSION, "tables": tables}})


def write_art(machine: Machine) -> str:
    """Areas in µm² of one instance."""
    areas = {level.name: level.area_um2 for level in machine.levels if not level.spatial}
    areas[machine.compute.name] = machine.compute.area_um2
    instances = _instances(machine)
    tables = [
        {"name": _name(component, instances[component]), "area": area}
        for component, area in reversed(areas.items())
    ]
    return _dump({"ART": {"version": _VERSION, "tables": tables}})


def _instances(machine: Machine) -> dict[str, int]:
    counts = {level.name: level.instances for level in machine.levels}
    return counts | {machine.compute.name: machine.compute.instances}


def _name(component: str, instances: int) -> str:
    return f"{_TOP}.{component}[1..{instances}]"


def _dump(document: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(document, sort_keys=False, indent=4)
    return text
