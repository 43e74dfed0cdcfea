"""``ERT`` and ``ART``: Accelergy's energy and area of each component, where a user gives them.

Energies are in pJ an action, areas in µm² a component.
"""

from __future__ import annotations

import re
from typing import Any

from loas_tl.ground.yaml_tree import Quoted
from loas_tl.timeloop.spec.section import MISSING, Section

EnergyTable = dict[str, dict[str, float]]
"""Component -> action -> pJ."""


def parse_ert(section: Section) -> EnergyTable | None:
    """Reads ``ERT``; of an action with several arguments the dearest counts, as in Timeloop."""
    if not section.values:
        return None
    section.raw("version", None)
    energies: EnergyTable = {}
    for entry in section.sections("tables"):
        actions = energies.setdefault(_component(str(entry.name("name"))), {})
        for action in entry.sections("actions"):
            name = str(action.name("name"))
            energy = action.number("energy")
            action.done(("arguments", "subcomponents"))
            actions[name] = max(energy, actions.get(name, 0.0))
        entry.done(("version",))
    section.done()
    return energies


def parse_art(section: Section) -> dict[str, float] | None:
    """Reads ``ART``."""
    if not section.values:
        return None
    section.raw("version", None)
    areas = {}
    for entry in section.sections("tables"):
        areas[_component(str(entry.name("name")))] = entry.number("area", 0.0)
        entry.done(("subcomponents",))
    section.done()
    return areas


def _component(name: str) -> str:
    """``system.PE.LocalBuffer[1..4]`` is LocalBuffer."""
    return re.sub(r"\[[^\]]*\]", "", name).rsplit(".", 1)[-1]


def parse_components(section: Section) -> tuple[dict[str, Any], ...]:
    """Reads ``components``: classes for the energy models, kept as plain data.

    They change no count. Classes are refused where they are no list of named mappings.
    """
    section.version()
    classes: list[dict[str, Any]] = []
    pending = list(section.raw("classes", ()) or ())
    depth = 0
    while pending:
        item = pending.pop(0)
        if isinstance(item, list):
            depth += 1
            if depth > 100:
                raise section.fail("classes", "too many nested lists")
            pending = [*item, *pending]
            continue
        entry = Section(item, section.at(f"classes[{len(classes)}]"), section.names, section.file)
        entry.name("name", MISSING)
        for key in ("attributes", "subcomponents", "actions", "version", "primitive_type"):
            entry.raw(key, None)
        entry.done()
        classes.append(plain(entry.values))
    section.done()
    return tuple(classes)


def plain(value: Any) -> Any:
    """A tree of plain dictionaries, lists and scalars; quoted text is still known to be."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) and not isinstance(value, Quoted) else value
