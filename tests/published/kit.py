"""What the plain models are written with: tiles, buffers as lists, sums of counts, sizes in bits.

Bits: a packed value as many as there are lanes (T where a layer has fewer timesteps), a raw spike
1, an activation 8, a weight 8, a bitmask bit 1, a partial sum 8 (24 for Gamma), a coordinate 8 for
GoSPA-SNN and 6 for Gamma-SNN and Gamma.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tile = NDArray[Any]
Step = tuple[Tile, Tile]
"""The spike tile ``x[m, k]`` and the weight tile ``w[k, n]`` of one step of the walk."""

PES = 16
WEIGHT = 8
BITMASK = 1
RAW_SPIKE = 1
ACTIVATION = 8
PSUM = 8
GAMMA_ANN_PSUM = 24
GOSPA_COORDINATE = 8
GAMMA_COORDINATE = 6


@dataclass
class Counted:
    """Counts of a layer; traffic is in bits by what moved, hits are elements, misses are tiles."""

    cycles: int = 0
    computes: int = 0
    dram: Counter[str] = field(default_factory=Counter)
    sram: Counter[str] = field(default_factory=Counter)
    hits: dict[str, int] = field(default_factory=dict)
    misses: dict[str, int] = field(default_factory=dict)

    def both(self, kind: str, bits: int) -> None:
        """Move bits from DRAM into the on-chip buffer."""
        self.dram[kind] += bits
        self.sram[kind] += bits

    def keep(self, x_buffer: Fifo, w_buffer: Fifo) -> None:
        """Take over what the buffers counted."""
        self.hits = {"x": x_buffer.hits, "w": w_buffer.hits}
        self.misses = {"x": x_buffer.misses, "w": w_buffer.misses}


class Fifo:
    """A buffer that holds ``capacity`` non-zeros, looked up by content; oldest tile first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.resident: list[tuple[object, int]] = []
        self.hits = 0
        self.misses = 0

    def fetch(self, tile: Tile) -> bool:
        """Look a tile up and insert it if it is not there; whether it was missing."""
        key, non_zeros = content(tile), nnz(tile)
        if key in [resident for resident, _ in self.resident]:
            self.hits += non_zeros
            return False
        while sum(size for _, size in self.resident) + non_zeros > self.capacity:
            self.resident.pop(0)
        self.resident.append((key, non_zeros))
        self.misses += 1
        self.hits += non_zeros - 1
        return True


def content(tile: Tile) -> tuple[tuple[int, ...], bytes]:
    """What makes two tiles the same: shape and values."""
    return tile.shape, tile.tobytes()


def nnz(tile: Tile) -> int:
    return int(np.count_nonzero(tile))


def numel(tile: Tile) -> int:
    return int(tile.size)


def slices(extent: int, tile: int) -> list[slice]:
    """Cut an extent into tiles, the last one clipped."""
    return [slice(start, min(start + tile, extent)) for start in range(0, extent, tile)]


def packed(spikes: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """``P[m, k]``: bit t is set when the neuron fires at t; a silent neuron is 0."""
    timesteps, pixels, inputs = spikes.shape
    words = np.zeros((pixels, inputs), dtype=np.uint64)
    for t in range(timesteps):
        words[spikes[t]] |= np.uint64(2**t)
    return words


def passes(spikes: NDArray[np.bool_], lanes: int | None) -> list[NDArray[np.uint64]]:
    """``P[m, k]`` of each group of timesteps that the lanes take at once; None takes them all."""
    together = len(spikes) if lanes is None else lanes
    return [packed(spikes[group]) for group in slices(len(spikes), together)]


def room(capacity: int, word: int, lanes: int | None) -> int:
    """Words of so many bits where ``capacity`` words as wide as the lanes have room."""
    return capacity if lanes is None else capacity * lanes // word


def word_bits(timesteps: int, lanes: int | None) -> int:
    """Bits of a packed value: a lane has one each, whether or not it is the last group's."""
    return timesteps if lanes is None else min(timesteps, lanes)


def every_spike(spikes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """As they are."""
    return spikes


def fine_tuned(spikes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without the spikes of neurons that fire exactly once, in whichever timestep."""
    kept = spikes.copy()
    kept[:, spikes.sum(axis=0) == 1] = False
    return kept


def matches(x: Tile, w: Tile) -> NDArray[np.int64]:
    """``[m, n]``: positions k where both operands are non-zero."""
    found: NDArray[np.int64] = (x != 0).astype(np.int64) @ (w != 0).astype(np.int64)
    return found


def slowest_row(found: NDArray[np.int64]) -> int:
    """Latency of the PE with the most matches where the 16 PEs share out the rows."""
    return max(int(found[pe::PES].sum()) for pe in range(PES))


def slowest_column(found: NDArray[np.int64]) -> int:
    """Latency of the PE with the most matches where the 16 PEs share out the columns."""
    return max(int(found[:, pe::PES].sum()) for pe in range(PES))


def slowest_of_tiles(
    x: NDArray[Any], w: Tile, tile_m: int, tile_k: int, tile_n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Of each pair of tiles ``[t, m, n, k]`` the most matches of a row, and of a column; and all.

    A PE has one row, or one column, of its own here.
    """
    T, M, K = x.shape
    tiles = [slices(extent, tile) for extent, tile in ((M, tile_m), (w.shape[1], tile_n))]
    tiles_k = slices(K, tile_k)
    by_rows = np.zeros((T, len(tiles[0]), len(tiles[1]), len(tiles_k)), dtype=np.int64)
    by_columns, total = np.zeros_like(by_rows), 0
    for t, i, j, k in np.ndindex(by_rows.shape):
        found = matches(x[t, tiles[0][i], tiles_k[k]], w[tiles_k[k], tiles[1][j]])
        by_rows[t, i, j, k] = found.sum(axis=1).max()
        by_columns[t, i, j, k] = found.sum(axis=0).max()
        total += int(found.sum())
    return by_rows, by_columns, total
