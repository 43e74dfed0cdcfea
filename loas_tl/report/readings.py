"""A comparison under each reading of what the papers leave open: figures as ranges."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from loas_tl.comparison import Comparison, Result
from loas_tl.designs.readings import DEFAULT


@dataclass(frozen=True)
class Range:
    """An accelerator on a network by the detailed model, one figure a reading.

    Attributes:
        network, accelerator: names.
        cycles: by reading.
        speedup: over the baseline in the same reading, by reading; None without a baseline.
    """

    network: str
    accelerator: str
    cycles: dict[str, int]
    speedup: dict[str, float | None]

    @property
    def speedups(self) -> tuple[float, float] | None:
        """Least and largest speedup."""
        known = [value for value in self.speedup.values() if value is not None]
        return (min(known), max(known)) if known else None


class Readings:
    """One comparison a reading, of the same accelerators on the same tensors."""

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        self.comparisons = tuple(comparisons)

    @property
    def shown(self) -> Comparison:
        """The one whose tables are shown in full: the plausible reading's."""
        return next(one for one in self.comparisons if one.reading == DEFAULT)

    @property
    def names(self) -> list[str]:
        """The readings."""
        return [one.reading for one in self.comparisons]

    def ranges(self) -> list[Range]:
        """A row for each network and accelerator, in order."""
        return [
            self._range(network, accelerator)
            for network in self.shown.networks
            for accelerator in self.shown.accelerators
        ]

    def _range(self, network: str, accelerator: str) -> Range:
        cycles: dict[str, int] = {}
        speedup: dict[str, float | None] = {}
        for one in self.comparisons:
            mine, base = (_cycles(one, network, name) for name in (accelerator, one.baseline))
            cycles[one.reading] = mine or 0
            speedup[one.reading] = base / mine if mine and base else None
        return Range(network, accelerator, cycles, speedup)

    def to_json(self) -> str:
        """A JSON object of ``readings`` (a comparison's object each) and ``ranges``."""
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`."""
        return {
            "readings": {one.reading: one.to_dict() for one in self.comparisons},
            "ranges": [asdict(row) for row in self.ranges()],
        }

    def to_csv(self) -> str:
        """The layers of all readings as CSV, ``reading`` in the first column."""
        import pandas as pd

        frames = [one.to_frame().assign(reading=one.reading) for one in self.comparisons]
        frame = pd.concat(frames, ignore_index=True)
        text = io.StringIO()
        frame[["reading", *frames[0].columns.drop("reading")]].to_csv(text, index=False)
        return text.getvalue()


def _cycles(comparison: Comparison, network: str, accelerator: str) -> int | None:
    total: Result | None = comparison.found(network, accelerator)
    return None if total is None else (total.detailed or total).counts.cycles
