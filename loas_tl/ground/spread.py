"""Several measurements of one figure: their mean, standard deviation and extremes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Of at least one measurement.

    Attributes:
        mean: arithmetic.
        std: standard deviation of the measurements as a sample of more, over n - 1; 0 for one.
        least, most: extremes.
    """

    mean: float
    std: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of the values; raises StatisticsError for none."""
        return cls(
            fmean(values), stdev(values) if len(values) > 1 else 0.0, min(values), max(values)
        )

    def record(self) -> dict[str, float]:
        """As ``{"mean", "std", "min", "max"}``."""
        mean, std, least, most = asdict(self).values()
        return {"mean": mean, "std": std, "min": least, "max": most}


def spreads(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The spread of every column of numbers that all rows have; text and notes are left out."""
    columns: dict[str, dict[str, float]] = {}
    for key in rows[0]:
        values = [row.get(key) for row in rows]
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) == len(rows):
            columns[key] = Spread.of(numbers).record()
    return columns


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A record for a frame: deviations and extremes as columns, notes as one text."""
    flattened = {key: value for key, value in row.items() if key != "spread"}
    if "notes" in row:
        flattened["notes"] = "; ".join(row["notes"])
    return flattened | {
        f"{key}_{name}": value
        for key, of_key in row.get("spread", {}).items()
        for name, value in of_key.items()
        if name != "mean"
    }
