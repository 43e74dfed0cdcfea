"""What of a spec's mapper section and factors a search takes, and what it says of the rest."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import Found, search
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.test_as_given import ARCHITECTURE, PROBLEM

MAIN = "attributes: {width: 64, datawidth: 8, depth: 1048576}"


def found(text: str = "", *, factors: str = "", metric: str | None = None) -> Found:
    constraints = f"\n    constraints: {{temporal: {{factors: [{factors}]}}}}" if factors else ""
    spec = ARCHITECTURE.replace(MAIN, MAIN + constraints) + PROBLEM + text
    return search(parse_spec(spec), metric=metric, max_mappings=3000, seed=3, jobs=1)


def mapper(options: str) -> str:
    return f"\nmapper: {{version: 0.4, {options}}}\n"


@pytest.mark.parametrize(
    ("asked", "metric"), [("energy", "energy"), ("delay", "cycles"), ("edp", "edp")]
)
def test_the_first_metric_of_the_mapper_section_is_searched_by(asked: str, metric: str) -> None:
    ours = found(mapper(f"optimization_metrics: [{asked}]"))
    assert ours.metric == metric
    assert ours.result.notes == ()
    assert (ours.cost, ours.mapping) == (found(metric=metric).cost, found(metric=metric).mapping)
    assert found(mapper(f"optimization_metric: {asked}")).metric == metric


def test_edp_without_any() -> None:
    assert found().metric == "edp"


def test_what_is_asked_for_wins_and_is_said() -> None:
    ours = found(mapper("optimization_metrics: [energy]"), metric="cycles")
    assert ours.metric == "cycles"
    assert ours.result.notes == (
        "mapper.optimization_metrics asks for energy; cycles was asked for instead",
    )


def test_a_second_metric_that_does_not_decide_is_said() -> None:
    assert found(mapper("optimization_metrics: [energy, delay]")).result.notes == ()
    ours = found(mapper("optimization_metrics: [edp, energy, delay]"))
    assert ours.result.notes == (
        "mapper.optimization_metrics: of edp, energy, delay the first counts; between equals "
        "delay decides",
    )


def test_a_metric_that_is_not_searched_by_is_refused() -> None:
    with pytest.raises(InputError, match=r"mapper\.optimization_metrics: 'last-level-accesses' is"):
        found(mapper("optimization_metrics: [last-level-accesses]"))
    assert found(mapper("optimization_metrics: [last-level-accesses]"), metric="edp").result.notes


@pytest.mark.parametrize("given", ["3", "{delay: 1}", "true"])
def test_metrics_that_are_no_list_are_refused(given: str) -> None:
    with pytest.raises(InputError, match="expected a list of metrics"):
        found(mapper(f"optimization_metrics: {given}"))


def test_options_without_effect_are_said() -> None:
    ours = found(mapper("search_size: 40, timeout: 50, victory_condition: 0, num_threads: 1"))
    assert ours.result.notes == (
        "mapper: search_size, timeout without effect: a limit of mappings or of seconds ends this "
        "search, or that nothing better turns up",
        "mapper: num_threads without effect on this search",
    )
    assert ours.mapping == found().mapping


def test_a_factor_of_minus_one_is_as_if_it_were_not_written() -> None:
    free = found(factors="I=-1, K=-1")
    assert free.mapping == found().mapping
    assert free.result.notes == ()
    assert free.cost == found().cost


@pytest.mark.parametrize("factor", ["I<=-1", "I=-2", "I=-1,2"])
def test_other_negative_factors_are_refused(factor: str) -> None:
    with pytest.raises(InputError, match=r"temporal\.factors\[0\]"):
        found(factors=f'"{factor}"')


def test_factors_only_leaves_a_dimension_of_minus_one_free() -> None:
    spec = parse_spec(
        ARCHITECTURE.replace(
            MAIN, MAIN + "\n    constraints: {temporal: {factors_only: [I=-1, J=3]}}"
        )
        + PROBLEM
    )
    factors = spec.architecture.node("Main").constraints.temporal.factors
    assert [str(factor) for factor in factors] == ["J=3", "K=1"]


def test_a_factor_above_its_dimension_is_ignored_and_said() -> None:
    ours = found(factors="I=9")
    assert ours.result.notes == (
        "Main: the temporal factor I=9 is more than I (8) and is ignored, as Timeloop does",
    )
    assert ours.cost == found().cost
    assert found(factors="I=8").result.notes == ()
