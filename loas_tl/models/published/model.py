"""The published model of any accelerator."""

from __future__ import annotations

from collections.abc import Sequence

from loas_tl.models.dataflow import Dataflow, TiledAccelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.dense import count_dense
from loas_tl.models.published.tiled import Operands, count_tiled
from loas_tl.workload.layer import Layer


def count(layer: Layer, accelerators: Sequence[Dataflow]) -> list[Counts]:
    """Count one layer on each accelerator, in their order; operands are compressed only once.

    Time and memory go with the non-zeros of the layer plus the pairs of tiles of its largest
    walk (some 50 bytes a pair).
    """
    operands = Operands.of(layer, accelerators)
    return [
        count_tiled(a, operands) if isinstance(a, TiledAccelerator) else count_dense(a, layer)
        for a in accelerators
    ]
