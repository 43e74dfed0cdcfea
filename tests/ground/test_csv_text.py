"""CSV without pandas is CSV by pandas."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.csv_text import csv_text

ROW = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
).map(lambda cells: dict(zip(("text", "count", "share"), cells, strict=True)))


@settings(max_examples=100, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5))
def test_it_is_what_pandas_writes(rows: list[dict[str, Any]]) -> None:
    assert csv_text(rows) == pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"a": 1}, {"a": None}],
        [{"a": 1.0}, {"a": math.nan}],
        [{"a": 1}, {"b": 1}],
        [{"a": 1}, {"a": 1.5}],
        [{"a": 1}, {"a": 2, "b": 3}],
        [{"a": True}],
    ],
)
def test_where_a_columns_type_decides_it_leaves_it_to_a_frame(rows: list[dict[str, Any]]) -> None:
    assert csv_text(rows) is None
