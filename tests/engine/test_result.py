"""Results of engines."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.sums import in_order
from loas_tl.timeloop.result import Accesses, LevelStats, TensorStats

finite = st.floats(-1e15, 1e15)


@settings(max_examples=300)
@given(numbers=st.lists(finite), start=finite)
def test_sums_are_rounded_after_each_addition(numbers: list[float], start: float) -> None:
    total = start
    for number in numbers:
        total += number
    assert in_order(numbers, start) == total
    none = Accesses()
    tensors = {
        str(index): TensorStats(none, none, none, 0, energy_pj=number)
        for index, number in enumerate(numbers)
    }
    level = LevelStats(0, 1, tensors, leakage_pj=start)
    assert level.energy_pj == total


def test_the_built_in_sum_may_differ() -> None:
    """Since Python 3.12 it compensates, and gives 1.0 here."""
    assert in_order([0.1] * 10) == 0.9999999999999999 != math.fsum([0.1] * 10)
