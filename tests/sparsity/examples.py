"""Rows of spikes for hypothesis: few patterns that repeat, or any."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray


@st.composite
def spike_rows(draw: st.DrawFn, most: int = 40, widest: int = 40) -> NDArray[np.bool_]:
    """``bool[R, K]`` of a density between empty and full; rows may come several times."""
    count, k = draw(st.integers(1, most)), draw(st.integers(1, widest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = rng.random((count, k)) < draw(st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9, 1.0]))
    if draw(st.booleans()):
        rows = rows[rng.integers(0, max(count // 3, 1), count)]
    return rows
