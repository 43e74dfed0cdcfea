"""Read Accelergy's tables: energies of actions (ERT) and areas (ART)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import reading
from loas_tl.ground.yaml_tree import read_file, read_text


def read_ert(path: Path) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """Energies of actions, and how many instances there are.

    Returns:
        Energy in pJ of one action, by component and action; of an action with several arguments
        the dearest, as in Timeloop. Then instances by component, of those that say so:
        ``chip.Buffer[1..8]`` has 8.

    Raises:
        InputError: where it is no ERT.
    """
    energies: dict[str, dict[str, float]] = {}
    tables = _tables(path, "ERT", ("name", "actions"))
    with reading(path, "an ERT of Accelergy"):
        for table in tables:
            actions = energies.setdefault(_component(table["name"]), {})
            for action in table["actions"]:
                name, energy = str(action["name"]), float(action["energy"])
                actions[name] = max(energy, actions.get(name, energy))
        return energies, _instances(tables)


def read_art(path: Path) -> dict[str, float]:
    """Area in µm² of one instance, by component; InputError where it is no ART."""
    tables = _tables(path, "ART", ("name", "area"))
    with reading(path, "an ART of Accelergy"):
        return {_component(table["name"]): float(table["area"]) for table in tables}


def read_instances(path: Path, key: str) -> dict[str, int]:
    """How many instances there are, by component, of those that say so; ``key``: ERT or ART."""
    tables = _tables(path, key, ("name",))
    with reading(path, f"an {key} of Accelergy"):
        return _instances(tables)


def _instances(tables: list[Mapping[str, Any]]) -> dict[str, int]:
    counts = {}
    for table in tables:
        ranges = _RANGE.findall(table["name"])
        if ranges:
            counts[_component(table["name"])] = math.prod(
                int(last) - int(first) + 1 for first, last in ranges
            )
    return counts


def _tables(path: Path, key: str, needed: tuple[str, ...]) -> list[Mapping[str, Any]]:
    expected = f"tables with {', '.join(needed)}"
    with reading(path, f"{key} of Accelergy with {expected}"):
        document = read_text(read_file(path), file=str(path))
    tables = document.get(key) if isinstance(document, Mapping) else None
    tables = tables.get("tables") if isinstance(tables, Mapping) else None
    if not isinstance(tables, list) or not all(_is_table(table, needed) for table in tables):
        raise InputError(f"is no {key} of Accelergy; expected {expected}", file=path)
    return tables


def _is_table(table: Any, needed: tuple[str, ...]) -> bool:
    return isinstance(table, Mapping) and all(name in table for name in needed)


def _component(name: str) -> str:
    """``chip_top_level.GlobalCache[1..1]`` is ``GlobalCache``."""
    return _RANGE.sub("", name).rsplit(".", 1)[-1]


_RANGE = re.compile(r"\[(\d+)\.\.(\d+)\]")
