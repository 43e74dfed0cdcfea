"""Cutting an operand into tiles: their extents, their counts, and which ones are the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.ground.compressed import compress
from loas_tl.models.published.tiles import cut

from .kit import content, slices

DTYPES = ["bool", "int8", "uint8", "uint16", "uint32", "uint64"]


@st.composite
def stacks(draw: st.DrawFn) -> NDArray[np.generic]:
    """Stacks of matrices with few different values, so that small tiles recur."""
    depth, rows, cols = (draw(st.integers(1, most)) for most in (4, 12, 12))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    # The largest value has the top bit set (or is -1), which a narrower type would lose.
    largest = {"b": 1, "i": -1, "u": 2 ** (8 * dtype.itemsize) - 1}[dtype.kind]
    values = np.array([0, 0, 1, largest], dtype=dtype)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stack = values[generator.integers(4, size=(depth, rows, cols))]
    stack[generator.random(stack.shape) < draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))] = 0
    return stack


@settings(max_examples=200, deadline=None)
@given(stack=stacks(), tile_rows=st.integers(1, 15), tile_cols=st.integers(1, 15))
def test_tiles_have_the_counts_and_the_sameness_of_slices(
    stack: NDArray[np.generic], tile_rows: int, tile_cols: int
) -> None:
    tiles = cut(stack, tile_rows, tile_cols)
    depth, rows, cols = stack.shape
    down, across = slices(rows, tile_rows), slices(cols, tile_cols)
    assert tiles.ids.shape == (depth, len(down), len(across))
    id_of: dict[object, int] = {}
    for d in range(depth):
        for i, row in enumerate(down):
            for j, col in enumerate(across):
                at, tile = (d, i, j), stack[d, row, col]
                assert (tiles.rows[at], tiles.cols[at]) == tile.shape
                assert tiles.numel[at] == tile.size
                assert tiles.nnz[at] == np.count_nonzero(tile)
                assert tiles.nonzero_cols[at] == np.count_nonzero(tile.any(axis=0))
                assert tiles.one[at] == 1
                assert id_of.setdefault(content(tile), int(tiles.ids[at])) == tiles.ids[at]
    assert len({*id_of.values()}) == len(id_of)


def test_tiles_whose_columns_add_up_alike_are_told_apart() -> None:
    # One non-zero in one column, in another row; values that cancel; and the first one again.
    tiles = [[[5, 0], [0, 0]], [[0, 0], [5, 0]], [[3, 0], [2, 0]], [[5, 1], [0, -1]]]
    stack = np.array([np.concatenate([*tiles, tiles[0]])], dtype=np.int8)
    ids = cut(stack, 2, 2).ids.ravel().tolist()
    assert ids[0] == ids[-1]
    assert len({*ids}) == len(tiles)


def test_a_matrix_is_a_stack_of_one() -> None:
    matrix = np.arange(6, dtype=np.int8).reshape(2, 3)
    alone, stacked = compress(matrix), compress(matrix[np.newaxis])
    assert alone.shape == stacked.shape == (1, 2, 3)
    assert alone.values.tolist() == stacked.values.tolist() == [1, 2, 3, 4, 5]
    assert alone.cols.tolist() == [1, 2, 0, 1, 2]
    assert alone.starts.tolist() == [0, 2, 5]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_view_compresses_like_its_copy(dtype: str) -> None:
    wide = (np.arange(60).reshape(6, 10) % 3).astype(dtype)
    view, copy = compress(wide[::2, ::3]), compress(wide[::2, ::3].copy())
    assert view.values.tolist() == copy.values.tolist()
    assert view.cols.tolist() == copy.cols.tolist()
