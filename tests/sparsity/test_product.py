from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.sparsity.product import prefixes, product_sparsity, residual
from tests.sparsity import plain
from tests.sparsity.examples import spike_rows

TILES = {"tile_rows": st.integers(1, 45), "tile_k": st.integers(1, 20)}


@settings(deadline=None)
@given(rows=spike_rows(), **TILES)
def test_what_is_left_is_what_the_plain_search_leaves(
    rows: NDArray[np.bool_], tile_rows: int, tile_k: int
) -> None:
    found = product_sparsity(rows, tile_rows, tile_k)
    expected = plain.product(rows, tile_rows, tile_k)
    for name, counts in expected.items():
        np.testing.assert_array_equal(getattr(found, name), counts, err_msg=name)
    left = residual(rows, tile_rows, tile_k)
    for line, of_rows in zip(
        plain.tiles(left, tile_rows, tile_k), plain.tiles(rows, tile_rows, tile_k), strict=True
    ):
        for tile, of_tile in zip(line, of_rows, strict=True):
            np.testing.assert_array_equal(tile.sum(axis=1), plain.residual(of_tile).sum(axis=1))


@settings(deadline=None)
@given(rows=spike_rows(most=20), **TILES)
def test_a_row_is_its_prefix_and_what_is_left(
    rows: NDArray[np.bool_], tile_rows: int, tile_k: int
) -> None:
    left, found = residual(rows, tile_rows, tile_k), prefixes(rows, tile_rows, tile_k)
    for run, of_run in enumerate(found.tolist()):
        piece = slice(run * tile_k, (run + 1) * tile_k)
        for row, start in enumerate(of_run):
            if start < 0:
                np.testing.assert_array_equal(left[row, piece], rows[row, piece])
                continue
            assert start // tile_rows == row // tile_rows
            assert not (left[row, piece] & rows[start, piece]).any()
            np.testing.assert_array_equal(left[row, piece] | rows[start, piece], rows[row, piece])


def test_the_papers_cases_by_hand() -> None:
    rows = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
    found = product_sparsity(rows, 5, 4)
    # Two spikes, one more than the first row, an exact match, a spike on its own, nothing.
    assert residual(rows, 5, 4).sum(axis=1).tolist() == [2, 1, 0, 1, 0]
    assert prefixes(rows, 5, 4).tolist() == [[-1, 0, 0, -1, -1]]
    assert (found.residual.item(), found.exact.item()) == (4, 1)
    assert (found.searched.item(), found.empty.item()) == (3, 1)
    # Cut between them, rows know nothing of each other.
    assert product_sparsity(rows, 1, 4).residual.sum() == found.ones.sum() == 8


def test_of_rows_that_are_equal_only_those_before_count() -> None:
    rows = np.ones((3, 2), dtype=bool)
    assert residual(rows, 3, 2).sum(axis=1).tolist() == [2, 0, 0]
    # A single spike has no prefix, however often it comes.
    assert residual(np.eye(1, 2, dtype=bool).repeat(3, axis=0), 3, 2).sum() == 3
