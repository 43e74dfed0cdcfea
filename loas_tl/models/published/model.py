"""The published model of any accelerator."""

from __future__ import annotations

from collections.abc import Sequence

from loas_tl.models.dataflow import Dataflow, TiledAccelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.dense import count_dense
from loas_tl.models.published.tiled import Operands, count_tiled, require_walk
from loas_tl.workload.layer import Layer


def count(
    layer: Layer, accelerators: Sequence[Dataflow], operands: Operands | None = None
) -> list[Counts]:
    """Count one layer on each accelerator, in their order; tiles of one size are cut only once.

    ``operands`` are those of this layer, where they are at hand.

    Raises:
        InputError: where that takes more memory than there may be, before anything is counted.

    Time and memory go with the elements of the layer (two bytes for each of an operand's) plus the
    pairs of tiles of its largest walk (some 30 bytes a pair).
    """
    for a in accelerators:
        if isinstance(a, TiledAccelerator):
            require_walk(a, layer)
    operands = operands or Operands(layer)
    return [
        count_tiled(a, operands) if isinstance(a, TiledAccelerator) else count_dense(a, layer)
        for a in accelerators
    ]
