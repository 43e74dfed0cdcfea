"""Smoothing a field whose edges meet gives scipy's result to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.special import ndtri

from loas_tl.workload.smoothing import smooth
from loas_tl.workload.statistics import published_networks
from loas_tl.workload.structure import DEFAULT, stratified_normal

# Narrower than the kernel, too, which then goes around more than once.
EXTENTS = st.integers(1, 40)
SHAPES = {
    (layer.channels, layer.extent, layer.extent)
    for layers in published_networks().values()
    for layer in layers
}


def assert_as_scipy(shape: tuple[int, ...], sigma: float, seed: int) -> None:
    maps = np.random.default_rng(seed).standard_normal(shape)
    before = maps.copy()
    sigmas = (*(0.0,) * (len(shape) - 2), sigma, sigma)
    expected = gaussian_filter(maps, sigmas, mode="wrap")
    smoothed = smooth(maps, sigma)
    assert smoothed.tobytes() == expected.tobytes()
    # What is computed from it depends on where its elements lie.
    assert smoothed.flags.c_contiguous
    assert maps.tobytes() == before.tobytes()


@settings(max_examples=300, deadline=None)
@given(
    channels=st.integers(1, 5),
    height=EXTENTS,
    width=EXTENTS,
    sigma=st.sampled_from([2.0, 0.1, 0.5, 1.0]) | st.floats(0.05, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_field_is_smoothed_as_scipy_does(
    channels: int, height: int, width: int, sigma: float, seed: int
) -> None:
    assert_as_scipy((channels, height, width), sigma, seed)


@pytest.mark.parametrize("shape", sorted(SHAPES), ids=str)
def test_the_fields_of_the_networks_are_smoothed_as_scipy_does(shape: tuple[int, int, int]) -> None:
    if shape[1] * shape[2] > 1:
        assert_as_scipy(shape, DEFAULT.smoothing_px, seed=0)


@pytest.mark.parametrize("count", [1, 2, 3, 64, 512, 3072])
def test_normal_quantiles_are_those_of_scipy(count: int) -> None:
    quantiles = np.sort(stratified_normal(count, np.random.default_rng(0)))
    expected = ndtri((np.arange(count) + 0.5) / count)
    np.testing.assert_allclose(quantiles, expected, rtol=1e-14, atol=1e-15)
