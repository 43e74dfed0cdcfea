from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import Found, search, strategy
from loas_tl.timeloop.mapper.evaluate import Evaluation
from loas_tl.timeloop.mapper.exhaustive import Enumeration
from loas_tl.timeloop.mapper.islands import Island
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.state import State
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import parse_spec, write_spec
from tests.mapper.examples import keeps, matmul, model
from tests.timeloop_runs import Run, reference_runs, searches

LARGE = matmul(m=48, n=32, k=24, cache=512, buffer=64, mesh="meshX: 8", sparse=True)
SMALL = matmul(
    m=4,
    n=2,
    k=2,
    cache_constraints=keeps("A", "Z", bypasses=("B",)),
    buffer_constraints=keeps("A", "B", "Z"),
)


def find(text: str, **options: object) -> Found:
    return search(parse_spec(text), **options)  # type: ignore[arg-type]


def same(one: Found, other: Found) -> bool:
    """All but the time it took."""
    theirs, ours = other.to_dict(), one.to_dict()
    del theirs["search"]["seconds"], ours["search"]["seconds"]
    return theirs == ours


@pytest.mark.parametrize("run", searches(), ids=lambda run: run.name)
def test_it_is_as_good_as_timeloop_mapper(run: Run) -> None:
    found = search(parse_spec(run.spec), max_mappings=20_000, jobs=1)
    theirs = run.result.energy_pj * 1e-12 * run.result.cycles
    # Timeloop prints energies with two decimals.
    assert found.result.energy_pj * 1e-12 * found.result.cycles <= theirs * (1 + 1e-4)


@pytest.mark.parametrize("metric", ["edp", "energy", "cycles"])
def test_a_small_space_is_gone_through_and_the_best_is_found(metric: str) -> None:
    found = find(SMALL, metric=metric)
    assert found.exhaustive
    setup = Setup.of(parse_spec(SMALL))
    best = np.inf
    seen = valid = 0
    for batch in Enumeration(setup.space).batches(1000):
        for index in range(len(batch)):
            result = model(setup, batch, index)
            seen += 1
            if not isinstance(result, str):
                valid += 1
                costs = {"energy": result.energy_pj, "cycles": result.cycles}
                costs["edp"] = costs["energy"] * 1e-12 * costs["cycles"] * found.cycle_seconds
                best = min(best, costs[metric])
    assert found.cost == pytest.approx(best)
    assert (found.mappings, found.valid_mappings) == (seen, valid)


def test_equals_are_told_apart_by_the_other_cost() -> None:
    fast = find(SMALL, metric="cycles")
    cheap = find(SMALL, metric="energy")
    assert fast.result.cycles <= cheap.result.cycles
    assert cheap.result.energy_pj <= fast.result.energy_pj
    both = find(SMALL, metric="edp")
    assert both.cost <= fast.result.energy_pj * 1e-12 * fast.result.cycles * fast.cycle_seconds


def test_the_outcome_depends_on_seed_and_number_alone() -> None:
    once = find(LARGE, max_mappings=6000, seed=3, jobs=1)
    assert once.mappings == 6000
    assert not once.exhaustive
    assert same(once, find(LARGE, max_mappings=6000, seed=3, jobs=2))
    other = find(LARGE, max_mappings=6000, seed=4, jobs=1)
    assert other.valid_mappings != once.valid_mappings


def test_more_mappings_are_never_worse() -> None:
    costs = [find(LARGE, max_mappings=n, jobs=1).cost for n in (500, 3000, 9000)]
    assert costs == sorted(costs, reverse=True)


def test_breeding_beats_drawing() -> None:
    setup = Setup.of(parse_spec(LARGE))
    drawn = setup.space.sample(np.random.default_rng(0), 12_000)
    found = find(LARGE, max_mappings=12_000, jobs=1)
    assert found.cost / found.cycle_seconds < setup.judge()(drawn).cost("edp").min()


def test_the_time_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """In processor time, which others on the machine do not take from it."""
    find(LARGE, max_mappings=100, jobs=1)  # compiled, or taken from the cache
    monkeypatch.setattr(time, "perf_counter", time.process_time)
    started = time.process_time()
    found = find(LARGE, time_limit=0.8, jobs=1)
    spent = time.process_time() - started
    assert 0.8 - 0.5 < found.seconds < 0.8 + 0.5
    assert spent < 0.8 + 0.7
    assert found.mappings > 1000


def test_a_time_limit_beyond_all_times_is_none() -> None:
    assert find(SMALL, time_limit=1e308, max_mappings=40, jobs=1).mappings <= 40


def test_a_space_too_large_for_the_time_limit_is_not_even_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setup = Setup.of(parse_spec(LARGE), time_limit=0.1)
    everything = Enumeration(setup.space)
    assert everything.countable
    assert everything.fewest < 1000 < everything.combinations
    monkeypatch.delattr(Enumeration, "size")
    assert setup.enumeration() is None


@pytest.mark.parametrize(
    ("whatever", "each", "least", "most"),
    [(0.05, 1e-6, 1024, 1024), (0.01, 1e-3, 32, 128), (0.05, 0.01, 4, 16), (0.0, 1.0, 1, 1)],
)
def test_batches_are_as_large_as_the_time_limit_allows(
    monkeypatch: pytest.MonkeyPatch, whatever: float, each: float, least: int, most: int
) -> None:
    """Whatever a batch takes however small it is: a few tell little of many."""
    now = 0.0

    class Pool:
        def map(self, batches: list[Mappings]) -> list[None]:
            nonlocal now
            now += sum(whatever + each * len(batch) for batch in batches)
            return [None for _ in batches]

    setup = Setup.of(parse_spec(LARGE), time_limit=5.0)
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.time.perf_counter", lambda: now)
    pool: Any = Pool()
    assert least <= strategy._in_time(setup, pool, 1, 1024, []) <= most
    assert now < max(2.5, 5 * each)


def test_without_a_limit_it_ends_when_nothing_better_turns_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.PATIENCE", 3000)
    found = find(LARGE, jobs=1)
    assert found.mappings > 3000
    assert not found.exhaustive


def test_patience_is_renewed_by_what_costs_less_and_not_by_equals() -> None:
    """Of the mappings with as few cycles, one of less energy is kept, though it is not better."""

    def priced(cycles: float, energy: float) -> Evaluation:
        return Evaluation(np.full(3, energy), np.full(3, cycles), np.ones(3, bool))

    three = Setup.of(parse_spec(SMALL)).space.sample(np.random.default_rng(0), 40)
    three = three.take(np.arange(3))
    state = State()
    since = []
    for cycles, energy in ((8.0, 5.0), (8.0, 4.0), (8.0, 4.0), (7.0, 9.0), (7.0, 10.0)):
        state.take(three, priced(cycles, energy), ("cycles", "energy"))
        assert state.best is not None
        since.append((state.since, state.best.cycles, state.best.energy))
    assert since == [(0, 8, 5), (3, 8, 4), (6, 8, 4), (0, 7, 9), (3, 7, 9)]


def test_an_island_that_begins_afresh_hears_of_nobody() -> None:
    setup = Setup.of(parse_spec(LARGE))
    mappings = setup.space.sample(np.random.default_rng(0), 40)
    cost = np.arange(len(mappings), 0.0, -1.0)
    settled = Island().settle(mappings, cost, cost, np.ones(len(mappings), bool), 7)
    assert settled.cost is not None
    assert (settled.cost[0], settled.stuck, settled.explored) == (1.0, 0, 7)
    assert Island().visited_by(settled) == Island()
    assert settled.visited_by(Island()) is settled
    later = replace(settled, cost=settled.cost + 0.5, stuck=3)
    heard = later.visited_by(settled)
    assert heard.cost is not None
    assert (heard.cost[0], heard.stuck, heard.explored) == (1.0, 3, 7)
    assert replace(settled, stuck=11).afresh().elite is not None
    assert replace(settled, stuck=12).afresh() == Island()


@pytest.mark.parametrize(("limit", "rounds"), [(5.5, 5), (4.9, 4), (0.5, 1)])
def test_no_round_is_begun_that_would_end_after_the_time_limit(
    monkeypatch: pytest.MonkeyPatch, limit: float, rounds: int
) -> None:
    """Rounds of a second each; the first is done whatever it takes."""
    now = 100.0
    after_round = State.after_round

    def takes_a_second(state: State, before: State) -> None:
        nonlocal now
        now += 1.0
        after_round(state, before)

    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.time.perf_counter", lambda: now)
    monkeypatch.setattr(State, "after_round", takes_a_second)
    told: list[float] = []
    found = find(LARGE, time_limit=limit, jobs=1, progress=lambda _, seconds: told.append(seconds))
    assert told == [1.0 + number for number in range(rounds)]
    assert found.seconds == rounds


@pytest.mark.parametrize(("limit", "late"), [(0.5, 0.4), (5.0, 0.4), (10.0, 0.8), (100.0, 8.0)])
def test_a_round_may_end_a_little_after_the_time_limit(
    monkeypatch: pytest.MonkeyPatch, limit: float, late: float
) -> None:
    """8 % of it or 0.4 seconds, whichever is more; then it is cut short."""

    class BegunError(Exception):
        pass

    def begun(_make: object, _jobs: int, deadline: float) -> None:
        raise BegunError(deadline)

    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.Pool", begun)
    with pytest.raises(BegunError) as caught:
        strategy.run(Setup.of(parse_spec(LARGE), time_limit=limit), started=50.0)
    assert caught.value.args[0] == pytest.approx(50.0 + limit + late)


def test_a_space_that_turns_out_small_ends_a_search_with_a_large_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.Setup.enumeration", lambda _: None)
    kept = keeps("A", "B", "Z")
    text = matmul(m=2, n=2, k=1, cache_constraints=kept, buffer_constraints=kept)
    found = find(text, max_mappings=10**9, jobs=1)
    everything = Enumeration(Setup.of(parse_spec(text)).space)
    assert found.exhaustive
    assert found.mappings == everything.size


def test_the_winner_is_written_as_a_mapping_of_the_same_cost(tmp_path: Path) -> None:
    found = find(LARGE, max_mappings=3000, jobs=1)
    files = found.files()
    for text in (files["spec.yaml"], LARGE + files["mapping.yaml"]):
        path = tmp_path / "spec.yaml"
        path.write_text(text)
        again = evaluate(parse_spec(path.read_text()))
        assert again.to_dict() == found.result.to_dict()
    assert parse_spec(write_spec(found.spec)).mapping


def test_a_constrained_winner_is_written_without_what_constrained_it() -> None:
    text = matmul(
        m=8,
        cache_constraints="temporal: {factors: [M<=4], permutation: [K]}",
        buffer_constraints=keeps("A", "B", "Z"),
        rest="mapper: {version: 0.4, search_size: 10}\n",
    )
    found = find(text, max_mappings=2000, jobs=1)
    # What was not heeded belongs to the search.
    searched = found.result.to_dict() | {"notes": []}
    assert evaluate(parse_spec(found.files()["spec.yaml"])).to_dict() == searched
    assert "M<=4" not in found.files()["spec.yaml"]


def test_json_has_the_models_keys_and_the_search() -> None:
    found = find(SMALL)
    answer = found.to_dict()
    assert list(answer) == [*found.result.to_dict(), "search"]
    assert {"cycles", "energy_pJ", "utilization", "idle_leakage_pJ", "levels"} < set(answer)
    keys = ["metric", "valid_mappings", "mappings", "seconds", "exhaustive", "mapping"]
    assert list(answer["search"]) == keys
    assert answer["engine"] == "native"
    targets = [entry["target"] for entry in answer["search"]["mapping"]]
    assert targets[0] == "DRAM"
    assert set(targets) == {"DRAM", "Cache", "PE", "Buffer"}


def test_progress_is_told_after_each_round() -> None:
    told: list[tuple[int, int]] = []

    def progress(state: State, seconds: float) -> None:
        assert seconds > 0
        told.append((state.mappings, state.valid))

    found = find(LARGE, max_mappings=9000, jobs=1, progress=progress)
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1] == (found.mappings, found.valid_mappings)


def test_an_interrupt_leaves_the_best_so_far() -> None:
    def progress(state: State, _: float) -> None:
        if state.mappings > 2000:
            raise KeyboardInterrupt

    found = find(LARGE, max_mappings=10**6, jobs=2, progress=progress)
    assert found.interrupted
    assert 2000 < found.mappings < 20_000
    assert not found.exhaustive


@pytest.mark.parametrize(
    ("text", "at_once"), [(LARGE, 64), (SMALL, 5)], ids=["seeded", "gone through"]
)
def test_a_round_that_was_cut_short_is_done_again(
    text: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.AT_ONCE", at_once)
    take = State.take
    taken = 0

    def cut_short(
        state: State, mappings: Mappings, evaluation: Evaluation, metrics: tuple[str, str]
    ) -> None:
        nonlocal taken
        taken += 1
        if taken == 6:
            raise KeyboardInterrupt
        take(state, mappings, evaluation, metrics)

    checkpoint = tmp_path / "search.npz"
    monkeypatch.setattr(State, "take", cut_short)
    part = find(text, max_mappings=1200, jobs=1, checkpoint=checkpoint)
    assert part.interrupted
    monkeypatch.setattr(State, "take", take)
    resumed = find(text, max_mappings=1200, jobs=1, checkpoint=checkpoint)
    assert part.mappings < resumed.mappings
    assert same(resumed, find(text, max_mappings=1200, jobs=1))


def test_energies_decide() -> None:
    spec = parse_spec(LARGE)
    names = ("DRAM", "Cache", "Buffer", "mac")

    def dear(name: str) -> Found:
        costs = {n: {"read": 1.0, "write": 1.0, "update": 1.0, "compute": 1.0} for n in names}
        costs[name] = dict.fromkeys(costs[name], 1000.0)
        return search(spec, metric="energy", max_mappings=4000, jobs=1, energies=costs)

    def accesses(found: Found, level: str) -> float:
        tensors = found.result.levels[level].tensors.values()
        return sum(t.reads.actual + t.fills.actual + t.updates.actual for t in tensors)

    assert accesses(dear("DRAM"), "DRAM") <= accesses(dear("Buffer"), "DRAM")


def test_what_only_the_model_can_price_is_searched_one_by_one() -> None:
    text = matmul(buffer_constraints="temporal: {no_reuse: [A]}")
    setup = Setup.of(parse_spec(text))
    assert not setup.judge().in_batches
    found = find(text, max_mappings=60, jobs=1)
    assert found.mappings == 60
    assert evaluate(found.spec).to_dict() == found.result.to_dict()
    assert "no_reuse: [A]" in found.files()["spec.yaml"]


def test_a_search_that_finds_nothing_says_why() -> None:
    text = matmul(
        m=64,
        n=64,
        k=64,
        buffer=4,
        cache=4,
        buffer_constraints=f"temporal: {{factors: [M=8]}}, {keeps('A', 'B', 'Z')}",
        cache_constraints=keeps("A", "B", "Z"),
    )
    with pytest.raises(InputError) as error:
        find(text, max_mappings=500, jobs=1)
    message = str(error.value)
    assert "no valid mapping among the 500 that were tried" in message
    assert "100% Buffer: mapped tile size exceeds buffer capacity" in message


@pytest.mark.parametrize(
    ("options", "mention"),
    [
        ({"metric": "area"}, "expected one of edp, energy, cycles"),
        ({"time_limit": 0.0}, "time limit 0"),
        ({"time_limit": float("nan")}, "time limit nan"),
        ({"max_mappings": 0}, "max mappings 0"),
        ({"seed": -1}, "seed -1"),
        ({"jobs": 0}, "jobs 0"),
    ],
)
def test_bad_options_are_refused(options: dict[str, object], mention: str) -> None:
    with pytest.raises(InputError, match=mention):
        find(SMALL, **options)


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(SMALL)
    assert same(search(path), find(SMALL))
    assert same(search([path]), find(SMALL))


def test_a_reference_specification_with_a_mapping_is_taken_as_constrained() -> None:
    run = reference_runs()["hyper-0006"]
    found = search(parse_spec(run.spec), jobs=1)
    assert found.exhaustive
    # All is given, so the mapping is.
    assert found.result.cycles == run.result.cycles


def test_the_product_is_in_joules_and_seconds_of_the_specifications_cycle() -> None:
    usual = find(SMALL, metric="edp")
    assert usual.cycle_seconds == 1.25e-9
    slow = find(SMALL + "\nvariables: {version: 0.4, global_cycle_seconds: 2e-9}\n", metric="edp")
    assert slow.mapping == usual.mapping
    assert slow.cost == pytest.approx(usual.cost * 1.6)
    assert slow.cost == slow.result.energy_pj * 1e-12 * slow.result.cycles * 2e-9
    assert "J s after" in slow.headline
