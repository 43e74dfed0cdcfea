"""Orders of loops that a permutation leaves out."""

from __future__ import annotations

import pytest

from loas_tl.timeloop.native.axes import innermost
from loas_tl.timeloop.spec.constraints import Factor, Loops
from tests.engine.native.nests import matrix_product

ONE, TWO = Factor("K", "=", 1), Factor("M", "=", 2)


@pytest.mark.parametrize(
    ("permutation", "factors", "order"),
    [
        (("M",), (), "TNM"),
        (("M",), (ONE, TWO), "TNKM"),
        (("M", "K"), (ONE, TWO), "TNMK"),
        (("N", "M"), (ONE,), "TKNM"),
        ((), (TWO, ONE), "TNK"),
    ],
)
def test_loops_of_one_iteration_that_are_left_out_stand_innermost(
    permutation: tuple[str, ...], factors: tuple[Factor, ...], order: str
) -> None:
    """Those whose factor is written, and those of dimensions of one; others have no place."""
    problem = matrix_product({"M": 4, "N": 1, "K": 3, "T": 1})
    assert innermost(Loops(factors=factors, permutation=permutation), problem) == tuple(order)
