"""Matches of every pair of tiles: all of them, and those of the slowest PE.

Both come from products of matrices of small whole numbers, which BLAS adds up exactly in floats.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.published.tiles import add_rows, nonzero, split_rows

EXACT = 2**24
"""Whole numbers up to here, and sums of them, are exact in float32."""
AT_ONCE = 64 * 2**20
"""Bytes of floats that are at hand at once, about."""


def by_rows(
    x: NDArray[np.generic], w: NDArray[np.generic], tile_m: int, tile_k: int, tile_n: int
) -> tuple[NDArray[np.int64], int]:
    """Matches where each PE has one row of the spike tile.

    Args:
        x: spikes, ``[T, M, K]`` of any integer or bool dtype.
        w: weights, ``[K, N]`` of any integer dtype.
        tile_m: rows of a spike tile.
        tile_k: columns of a spike tile and rows of a weight tile.
        tile_n: columns of a weight tile.

    Returns:
        ``int64[T, tiles of M, tiles of N, tiles of K]``, the most matches of any PE, and the
        number of all matches.
    """
    k, n = w.shape
    weights = np.add.reduceat(
        nonzero(w), np.arange(0, n, tile_n), axis=1, dtype=np.min_scalar_type(tile_n)
    )
    counts = weights.astype(_exact(min(tile_k, k) * min(tile_n, n)))
    return _slowest(x, counts, tile_m, tile_k)


def by_columns(
    x: NDArray[np.generic], w: NDArray[np.generic], tile_m: int, tile_k: int, tile_n: int
) -> tuple[NDArray[np.int64], int]:
    """Matches where each PE has one column of the weight tile; as :func:`by_rows`."""
    timesteps, m, k = x.shape
    spikes = add_rows(nonzero(x), tile_m, np.min_scalar_type(tile_m))
    counts = spikes.reshape(-1, k).T.astype(_exact(min(tile_m, m) * min(tile_k, k)))
    slowest, total = _slowest(w.T[np.newaxis], counts, tile_n, tile_k)
    tiles_k = slowest.shape[-1]
    return slowest.reshape(-1, timesteps, spikes.shape[1], tiles_k).transpose(1, 2, 0, 3), total


def _exact(most: int) -> type[np.floating]:
    """The narrower float that counts up to ``most`` without an error."""
    return np.float32 if most <= EXACT else np.float64


def _slowest(
    lanes: NDArray[np.generic], counts: NDArray[np.floating], tile: int, tile_k: int
) -> tuple[NDArray[np.int64], int]:
    """The most matches of any lane of a tile, and all matches.

    Args:
        lanes: ``[depth, lanes, K]``, one operand; a lane is a PE's.
        counts: ``[K, tiles]``, non-zeros of the other operand's tiles.
        tile: lanes of a tile.
        tile_k: how much of K a pair of tiles shares.

    Returns:
        ``int64[depth, tiles of lanes, tiles, tiles of K]`` and the number.
    """
    depth, extent, k = lanes.shape
    starts = range(0, k, tile_k)
    tiles = -(-extent // tile)
    slowest = np.empty((depth, tiles, counts.shape[1], len(starts)), dtype=np.int64)
    total = 0
    at_once = max(1, AT_ONCE // (depth * tile * (counts.shape[1] + tile_k) * counts.itemsize))
    # One tile of K after the other, and few tiles of lanes at once: the floats stay few, and so
    # small each of the products (one for each tile of lanes) that BLAS keeps it to the thread it is
    # asked from.
    for j, start in enumerate(starts):
        piece = slice(start, start + tile_k)
        for first in range(0, tiles, at_once):
            some = lanes[:, first * tile : (first + at_once) * tile, piece]
            floats = nonzero(some).astype(counts.dtype)
            matches = [part @ counts[piece] for part in split_rows(floats, tile)]
            most = np.concatenate([part.max(axis=2) for part in matches], axis=1)
            slowest[:, first : first + at_once, :, j] = most
            total += sum(int(part.sum(dtype=np.float64)) for part in matches)
    return slowest, total
