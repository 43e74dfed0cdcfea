from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.workload.im2col import Convolution, fold, im2col, multiplicity

CONVOLUTIONS = st.builds(
    Convolution, kernel=st.integers(1, 4), stride=st.integers(1, 3), padding=st.integers(0, 5)
)
EXTENTS = st.integers(1, 7)


def by_loops(maps: NDArray[np.bool_], convolution: Convolution) -> NDArray[np.bool_]:
    """Im2col as one would write it down, a pixel at a time."""
    timesteps, channels, height, width = maps.shape
    kernel, stride, padding = convolution.kernel, convolution.stride, convolution.padding
    rows = range((height + 2 * padding - kernel) // stride + 1)
    columns = range((width + 2 * padding - kernel) // stride + 1)
    unrolled = np.zeros(
        (timesteps, len(rows) * len(columns), channels * kernel * kernel), dtype=np.bool_
    )
    for t, row, column, c in np.ndindex(timesteps, len(rows), len(columns), channels):
        for dy, dx in np.ndindex(kernel, kernel):
            y, x = row * stride + dy - padding, column * stride + dx - padding
            if 0 <= y < height and 0 <= x < width:
                m, k = row * len(columns) + column, (c * kernel + dy) * kernel + dx
                unrolled[t, m, k] = maps[t, c, y, x]
    return unrolled


def fits(height: int, width: int, convolution: Convolution) -> bool:
    return min(height, width) + 2 * convolution.padding >= convolution.kernel


@settings(deadline=None)
@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3), EXTENTS, EXTENTS),
    convolution=CONVOLUTIONS,
    seed=st.integers(0, 2**32 - 1),
)
def test_im2col_is_what_plain_loops_give(
    shape: tuple[int, int, int, int], convolution: Convolution, seed: int
) -> None:
    assume(fits(*shape[2:], convolution))
    maps = np.random.default_rng(seed).random(shape) < 0.5
    unrolled = im2col(maps, convolution)
    assert unrolled.dtype == np.bool_
    assert unrolled.flags.c_contiguous
    np.testing.assert_array_equal(unrolled, by_loops(maps, convolution))


@settings(deadline=None)
@given(height=EXTENTS, width=EXTENTS, convolution=CONVOLUTIONS)
def test_multiplicity_counts_the_ones_that_im2col_makes_of_a_single_one(
    height: int, width: int, convolution: Convolution
) -> None:
    assume(fits(height, width, convolution))
    # One timestep a pixel: the map that has only this pixel set.
    pixels = height * width
    single = np.eye(pixels, dtype=np.bool_).reshape(pixels, 1, height, width)
    counted = im2col(single, convolution).sum(axis=(1, 2)).reshape(height, width)
    np.testing.assert_array_equal(multiplicity(height, width, convolution), counted)


@settings(deadline=None)
@given(height=EXTENTS, width=EXTENTS, convolution=CONVOLUTIONS, seed=st.integers(0, 2**32 - 1))
def test_fold_gives_back_every_pixel_that_im2col_read(
    height: int, width: int, convolution: Convolution, seed: int
) -> None:
    assume(fits(height, width, convolution))
    maps = np.random.default_rng(seed).random((2, 3, height, width)) < 0.5
    folded = fold(im2col(maps, convolution), convolution, height, width)
    read = multiplicity(height, width, convolution) > 0
    np.testing.assert_array_equal(folded, maps & read)


@settings(deadline=None)
@given(extent=EXTENTS, convolution=CONVOLUTIONS)
def test_positions_are_the_rows_of_im2col_along_one_side(
    extent: int, convolution: Convolution
) -> None:
    assume(fits(extent, extent, convolution))
    unrolled = im2col(np.zeros((1, 1, extent, extent), dtype=np.bool_), convolution)
    assert unrolled.shape[1] == convolution.positions(extent) ** 2


def test_a_kernel_larger_than_the_padded_map_has_no_position() -> None:
    assert Convolution(kernel=5, padding=1).positions(2) < 1
    assert Convolution(kernel=5, padding=1).positions(3) == 1


def test_the_channel_is_the_slow_index_of_k() -> None:
    maps = np.zeros((1, 2, 3, 3), dtype=np.bool_)
    maps[0, 1, 0, 2] = True
    unrolled = im2col(maps, Convolution(kernel=3))
    assert np.flatnonzero(unrolled).tolist() == [9 + 2]
