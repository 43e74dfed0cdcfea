from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.sparsity.dealing import deal
from tests.sparsity import plain


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 12))
def test_each_row_goes_to_the_first_pe_with_least_to_do(work: list[int], pes: int) -> None:
    loads = deal(np.array(work, dtype=np.int64), pes)
    assert loads.tolist() == plain.dealt(work, pes)
    assert loads.sum() == sum(work)
