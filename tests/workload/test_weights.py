"""Magnitude pruning, beside a plain sort."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.workload.weights import _prune


@settings(max_examples=300, deadline=None)
@given(
    size=st.integers(1, 200),
    kept=st.floats(0, 1),
    decimals=st.integers(0, 6),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_largest_magnitudes_survive_also_where_some_are_equal(
    size: int, kept: float, decimals: int, seed: int
) -> None:
    # Few decimals make equal magnitudes.
    trained = np.random.default_rng(seed).standard_normal(size).round(decimals).astype(np.float32)
    trained[trained == 0] = 1
    nonzero = round(kept * size)
    weights = _prune(trained, nonzero)
    assert weights.dtype == np.int8
    assert np.count_nonzero(weights) == nonzero
    survive = weights != 0
    magnitudes = np.abs(trained)
    largest = np.sort(magnitudes)[size - nonzero :]
    np.testing.assert_array_equal(np.sort(magnitudes[survive]), largest)
    np.testing.assert_array_equal(np.sign(weights[survive]), np.sign(trained[survive]))
    if nonzero:
        assert np.abs(weights).max() == 127
        # Those that numpy's own selection takes: the tensors of a seed do not change.
        taken = np.argpartition(magnitudes, size - nonzero)[size - nonzero :]
        assert survive[taken].all()
