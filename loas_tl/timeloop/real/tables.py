"""Read Accelergy's tables: energies of actions (ERT) and areas (ART)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from loas_tl.ground.errors import InputError


def read_ert(path: Path) -> dict[str, dict[str, float]]:
    """Energy in pJ of one action, by component and action; InputError where it is no ERT."""
    return {
        _component(table["name"]): {
            str(action["name"]): float(action["energy"]) for action in table["actions"]
        }
        for table in _tables(path, "ERT", ("name", "actions"))
    }


def read_art(path: Path) -> dict[str, float]:
    """Area in um2 of one instance, by component; InputError where it is no ART."""
    return {
        _component(table["name"]): float(table["area"])
        for table in _tables(path, "ART", ("name", "area"))
    }


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
    return name.split(".", 1)[-1].split("[")[0]


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
