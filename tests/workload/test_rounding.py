from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError, round_weights

RNG = np.random.default_rng(0)


def test_whole_numbers_stay_as_they_are() -> None:
    given = RNG.integers(-128, 128, (9, 5))
    rounded = round_weights(given)
    np.testing.assert_array_equal(rounded.weights, given)
    assert rounded.scale == 1
    assert rounded.exact


@settings(deadline=None)
@given(
    whole=st.lists(st.integers(-127, 127), min_size=1, max_size=40),
    unit=st.floats(1e-6, 1e3),
    single=st.booleans(),
)
def test_weights_on_a_grid_are_taken_by_their_steps(
    whole: list[int], unit: float, single: bool
) -> None:
    matrix = np.array(whole, dtype=np.float64).reshape(-1, 1) * unit
    if single:
        matrix = matrix.astype(np.float32)
    rounded = round_weights(matrix)
    assert rounded.exact
    assert rounded.lost == 0
    np.testing.assert_allclose(rounded.weights * rounded.scale, matrix, rtol=1e-4)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), density=st.floats(0, 1), size=st.integers(1, 300))
def test_others_are_off_by_half_a_step_and_zero_stays_zero(
    seed: int, density: float, size: int
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, 4)) * (rng.random((size, 4)) < density)
    for per in ("tensor", "channel"):
        rounded = round_weights(matrix, per)
        assert rounded.weights.dtype == np.int8
        assert (np.abs(rounded.weights * rounded.scale - matrix) <= rounded.scale * 0.5001).all()
        assert not rounded.weights[matrix == 0].any()
        lost = np.count_nonzero(matrix) - np.count_nonzero(rounded.weights)
        assert rounded.lost == lost


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="not finite"):
        round_weights(np.array([[value]]))


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(InputError, match="'row'"):
        round_weights(np.ones((2, 2)), "row")  # type: ignore[arg-type]
