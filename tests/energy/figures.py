"""What each component costs at many attributes: ``python -m tests.energy.figures`` records it anew.

The digits of a class are those of the sources that the tests beside this compare it with; here is
kept that no other of its figures changes by accident.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from loas_tl.components.component import Component
from loas_tl.components.registry import COMPONENTS, USUAL
from loas_tl.ground.errors import InputError

KEPT = Path(__file__).parents[1] / "data" / "figures_of_components.json.xz"
CLASSES = (*COMPONENTS, *USUAL)


def figures(kind: type[Component]) -> dict[str, Any]:
    """By attributes: area, leakage and power, energy by action, what is said; or why not."""
    return {
        " ".join(f"{name}={value}" for name, value in sorted(values.items())): _figures(
            kind, values
        )
        for values in _attributes(kind)
    }


def _attributes(kind: type[Component]) -> Iterator[dict[str, Any]]:
    """As few as can be; each attribute at other values; all others at once."""
    needed = {
        one.name: one.metadata["choices"][0] if one.metadata["choices"] else 64
        for one in fields(kind)
        if one.default is MISSING
    }
    yield needed
    others = {one.name: _others(one) for one in fields(kind)}
    for name, values in others.items():
        for value in values:
            yield {**needed, name: value}
    for place in (0, -1):
        yield {name: values[place] for name, values in others.items()}


def _others(one: Field[Any]) -> list[Any]:
    if one.metadata["choices"]:
        return list(one.metadata["choices"])
    if one.name == "technology":
        return [16, 42, 65]
    usual = 64 if one.default in (MISSING, 0) else one.default
    low, high = one.metadata["low"], one.metadata["high"]
    values = [low, 2 * usual + 1, 4 * usual] if one.type == "int" else [low, 1.6 * usual]
    return list(dict.fromkeys(min(value, high) for value in values))


def _figures(kind: type[Component], values: dict[str, Any]) -> dict[str, Any] | str:
    try:
        one = kind(**values)
        found = {
            "area": float(one.area),
            "leakage": float(one.leakage),
            "power": float(one.power),
            **{f"energy of {action}": float(one.energy(action)) for action in one.actions()},
        }
    except InputError as error:
        return str(error)
    return {name: float(f"{value:.9g}") for name, value in found.items()} | {
        "said": [*one.outside(), *one.remarks()]
    }


if __name__ == "__main__":
    lines = [f"{json.dumps(kind.kind)}: {json.dumps(figures(kind))}" for kind in CLASSES]
    KEPT.write_bytes(lzma.compress(("{\n" + ",\n".join(lines) + "\n}\n").encode()))
