from __future__ import annotations

import pytest

from loas_tl.report.engine_page import Searched
from loas_tl.report.units import counted

SEARCH = {
    "metric": "edp",
    "exhaustive": False,
    "mappings": 40,
    "valid_mappings": 9,
    "seconds": 0.25,
}


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (123_456, "123,456"),
        (2_345_678_901, "2.35e+09"),
        (10**746, "about 1e+746"),
        (10**5000, "about 1e+5000"),
    ],
    ids=["whole", "large", "beyond floats", "beyond what Python writes out"],
)
def test_a_count_of_any_size_can_be_shown(count: int, shown: str) -> None:
    assert counted(count) == shown
    words = Searched(SEARCH, 1e-9, count).words
    assert f"of some of {shown}: 40 looked at, 9 valid, in 0.2 s" in words
