from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl import InputError
from loas_tl.workload.im2col import Convolution, fold, im2col, multiplicity

PADDED = st.integers(0, 4)
CONVOLUTIONS = st.builds(
    Convolution,
    kernel=st.integers(1, 4) | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=PADDED
    | st.tuples(PADDED, PADDED)
    | st.tuples(st.tuples(PADDED, PADDED), st.tuples(PADDED, PADDED)),
    dilation=st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
EXTENTS = st.integers(1, 7)


def by_loops(maps: NDArray[np.bool_], convolution: Convolution) -> NDArray[np.bool_]:
    """Im2col as one would write it down, a pixel at a time."""
    timesteps, channels, height, width = maps.shape
    (above, below), (left, right) = convolution.padding
    reach = [d * (k - 1) for k, d in zip(convolution.kernel, convolution.dilation, strict=True)]
    tops = range(-above, height + below - reach[0], convolution.stride[0])
    lefts = range(-left, width + right - reach[1], convolution.stride[1])
    taps = [
        (dy * convolution.dilation[0], dx * convolution.dilation[1])
        for dy, dx in np.ndindex(convolution.kernel)
    ]
    unrolled = np.zeros((timesteps, len(tops) * len(lefts), channels * len(taps)), dtype=np.bool_)
    for t, row, column, c in np.ndindex(timesteps, len(tops), len(lefts), channels):
        for tap, (dy, dx) in enumerate(taps):
            y, x = tops[row] + dy, lefts[column] + dx
            if 0 <= y < height and 0 <= x < width:
                unrolled[t, row * len(lefts) + column, c * len(taps) + tap] = maps[t, c, y, x]
    return unrolled


def fits(height: int, width: int, convolution: Convolution) -> bool:
    return convolution.fits(height, width)


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
@given(height=EXTENTS, width=EXTENTS, convolution=CONVOLUTIONS)
def test_the_output_has_a_pixel_for_each_row_of_im2col(
    height: int, width: int, convolution: Convolution
) -> None:
    assume(fits(height, width, convolution))
    unrolled = im2col(np.zeros((1, 1, height, width), dtype=np.bool_), convolution)
    down, across = convolution.output(height, width)
    assert unrolled.shape[1] == down * across


def test_a_kernel_larger_than_the_padded_map_does_not_fit() -> None:
    assert not Convolution(kernel=5, padding=1).fits(2, 3)
    assert Convolution(kernel=5, padding=1).output(3, 4) == (1, 2)
    assert not Convolution(kernel=3, dilation=2).fits(4, 9)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, (3, 2)])
@pytest.mark.parametrize("dilation", [1, 2, (1, 3)])
def test_padding_same_keeps_the_extent(kernel: int, dilation: int) -> None:
    assert Convolution(kernel, padding="same", dilation=dilation).output(9, 11) == (9, 11)


def test_padding_same_has_its_odd_zero_below_and_right() -> None:
    assert Convolution(4, padding="same").padding == ((1, 2), (1, 2))


@pytest.mark.parametrize(("padding", "stride"), [("valid", 1), ("same", 2)])
def test_other_words_for_padding_are_refused(padding: str, stride: int) -> None:
    with pytest.raises(InputError, match="padding"):
        Convolution(3, stride, padding)


def test_a_convolution_says_what_it_is() -> None:
    assert str(Convolution(3, 1, 1)) == "3x3 kernel with padding 1"
    unusual = Convolution((3, 1), (2, 1), (1, 0), 2)
    assert str(unusual) == "3x1 kernel with padding [1, 0], stride [2, 1], dilation 2"


def test_the_channel_is_the_slow_index_of_k() -> None:
    maps = np.zeros((1, 2, 3, 3), dtype=np.bool_)
    maps[0, 1, 0, 2] = True
    unrolled = im2col(maps, Convolution(kernel=3))
    assert np.flatnonzero(unrolled).tolist() == [9 + 2]
