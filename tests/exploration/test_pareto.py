"""The front, against every pair compared."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.exploration import pareto
from loas_tl.exploration.pareto import front


def brute(values: NDArray[np.float64]) -> list[int]:
    """Points that no other one is as good as in everything and better than in something."""
    return [
        i
        for i, one in enumerate(values)
        if not any((other <= one).all() and (other < one).any() for other in values)
    ]


@st.composite
def clouds(draw: st.DrawFn) -> NDArray[np.float64]:
    columns = draw(st.integers(1, 4))
    number = st.sampled_from([0.0, 1.0, 2.0, 3.0, -1.0, 1e300, float("inf")])
    row = st.lists(number, min_size=columns, max_size=columns)
    rows = draw(st.lists(row, max_size=40))
    return np.array(rows, dtype=float).reshape(len(rows), columns)


@settings(max_examples=300, deadline=None)
@given(clouds(), st.sampled_from([1, 3, 4096]))
def test_the_front_is_that_of_every_pair_compared(values: NDArray[np.float64], block: int) -> None:
    before = pareto.BLOCK
    pareto.BLOCK = block
    try:
        assert front(values).tolist() == brute(values)
    finally:
        pareto.BLOCK = before


def test_many_points_take_no_long() -> None:
    rng = np.random.default_rng(0)
    values = rng.random((20_000, 3))
    found = front(values)
    sample = rng.choice(20_000, 50)
    inside = set(found.tolist())
    for at in sample.tolist():
        one = values[at]
        dominated = ((values <= one).all(axis=1) & (values < one).any(axis=1)).any()
        assert dominated == (at not in inside)
