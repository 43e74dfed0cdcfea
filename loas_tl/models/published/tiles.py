"""Cut the operands of a layer into tiles: how full each is, and which ones are the same.

Everything here works on the non-zeros (compressed rows), so its time goes with their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from loas_tl.ground.compressed import CompressedRows


@dataclass(frozen=True, eq=False)
class Tiles:
    """Counts and identities of the tiles of one operand; every array is ``int64[depth, I, J]``.

    Attributes:
        nnz: non-zero elements of each tile.
        rows, cols: extents, clipped at the edges.
        nonzero_cols: columns with a non-zero in them.
        ids: equal exactly where two tiles have the same shape and the same values.
    """

    nnz: NDArray[np.int64]
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    nonzero_cols: NDArray[np.int64]
    ids: NDArray[np.int64]

    @property
    def numel(self) -> NDArray[np.int64]:
        """Elements of each tile, zero or not."""
        return self.rows * self.cols

    @property
    def one(self) -> NDArray[np.int64]:
        """1 for each tile."""
        return np.ones_like(self.nnz)


def cut(stack: CompressedRows, tile_rows: int, tile_cols: int) -> Tiles:
    """Cut each matrix of a stack into tiles of ``tile_rows x tile_cols``, clipped at the edges."""
    depth, rows, cols = stack.shape
    across = -(-cols // tile_cols)
    down = -(-rows // tile_rows)
    tile_rows, tile_cols = min(tile_rows, rows), min(tile_cols, cols)
    nnz = np.zeros((depth, down, across), dtype=np.int64)
    nonzero_cols = np.zeros_like(nnz)
    keys = np.zeros(nnz.shape, dtype=np.uint64)
    _survey(
        stack.starts,
        stack.cols,
        stack.values,
        rows,
        cols,
        tile_rows,
        tile_cols,
        _position_keys(tile_rows * tile_cols),
        nnz,
        nonzero_cols,
        keys,
    )
    row_extent = np.minimum(tile_rows, rows - tile_rows * np.arange(down))
    col_extent = np.minimum(tile_cols, cols - tile_cols * np.arange(across))
    tile_rows_of = np.broadcast_to(row_extent[None, :, None], nnz.shape)
    tile_cols_of = np.broadcast_to(col_extent[None, None, :], nnz.shape)
    ids = _identify(stack, tile_rows, tile_cols, nnz, tile_rows_of, tile_cols_of, keys)
    return Tiles(nnz, tile_rows_of, tile_cols_of, nonzero_cols, ids)


def _identify(
    stack: CompressedRows,
    tile_rows: int,
    tile_cols: int,
    nnz: NDArray[np.int64],
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    keys: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Number the distinct tiles; a 64-bit key proposes which are equal, their content decides."""
    table = np.stack([keys.ravel(), *(a.ravel().astype(np.uint64) for a in (nnz, rows, cols))])
    _, first, ids = np.unique(table, axis=1, return_index=True, return_inverse=True)
    ids = ids.reshape(-1).astype(np.int64)
    twins = np.flatnonzero((first[ids] != np.arange(ids.size)) & (nnz.ravel() > 0))
    for tile in twins:
        other = int(first[ids[tile]])
        if not _same_content(stack, tile_rows, tile_cols, int(tile), other):
            # Keys of different contents met (odds of about 2**-64 a pair): decide all by content.
            return _identify_by_content(stack, tile_rows, tile_cols, rows, cols)
    return ids.reshape(nnz.shape)


def _identify_by_content(
    stack: CompressedRows,
    tile_rows: int,
    tile_cols: int,
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
) -> NDArray[np.int64]:
    numbers: dict[object, int] = {}
    ids = np.empty(rows.size, dtype=np.int64)
    for tile, (height, width) in enumerate(zip(rows.ravel(), cols.ravel(), strict=True)):
        content = _content(stack, tile_rows, tile_cols, tile)
        key = (int(height), int(width), *(part.tobytes() for part in content))
        ids[tile] = numbers.setdefault(key, len(numbers))
    return ids.reshape(rows.shape)


def _same_content(
    stack: CompressedRows, tile_rows: int, tile_cols: int, one: int, other: int
) -> bool:
    pairs = zip(
        _content(stack, tile_rows, tile_cols, one),
        _content(stack, tile_rows, tile_cols, other),
        strict=True,
    )
    return all(np.array_equal(a, b) for a, b in pairs)


def _content(
    stack: CompressedRows, tile_rows: int, tile_cols: int, tile: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Positions within the tile and values of its non-zeros, in order."""
    _, rows, cols = stack.shape
    down, across = -(-rows // tile_rows), -(-cols // tile_cols)
    d, rest = divmod(tile, down * across)
    i, j = divmod(rest, across)
    return _gather(
        stack.starts,
        stack.cols,
        stack.values,
        d * rows + i * tile_rows,
        d * rows + min((i + 1) * tile_rows, rows),
        j * tile_cols,
        min((j + 1) * tile_cols, cols),
    )


@lru_cache(maxsize=16)
def _position_keys(count: int) -> NDArray[np.uint64]:
    """An odd 64-bit multiplier for each position of a tile; a fixed seed keeps runs alike."""
    generator = np.random.Generator(np.random.PCG64(0x10A5))
    return generator.integers(0, 2**64, size=count, dtype=np.uint64) | np.uint64(1)


@njit(cache=True, nogil=True)
def _survey(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.uint64],
    rows: int,
    cols: int,
    tile_rows: int,
    tile_cols: int,
    multipliers: NDArray[np.uint64],
    nnz: NDArray[np.int64],
    nonzero_cols: NDArray[np.int64],
    keys: NDArray[np.uint64],
) -> None:
    down = nnz.shape[1]
    # The row of tiles in which a column was last seen: counts each column once a tile.
    seen = np.full(cols, -1, dtype=np.int64)
    for row in range(starts.size - 1):
        d, r = row // rows, row % rows
        i = r // tile_rows
        base = (r - i * tile_rows) * tile_cols
        mark = d * down + i
        for at in range(starts[row], starts[row + 1]):
            col = columns[at]
            j = col // tile_cols
            nnz[d, i, j] += 1
            keys[d, i, j] += values[at] * multipliers[base + col - j * tile_cols]
            if seen[col] != mark:
                seen[col] = mark
                nonzero_cols[d, i, j] += 1


@njit(cache=True, nogil=True)
def _gather(
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[np.uint64],
    row_from: int,
    row_to: int,
    col_from: int,
    col_to: int,
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    count = 0
    for row in range(row_from, row_to):
        for at in range(starts[row], starts[row + 1]):
            if col_from <= columns[at] < col_to:
                count += 1
    positions = np.empty(count, dtype=np.int64)
    found = np.empty(count, dtype=np.uint64)
    count = 0
    for row in range(row_from, row_to):
        for at in range(starts[row], starts[row + 1]):
            if col_from <= columns[at] < col_to:
                positions[count] = (row - row_from) * (col_to - col_from) + columns[at] - col_from
                found[count] = values[at]
                count += 1
    return positions, found
