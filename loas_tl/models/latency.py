"""Latencies that come from the spikes of a tile alone, and those where zero weights are skipped.

Each is a :class:`~loas_tl.models.dataflow.Latency`: equal where it answers the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.workload.layer import Layer


@dataclass(frozen=True)
class Ones:
    """A spike a cycle for the columns of a weight tile, in lockstep.

    Attributes:
        weight_aware: an extension: a column passes over spikes that meet a zero weight, and a tile
            takes as long as its slowest column.
    """

    weight_aware: bool = False

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles, and an addition for each spike and column (or match)."""
        if self.weight_aware:
            return slowest_column(accelerator, spikes, layer.weights)
        return in_lockstep(accelerator, int(np.count_nonzero(spikes)), layer.N)


def in_lockstep(accelerator: TiledAccelerator, ones: int, columns: int) -> tuple[int, int]:
    """Cycles and additions where so many ones take a cycle each for every tile of columns."""
    return ones * -(-columns // accelerator.tile_n), ones * columns


def slowest_column(
    accelerator: TiledAccelerator, spikes: NDArray[Any], weights: NDArray[np.int8]
) -> tuple[int, int]:
    """Cycles where each column of a tile works off its own matches, and all matches."""
    from loas_tl.models.published.matches import by_columns

    a = accelerator
    slowest, total = by_columns(spikes, weights, a.tile_m, a.tile_k, a.tile_n)
    return int(slowest.sum()), total
