"""Which points no other point is better than."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 4096
"""Points that are compared with the front at once."""


def front(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The points of which none is as good in everything and better in something.

    Of points that are equal in everything all or none are in it. Time goes with the number of
    points times that of the front.

    Args:
        values: ``float64[points, objectives]``, less is better; no NaN.

    Returns:
        Their positions, ascending.
    """
    # Sorted, a point can be dominated by those before it alone.
    order = np.lexsort(values.T[::-1])
    best = np.empty((0, values.shape[1]))
    kept: list[NDArray[np.intp]] = []
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        block = block[~_dominated(values[block], best)]
        block = block[~_dominated(values[block], values[block])]
        kept.append(block)
        best = np.concatenate([best, values[block]])
    return np.sort(np.concatenate(kept)) if kept else order


def _dominated(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the values one of the others dominates."""
    dominated = np.zeros(len(values), dtype=np.bool_)
    for other in others:
        left = ~dominated
        worse = (other <= values[left]).all(axis=1) & (other < values[left]).any(axis=1)
        dominated[left] = worse
    return dominated
