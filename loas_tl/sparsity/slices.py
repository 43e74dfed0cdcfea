"""Slices of pixels that work on one output channel each, and wait for each other.

Source: GustavSNN (HPCA 2026), read from the paper's rules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit


def slice_work(
    spikes: NDArray[np.bool_], weights: NDArray[np.int8], pixels: int, two_pointer: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What a PE does for a slice of pixels, a timestep and an output channel.

    It adds, one a cycle, the ones whose weight is not zero; under that it fetches rows of the
    slice: all that have a spike, or with two pointers those alone whose weight is not zero.

    Args:
        spikes: ``bool[T, M, K]``.
        weights: ``int8[K, N]``.
        pixels: of a slice; the last one may be cut off.
        two_pointer: whether rows whose weight is zero are not fetched.

    Returns:
        ``int64[T, slices, N]``: additions, and rows fetched.
    """
    timesteps, m, k = spikes.shape
    slices = -(-m // pixels)
    padded = np.zeros((timesteps, slices * pixels, k), dtype=np.uint8)
    padded[:, :m] = spikes
    ones = padded.reshape(timesteps * slices, pixels, k).sum(axis=1, dtype=np.uint8)
    inputs, columns = np.nonzero(weights)
    starts = np.searchsorted(inputs, np.arange(k + 1))
    work = _work(ones, starts, columns.astype(np.int32), weights.shape[1])
    additions, matching = work.reshape(2, timesteps, slices, -1)
    if two_pointer:
        return additions, matching
    fetched = np.count_nonzero(ones, axis=1).reshape(timesteps, slices, 1)
    return additions, np.broadcast_to(fetched, additions.shape)


@njit
def _work(
    ones: NDArray[np.uint8], starts: NDArray[np.int64], columns: NDArray[np.int32], n: int
) -> NDArray[np.int64]:
    """``int64[2, slices, N]``: ones whose weight is not zero, and rows that hold some of them."""
    found = np.zeros((2, len(ones), n), dtype=np.int64)
    for which in range(len(ones)):
        for row in range(ones.shape[1]):
            there = np.int64(ones[which, row])
            if there == 0:
                continue
            for at in range(starts[row], starts[row + 1]):
                found[0, which, columns[at]] += there
                found[1, which, columns[at]] += 1
    return found


def with_barrier(work: NDArray[np.int64], tiles: int, pes: int) -> int:
    """Cycles where the PEs of a slice wait for each other across tiles before the next slice.

    Args:
        work: ``int64[T, slices, N]``, cycles of each slice, timestep and channel.
        tiles: channels at once, one a tile.
        pes: slices at once; PE j of every tile has the slices j, j + pes and so on.

    Returns:
        Those of the fullest PE.
    """
    starts = np.arange(0, work.shape[2], tiles)
    of_slice = np.maximum.reduceat(work, starts, axis=2).sum(axis=(0, 2))
    return max(int(of_slice[pe::pes].sum()) for pe in range(min(pes, len(of_slice))))
