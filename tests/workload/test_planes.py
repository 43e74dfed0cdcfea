from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.workload.planes import planes_of, step_of


@given(
    whole=st.lists(st.integers(0, 255), min_size=1, max_size=60),
    step=st.sampled_from([1.0, 1 / 255, 1 / 256, 1 / 4, 1 / 9, 1 / 16, 0.3]),
)
def test_planes_add_up_to_what_they_are_of(whole: list[int], step: float) -> None:
    values = np.array(whole, dtype=np.float32) * np.float32(step)
    found = step_of(values)
    assert found is not None
    planes = planes_of(values, found)
    total = sum(2.0**plane * bits for plane, bits in enumerate(planes)) * found
    np.testing.assert_allclose(total, values, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "values", [[-1.0, 1.0], [0.0, np.nan], list(np.random.default_rng(0).random(500))]
)
def test_values_without_a_step_have_none(values: list[float]) -> None:
    assert step_of(np.array(values)) is None


def test_the_coarsest_step_is_taken() -> None:
    assert step_of(np.array([0, 0.25, 0.5, 1.0])) == 0.25
    assert step_of(np.array([0, 2.0, 4.0])) == 1.0
