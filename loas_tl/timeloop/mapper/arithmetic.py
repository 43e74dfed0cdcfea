"""Telling columns of arrays apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def hash_columns(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """A 64-bit hash of each column of an integer array, [K, B]."""
    hashed = np.zeros(rows.shape[-1], np.uint64)
    with np.errstate(over="ignore"):
        for row in rows:
            hashed = (hashed ^ row.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            hashed ^= hashed >> np.uint64(29)
    return hashed


def unique_rows(rows: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Distinct columns of ``rows`` (any integer dtype, shape [K, B]).

    Returns:
        The index of one member of each group, and each column's group.
    """
    _, first, group = np.unique(hash_columns(rows), return_index=True, return_inverse=True)
    if (rows[:, first[group]] != rows).any():  # two columns of one hash: rare, so the slow way
        _, first, group = np.unique(rows, axis=1, return_index=True, return_inverse=True)
    return first, group.reshape(-1)
