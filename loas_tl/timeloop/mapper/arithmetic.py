"""Telling columns of arrays apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SPREAD, _DOWN = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


def hash_columns(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """A 64-bit hash of each column of an integer array, [K, B]."""
    hashed = np.zeros(rows.shape[-1], np.uint64)
    mixed = np.empty_like(hashed)
    unsigned = rows.view(np.uint64) if rows.dtype == np.int64 else rows.astype(np.uint64)
    for row in unsigned:
        np.bitwise_xor(hashed, row, out=hashed)
        np.multiply(hashed, _SPREAD, out=hashed)
        np.right_shift(hashed, _DOWN, out=mixed)
        np.bitwise_xor(hashed, mixed, out=hashed)
    return hashed


def unique_rows(rows: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Distinct columns of ``rows`` (any integer dtype, shape [K, B]).

    Returns:
        The index of one member of each group, and each column's group.
    """
    hashed = hash_columns(rows)
    order = np.argsort(hashed)
    ranked = hashed[order]
    new = np.empty(ranked.size, bool)
    new[:1] = True
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    first = order[new]
    group = np.empty(ranked.size, np.intp)
    group[order] = np.cumsum(new) - 1
    if (rows[:, first[group]] != rows).any():  # two columns of one hash: rare, so the slow way
        _, first, group = np.unique(rows, axis=1, return_index=True, return_inverse=True)
    return first, group.reshape(-1)
