from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.sparsity.slices import slice_work, with_barrier
from tests.sparsity import plain


@settings(deadline=None)
@given(st.data())
def test_slices_wait_for_each_other_as_spelled_out(data: st.DataObject) -> None:
    t, m, k, n = (data.draw(st.integers(1, most)) for most in (3, 12, 10, 9))
    tiles, pes, pixels = (data.draw(st.integers(1, most)) for most in (4, 3, 5))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    spikes = rng.random((t, m, k)) < data.draw(st.sampled_from([0.0, 0.2, 0.7]))
    weights = rng.integers(-2, 3, (k, n)).astype(np.int8)
    for two_pointer in (False, True):
        additions, rows = slice_work(spikes, weights, pixels, two_pointer)
        cycles = with_barrier(np.maximum(additions, rows), tiles, pes)
        assert cycles == plain.slice_cycles(spikes, weights, tiles, pes, pixels, two_pointer)
    assert additions.sum() == (spikes.sum(axis=(0, 1)) @ (weights != 0)).sum()
