"""The published model: one walk over pairs of tiles, the same for every tiled accelerator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compressed import CompressedRows, compress
from loas_tl.models.dataflow import (
    Charge,
    Dataflow,
    Kind,
    Memory,
    Operand,
    TiledAccelerator,
)
from loas_tl.models.published import buffer, matches
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.tiles import Tiles, cut
from loas_tl.workload.layer import Layer

LOOPS = "tmnk"


@dataclass(frozen=True, eq=False)
class Operands:
    """A layer's tensors with their zeros squeezed out, made once and used by every accelerator."""

    layer: Layer
    spikes: dict[tuple[Operand, int], CompressedRows]
    weights: CompressedRows

    @classmethod
    def of(cls, layer: Layer, accelerators: Iterable[Dataflow]) -> Operands:
        """Compress the weights, and the spike operands that the accelerators take."""
        tiled = [a for a in accelerators if isinstance(a, TiledAccelerator)]
        kinds = {(a.operand, a.word(layer.T)) for a in tiled}
        spikes = {kind: compress(stack(layer, *kind)) for kind in sorted(kinds)}
        return cls(layer, spikes, compress(layer.weights))

    def spikes_of(self, accelerator: TiledAccelerator) -> CompressedRows:
        """The spike operand of one of the accelerators."""
        return self.spikes[accelerator.operand, accelerator.word(self.layer.T)]


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
        operands: the layer, compressed for at least this accelerator's operand.

    Returns:
        Integers throughout; see :class:`Counts`.

    Source: the published evaluation of LoAS (MICRO 2024, arXiv:2407.14073), section VI.
    """
    a, timesteps = accelerator, accelerator.word(operands.layer.T)
    spikes = operands.spikes_of(a)
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
    for side in _sides(a, walk, x, w):
        miss, hits[side.name] = buffer.misses(side.ids, side.of(side.tiles.nnz), side.capacity)
        missed[side.name] = int(miss.sum())
        # The step before the first one is the last one: the comparison wraps around.
        changed = side.ids != np.roll(side.ids, 1)
        for charges, when in ((side.on_miss, miss), (side.on_change, changed)):
            charge(charges, {c: int(side.count(c)[when].sum()) for c in charges})
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
    x = cut(operands.spikes_of(a), a.tile_m, a.tile_k)
    w = cut(operands.weights, a.tile_k, a.tile_n)
    walk = _Walk(a.loop_order, x, w)
    bits = np.zeros(walk.steps, dtype=np.int64)
    for side in _sides(a, walk, x, w):
        miss, _ = buffer.misses(side.ids, side.of(side.tiles.nnz), side.capacity)
        changed = side.ids != np.roll(side.ids, 1)
        for charges, when in ((side.on_miss, miss), (side.on_change, changed)):
            for c in charges:
                bits += when * side.count(c) * c.width(timesteps) * c.to.count("dram")
    for c in a.step:
        if "dram" in c.to:
            of_x, of_w = walk.x_sequence(getattr(x, c.x)), walk.w_sequence(getattr(w, c.w))
            bits += of_x * of_w * c.width(timesteps) * c.to.count("dram")
    evenly = counts.moved("dram") - int(bits.sum())
    bits += np.diff(evenly * np.arange(bits.size + 1) // bits.size)
    return walk.unroll(bits)


@dataclass(frozen=True, eq=False)
class _Side:
    """One operand along the walk."""

    name: Literal["x", "w"]
    tiles: Tiles
    of: Callable[[NDArray[np.int64]], NDArray[np.int64]]
    ids: NDArray[np.int64]
    capacity: int
    on_miss: tuple[Charge, ...]
    on_change: tuple[Charge, ...]

    def count(self, charge: Charge) -> NDArray[np.int64]:
        """What the charge is proportional to, at each step."""
        return self.of(getattr(self.tiles, charge.x if self.name == "x" else charge.w))


def _sides(a: TiledAccelerator, walk: _Walk, x: Tiles, w: Tiles) -> tuple[_Side, _Side]:
    return (
        _Side("x", x, walk.x_sequence, walk.x_sequence(x.ids), a.x_buffer, a.x_miss, a.x_change),
        _Side("w", w, walk.w_sequence, walk.w_sequence(w.ids), a.w_buffer, a.w_miss, a.w_change),
    )


class _Walk:
    """The steps of a tile walk: spike tiles are ``[t, m, k]``, weight tiles ``[1, k, n]``."""

    def __init__(self, loop_order: str, x: Tiles, w: Tiles) -> None:
        t, m, k = x.nnz.shape
        self._extents = dict(zip(LOOPS, (t, m, w.nnz.shape[2], k), strict=True))
        self._order = [LOOPS.index(loop) for loop in loop_order]

    @property
    def steps(self) -> int:
        """Pairs of tiles."""
        return math.prod(self._extents.values())

    def x_sequence(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        """A count of the spike tiles at each step, ``int64[steps]``."""
        return self._sequence(of_tile[:, :, np.newaxis, :])

    def w_sequence(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        """A count of the weight tiles at each step, ``int64[steps]``."""
        return self._sequence(of_tile.transpose(0, 2, 1)[:, np.newaxis])

    def pairs(self, of_x: NDArray[np.int64], of_w: NDArray[np.int64]) -> int:
        """Sum over all pairs of the product of a spike tile's and a weight tile's count."""
        return int(of_x.sum(axis=(0, 1)) @ of_w.sum(axis=(0, 2)))

    def unroll(self, of_step: NDArray[np.int64]) -> NDArray[np.int64]:
        """Put a sequence in walk order back in place: ``int64[tiles of T, M, N, K]``."""
        extents = [self._extents[LOOPS[at]] for at in self._order]
        return of_step.reshape(extents).transpose(np.argsort(self._order))

    def _sequence(self, tmnk: NDArray[np.int64]) -> NDArray[np.int64]:
        extents = tuple(self._extents[loop] for loop in LOOPS)
        return np.broadcast_to(tmnk, extents).transpose(self._order).reshape(-1)
