"""What of a spec's mapper section and factors a search takes, and what it says of the rest."""

from __future__ import annotations

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import Found, search
from loas_tl.timeloop.mapper.budget import Budget
from loas_tl.timeloop.mapper.heeded import metrics_of
from loas_tl.timeloop.mapper.judge import reuse_is_denied
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.test_as_given import ARCHITECTURE
from tests.engine.native.test_as_given import PROBLEM as DENSE
from tests.mapper.examples import matmul

PROBLEM = DENSE + "\nvariables: {version: 0.4, technology: -1, global_cycle_seconds: 1e-9}\n"
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


@pytest.mark.parametrize(
    ("asked", "metrics"),
    [
        ("energy, delay", ("energy", "cycles")),
        ("energy", ("energy", "cycles")),
        ("delay", ("cycles", "energy")),
        ("edp, energy, delay", ("edp", "energy")),
        ("edp, edp, delay", ("edp", "cycles")),
        ("delay, last-level-accesses, edp", ("cycles", "edp")),
    ],
)
def test_metrics_decide_in_order(asked: str, metrics: tuple[str, str]) -> None:
    spec = parse_spec(ARCHITECTURE + PROBLEM + mapper(f"optimization_metrics: [{asked}]"))
    assert metrics_of(spec) == metrics


def test_what_comes_second_decides_between_equals() -> None:
    energy, fast = (
        found(mapper(f"optimization_metrics: [edp, {second}]")) for second in ("energy", "delay")
    )
    assert energy.cost == fast.cost
    assert energy.result.energy_pj <= fast.result.energy_pj
    assert fast.result.cycles <= energy.result.cycles
    assert energy.result.notes == fast.result.notes == ()


def test_a_metric_of_timeloop_alone_is_left_out_and_said() -> None:
    ours = found(mapper("optimization_metrics: [energy, last-level-accesses]"))
    assert ours.result.notes == (
        "mapper.optimization_metrics: last-level-accesses is not searched by and is left out",
    )


@pytest.mark.parametrize("asked", ["foo", "energy, foo", "energy, delay, foo"])
def test_an_unknown_metric_is_refused(asked: str) -> None:
    with pytest.raises(InputError, match=r"optimization_metrics: 'foo' is unknown; expected edp, "):
        found(mapper(f"optimization_metrics: [{asked}]"))


def test_a_metric_that_is_not_searched_by_is_refused() -> None:
    with pytest.raises(InputError, match=r"mapper\.optimization_metrics: 'last-level-accesses' is"):
        found(mapper("optimization_metrics: [last-level-accesses]"))
    assert found(mapper("optimization_metrics: [last-level-accesses]"), metric="edp").result.notes


@pytest.mark.parametrize("given", ["3", "{delay: 1}", "true"])
def test_metrics_that_are_no_list_are_refused(given: str) -> None:
    with pytest.raises(InputError, match="expected a list of metrics"):
        found(mapper(f"optimization_metrics: {given}"))


def budgeted(options: str, **limits: object) -> Found:
    spec = parse_spec(ARCHITECTURE + PROBLEM + mapper(options))
    return search(spec, jobs=1, **limits)  # type: ignore[arg-type]


def test_search_size_is_the_number_of_valid_mappings() -> None:
    ours = budgeted("search_size: 40")
    assert ours.valid_mappings == 40
    assert not ours.exhaustive
    assert ours.result.notes == (
        "mapper.search_size 40 ended the search; with a limit of mappings or of seconds it goes on",
    )
    assert ours.cost >= found().cost


@pytest.mark.parametrize("threads", [1, 4])
def test_victory_condition_ends_a_search_without_better_ones(threads: int) -> None:
    ours = budgeted(f"victory_condition: 3000, num_threads: {threads}")
    assert ours.result.notes[0].startswith("mapper.victory_condition 3000 ended the search")
    assert ours.valid_mappings > 3000 * threads
    assert ours.valid_mappings < budgeted("victory_condition: 50000").valid_mappings


@pytest.mark.parametrize(
    ("given", "threads"), [("", 1), (", num_threads: 0", 1), (", num_threads: 3", 3)]
)
def test_limits_of_each_thread_are_of_all_together(given: str, threads: int) -> None:
    limits = "search_size: 7, timeout: 5, victory_condition: 11"
    spec = parse_spec(matmul(rest=mapper(limits + given)))
    assert Budget.of(spec, None, None) == Budget(None, None, 7, 5 * threads, 11 * threads)
    assert Budget.of(spec, 100, None) == Budget(mappings=100)
    assert Budget.of(spec, None, 2.0) == Budget(seconds=2.0)
    none = parse_spec(matmul(rest=mapper("search_size: 0, timeout: 0, victory_condition: 0")))
    assert Budget.of(none, None, None) == Budget()


@pytest.mark.parametrize(
    ("counts", "ended"),
    [
        ((6, 4, 10), None),
        ((7, 4, 10), "search_size"),
        ((8, 9, 99), "search_size"),
        ((6, 5, 11), "timeout"),
        ((6, 4, 11), "victory_condition"),
    ],
)
def test_a_budget_is_used_up_when_it_is_reached(
    counts: tuple[int, int, int], ended: str | None
) -> None:
    assert Budget(None, None, 7, 5, 11).used_up(*counts) == ended
    assert Budget().used_up(*counts) is None


def test_timeout_ends_a_search_without_valid_ones() -> None:
    text = ARCHITECTURE.replace("depth: 256", "depth: 1").replace("depth: 32", "depth: 1")
    kept = text.replace(
        MAIN, "attributes: {width: 8, datawidth: 8, depth: 1}\n    constraints: {dataspace: "
        "{keep: [X, W, Y]}}",
    )  # fmt: skip
    with pytest.raises(
        InputError, match=r"tried before mapper\.timeout 100 ended the search: \d+%"
    ):
        search(parse_spec(kept + PROBLEM + mapper("timeout: 100")), jobs=1)


def test_limits_of_the_caller_win_and_that_is_said() -> None:
    ours = budgeted("search_size: 40, timeout: 50, victory_condition: 0", max_mappings=3000, seed=3)
    assert ours.result.notes == (
        "mapper: search_size, timeout without effect: another limit was asked for",
    )
    assert ours.mapping == found().mapping


def test_no_limit_is_no_limit_but_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.PATIENCE", 2000)
    ours = budgeted("search_size: 0, timeout: 0, victory_condition: 0")
    assert ours.result.notes == ()
    longer = budgeted("victory_condition: 1000000000")
    assert longer.result.notes == (
        "mapper.victory_condition: without another limit a search ends 150,000 mappings after the "
        "last better one",
    )


@pytest.mark.parametrize("given", ["-1", "many", "2.5", "true"])
def test_limits_that_are_no_numbers_are_refused(given: str) -> None:
    with pytest.raises(InputError, match=r"mapper\.search_size: expected a whole number"):
        budgeted(f"search_size: {given}")


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


@pytest.mark.parametrize(
    ("buffer", "pe", "denied"),
    [
        ("", "", False),
        ("temporal: {permutation: [M, N, K]}", "spatial: {split: 1}", False),
        ("temporal: {no_reuse: [A]}", "", True),
        ("temporal: {rmw_first_update: [Z]}", "", True),
        ("", "spatial: {no_reuse: [A]}", True),
        ("", "spatial: {no_link_transfer: [A]}", True),
    ],
)
def test_each_denial_of_reuse_is_seen(buffer: str, pe: str, denied: bool) -> None:
    spec = parse_spec(matmul(buffer_constraints=buffer, pe_constraints=pe))
    assert reuse_is_denied(spec.attached()) == denied
