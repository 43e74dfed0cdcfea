"""What each kind of sparsity leaves of the same spikes: bits, packed words, products, patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from loas_tl.ground.shown import Shown
from loas_tl.ground.titles import network_titles
from loas_tl.sparsity.patterns import assigned_of
from loas_tl.sparsity.product import product_sparsity
from loas_tl.sparsity.words import unrolled
from loas_tl.workload.layer import Layer
from loas_tl.workload.source import Progress, coverages, layer_sources, on_each_sample

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.workload.network import Coverage

TILE_ROWS, TILE_INPUTS = 256, 16


@dataclass(frozen=True)
class Left:
    """What is left of a layer, or of several added up; counts of elements.

    Attributes:
        spikes: positions of the im2col matrix, all timesteps.
        ones: spikes.
        product: ones without their row's prefix (Prosperity), a row a pixel and timestep.
        pattern: ones of patterns (Phi's first level).
        difference: bits that differ from them (its second level).
        neurons: positions of the packed matrix.
        active: neurons that fire.
        firing_again: neurons that fire more than once (LoAS-FT).
        packed_product: of these, without the prefix of their pixel's row.
        transposed_product: likewise, of the transposed matrix: rows are inputs.
        calibrated_on_itself: whether patterns were calibrated on what they stand for.
    """

    spikes: int
    ones: int
    product: int
    pattern: int
    difference: int
    neurons: int
    active: int
    firing_again: int
    packed_product: int
    transposed_product: int
    calibrated_on_itself: bool = True

    def __add__(self, other: Left) -> Left:
        added = {
            one.name: getattr(self, one.name) + getattr(other, one.name)
            for one in fields(self)[:-1]
        }
        itself = self.calibrated_on_itself or other.calibrated_on_itself
        return Left(**added, calibrated_on_itself=itself)

    def densities(self) -> dict[str, float]:
        """Shares, by name: of all spikes' positions, or of all neurons'."""
        of_spikes = ("ones", "product", "pattern", "difference")
        of_neurons = ("active", "firing_again", "packed_product", "transposed_product")
        return {
            **{name: getattr(self, name) / self.spikes for name in of_spikes},
            **{name: getattr(self, name) / self.neurons for name in of_neurons},
        }


@dataclass(frozen=True, repr=False)
class Sparsity(Shown):
    """The result of :func:`measure_sparsity`.

    Attributes:
        layers: by network and layer, in order; samples are added up.
        totals: by network.
        tile_rows, tile_inputs: of a tile of product sparsity.
        coverage: by network, how much of it its layers stand for; only where that is not all.
    """

    layers: Mapping[tuple[str, str], Left]
    totals: Mapping[str, Left]
    tile_rows: int
    tile_inputs: int
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Networks, and the tile of product sparsity."""
        return (
            f"{network_titles(self.totals)}, product sparsity in tiles of {self.tile_rows} rows by "
            f"{self.tile_inputs} inputs"
        )

    def brief(self) -> pd.DataFrame:
        """The densities of each network."""
        import pandas as pd

        frame = pd.DataFrame(self.records(totals=True))
        return frame[["network", *(name for name in frame if name.endswith("_density"))]]

    def records(self, totals: bool = False) -> list[dict[str, Any]]:
        """A row a layer, or a network: counts, then densities."""
        if totals:
            return [{"network": name, **_record(left)} for name, left in self.totals.items()]
        return [
            {"network": network, "layer": layer, **_record(left)}
            for (network, layer), left in self.layers.items()
        ]

    def to_frame(self) -> pd.DataFrame:
        """A pandas frame with one row a layer."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: the tile, ``layers`` and ``totals``."""
        document: dict[str, Any] = {
            "tile_rows": self.tile_rows,
            "tile_inputs": self.tile_inputs,
            "layers": self.records(),
            "totals": self.records(totals=True),
        }
        if self.coverage:
            document["coverage"] = {name: of.record() for name, of in self.coverage.items()}
        return document


def _record(left: Left) -> dict[str, Any]:
    counts = {one.name: getattr(left, one.name) for one in fields(left)}
    return counts | {f"{name}_density": share for name, share in left.densities().items()}


def measure_sparsity(
    *,
    tile_rows: int = TILE_ROWS,
    tile_inputs: int = TILE_INPUTS,
    progress: Progress | None = None,
    **workload: Any,
) -> Sparsity:
    """Count what each kind of sparsity leaves of the same spikes.

    Args:
        tile_rows: rows of a tile in which product sparsity looks for prefixes.
        tile_inputs: inputs of a tile, and of a run of patterns, 64 at most.
        progress: called after each layer.
        workload: as of :func:`~loas_tl.workload.source.layer_sources`.

    Raises:
        InputError: where something given cannot be used; the message is one line.
    """
    sources = layer_sources(**workload)
    found = on_each_sample(sources, lambda layer: left_of(layer, tile_rows, tile_inputs), progress)
    layers: dict[tuple[str, str], Left] = {}
    totals: dict[str, Left] = {}
    for source, samples in zip(sources, found, strict=True):
        first, *others = [part for sample in samples for part in sample]
        whole = first
        for part in others:
            whole = whole + part
        layers[source.network, source.layer] = whole
        before = totals.get(source.network)
        totals[source.network] = whole if before is None else before + whole
    return Sparsity(layers, totals, tile_rows, tile_inputs, coverages(sources))


def left_of(layer: Layer, tile_rows: int = TILE_ROWS, tile_inputs: int = TILE_INPUTS) -> Left:
    """What each kind of sparsity leaves of a layer's spikes."""
    rows = unrolled(layer.spikes)
    found = assigned_of(layer, tile_inputs)
    fired = np.count_nonzero(layer.spikes, axis=0)
    again = fired > 1

    def product(matrix: np.ndarray[Any, np.dtype[np.bool_]]) -> int:
        return int(product_sparsity(matrix, tile_rows, tile_inputs).residual.sum())

    return Left(
        spikes=rows.size,
        ones=int(np.count_nonzero(rows)),
        product=product(rows),
        pattern=int((found.ones - found.plus + found.minus).sum()),
        difference=int(found.differences.sum()),
        neurons=fired.size,
        active=int(np.count_nonzero(fired)),
        firing_again=int(np.count_nonzero(again)),
        packed_product=product(again),
        transposed_product=product(np.ascontiguousarray(again.T)),
        calibrated_on_itself=layer.siblings is None,
    )
