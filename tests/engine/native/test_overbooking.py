"""Memories that may be smaller than their fullest tiles."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native import build_machine, build_mapping, evaluate, evaluate_mapping
from loas_tl.timeloop.native.density import FixedStructured, quantile
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.compare import differences, figures, rounded
from tests.timeloop_runs import load

RUNS = load("timeloop_overbooked.json.xz")
ANSWERED = [name for name, run in RUNS.items() if run.stats]
REFUSED = [name for name, run in RUNS.items() if run.error]


@pytest.mark.parametrize("name", ANSWERED)
def test_recorded_runs_of_timeloop_are_equal(name: str) -> None:
    run = RUNS[name]
    ours, theirs = evaluate(parse_spec(run.spec)), run.result
    assert not differences(figures(ours), figures(theirs))
    mine = {k: round(v, 2) for k, v in rounded(ours).items()}
    assert not differences(mine, dict(rounded(theirs)))


@pytest.mark.parametrize("name", REFUSED)
def test_recorded_refusals_of_timeloop_are_given_in_its_words(name: str) -> None:
    run = RUNS[name]
    with pytest.raises(MappingError) as raised:
        evaluate(parse_spec(run.spec))
    assert (raised.value.level, raised.value.reason) == (run.rejection.level, run.rejection.reason)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), total=st.integers(1, 60))
def test_quantiles_are_rounded_away_from_the_middle(data: st.DataObject, total: int) -> None:
    r = data.draw(st.integers(0, total))
    n = data.draw(st.integers(1, total))
    p = data.draw(st.floats(0.0, 0.999))
    least, most = max(0, n + r - total), min(r, n)
    below = Fraction(0)
    reached = []
    for x in range(least, most + 1):
        ways = math.comb(r, x) * math.comb(total - r, n - x)
        below += Fraction(ways, math.comb(total, n))
        reached.append((x, below))
    if any(abs(float(share) - p) < 1e-9 for _, share in reached):
        return  # where rounding decides
    if p >= 0.5:
        expected = next(x for x, share in reached if share >= p)
    else:
        expected = max((x for x, share in reached if share <= p), default=least)
    assert quantile(p, r, n, total) == expected


def test_spread_evenly_the_floor_is_as_sure_as_it_is_likely() -> None:
    model = FixedStructured(0.3)  # 1.5 of 5
    assert [model.most_by_confidence(5, c) for c in (0.0, 0.5, 0.51, 1.0)] == [1, 1, 2, 2]


def test_a_surer_fit_is_asked_for_in_vain() -> None:
    name = next(n for n in ANSWERED if "allow_overbooking: true" in RUNS[n].spec)
    spec = parse_spec(RUNS[name].spec)
    attached = spec.attached()
    machine = build_machine(spec, attached=attached)
    small = tuple(
        replace(level, size=max(1, (level.size or 1) // 4)) if level.overbooking else level
        for level in machine.levels
    )
    with pytest.raises(MappingError, match="best tile confidence is less than constrained"):
        evaluate_mapping(replace(machine, levels=small), build_mapping(machine, attached))
