"""Files of designs as users write them, and readers of what the commands say of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

MINE = """
import loas_tl

WIDE = loas_tl.design("LoAS").with_(name="Wide", pes=32, about="LoAS with 32 TPPEs")
"""

TWO = """
import loas_tl

SMALL = loas_tl.design("LoAS", pes=4)
LARGE = loas_tl.design("LoAS", pes=64).with_(name="Large")
NUMBER = 3
"""

OWN = """
from dataclasses import dataclass

from loas_tl.designs.loas import Loas
from loas_tl.designs.parameter import parameter

@dataclass(frozen=True, kw_only=True)
class Own(Loas):
    name: str = "Own"
    about: str = "LoAS by another name"
    pes: int = parameter(8, 1, 64, "TPPEs", about="fewer of them")
"""

Compared: TypeAlias = Callable[..., dict[str, Any]]


def ran(parsed: dict[str, Any]) -> list[str]:
    """The accelerators of a comparison, in order; rows, totals and designs agree on them."""
    labels = [one["accelerator"] for one in parsed["designs"]]
    assert [row["accelerator"] for row in parsed["totals"]] == labels
    layers = len(parsed["layers"]) // len(labels)
    assert [row["accelerator"] for row in parsed["layers"]] == labels * layers
    return labels


def figures(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """What was counted, without what it is called."""
    left_out = ("accelerator", "notes")
    return [
        {key: value for key, value in row.items() if key not in left_out}
        for row in (*parsed["layers"], *parsed["totals"])
    ]


def words(text: str) -> str:
    """The text without the lines that it was broken into."""
    return " ".join(text.split())


def first_cells(table: str) -> list[str]:
    """The first column of a printed table, with names that take several lines put together."""
    cells: list[str] = []
    for line in table.splitlines():
        if not line.startswith("│"):
            continue
        first, *others = (cell.strip() for cell in line.strip("│").split("│"))
        if any(others):
            cells.append(first)
        else:
            cells[-1] += f" {first}"
    return cells
