"""Density models beside scipy's distributions and their own definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.density import FixedStructured, Hypergeometric, density_model
from loas_tl.timeloop.spec.problem import Density


@st.composite
def tensors(draw: st.DrawFn) -> tuple[Hypergeometric, int]:
    """A tensor with random non-zeros, and a tile of it."""
    words = draw(st.integers(1, 3000))
    nonzeros = draw(st.integers(0, words))
    size = draw(st.integers(1, words))
    return Hypergeometric(nonzeros / words, words, nonzeros), size


@given(tensors())
def test_random_nonzeros_are_hypergeometric(case: tuple[Hypergeometric, int]) -> None:
    model, size = case
    counts, chances = model.occupancies(size)
    if not len(counts):  # Timeloop's bound of the least occupancy wraps around
        assert model.least(size) > model.most(size)
        return
    expected = hypergeom.pmf(counts, model.tensor, model.nonzeros, size)
    assert chances == pytest.approx(expected, rel=1e-8, abs=1e-300)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    assert (counts * chances).sum() == pytest.approx(model.mean(size), rel=1e-9, abs=1e-12)


@given(tensors(), st.integers(0, 40))
def test_one_probability_is_that_of_the_distribution(
    case: tuple[Hypergeometric, int], count: int
) -> None:
    model, size = case
    expected = hypergeom.pmf(count, model.tensor, model.nonzeros, size)
    assert model.probability(size, count) == pytest.approx(expected, rel=1e-8, abs=1e-300)


@given(st.integers(1, 200), st.data())
def test_empty_within_a_tile(outer: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, outer))
    first = data.draw(st.integers(0, outer))
    counts = np.arange(first, data.draw(st.integers(first, outer)) + 1, dtype=np.float64)
    expected = hypergeom.pmf(0, outer, counts, size)
    model = Hypergeometric(0.5, 10, 5)
    assert model.empty_within(size, outer, counts) == pytest.approx(expected, abs=1e-12)
    # The same for numbers that do not follow one another.
    some = counts[::2]
    assert model.empty_within(size, outer, some) == pytest.approx(expected[::2], abs=1e-12)


@settings(deadline=None)
@given(
    tensors(),
    st.sampled_from([0.001, 0.02, 0.3, 0.499, 0.5, 0.501, 0.8, 0.97, 0.9999]),
)
def test_quantiles_are_rounded_down_below_the_median_and_up_from_it_on(
    case: tuple[Hypergeometric, int], confidence: float
) -> None:
    model, size = case
    least, most = max(0, size + model.nonzeros - model.tensor), min(size, model.nonzeros)
    counts = np.arange(least, most + 1)
    below = hypergeom.cdf(counts, model.tensor, model.nonzeros, size)
    assume(np.abs(below - confidence).min() > 1e-9)  # else the last bit decides
    upper = int(counts[np.argmax(below >= confidence)]) if (below >= confidence).any() else most
    expected = upper if confidence >= 0.5 else max(upper - 1, least)
    assert model.most_by_confidence(size, confidence) == expected


@settings(deadline=None)
@given(
    st.integers(104_000, 400_000),
    st.floats(0.05, 0.95),
    st.integers(1, 40),
    st.sampled_from([0.1, 0.499, 0.5, 0.501, 0.8, 0.97]),
)
def test_quantiles_of_large_tensors(
    words: int, density: float, size: int, confidence: float
) -> None:
    nonzeros = int(density * words)
    model = Hypergeometric(nonzeros / words, words, nonzeros)
    counts = np.arange(size + 1)
    below = hypergeom.cdf(counts, words, nonzeros, size)
    assume(np.abs(below - confidence).min() > 1e-9)
    upper = int(np.argmax(below >= confidence))
    expected = upper if confidence >= 0.5 else max(upper - 1, 0)
    assert model.most_by_confidence(size, confidence) == expected


@pytest.mark.parametrize(
    ("confidence", "most"),
    [(0.5, 55), (0.5005, 55), (0.501, 56), (0.502, 56), (0.52, 56), (0.8, 61), (0.97, 67)],
)
def test_sums_that_begin_below_the_smallest_double_lose_nothing(
    confidence: float, most: int
) -> None:
    """Recorded from Boost 1.74. That of all 304 non-zeros is 10**-323: a double of two bits."""
    model = Hypergeometric(304 / 1751, 1751, 304)
    assert model.most_by_confidence(320, confidence) == most


def test_probabilities_are_exact_where_they_are_simple_fractions() -> None:
    model = Hypergeometric(0.5, 64, 32)
    assert model.probability(1, 0) == 0.5
    assert model.probability(2, 0) == 32 * 31 / (64 * 63)
    assert list(Hypergeometric(11 / 12, 12, 11).occupancies(2)[1]) == [1 / 6, 5 / 6]


def test_large_tensors_are_looked_at_around_their_mean() -> None:
    model = Hypergeometric(0.3, 10**10, 3 * 10**9)
    counts, chances = model.occupancies(10**8)
    assert len(counts) < 600_000
    assert chances.sum() == pytest.approx(1)
    assert (counts * chances).sum() == pytest.approx(3 * 10**7)
    assert model.probability(10**4, 0) == 0.7**10**4
    rare = Hypergeometric(1e-6, 10**10, 10**4)
    assert rare.probability(10**4, 0) == pytest.approx((1 - 1e-6) ** 10**4, rel=1e-8)
    with pytest.raises(InputError, match="too many non-zeros"):
        Hypergeometric(0.5, 10**18, 5 * 10**17).occupancies(10**17)


def test_the_least_occupancy_is_timeloops() -> None:
    model = Hypergeometric(0.75, 64, 48)
    assert model.least(16) == 0  # 16 zeros fill it
    assert model.least(32) == 0  # 16 by right; the difference of sizes wraps around
    assert model.least(64) == 48
    assert Hypergeometric(0.75, 98, 74).least(49) > 2**63  # 1/49*49 is less than 1


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_evenly_spread_nonzeros_keep_their_mean(density: float, size: int) -> None:
    model = FixedStructured(density)
    counts, chances = model.occupancies(size)
    assert set(counts) <= {math.floor(size * density), math.ceil(size * density)}
    assert chances.sum() == pytest.approx(1)
    assert (counts * chances).sum() == pytest.approx(size * density, rel=1e-9, abs=1e-9)
    assert model.least(size) <= counts.min()
    assert model.most(size) >= counts.max() - 1
    for count, chance in zip(counts, chances, strict=True):
        assert model.probability(size, int(count)) == chance


def test_evenly_spread_nonzeros_of_an_outer_tile() -> None:
    empty = FixedStructured(0.1).empty_within(4, 16, np.array([0.0, 1.0, 3.0, 4.0, 16.0]))
    assert list(empty) == [1, 0.75, 0.25, 0, 0]


def test_models_by_name() -> None:
    assert density_model(Density("hypergeometric", 0.1), 30) == Hypergeometric(0.1, 30, 3)
    assert density_model(Density("hypergeometric", 1.0), 30).occupancies(7)[0] == [7]
    assert density_model(Density("dense"), 30) == FixedStructured(1.0)
    with pytest.raises(InputError, match="banded is not supported"):
        density_model(Density("banded", 0.1), 30)
