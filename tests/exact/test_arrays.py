"""Sums of products over the iteration space, beside the whole space as one array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.exact.arrays import Factor, independent, integrate


@st.composite
def spaces(draw: st.DrawFn) -> tuple[tuple[int, ...], list[Factor]]:
    """Sizes of up to four dimensions, and functions on some of them."""
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    some = st.permutations(range(len(sizes))).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda count: tuple(order[:count]))
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    factors = [
        Factor(axes, rng.random([sizes[d] for d in axes]) < 0.7)
        for axes in draw(st.lists(some, max_size=4))
    ]
    return sizes, factors


def everywhere(sizes: tuple[int, ...], factor: Factor) -> Any:
    """A function's value at every point of the space."""
    places = np.indices(sizes)
    return factor.values[tuple(places[d] for d in factor.axes)]


@given(spaces())
def test_a_sum_is_that_over_every_point(space: tuple[tuple[int, ...], list[Factor]]) -> None:
    sizes, factors = space
    product = np.ones(sizes, int)
    for factor in factors:
        product = product * everywhere(sizes, factor)
    assert integrate(sizes, factors) == product.sum()


@given(spaces())
def test_functions_of_other_dimensions_count_as_independent(
    space: tuple[tuple[int, ...], list[Factor]],
) -> None:
    """Those of the same dimensions are one function; of any other each has its mean."""
    sizes, factors = space
    same: dict[tuple[int, ...], Any] = {}
    for factor in factors:
        same[factor.axes] = same.get(factor.axes, True) & factor.values
    expected = math.prod(sizes) * math.prod(float(np.mean(values)) for values in same.values())
    assert independent(sizes, factors) == pytest.approx(expected, rel=1e-12)
