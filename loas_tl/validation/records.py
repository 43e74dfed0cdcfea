"""What a validation found: every count, every layer's cycles, and summaries of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from loas_tl.ground.given import names_of
from loas_tl.ground.nearest import unknown
from loas_tl.ground.shown import Shown
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
        predicted: count by the engine, from densities.
        exact: count on the tensors.
        shuffled: exact count, on tensors of the same densities without structure.
        actual_data: count by the native engine, from measured tiles.
        corrected: the same count with the tensors' overlap.
        samples: of each sample where there are several; this one is their mean then.
        predicted_instances, exact_instances: instances that share the predicted and the exact
            count.
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
    predicted_instances: float = 1.0
    exact_instances: float = 1.0
    samples: tuple[Count, ...] = ()

    @property
    def predicted_per_instance(self) -> float:
        """Predicted count of one instance that is in use, as the engine prints it."""
        return self.predicted / self.predicted_instances if self.predicted_instances else 0.0

    @property
    def exact_per_instance(self) -> float:
        """Exact count of one instance that holds something, on average."""
        return self.exact / self.exact_instances if self.exact_instances else 0.0

    @property
    def error(self) -> float:
        """Error of the prediction, as a share of the exact count."""
        return error(self.predicted, self.exact)

    @property
    def independence(self) -> float:
        """Share of the exact count that the prediction is off because of the structure."""
        return self.error - self.rounding

    @property
    def rounding(self) -> float:
        """Share that stays without structure: rounding, and approximations of the model."""
        if self.exact:
            return (self.predicted - self.shuffled) / self.exact
        return self.error if self.predicted != self.shuffled else 0.0

    @property
    def actual_data_error(self) -> float:
        """Error of the native engine on measured tiles, as a share of the exact count."""
        return error(self.actual_data, self.exact)

    @property
    def corrected_error(self) -> float:
        """Error with the overlap, too, as a share of the exact count."""
        return error(self.corrected, self.exact)


@dataclass(frozen=True)
class Cycles:
    """One layer's cycles on one accelerator.

    Attributes:
        accelerator, network, layer: names.
        predicted: cycles by the engine; work is shared evenly by all units.
        exact: cycles with each step as long as its slowest unit.
        balanced: exact cycles, with the work shared evenly.
        corrected: cycles of the native engine on measured tiles, with overlap and imbalance.
        overlap: ratio of computes to those of operands that have nothing to do with each other.
        imbalance: ratio of compute cycles to those with the work shared evenly.
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
        """Error of the prediction, as a share of the exact cycles."""
        return error(self.predicted, self.exact)

    @property
    def corrected_error(self) -> float:
        """Error with measured tiles, overlap and imbalance, as a share of the exact cycles."""
        return error(self.corrected, self.exact)


KEYS = ("accelerator", "network", "layer")
"""What tells the records of layers on accelerators apart."""
SPEC_NAMES = {"accelerator": "spec"}
"""The same of specifications, by what they are called elsewhere."""
PLACE = ("level", "tensor", "action", "kind")
COUNT_KEYS = (*KEYS, *PLACE)
PER_INSTANCE = ("predicted_per_instance", "exact_per_instance")
ERRORS = ("error", "independence", "rounding", "actual_data_error", "corrected_error")


@dataclass(frozen=True, repr=False)
class Validation(Shown):
    """All records.

    Attributes:
        engine: that predicted: ``native`` or ``timeloop``.
        counts, cycles: in order of accelerators, networks and layers.
        notes: what is to be said of figures, by accelerator or specification.
        coverage: by network, how much of it its layers stand for; only where that is not all.
        names: of the columns that tell records apart, by the field of the records.
    """

    engine: str
    counts: tuple[Count, ...]
    cycles: tuple[Cycles, ...]
    notes: dict[str, list[str]] = field(default_factory=dict)
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=lambda: {name: name for name in KEYS})

    @property
    def headline(self) -> str:
        """How many counts of what, by which engine, and the worst errors."""
        actual = [abs(one.error) for one in self.counts if one.kind == "actual"]
        worst = f", worst error {max(actual):.2%}" if actual else ""
        if self.cycles:
            worst += f", of cycles {max(abs(one.error) for one in self.cycles):.2%}"
        names = dict.fromkeys(one.accelerator for one in self.counts)
        return f"{len(self.counts)} counts of {', '.join(names)}, {self.engine} engine{worst}"

    def brief(self) -> pd.DataFrame:
        """The errors' size by accelerator or specification; all of them are in :meth:`summary`.

        Of the prediction median, 95th percentile and worst; the worst also with measured tiles,
        with overlap, and of cycles.
        """
        import pandas as pd

        columns = [self.of, "counts", *BRIEF]
        frame = self.to_frame()
        rows = summary(frame[frame["kind"] == "actual"], (self.of,))
        frame = pd.DataFrame(rows).reindex(columns=columns)
        worst = self.cycles_frame().set_index(self.of)["error"].abs().groupby(level=0).max()
        return frame.assign(cycles_error_worst=frame[self.of].map(worst))

    @property
    def of(self) -> str:
        """What is validated: ``accelerator`` or ``spec``, the first column of each table."""
        return next(iter(self.names.values()))

    def to_dict(self) -> dict[str, Any]:
        """``counts`` and ``cycles`` with what was predicted and what is exact, and ``notes``.

        Of a specification each count stands there for one instance, too.

        Returns:
            The object.
        """
        values = ("predicted", "exact")
        per_instance = PER_INSTANCE if self.of == "spec" else ()
        document: dict[str, Any] = {
            "counts": [
                self._picked(c, (*PLACE, *values, *per_instance)) | _spread(c) for c in self.counts
            ],
            "cycles": [self._picked(c, values) | _spread(c) for c in self.cycles],
            "notes": self.notes,
        }
        if self.coverage:
            document["coverage"] = {name: of.record() for name, of in self.coverage.items()}
        return document

    def _picked(self, record: Count | Cycles, values: Sequence[str]) -> dict[str, Any]:
        named = {shown: getattr(record, name) for name, shown in self.names.items()}
        return named | {value: getattr(record, value) for value in values}

    def to_frame(self) -> pd.DataFrame:
        """One row a count, over all instances and for one, with all errors (0.01 is 1 %)."""
        import pandas as pd

        columns = (*PLACE, *VALUES, *INSTANCES, *PER_INSTANCE, *ERRORS)
        rows = [self._picked(count, columns) for count in self.counts]
        return pd.DataFrame(rows, columns=[*self.names.values(), *columns])

    def cycles_frame(self) -> pd.DataFrame:
        """One row a layer and accelerator, or a specification."""
        import pandas as pd

        rows = [self._picked(cycles, (*CYCLE_VALUES, *CYCLE_ERRORS)) for cycles in self.cycles]
        columns = [*self.names.values(), *CYCLE_VALUES, *CYCLE_ERRORS]
        return pd.DataFrame(rows, columns=columns)

    def worst(self, count: int = 10) -> pd.DataFrame:
        """The actual counts with the largest errors.

        Args:
            count: how many.

        Returns:
            Rows of :meth:`to_frame`, largest error first.
        """
        frame = self.to_frame()
        actual = frame[frame["kind"] == "actual"]
        order = actual["error"].abs().sort_values(ascending=False, kind="stable").index
        return actual.loc[order].head(count)

    def to_csv(self) -> str:
        """Counts, then cycles as counts of their own; the unit stands in the column names."""
        import pandas as pd

        frame = self.to_frame()
        cycles = self.cycles_frame().assign(level="", tensor="", action="cycles", kind="actual")
        renamed = {
            **{name: f"{name}_count" for name in (*VALUES, *PER_INSTANCE)},
            **{name: f"{name}_ratio" for name in ERRORS},
        }
        both = pd.concat([frame, cycles[[c for c in cycles if c in frame]]], ignore_index=True)
        text: str = both.rename(columns=renamed).to_csv(index=False, lineterminator="\n")
        return text

    def summary(self, by: Sequence[str] | str | None = None) -> list[dict[str, Any]]:
        """Errors' size of the actual counts: median, 95th percentile, worst, before and after.

        Args:
            by: columns (or one) to group by: ``accelerator``, ``network``, ``level``, ...; by
                default the first. Only ``kind`` among them brings the other counts, too.

        Returns:
            A row a group; errors are shares of the exact count.

        Raises:
            InputError: for what is none of these columns, with the nearest.
        """
        frame = self.to_frame()
        if by is not None:
            by = names_of(by, "by")
            known = [*self.names.values(), *PLACE]
            for name in by:
                if name not in known:
                    raise unknown(name, known, "no column to group by is called")
        if by is None or "kind" not in by:
            frame = frame[frame["kind"] == "actual"]
        return summary(frame, by or (self.of,))


VALUES = ("predicted", "exact", "shuffled", "actual_data", "corrected")
INSTANCES = ("predicted_instances", "exact_instances")
BRIEF = (
    *("error_median", "error_p95", "error_worst", "actual_data_error_worst"),
    "corrected_error_worst",
)
"""Errors that a page of paper has room for."""
CYCLE_VALUES = ("predicted", "exact", "balanced", "corrected", "overlap", "imbalance")
CYCLE_ERRORS = ("error", "corrected_error")

Record = TypeVar("Record", Count, Cycles)


def mean(samples: Sequence[Record]) -> Record:
    """The mean over samples of one count, or of one layer's cycles; of one, itself."""
    if len(samples) == 1:
        return samples[0]
    names = (*VALUES, *INSTANCES) if isinstance(samples[0], Count) else CYCLE_VALUES
    means: dict[str, Any] = {name: fmean(getattr(one, name) for one in samples) for name in names}
    return replace(samples[0], **means, samples=tuple(samples))


def _spread(one: Count | Cycles) -> dict[str, Any]:
    """Over its samples, where there are several."""
    if not one.samples:
        return {}
    figures = ("predicted", "exact", "error")
    rows = [{key: getattr(sample, key) for key in figures} for sample in one.samples]
    return {"samples": len(one.samples), "spread": spreads(rows)}


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
