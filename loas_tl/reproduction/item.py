"""An item of the published evaluation, and a row of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loas_tl.ground.shown import Shown
from loas_tl.reproduction.runs import Runs

if TYPE_CHECKING:
    import pandas as pd

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


class Reproduction(Shown, dict[Item, Sequence[Row]]):
    """The rows of each item, in the evaluation's order."""

    @property
    def headline(self) -> str:
        """How many figures of how many items, and how many are near the published."""
        known = [row for rows in self.values() for row in rows if row.difference is not None]
        return (
            f"{sum(map(len, self.values()))} figures of {', '.join(one.name for one in self)}; "
            f"{self.near} of {len(known)} within {100 * NEAR:g} % of the published"
        )

    @property
    def near(self) -> int:
        """How many figures differ from the published by :data:`NEAR` at most."""
        differences = (row.difference for rows in self.values() for row in rows)
        return sum(abs(one) <= NEAR for one in differences if one is not None)

    def to_frame(self) -> pd.DataFrame:
        """A row a figure; its unit stands in ``unit``."""
        import pandas as pd

        return pd.DataFrame(
            [{"item": item.name, **row.record()} for item, rows in self.items() for row in rows]
        )

    def brief(self) -> pd.DataFrame:
        """All but the notes."""
        return self.to_frame().drop(columns="note")

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: of each of ``items`` name, title and rows."""
        items = [
            {"name": item.name, "title": item.title, "rows": [row.record() for row in rows]}
            for item, rows in self.items()
        ]
        return {"items": items}
