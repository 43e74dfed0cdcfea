"""Every layer of a network at a glance: what it is, how dense, and what is missing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from loas_tl.ground.bits import popcount_all
from loas_tl.workload.layer import Layer
from loas_tl.workload.samples import Origin, SampledLayer

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.workload.network import Coverage, Network, Uncovered


@dataclass(frozen=True)
class SummaryRow:
    """One layer; densities are shares of ones or non-zeros, None where nothing is known.

    Attributes:
        layer, kind: name, and what it is, such as ``Conv2d``.
        captured: whether it is a layer here.
        why: why not, or what was done to it.
        T, M, N, K: extents of one of its spMspMs; None where it is none.
        parts: its spMspMs, of one sample.
        input_density: share of ones in the spikes, before im2col.
        active_density: share of inputs that fire at least once.
        weight_density_before, weight_density: share of weights that are not zero, before and after
            rounding to whole numbers.
        rounded_to_zero: weights that rounding made zero.
        operations: multiply-accumulates of one sample, zeros included.
        share: of the network's operations; None where they are not known.
    """

    layer: str
    kind: str
    captured: bool
    why: str
    T: int | None
    M: int | None
    N: int | None
    K: int | None
    parts: int
    input_density: float | None
    active_density: float | None
    weight_density_before: float | None
    weight_density: float | None
    rounded_to_zero: int
    operations: int
    share: float | None


COLUMNS = {
    "layer": "{}",
    "kind": "{}",
    "T": "{:,}",
    "M": "{:,}",
    "N": "{:,}",
    "K": "{:,}",
    "input_density": "{:.2%}",
    "active_density": "{:.2%}",
    "weight_density_before": "{:.2%}",
    "weight_density": "{:.2%}",
    "rounded_to_zero": "{:,}",
    "share": "{:.1%}",
    "why": "{}",
}
"""What a table of :class:`SummaryRow` shows, and how numbers are written."""

HEADINGS = {
    "input_density": "spikes",
    "active_density": "active",
    "weight_density_before": "weights, given",
    "weight_density": "weights",
    "rounded_to_zero": "rounded to 0",
    "share": "operations",
    "why": "",
}
"""How columns are called where not by their own name."""


@dataclass(frozen=True)
class Summary:
    """What :meth:`Network.summary` gives; prints as a table.

    Attributes:
        network: name.
        samples: of each layer.
        rows: one a layer, covered or not, in the network's order.
        coverage: how much of the network is covered.
    """

    network: str
    samples: int
    rows: tuple[SummaryRow, ...]
    coverage: Coverage = field(repr=False)

    @property
    def headline(self) -> str:
        """One line: samples, and what is missing."""
        samples = f"{self.samples} sample{'s' if self.samples != 1 else ''}"
        return f"{self.network}: {samples}; {self.coverage}"

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Headings, and the cells of each row as text."""
        headings = [HEADINGS.get(key, key) for key in COLUMNS]
        cells = [
            [
                "-" if (value := getattr(row, key)) is None else form.format(value)
                for key, form in COLUMNS.items()
            ]
            for row in self.rows
        ]
        return headings, cells

    def __str__(self) -> str:
        headings, cells = self.table()
        widths = [max(len(line[at]) for line in [headings, *cells]) for at in range(len(headings))]
        lines = []
        for line in [headings, *cells]:
            padded = [
                text.ljust(width) if at in (0, 1, len(line) - 1) else text.rjust(width)
                for at, (text, width) in enumerate(zip(line, widths, strict=True))
            ]
            lines.append("  ".join(padded).rstrip())
        return "\n".join([*lines, self.headline])

    __repr__ = __str__

    def to_frame(self) -> pd.DataFrame:
        """A pandas frame with one row a layer."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows])

    def to_csv(self) -> str:
        """:meth:`to_frame` as CSV."""
        return str(self.to_frame().to_csv(index=False))

    def to_json(self) -> str:
        """:meth:`to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: the coverage and ``layers``."""
        return {
            "network": self.network,
            "samples": self.samples,
            **self.coverage.record(),
            "layers": [asdict(row) for row in self.rows],
        }


def summarise(network: Network) -> Summary:
    """See :meth:`Network.summary`."""
    coverage = network.coverage
    total = max(coverage.operations, 1)
    rows: list[SummaryRow] = [_row(layer, total) for layer in network.layers]
    for one in sorted(network.uncovered, key=lambda one: one.at):
        rows.insert(one.at, _missing(one, total))
    return Summary(network.name, network.samples, tuple(rows), coverage)


def _row(layer: Layer | SampledLayer, total: int) -> SummaryRow:
    if isinstance(layer, Layer):
        words, parts, origin, planes = layer.packed, 1, Origin(), 1
    else:
        words, parts, origin, planes = layer.words, layer.parts, layer.origin, layer.planes
    after = int(np.count_nonzero(layer.weights)) / layer.weights.size
    what = [f"{planes} bit-planes"] if planes > 1 else []
    if isinstance(layer, SampledLayer) and layer.groups > 1:
        what.append(f"{layer.groups} groups, one spMspM each")
    return SummaryRow(
        layer.name,
        origin.kind,
        True,
        "; ".join([*what, *origin.notes]),
        *(layer.T, layer.M, layer.N, layer.K),
        parts=parts,
        input_density=popcount_all(words) / (words.size * layer.T),
        active_density=int(np.count_nonzero(words)) / words.size,
        weight_density_before=after if origin.density is None else origin.density,
        weight_density=after,
        rounded_to_zero=origin.rounded_to_zero,
        operations=layer.operations,
        share=layer.operations / total,
    )


def _missing(one: Uncovered, total: int) -> SummaryRow:
    return SummaryRow(
        *(one.name, one.kind, False, f"not captured: {one.why}"),
        *(None, None, None, None),
        parts=0,
        input_density=None,
        active_density=None,
        weight_density_before=None,
        weight_density=None,
        rounded_to_zero=0,
        operations=one.operations,
        share=one.operations / total if one.operations else None,
    )
