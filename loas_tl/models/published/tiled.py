"""The published model: one walk over pairs of tiles, the same for every tiled accelerator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.dataflow import Charge, Kind, Memory, Operand, TiledAccelerator
from loas_tl.models.published import buffer, matches
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.tiles import Tiles, cut
from loas_tl.workload.layer import Layer

LOOPS = "tmnk"


class Operands:
    """A layer's tensors, and their tiles, cut once for every accelerator that cuts them alike."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._tiles: dict[tuple[Operand | Literal["weights"], int, int, int], Tiles] = {}

    def spikes(self, accelerator: TiledAccelerator) -> Tiles:
        """The tiles of an accelerator's spike operand, ``[t, m, k]``."""
        a, word = accelerator, accelerator.word(self.layer.T)
        return self._cut((a.operand, word, a.tile_m, a.tile_k))

    def weights(self, accelerator: TiledAccelerator) -> Tiles:
        """The tiles of the weights as an accelerator cuts them, ``[1, k, n]``."""
        return self._cut(("weights", 0, accelerator.tile_k, accelerator.tile_n))

    def _cut(self, key: tuple[Operand | Literal["weights"], int, int, int]) -> Tiles:
        if key not in self._tiles:
            operand, word, rows, cols = key
            tensor = (
                self.layer.weights[np.newaxis]
                if operand == "weights"
                else stack(self.layer, operand, word)
            )
            self._tiles[key] = cut(tensor, rows, cols)
        return self._tiles[key]


def stack(layer: Layer, kind: Operand, word: int) -> NDArray[np.generic]:
    """The spike operand of a layer.

    Args:
        layer: the tensors.
        kind: which operand.
        word: timesteps of a packed word.

    Returns:
        ``uint[ceil(T / word), M, K]`` packed words, a pass each, or ``bool[T, M, K]`` spikes.
    """
    if kind == "per-timestep":
        return layer.spikes
    words = layer.packed if kind == "packed" else layer.packed_fine_tuned
    if word >= layer.T:
        return words[np.newaxis]
    mask = words.dtype.type(2**word - 1)
    passes = range(0, layer.T, word)
    return np.stack([words >> words.dtype.type(first) & mask for first in passes])


def count_tiled(accelerator: TiledAccelerator, operands: Operands) -> Counts:
    """Count cycles, computes and traffic of one layer exactly as the published models do.

    Args:
        accelerator: the declaration to follow.
        operands: the layer.

    Returns:
        Integers throughout; see :class:`Counts`.

    Source: the published evaluation of LoAS (MICRO 2024, arXiv:2407.14073), section VI.
    """
    a, layer = accelerator, operands.layer
    word = a.word(layer.T)
    find = matches.by_rows if a.lanes == "m" else matches.by_columns
    spikes = stack(layer, a.operand, word)
    slowest, computes = find(spikes, layer.weights, a.tile_m, a.tile_k, a.tile_n)

    walk = _Walk(a, operands)
    bits: dict[tuple[Memory, Kind], int] = {}

    def charge(charges: tuple[Charge, ...], total: dict[Charge, int]) -> None:
        for c in charges:
            for memory in c.to:
                moved = total[c] * c.width(word)
                bits[memory, c.kind] = bits.get((memory, c.kind), 0) + moved

    charge(a.once, {c: int(getattr(walk.x.tiles, c.x).sum()) for c in a.once})
    charge(a.step, {c: walk.pairs(c) for c in a.step})
    charge(a.match, dict.fromkeys(a.match, computes))
    hits: dict[str, int] = {}
    missed: dict[str, int] = {}
    for side in (walk.x, walk.w):
        miss, hits[side.name] = walk.misses(side)
        missed[side.name] = int(np.count_nonzero(miss))
        for charges, when in ((side.on_miss, miss), (side.on_change, walk.changes(side))):
            steps = side.steps_of_tile(when)
            charge(charges, {c: int((steps * side.count(c)).sum()) for c in charges})
    return Counts(int(slowest.sum()), computes, bits, hits, missed)


def dram_by_step(
    accelerator: TiledAccelerator, operands: Operands, counts: Counts
) -> NDArray[np.int64]:
    """The DRAM traffic of :func:`count_tiled`, step by step.

    Args:
        accelerator: the declaration that was counted.
        operands: the layer that was counted.
        counts: what was counted.

    Returns:
        ``int64[tiles of T, M, N, K]``, bits at each step, wherever in the order of the walk it
        comes. What is charged once a layer, or for a match, is spread evenly over the steps.
    """
    a, timesteps = accelerator, accelerator.word(operands.layer.T)
    walk = _Walk(a, operands)
    bits = np.zeros(walk.extents, dtype=np.int64)
    for side in (walk.x, walk.w):
        miss, _ = walk.misses(side)
        for charges, when in ((side.on_miss, miss), (side.on_change, walk.changes(side))):
            for c in charges:
                bits += when * (side.count(c) * c.width(timesteps) * c.to.count("dram"))
    for c in a.step:
        if "dram" in c.to:
            moved = walk.x.count(c) * walk.w.count(c)
            bits += moved * c.width(timesteps) * c.to.count("dram")
    evenly = counts.moved("dram") - int(bits.sum())
    bits += np.diff(evenly * np.arange(bits.size + 1) // bits.size).reshape(bits.shape)
    return bits.transpose(np.argsort(walk.order))


@dataclass(frozen=True, eq=False)
class _Side:
    """One operand along the walk."""

    name: Literal["x", "w"]
    tiles: Tiles
    in_order: Callable[[NDArray[np.int64]], NDArray[np.int64]]
    capacity: int
    on_miss: tuple[Charge, ...]
    on_change: tuple[Charge, ...]

    def count(self, charge: Charge) -> NDArray[np.int64]:
        """What the charge is proportional to, of each tile and in the walk's order."""
        return self.in_order(getattr(self.tiles, charge.x if self.name == "x" else charge.w))

    def steps_of_tile(self, when: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of these steps are at each tile, in the walk's order."""
        shape = self.in_order(self.tiles.nnz).shape
        passed = tuple(axis for axis, extent in enumerate(shape) if extent < when.shape[axis])
        return when.sum(axis=passed, keepdims=True)


class _Walk:
    """The steps of a tile walk: an axis for each loop, outermost first.

    What belongs to one operand has extent 1 along the loops that do not change its tile.
    """

    def __init__(self, accelerator: TiledAccelerator, operands: Operands) -> None:
        a = accelerator
        x, w = operands.spikes(a), operands.weights(a)
        self.order = [LOOPS.index(loop) for loop in a.loop_order]
        self.x = _Side("x", x, self._of_x, a.x_capacity(operands.layer.T), a.x_miss, a.x_change)
        self.w = _Side("w", w, self._of_w, a.w_buffer, a.w_miss, a.w_change)
        self.extents = np.broadcast_shapes(self._of_x(x.nnz).shape, self._of_w(w.nnz).shape)

    def misses(self, side: _Side) -> tuple[NDArray[np.bool_], int]:
        """Where the operand's tile is not in its buffer, ``bool[extents]``, and the hits."""
        ids, nnz = (side.in_order(of_tile) for of_tile in (side.tiles.ids, side.tiles.nnz))
        return buffer.misses(ids, nnz, side.capacity, self.extents)

    def changes(self, side: _Side) -> NDArray[np.bool_]:
        """Where the operand's tile differs from that of the step before, ``bool[extents]``."""
        ids = np.broadcast_to(side.in_order(side.tiles.ids), self.extents).ravel()
        # The step before the first one is the last one: the comparison wraps around.
        return (ids != np.roll(ids, 1)).reshape(self.extents)

    def pairs(self, charge: Charge) -> int:
        """Sum over all pairs of the product of a spike tile's and a weight tile's count."""
        of_x, of_w = getattr(self.x.tiles, charge.x), getattr(self.w.tiles, charge.w)
        return int(of_x.sum(axis=(0, 1)) @ of_w.sum(axis=(0, 2)))

    def _of_x(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        return of_tile[:, :, np.newaxis, :].transpose(self.order)

    def _of_w(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        return of_tile.transpose(0, 2, 1)[:, np.newaxis].transpose(self.order)
