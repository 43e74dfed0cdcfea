"""What behind --vary KEY= is read, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from loas_tl import InputError
from loas_tl.designs.parameter import Kind
from loas_tl.exploration.ranges import axis


@pytest.mark.parametrize(
    ("given", "kind", "values"),
    [
        ("8,16,32", "whole", [8, 16, 32]),
        ("8, 16 ,8", "whole", [8, 16]),
        ("8..11", "whole", [8, 9, 10, 11]),
        ("8..64*2", "whole", [8, 16, 32, 64]),
        ("8..64:*2", "whole", [8, 16, 32, 64]),
        ("10..40*1.5", "whole", [10, 15, 22, 34]),
        ("8..20:4", "whole", [8, 12, 16, 20]),
        ("8..21:4,100", "whole", [8, 12, 16, 20, 100]),
        ("0.1..0.5:0.1", "number", [0.1, 0.2, 0.30000000000000004, 0.4, 0.5]),
        ("32nm,22", "node", [32, 22]),
        ("no,yes", "switch", [0, 1]),
        ("0..1", "switch", [0, 1]),
        ([8, 16.0, "32"], "whole", [8, 16, 32]),
        (range(0, 9, 4), "whole", [0, 4, 8]),
    ],
)
def test_values(given: Any, kind: Kind, values: list[float]) -> None:
    found = axis("key", given, kind)
    assert list(found.values) == values
    assert not found.continuous


def test_any_number_between_two() -> None:
    found = axis("key", "0.1..0.9", "number")
    assert found.continuous
    assert (found.low, found.high) == (0.1, 0.9)


def test_a_long_range_takes_no_room() -> None:
    assert len(axis("key", "0..1000000000", "whole").values) == 10**9 + 1


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ("", "whole", "'' is no number; expected a value (A,B,C, LOW..HIGH"),
        ("8,,16", "whole", "'' is no number"),
        ([], "whole", "has no values"),
        ("64..8", "whole", "'64..8' is reversed; expected LOW..HIGH"),
        ("8..8", "whole", "'8..8' is a single value"),
        ("16", "whole", "does not vary, it is always 16; expected several values"),
        ([16, 16], "whole", "does not vary"),
        ("8..64:0", "whole", "step '0'; expected a number above 0"),
        ("8..64:-1", "whole", "step '-1'"),
        ("8..64*1", "whole", "factor '1'; expected a number above 1"),
        ("0..64*2", "whole", "starts at 0"),
        ("8..64:0.5", "whole", "step 0.5; expected a whole number"),
        ("8.5,9", "whole", "'8.5'; expected whole numbers"),
        ("8,nan", "whole", "'nan' is no number"),
        ("8,many", "whole", "'many' is no number; expected A,B,C"),
        ("0..2:2e-6", "number", "has 1,000,001 values; expected 1,000,000 at most"),
        ("1..2*1.0000001", "number", "has more than 1,000,000 values"),
        ("0.1..0.2,0.5", "number", "expected steps (:STEP)"),
    ],
)
def test_what_cannot_be_is_refused(given: Any, kind: Kind, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        axis("key", given, kind)
