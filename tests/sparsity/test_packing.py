from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl.sparsity.packing import packed_rows
from tests.sparsity import plain
from tests.sparsity.examples import spike_rows


@settings(deadline=None)
@given(spike_rows(most=60, widest=12), st.integers(1, 4))
def test_rows_are_packed_as_the_plain_search_packs_them(
    rows: NDArray[np.bool_], matrices: int
) -> None:
    several = np.stack([np.roll(rows, shift, axis=0) for shift in range(matrices)])
    expected = [plain.packed(one) for one in several]
    assert packed_rows(several).tolist() == expected


def test_a_row_is_taken_once_and_takes_once() -> None:
    rows = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]], dtype=bool)
    # The first takes the second; nobody is left for the third; full rows stay.
    assert packed_rows(rows[np.newaxis]).tolist() == [3]
