"""Computes by what becomes of them: nothing is lost, and nothing counted twice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loas_tl.timeloop.native import build_machine, build_mapping
from loas_tl.timeloop.native.computing import Operand, _count
from loas_tl.timeloop.native.nest import analyse
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.test_refusals import WORKING

SPEC = parse_spec(WORKING)
MACHINE = build_machine(SPEC)
NEST = analyse(MACHINE, build_mapping(MACHINE, SPEC.attached()))


@st.composite
def operands(draw: st.DrawFn) -> Operand:
    """Three probabilities of six decimals that add up to one, often without one of them."""
    nonzero = draw(st.sampled_from([0, 500_000, 1_000_000]) | st.integers(0, 1_000_000))
    rest = 1_000_000 - nonzero
    missing = draw(st.sampled_from([0, rest]) | st.integers(0, rest))
    return Operand(nonzero / 1e6, (rest - missing) / 1e6, missing / 1e6)


@pytest.mark.parametrize("gating", [False, True])
@pytest.mark.parametrize("skipping", [False, True])
@given(total=st.integers(0, 10**6) | st.integers(0, 2**80), a=operands(), b=operands())
@example(total=2**70 + 1, a=Operand(0.3, 0.6, 0.1), b=Operand(0.0, 0.9, 0.1))
@example(total=2**60 - 1, a=Operand(0.0, 0.7, 0.3), b=Operand(0.7, 0.0, 0.3))
def test_each_compute_is_one_thing(
    gating: bool, skipping: bool, total: int, a: Operand, b: Operand
) -> None:
    """Not seen where both are missing, skipped where one is, gated where one is zero."""
    compute = replace(MACHINE.compute, gating=gating, skipping=skipping)
    done = _count(replace(MACHINE, compute=compute), NEST, total, a, b)
    assert done.algorithmic == NEST.computes
    counted = (done.actual, done.gated, done.skipped)
    assert min(counted) >= 0
    assert sum(counted) <= total
    one, other = ([Fraction(p) for p in (x.nonzero, x.zero, x.missing)] for x in (a, b))
    lacks = (one[0] + one[1]) * other[2] + one[2] * (other[0] + other[1])
    exists = one[0] * other[1] + one[1] * other[0] + one[1] * other[1]
    gated = exists * gating + lacks * (gating and not skipping)
    skipped = lacks * skipping
    unseen = one[2] * other[2]
    near = 2 + total * Fraction(1, 10**14)
    assert abs(done.gated - total * gated) <= near
    assert abs(done.skipped - total * skipped) <= near
    assert abs(total - sum(counted) - total * unseen) <= near
