"""Read Accelergy's tables: energies of actions (ERT) and areas (ART)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from loas_tl.ground.errors import InputError


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
    for table in tables:
        component = _component(table["name"])
        actions = energies.setdefault(component, {})
        for action in table["actions"]:
            name, energy = str(action["name"]), float(action["energy"])
            actions[name] = max(energy, actions.get(name, energy))
    return energies, _instances(tables)


def read_art(path: Path) -> dict[str, float]:
    """Area in um2 of one instance, by component; InputError where it is no ART."""
    return {
        _component(table["name"]): float(table["area"])
        for table in _tables(path, "ART", ("name", "area"))
    }


def read_instances(path: Path, key: str) -> dict[str, int]:
    """How many instances there are, by component, of those that say so; ``key``: ERT or ART."""
    return _instances(_tables(path, key, ("name",)))


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
    try:
        document = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader
        tables = document[key]["tables"]
        if all(all(name in table for name in needed) for table in tables):
            return list(tables)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read ({error})", file=path) from None
    except (KeyError, TypeError):
        pass
    raise InputError(
        f"is no {key} of Accelergy; expected tables with {', '.join(needed)}", file=path
    )


def _component(name: str) -> str:
    """``chip_top_level.GlobalCache[1..1]`` is ``GlobalCache``."""
    return _RANGE.sub("", name).rsplit(".", 1)[-1]


_RANGE = re.compile(r"\[(\d+)\.\.(\d+)\]")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
