"""The published model: one walk over pairs of tiles, the same for every tiled accelerator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.memo import Memo
from loas_tl.ground.memory import require
from loas_tl.models.dataflow import Charge, Held, Kind, Memory, Operand, TiledAccelerator
from loas_tl.models.published import buffer, matches
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.tiles import Tiles, cut
from loas_tl.sparsity.words import unrolled
from loas_tl.workload.layer import Layer

LOOPS = "tmnk"


OF_A_PAIR = 30
"""Bytes that a pair of tiles takes while it is walked, about."""
KEPT = 256 * 2**20
"""Bytes that a layer's tiles, and what follows from them, may take at most."""


class Operands:
    """A layer's tensors, and what accelerators have in common on them, computed once.

    Tiles of one size are cut once, the matches of one size of tiles are counted once, and so on.
    What is kept takes :data:`KEPT` bytes at most; what was not used longest goes first.

    Args:
        layer: the tensors.
        memo: keeps what is in common; by default one of its own.
    """

    def __init__(self, layer: Layer, memo: Memo | None = None) -> None:
        self.layer = layer
        self.memo = Memo(KEPT) if memo is None else memo

    def stack(self, accelerator: TiledAccelerator) -> NDArray[np.generic]:
        """An accelerator's spike operand; see :func:`stack`."""
        operand, word = accelerator.operand, accelerator.word(self.layer.T)
        return self.memo.get(("stack", operand, word), lambda: stack(self.layer, operand, word))

    def spikes(self, accelerator: TiledAccelerator) -> Tiles:
        """The tiles of an accelerator's spike operand, ``[t, m, k]``."""
        a, word = accelerator, accelerator.word(self.layer.T)
        return self.memo.get(
            ("spikes", a.operand, word, a.tile_m, a.tile_k),
            lambda: cut(self.stack(a), a.tile_m, a.tile_k),
        )

    def weights(self, accelerator: TiledAccelerator) -> Tiles:
        """The tiles of the weights as an accelerator cuts them, ``[1, k, n]``."""
        a = accelerator
        return self.memo.get(
            ("weights", a.tile_k, a.tile_n),
            lambda: cut(self.layer.weights[np.newaxis], a.tile_k, a.tile_n),
        )

    def matches(self, accelerator: TiledAccelerator) -> tuple[int, int]:
        """Cycles, the matches of each pair of tiles' slowest PE, and all matches.

        Both are the latency's where the accelerator has one of its own.
        """
        a = accelerator
        if a.latency is not None:
            return a.latency(a, self.stack(a), self.layer)
        key = (a.operand, a.word(self.layer.T), a.lanes, a.tile_m, a.tile_k, a.tile_n)

        def find() -> tuple[int, int]:
            by = matches.by_rows if a.lanes == "m" else matches.by_columns
            slowest, computes = by(self.stack(a), self.layer.weights, a.tile_m, a.tile_k, a.tile_n)
            return int(slowest.sum()), computes

        return self.memo.get(("matches", *key), find)


def stack(layer: Layer, kind: Operand, word: int) -> NDArray[np.generic]:
    """The spike operand of a layer.

    Args:
        layer: the tensors.
        kind: which operand.
        word: timesteps of a packed word.

    Returns:
        ``uint[ceil(T / word), M, K]`` packed words, a pass each, ``bool[T, M, K]`` spikes or
        ``bool[1, M * T, K]``, a pixel's timesteps row by row.
    """
    if kind == "per-timestep":
        return layer.spikes
    if kind == "unrolled":
        return unrolled(layer.spikes)[np.newaxis]
    words = layer.packed if kind == "packed" else layer.packed_fine_tuned
    if word >= layer.T:
        return words[np.newaxis]
    mask = words.dtype.type(2**word - 1)
    passes = range(0, layer.T, word)
    return np.stack([words >> words.dtype.type(first) & mask for first in passes])


def require_walk(accelerator: TiledAccelerator, layer: Layer) -> None:
    """Refuse a layer whose walk would take more memory than there may be, before any of it.

    Args:
        accelerator: the declaration.
        layer: the tensors.

    Raises:
        InputError: as said.
    """
    a = accelerator
    passes = {"unrolled": 1, "per-timestep": layer.T}.get(
        a.operand, ceil(layer.T / a.word(layer.T))
    )
    rows = layer.M * layer.T if a.operand == "unrolled" else layer.M
    tiles = ceil(rows / a.tile_m) * ceil(layer.N / a.tile_n) * ceil(layer.K / a.tile_k)
    what = f"{a.name}'s pairs of tiles"
    require(OF_A_PAIR * passes * tiles, what, file=layer.origin, key=layer.name)


def count_tiled(accelerator: TiledAccelerator, operands: Operands) -> Counts:
    """Count cycles, computes and traffic of one layer exactly as the published models do.

    Args:
        accelerator: the declaration to follow.
        operands: the layer.

    Returns:
        Integers throughout; see :class:`Counts`.

    Source: the published evaluation of LoAS (MICRO 2024, arXiv:2407.14073), section VI. Where the
    declaration has a latency of its own, cycles and computes are that one's.
    """
    counted = accelerator.counted
    return operands.memo.get(("counts", counted), lambda: _count(counted, operands))


def _count(a: TiledAccelerator, operands: Operands) -> Counts:
    word = a.word(operands.layer.T)
    require_walk(a, operands.layer)
    cycles, computes = operands.matches(a)
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
    return Counts(cycles, computes, bits, hits, missed)


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
    counted = accelerator.counted
    return operands.memo.get(
        ("dram", counted), lambda: _dram_by_step(counted, operands, counts.moved("dram"))
    )


def _dram_by_step(a: TiledAccelerator, operands: Operands, total: int) -> NDArray[np.int64]:
    timesteps = a.word(operands.layer.T)
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
    evenly = total - int(bits.sum())
    bits += np.diff(evenly * np.arange(bits.size + 1) // bits.size).reshape(bits.shape)
    return bits.transpose(np.argsort(walk.order))


@dataclass(frozen=True, eq=False)
class _Side:
    """One operand along the walk."""

    name: Literal["x", "w"]
    tiles: Tiles
    held: Held
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
        # What follows from the tiles and the order of the loops alone, whatever is charged.
        self._memo = operands.memo
        self._key = (
            *(a.operand, a.word(operands.layer.T), a.loop_order),
            *(a.tile_m, a.tile_k, a.tile_n),
        )
        self.order = [LOOPS.index(loop) for loop in a.loop_order]
        room = a.x_capacity(operands.layer.T)
        self.x = _Side("x", x, a.x_held, self._of_x, room, a.x_miss, a.x_change)
        self.w = _Side("w", w, a.w_held, self._of_w, a.w_buffer, a.w_miss, a.w_change)
        self.extents = np.broadcast_shapes(self._of_x(x.nnz).shape, self._of_w(w.nnz).shape)

    def misses(self, side: _Side) -> tuple[NDArray[np.bool_], int]:
        """Where the operand's tile is not in its buffer, ``bool[extents]``, and the hits."""

        def walk() -> tuple[NDArray[np.bool_], int]:
            sizes = getattr(side.tiles, side.held)
            ids, size = (side.in_order(of_tile) for of_tile in (side.tiles.ids, sizes))
            return buffer.misses(ids, size, side.capacity, self.extents)

        return self._memo.get(("misses", side.name, side.held, side.capacity, *self._key), walk)

    def changes(self, side: _Side) -> NDArray[np.bool_]:
        """Where the operand's tile differs from that of the step before, ``bool[extents]``."""

        def compare() -> NDArray[np.bool_]:
            ids = np.broadcast_to(side.in_order(side.tiles.ids), self.extents).ravel()
            # The step before the first one is the last one: the comparison wraps around.
            return (ids != np.roll(ids, 1)).reshape(self.extents)

        return self._memo.get(("changes", side.name, *self._key), compare)

    def pairs(self, charge: Charge) -> int:
        """Sum over all pairs of the product of a spike tile's and a weight tile's count."""
        of_x, of_w = getattr(self.x.tiles, charge.x), getattr(self.w.tiles, charge.w)
        return int(of_x.sum(axis=(0, 1)) @ of_w.sum(axis=(0, 2)))

    def _of_x(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        return of_tile[:, :, np.newaxis, :].transpose(self.order)

    def _of_w(self, of_tile: NDArray[np.int64]) -> NDArray[np.int64]:
        return of_tile.transpose(0, 2, 1)[:, np.newaxis].transpose(self.order)
