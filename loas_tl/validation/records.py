"""What a validation found: every count, every layer's cycles, and summaries of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from loas_tl.ground.spread import spreads
from loas_tl.workload.network import Coverage

if TYPE_CHECKING:
    import pandas as pd


def error(predicted: float, exact: float) -> float:
    """Relative to the exact count; 1 where that is zero and the prediction is not."""
    if exact:
        return (predicted - exact) / exact
    return 1.0 if predicted else 0.0


@dataclass(frozen=True)
class Count:
    """One count of one layer on one accelerator, over all instances.

    Attributes:
        accelerator, network, layer: names.
        level, tensor, action, kind: as in :class:`loas_tl.validation.tables.Key`.
        predicted: by the engine, from densities.
        exact: on the tensors.
        shuffled: exact, on tensors of the same densities without structure.
        actual_data: by the native engine, from measured tiles.
        corrected: the same with the tensors' overlap.
        samples: of each sample where there are several; this one is their mean then.
    """

    accelerator: str
    network: str
    layer: str
    level: str
    tensor: str
    action: str
    kind: str
    predicted: float
    exact: float
    shuffled: float
    actual_data: float
    corrected: float
    samples: tuple[Count, ...] = ()

    @property
    def error(self) -> float:
        """Of the prediction."""
        return error(self.predicted, self.exact)

    @property
    def independence(self) -> float:
        """The part of the error that goes with the structure."""
        return self.error - self.rounding

    @property
    def rounding(self) -> float:
        """The part that stays without structure: rounding, and approximations of the model."""
        if self.exact:
            return (self.predicted - self.shuffled) / self.exact
        return self.error if self.predicted != self.shuffled else 0.0

    @property
    def actual_data_error(self) -> float:
        """Of the native engine on measured tiles."""
        return error(self.actual_data, self.exact)

    @property
    def corrected_error(self) -> float:
        """With the overlap, too."""
        return error(self.corrected, self.exact)


@dataclass(frozen=True)
class Cycles:
    """One layer's cycles on one accelerator.

    Attributes:
        accelerator, network, layer: names.
        predicted: by the engine; work is shared evenly by all units.
        exact: with each step as long as its slowest unit.
        balanced: exact, with the work shared evenly.
        corrected: native engine on measured tiles, with overlap and imbalance.
        overlap: computes over those of operands that have nothing to do with each other.
        imbalance: compute cycles over those with the work shared evenly.
        samples: as of :class:`Count`.
    """

    accelerator: str
    network: str
    layer: str
    predicted: float
    exact: float
    balanced: float
    corrected: float
    overlap: float
    imbalance: float
    samples: tuple[Cycles, ...] = ()

    @property
    def error(self) -> float:
        """Of the prediction."""
        return error(self.predicted, self.exact)

    @property
    def corrected_error(self) -> float:
        """With measured tiles, overlap and imbalance."""
        return error(self.corrected, self.exact)


KEYS = ("accelerator", "network", "layer")
COUNT_KEYS = (*KEYS, "level", "tensor", "action", "kind")
ERRORS = ("error", "independence", "rounding", "actual_data_error", "corrected_error")


@dataclass(frozen=True)
class Validation:
    """All records.

    Attributes:
        engine: that predicted: ``native`` or ``timeloop``.
        counts, cycles: in order of accelerators, networks and layers.
        notes: what is to be said of an accelerator's figures, by accelerator.
        coverage: by network, how much of it its layers stand for; only where that is not all.
    """

    engine: str
    counts: tuple[Count, ...]
    cycles: tuple[Cycles, ...]
    notes: dict[str, list[str]] = field(default_factory=dict)
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

    def to_json(self) -> str:
        """``counts`` and ``cycles`` with what was predicted and what is exact, and ``notes``."""
        picked = (*COUNT_KEYS, "predicted", "exact")
        return json.dumps(
            {
                "counts": [_record(count, picked) for count in self.counts],
                "cycles": [_record(one, (*KEYS, "predicted", "exact")) for one in self.cycles],
                "notes": self.notes,
            }
            | (
                {"coverage": {name: of.record() for name, of in self.coverage.items()}}
                if self.coverage
                else {}
            ),
            indent=1,
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a count, with all errors (relative, 0.01 is 1 %)."""
        import pandas as pd

        rows = [
            {name: getattr(count, name) for name in (*COUNT_KEYS, *VALUES, *ERRORS)}
            for count in self.counts
        ]
        columns = [*COUNT_KEYS, *VALUES, *ERRORS]
        return pd.DataFrame(rows, columns=columns)

    def cycles_frame(self) -> pd.DataFrame:
        """One row a layer and accelerator."""
        import pandas as pd

        rows = [
            {name: getattr(one, name) for name in (*KEYS, *CYCLE_VALUES, *CYCLE_ERRORS)}
            for one in self.cycles
        ]
        columns = [*KEYS, *CYCLE_VALUES, *CYCLE_ERRORS]
        return pd.DataFrame(rows, columns=columns)

    def to_csv(self) -> str:
        """Counts, then cycles as counts of their own; the unit stands in the column names."""
        frame = self.to_frame()
        cycles = self.cycles_frame().assign(level="", tensor="", action="cycles", kind="actual")
        renamed = {
            **{name: f"{name}_count" for name in VALUES},
            **{name: f"{name}_ratio" for name in ERRORS},
        }
        import pandas as pd

        both = pd.concat([frame, cycles[[c for c in cycles if c in frame]]], ignore_index=True)
        text: str = both.rename(columns=renamed).to_csv(index=False, lineterminator="\n")
        return text

    def summary(self, by: Sequence[str] = ("accelerator",)) -> list[dict[str, Any]]:
        """Errors' size of the actual counts: median, 95th percentile, worst, before and after.

        Args:
            by: columns to group by: ``accelerator``, ``network``, ``level``, ``kind``, ...
        """
        return summary(self.to_frame(), by)


VALUES = ("predicted", "exact", "shuffled", "actual_data", "corrected")
CYCLE_VALUES = ("predicted", "exact", "balanced", "corrected", "overlap", "imbalance")
CYCLE_ERRORS = ("error", "corrected_error")

Record = TypeVar("Record", Count, Cycles)


def mean(samples: Sequence[Record]) -> Record:
    """The mean over samples of one count, or of one layer's cycles; of one, itself."""
    if len(samples) == 1:
        return samples[0]
    names = VALUES if isinstance(samples[0], Count) else CYCLE_VALUES
    means: dict[str, Any] = {name: fmean(getattr(one, name) for one in samples) for name in names}
    return replace(samples[0], **means, samples=tuple(samples))


def _record(one: Count | Cycles, keys: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {key: getattr(one, key) for key in keys}
    if one.samples:
        figures = ("predicted", "exact", "error")
        rows = [{key: getattr(sample, key) for key in figures} for sample in one.samples]
        row |= {"samples": len(one.samples), "spread": spreads(rows)}
    return row


def summary(frame: pd.DataFrame, by: Sequence[str]) -> list[dict[str, Any]]:
    """Errors' size for each group of rows, in the order in which groups first appear."""
    rows = []
    for names, group in frame.groupby(list(by), sort=False):
        row: dict[str, Any] = dict(zip(by, names, strict=True))
        row["counts"] = len(group)
        for name in ERRORS:
            size = group[name].abs()
            row[f"{name}_median"] = float(size.median())
            row[f"{name}_p95"] = float(size.quantile(0.95))
            row[f"{name}_worst"] = float(size.max())
        rows.append(row)
    return rows
