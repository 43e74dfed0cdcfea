"""Cut the operands of a layer into tiles: how full each is, and which ones are the same.

Everything here sums whole rows of tiles at once: its time goes with the elements of an operand, a
byte or so of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Tiles:
    """Counts and identities of the tiles of one operand; every array is ``int64[depth, I, J]``.

    Attributes:
        nnz: non-zero elements of each tile.
        rows, cols: extents, clipped at the edges.
        nonzero_cols: columns with a non-zero in them.
        ids: equal exactly where two tiles have the same shape and the same values; below the
            number of tiles.
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


def cut(stack: NDArray[np.generic], tile_rows: int, tile_cols: int) -> Tiles:
    """Cut each matrix of a stack into tiles of ``tile_rows x tile_cols``, clipped at the edges.

    Args:
        stack: ``[depth, rows, cols]`` of any integer or bool dtype.
        tile_rows: extent of a tile along the rows.
        tile_cols: and along the columns.
    """
    rows, cols = stack.shape[1:]
    tile_rows, tile_cols = min(tile_rows, rows), min(tile_cols, cols)
    starts = np.arange(0, cols, tile_cols)
    in_column = add_rows(nonzero(stack), tile_rows, np.min_scalar_type(tile_rows))
    nnz = np.add.reduceat(in_column, starts, axis=2, dtype=np.int64)
    nonzero_cols = np.add.reduceat(in_column != 0, starts, axis=2, dtype=np.int64)
    row_extent = np.minimum(tile_rows, rows - np.arange(0, rows, tile_rows))
    col_extent = np.minimum(tile_cols, cols - starts)
    tile_rows_of = np.broadcast_to(row_extent[None, :, None], nnz.shape)
    tile_cols_of = np.broadcast_to(col_extent[None, None, :], nnz.shape)
    ids = _identify(stack, tile_rows, tile_cols)
    return Tiles(nnz, tile_rows_of, tile_cols_of, nonzero_cols, ids)


def split_rows(stack: NDArray[Element], size: int) -> list[NDArray[Element]]:
    """Views of the tiles' rows of ``[depth, rows, cols]``: the full tiles, and the clipped last.

    Returns:
        One or both of ``[depth, tiles, size, cols]`` and ``[depth, 1, fewer, cols]``.
    """
    depth, rows, cols = stack.shape
    whole = rows - rows % size
    parts = [
        stack[:, :whole].reshape(depth, rows // size, size, cols),
        stack[:, np.newaxis, whole:],
    ]
    return [part for part in parts if part.size]


def add_rows(stack: NDArray[np.generic], size: int, dtype: np.dtype[Any]) -> NDArray[np.generic]:
    """Add up each ``size`` rows of ``[depth, rows, cols]``; of any dtype.

    The sums of integers wrap around where ``dtype`` is too narrow for them.
    """
    if stack.dtype == np.bool_:
        stack = stack.view(np.uint8)  # whose sums need no conversion
    return np.concatenate(
        [np.add.reduce(part, axis=2, dtype=dtype) for part in split_rows(stack, size)], axis=1
    )


def nonzero(stack: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where an array of any dtype is not 0."""
    return stack.view(np.bool_) if stack.dtype == np.bool_ else np.not_equal(stack, 0)


def _identify(stack: NDArray[np.generic], tile_rows: int, tile_cols: int) -> NDArray[np.int64]:
    """The first tile with each tile's content: a key proposes which are equal, content decides.

    Tiles with equal content have equal keys; a key that no other tile has needs no look at it.
    """
    cols = stack.shape[2]
    # The bit pattern stands for the value: equality of tiles is all it is used for.
    bits = stack.view(f"u{stack.dtype.itemsize}")
    sums = add_rows(bits, tile_rows, bits.dtype).astype(np.uint64)
    sums *= _position_keys(tile_cols)[np.arange(cols) % tile_cols]
    keys = np.add.reduceat(sums, np.arange(0, cols, tile_cols), axis=2)
    _, first, of_tile, tiles = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    of_tile = of_tile.reshape(-1)
    ids = first[of_tile]
    numbers: dict[object, int] = {}
    for tile in np.flatnonzero(tiles[of_tile] > 1).tolist():
        d, i, j = np.unravel_index(tile, keys.shape)
        content = stack[d, i * tile_rows : (i + 1) * tile_rows, j * tile_cols : (j + 1) * tile_cols]
        ids[tile] = numbers.setdefault((content.shape, content.tobytes()), tile)
    return ids.reshape(keys.shape)


@lru_cache(maxsize=16)
def _position_keys(count: int) -> NDArray[np.uint64]:
    """An odd 64-bit multiplier for each column of a tile; a fixed seed keeps runs alike."""
    generator = np.random.Generator(np.random.PCG64(0x10A5))
    return generator.integers(0, 2**64, size=count, dtype=np.uint64) | np.uint64(1)
