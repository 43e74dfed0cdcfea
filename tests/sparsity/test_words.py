from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from loas_tl import InputError
from loas_tl.sparsity.words import as_words, from_words, unrolled
from tests.sparsity.examples import spike_rows


@given(spike_rows(widest=150), st.integers(1, 64))
def test_a_word_has_a_bit_for_each_input_of_its_run(rows: NDArray[np.bool_], run: int) -> None:
    words = as_words(rows, run)
    for r, row in enumerate(rows.tolist()):
        for at in range(len(words)):
            expected = sum(1 << i for i, one in enumerate(row[at * run : (at + 1) * run]) if one)
            assert int(words[at, r]) == expected
    np.testing.assert_array_equal(from_words(words, run, rows.shape[1]), rows)


@pytest.mark.parametrize("run", [0, 65])
def test_a_run_that_is_no_word_is_refused(run: int) -> None:
    with pytest.raises(InputError, match=f"a run of {run} inputs; expected 1 to 64"):
        as_words(np.ones((2, 3), dtype=bool), run)


def test_the_timestep_runs_fastest() -> None:
    spikes = np.arange(24).reshape(2, 3, 4) % 5 == 0
    expected = [spikes[t, m] for m in range(3) for t in range(2)]
    np.testing.assert_array_equal(unrolled(spikes), expected)
