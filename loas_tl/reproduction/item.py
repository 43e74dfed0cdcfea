"""An item of the published evaluation, and a row of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loas_tl.reproduction.runs import Runs

NEAR = 0.05
"""A difference up to this is said to be met."""


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: what it is of.
        ours, published: values; ``published`` is None where nothing was.
        unit: of both; ``"ratio"`` for ratios.
        note: why they differ, or where the published figure is from; empty where nothing is to be
            said.
    """

    what: str
    ours: float
    published: float | None
    unit: str
    note: str = ""

    @property
    def difference(self) -> float | None:
        """Ours over published less one."""
        return self.ours / self.published - 1 if self.published else None

    def record(self) -> dict[str, Any]:
        """One row of a file."""
        difference = self.difference
        return {
            "what": self.what,
            "ours": self.ours,
            "published": self.published,
            "unit": self.unit,
            "difference_percent": None if difference is None else 100 * difference,
            "note": self.note,
        }


@dataclass(frozen=True)
class Item:
    """A table or figure.

    Attributes:
        name: as on the command line.
        title: what it shows.
        rows: makes its rows.
    """

    name: str
    title: str
    rows: Callable[[Runs], Sequence[Row]]
