"""Matches of pairs of tiles, counted by matrix products and one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.models.published import matches

from . import kit


@st.composite
def operands(draw: st.DrawFn) -> tuple[NDArray[np.generic], NDArray[np.int8]]:
    """Spikes or packed words, and weights that are negative as often as not."""
    depth, m, k, n = (draw(st.integers(1, most)) for most in (3, 12, 20, 12))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    x = generator.integers(1, 256, size=(depth, m, k)).astype(np.uint8)
    x[generator.random(x.shape) >= density] = 0
    w = generator.integers(-128, 128, size=(k, n)).astype(np.int8)
    return (x > 0 if draw(st.booleans()) else x), w


@pytest.mark.parametrize("exact", [2**24, 0], ids=["single", "double"])
@settings(max_examples=150, deadline=None)
@given(
    operands=operands(),
    tile_m=st.integers(1, 14),
    tile_k=st.integers(1, 22),
    tile_n=st.integers(1, 14),
)
def test_matches_are_those_counted_one_by_one(
    exact: int,
    operands: tuple[NDArray[np.generic], NDArray[np.int8]],
    tile_m: int,
    tile_k: int,
    tile_n: int,
) -> None:
    x, w = operands
    by_rows, by_columns, total = kit.slowest_of_tiles(x, w, tile_m, tile_k, tile_n)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(matches, "EXACT", exact)
        for find, expected in ((matches.by_rows, by_rows), (matches.by_columns, by_columns)):
            slowest, computes = find(x, w, tile_m, tile_k, tile_n)
            assert slowest.dtype == np.int64
            np.testing.assert_array_equal(slowest, expected)
            assert computes == total


@pytest.mark.parametrize("extent", [255, 256, 257])
def test_full_tiles_whose_counts_need_more_than_a_byte_are_exact(extent: int) -> None:
    x = np.ones((1, extent, extent), dtype=np.bool_)
    w = np.ones((extent, extent), dtype=np.int8)
    for find in (matches.by_rows, matches.by_columns):
        slowest, computes = find(x, w, extent, extent, extent)
        assert slowest.ravel().tolist() == [extent**2]
        assert computes == extent**3
