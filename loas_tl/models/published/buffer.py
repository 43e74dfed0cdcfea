"""The on-chip buffer of one operand: looked up by content, first in first out."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def misses(
    ids: NDArray[np.int64], nnz: NDArray[np.int64], capacity: int
) -> tuple[NDArray[np.bool_], int]:
    """Walk a sequence of tiles through a buffer.

    Args:
        ids: ``int64[steps]``, identity of the tile at each step, from 0.
        nnz: ``int64[steps]``, its non-zeros.
        capacity: non-zeros that fit; at least those of the fullest tile.

    Returns:
        ``bool[steps]``, where the tile was not resident, and the element hits: all non-zeros of
        a tile found resident, all but one of a tile that had to be fetched.
    """
    missed = _first_in_first_out(ids, nnz, capacity)
    return missed, int(nnz.sum() - missed.sum())


@njit(cache=True, nogil=True)
def _first_in_first_out(
    ids: NDArray[np.int64], nnz: NDArray[np.int64], capacity: int
) -> NDArray[np.bool_]:
    steps = ids.size
    missed = np.zeros(steps, dtype=np.bool_)
    resident = np.zeros(ids.max() + 1, dtype=np.bool_)
    queue = np.empty(steps, dtype=np.int64)  # the steps that inserted, oldest at head
    head = tail = 0
    used = 0
    for step in range(steps):
        if resident[ids[step]]:
            continue
        missed[step] = True
        while used + nnz[step] > capacity:
            oldest = queue[head]
            head += 1
            used -= nnz[oldest]
            resident[ids[oldest]] = False
        queue[tail] = step
        tail += 1
        used += nnz[step]
        resident[ids[step]] = True
    return missed
