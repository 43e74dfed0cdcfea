"""Compressed rows: the non-zeros of a stack of matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit


@dataclass(frozen=True, eq=False)
class CompressedRows:
    """The non-zeros of a stack of matrices, row by row.

    Attributes:
        shape: ``(depth, rows, cols)``.
        starts: ``int64[depth * rows + 1]``; row r's entries are ``starts[r]:starts[r + 1]``.
        cols: ``int32[nnz]``, ascending within a row.
        values: ``uint64[nnz]``, the bit pattern of each entry (never 0).
    """

    shape: tuple[int, int, int]
    starts: NDArray[np.int64]
    cols: NDArray[np.int32]
    values: NDArray[np.uint64]


def compress(stack: NDArray[np.generic]) -> CompressedRows:
    """Compress ``[depth, rows, cols]`` (or ``[rows, cols]``) of any integer or bool dtype."""
    if stack.ndim == 2:
        stack = stack[np.newaxis]
    depth, rows, cols = stack.shape
    flat = np.ascontiguousarray(stack).reshape(depth * rows, cols)
    # The bit pattern stands for the value: equality of tiles is all it is used for.
    bits = flat.view(f"u{flat.dtype.itemsize}")
    starts = np.zeros(depth * rows + 1, dtype=np.int64)
    np.cumsum(np.count_nonzero(bits, axis=1), out=starts[1:])
    columns = np.empty(starts[-1], dtype=np.int32)
    values = np.empty(starts[-1], dtype=np.uint64)
    _fill_rows(bits, starts, columns, values)
    return CompressedRows((depth, rows, cols), starts, columns, values)


@njit
def _fill_rows(
    bits: NDArray[np.unsignedinteger],
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.uint64],
) -> None:
    for row in range(bits.shape[0]):
        at = starts[row]
        if at == starts[row + 1]:
            continue
        for col in range(bits.shape[1]):
            if bits[row, col] != 0:
                columns[at] = col
                values[at] = bits[row, col]
                at += 1
