"""The published model: one walk over pairs of tiles, the same for every tiled accelerator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.accelerators.declaration import Charge, Kind, Memory, Operand, TiledAccelerator
from loas_tl.published import buffer, matches
from loas_tl.published.counts import Counts
from loas_tl.published.tiles import CompressedRows, Tiles, compress, cut
from loas_tl.workload.layer import Layer

LOOPS = "tmnk"


@dataclass(frozen=True, eq=False)
class Operands:
    """A layer's tensors with their zeros squeezed out, made once and used by every accelerator."""

    layer: Layer
    spikes: dict[Operand, CompressedRows]
    weights: CompressedRows

    @classmethod
    def of(cls, layer: Layer, kinds: Iterable[Operand]) -> Operands:
        """Compress the weights and the spike operands named in ``kinds``."""
        spikes = {kind: compress(_stack(layer, kind)) for kind in sorted(set(kinds))}
        return cls(layer, spikes, compress(layer.weights))


def _stack(layer: Layer, kind: Operand) -> NDArray[np.generic]:
    match kind:
        case "packed":
            return layer.packed
        case "packed-ft":
            return layer.packed_fine_tuned
        case "per-timestep":
            return layer.spikes


def count_tiled(accelerator: TiledAccelerator, operands: Operands) -> Counts:
    """Count cycles, computes and traffic of one layer exactly as the published models do.

    Args:
        accelerator: the declaration to follow.
        operands: the layer, compressed for at least this accelerator's operand.

    Returns:
        Integers throughout; see :class:`Counts`.

    Source: the published evaluation of LoAS (MICRO 2024, arXiv:2407.14073), section VI.
    """
    a, timesteps = accelerator, operands.layer.T
    spikes = operands.spikes[a.operand]
    x = cut(spikes, a.tile_m, a.tile_k)
    w = cut(operands.weights, a.tile_k, a.tile_n)
    find = matches.by_rows if a.lanes == "m" else matches.by_columns
    slowest, computes = find(spikes, operands.weights, a.tile_m, a.tile_k, a.tile_n)

    walk = _Walk(a.loop_order, x, w)
    bits: dict[tuple[Memory, Kind], int] = {}

    def charge(charges: tuple[Charge, ...], total: dict[Charge, int]) -> None:
        for c in charges:
            for memory in c.to:
                moved = total[c] * c.width(timesteps)
                bits[memory, c.kind] = bits.get((memory, c.kind), 0) + moved

    charge(a.once, {c: int(getattr(x, c.x).sum()) for c in a.once})
    charge(a.step, {c: walk.pairs(getattr(x, c.x), getattr(w, c.w)) for c in a.step})
    charge(a.match, dict.fromkeys(a.match, computes))
    hits: dict[str, int] = {}
    missed: dict[str, int] = {}
    for name, tiles, sequence, capacity, on_miss, on_change in (
        ("x", x, walk.x_sequence, a.x_buffer, a.x_miss, a.x_change),
        ("w", w, walk.w_sequence, a.w_buffer, a.w_miss, a.w_change),
    ):
        ids = sequence(tiles.ids)
        miss, hits[name] = buffer.misses(ids, sequence(tiles.nnz), capacity)
        missed[name] = int(miss.sum())
        # The step before the first one is the last one: the comparison wraps around.
        changed = ids != np.roll(ids, 1)
        for charges, when in ((on_miss, miss), (on_change, changed)):
            counts = {c: getattr(tiles, c.x if name == "x" else c.w) for c in charges}
            charge(charges, {c: int(sequence(counts[c])[when].sum()) for c in charges})
    return Counts(int(slowest.sum()), computes, bits, hits, missed)


class _Walk:
    """The steps of a tile walk: spike tiles are ``[t, m, k]``, weight tiles ``[1, k, n]``."""

    def __init__(self, loop_order: str, x: Tiles, w: Tiles) -> None:
        t, m, k = x.nnz.shape
        self._extents = dict(zip(LOOPS, (t, m, w.nnz.shape[2], k), strict=True))
        self._order = [LOOPS.index(loop) for loop in loop_order]

    def x_sequence(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        """A count of the spike tiles at each step, ``int64[steps]``."""
        return self._sequence(of_tile[:, :, np.newaxis, :])

    def w_sequence(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        """A count of the weight tiles at each step, ``int64[steps]``."""
        return self._sequence(of_tile.transpose(0, 2, 1)[:, np.newaxis])

    def pairs(self, of_x: NDArray[np.int64], of_w: NDArray[np.int64]) -> int:
        """Sum over all pairs of the product of a spike tile's and a weight tile's count."""
        return int(of_x.sum(axis=(0, 1)) @ of_w.sum(axis=(0, 2)))

    def _sequence(self, tmnk: NDArray[np.int64]) -> NDArray[np.int64]:
        extents = tuple(self._extents[loop] for loop in LOOPS)
        return np.broadcast_to(tmnk, extents).transpose(self._order).reshape(-1)
