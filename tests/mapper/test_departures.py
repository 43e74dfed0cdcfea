"""Batches depart from Timeloop where the model does, and in the same way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.designs.naming import design
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.mapper.judge import Judge
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.nested import NESTED, NESTED_ENERGIES, Rule, densities, nested_rules, rules
from tests.mapper.examples import matmul, model, some
from tests.mapper.test_evaluate import assert_equal, uneven


def in_batches(setup: Setup) -> bool:
    judge = setup.judge()
    assert isinstance(judge, Judge)
    return judge.in_batches


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("sizes", [(2, 3, 2), None])
def test_no_more_is_done_than_without_rules(
    sizes: tuple[int, int, int] | None, compressed: bool
) -> None:
    levels = [("Far", "X"), ("Middle", "X"), ("Near", "W")]
    nested = [Rule(level, "Y", "gating", (on,)) for level, on in levels]
    text = rules(nested, sizes=sizes, densities=(0.02, 0.95), mapped=False, compressed=compressed)
    spec = parse_spec(text)
    setup = Setup.of(spec, energies=uneven(spec, 5))
    assert_equal(setup, 5, count=200)


@settings(max_examples=80, deadline=None)
@given(nested_rules(), densities, densities, st.booleans(), st.integers(0, 2**32))
def test_batches_are_equal_to_the_model_where_rules_are_nested(
    given_rules: list[Rule], x: float, w: float, compressed: bool, seed: int
) -> None:
    text = rules(given_rules, densities=(x, w), mapped=False, compressed=compressed)
    spec = parse_spec(text)
    setup = Setup.of(spec, energies=uneven(spec, seed))
    assert in_batches(setup)
    assert_equal(setup, seed, count=12)


def test_rules_that_save_less_than_outer_ones_are_among_them() -> None:
    """Saving 0 in place of 2**64 less some, in one mapping of three at least."""
    sparse = (0.02, 0.95)
    nested = [Rule("Far", "Y", "gating", ("X",)), Rule("Near", "Y", "gating", ("W",))]
    spec = parse_spec(rules(nested, densities=sparse, mapped=False))
    setup = Setup.of(spec, energies=uneven(spec, 0))
    mappings = some(setup, 60, 0)
    results = [model(setup, mappings, index) for index in range(60)]
    noted = [r for r in results if isinstance(r, Result) and "saves less" in str(r.notes)]
    assert len(noted) > 20
    assert_equal(setup, 0, count=60)
    energies = setup.judge()(mappings).energy
    assert (energies[np.isfinite(energies)] < 1e6).all()


def test_a_search_finds_what_the_model_says_of_nested_rules() -> None:
    found = search(parse_spec(NESTED), energies=NESTED_ENERGIES, jobs=1)
    expected = evaluate(parse_spec(NESTED), NESTED_ENERGIES)
    assert found.result.energy_pj == expected.energy_pj == 6557
    *same, held = found.result.notes
    assert (*same,) == expected.notes != ()
    assert held.startswith("the specification has a mapping")


@pytest.mark.parametrize("sizes", [(2**31 - 1, 2_147_483_629, 2_147_483_587), (94_906_267, 3, 1)])
def test_sizes_beyond_doubles_are_searched(sizes: tuple[int, int, int]) -> None:
    spec = parse_spec(rules([], sizes=sizes, mapped=False))
    found = search(spec, jobs=1, max_mappings=40)
    m, n, k = sizes
    assert found.result.computes.actual == m * n * k
    assert found.result.cycles == m * n * k
    assert in_batches(Setup.of(spec)) == (m * n * k <= 2**53)


def test_operands_that_only_rounding_makes_too_dense_are_searched() -> None:
    rendered = design("LoAS").spec(Measured(1, 1, 4, 32, 1.0, 3 / 128, 0.2))
    expected = evaluate(parse_spec(rendered.model_spec))
    assert "six decimals" in expected.notes[0]
    spec = parse_spec(rendered.search_spec)
    setup = Setup.of(spec, energies=uneven(spec, 1))
    assert_equal(setup, 1, count=40)
    assert setup.judge()(some(setup, 40, 1)).valid.any()


def test_operands_that_really_are_too_dense_are_refused() -> None:
    twice = [Rule("Near", "W", "skipping", ("X", "W"))]
    spec = parse_spec(rules(twice, densities=(0.5, 0.1), mapped=False))
    setup = Setup.of(spec)
    mappings = some(setup, 40, 0)
    evaluation = setup.judge()(mappings)
    refused = [isinstance(model(setup, mappings, index), str) for index in range(40)]
    assert refused == (~evaluation.valid).tolist()
    assert any("illegal operand" in reason for _, reason in evaluation.reasons)
    with pytest.raises(EngineError, match="illegal operand"):
        evaluate(parse_spec(rules(twice, densities=(0.5, 0.1))))


def test_a_diagonal_is_priced_by_the_model() -> None:
    """Z[m, n, n] has words that no compute reaches, and the model refuses what would make them."""
    plain = matmul(m=4, n=6, k=3)
    text = plain.replace("projection: [[[M]], [[N]]]", "projection: [[[M]], [[N]], [[N]]]")
    assert text != plain
    setup = Setup.of(parse_spec(text))
    mappings = some(setup, 40, 0)
    evaluation = setup.judge()(mappings)
    refused = [isinstance(model(setup, mappings, index), str) for index in range(40)]
    assert refused == (~evaluation.valid).tolist()
    assert any("fewer accesses than words" in reason for _, reason in evaluation.reasons)
