"""Matches of every pair of tiles: all of them, and those of the slowest PE."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loas_tl.ground.compressed import CompressedRows


def by_rows(
    x: CompressedRows, w: CompressedRows, tile_m: int, tile_k: int, tile_n: int
) -> tuple[NDArray[np.int64], int]:
    """Matches where each PE has one row of the spike tile.

    Args:
        x: spikes, ``[T, M, K]``.
        w: weights, ``[1, K, N]``.
        tile_m: rows of a spike tile.
        tile_k: columns of a spike tile and rows of a weight tile.
        tile_n: columns of a weight tile.

    Returns:
        ``int64[T, tiles of M, tiles of N, tiles of K]``, the most matches of any PE, and the
        number of all matches.
    """
    timesteps, m, k = x.shape
    n = w.shape[2]
    fill = _weights_per_tile(w.starts, w.cols, k, -(-n // tile_n), tile_n)
    shape = (timesteps, -(-m // tile_m), -(-n // tile_n), -(-k // tile_k))
    slowest = np.zeros(shape, dtype=np.int64)
    total = _slowest_rows(x.starts, x.cols, m, fill, tile_m, tile_k, slowest)
    return slowest, int(total)


def by_columns(
    x: CompressedRows, w: CompressedRows, tile_m: int, tile_k: int, tile_n: int
) -> tuple[NDArray[np.int64], int]:
    """Matches where each PE has one column of the weight tile; as :func:`by_rows`."""
    timesteps, m, k = x.shape
    n = w.shape[2]
    shape = (timesteps, -(-m // tile_m), -(-n // tile_n), -(-k // tile_k))
    slowest = np.zeros(shape, dtype=np.int64)
    total = _slowest_columns(
        x.starts, x.cols, m, k, w.starts, w.cols, n, tile_m, tile_k, tile_n, slowest
    )
    return slowest, int(total)


@njit(cache=True, nogil=True)
def _weights_per_tile(
    starts: NDArray[np.int64], columns: NDArray[np.int32], k: int, tiles: int, tile_n: int
) -> NDArray[np.int32]:
    fill = np.zeros((k, tiles), dtype=np.int32)
    for row in range(k):
        for at in range(starts[row], starts[row + 1]):
            fill[row, columns[at] // tile_n] += 1
    return fill


@njit(cache=True, nogil=True)
def _slowest_rows(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    m: int,
    fill: NDArray[np.int32],
    tile_m: int,
    tile_k: int,
    slowest: NDArray[np.int64],
) -> int:
    timesteps, _, tiles_n, tiles_k = slowest.shape
    matches = np.zeros(tiles_n, dtype=np.int64)
    total = 0
    for row in range(timesteps * m):
        t, i = row // m, (row % m) // tile_m
        at, end = starts[row], starts[row + 1]
        for j in range(tiles_k):
            matches[:] = 0
            while at < end and columns[at] < (j + 1) * tile_k:
                weights = fill[columns[at]]
                for tile in range(tiles_n):
                    matches[tile] += weights[tile]
                at += 1
            for tile in range(tiles_n):
                total += matches[tile]
                slowest[t, i, tile, j] = max(slowest[t, i, tile, j], matches[tile])
    return total


@njit(cache=True, nogil=True)
def _slowest_columns(
    x_starts: NDArray[np.int64],
    x_cols: NDArray[np.int32],
    m: int,
    k: int,
    w_starts: NDArray[np.int64],
    w_cols: NDArray[np.int32],
    n: int,
    tile_m: int,
    tile_k: int,
    tile_n: int,
    slowest: NDArray[np.int64],
) -> int:
    timesteps, tiles_m, tiles_n, tiles_k = slowest.shape
    spikes = np.zeros(k, dtype=np.int64)
    matches = np.zeros(n, dtype=np.int64)
    total = 0
    for t in range(timesteps):
        for i in range(tiles_m):
            spikes[:] = 0
            for row in range(t * m + i * tile_m, t * m + min((i + 1) * tile_m, m)):
                for at in range(x_starts[row], x_starts[row + 1]):
                    spikes[x_cols[at]] += 1
            for j in range(tiles_k):
                matches[:] = 0
                for row in range(j * tile_k, min((j + 1) * tile_k, k)):
                    fired = spikes[row]
                    if fired:
                        for at in range(w_starts[row], w_starts[row + 1]):
                            matches[w_cols[at]] += fired
                for tile in range(tiles_n):
                    worst = 0
                    for col in range(tile * tile_n, min((tile + 1) * tile_n, n)):
                        total += matches[col]
                        worst = max(worst, matches[col])
                    slowest[t, i, tile, j] = worst
    return total
