"""What a search does besides finding: states it keeps, and what it says of its own doubts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.mapper import checkpoint, found, search, strategy
from loas_tl.timeloop.mapper.exhaustive import Enumeration
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul

TEXT = matmul(m=12, n=4, k=6, mesh="meshX: 3", cache_constraints=keeps("A", "B", "Z"))


def facts(path: Path) -> dict[str, Any]:
    with np.load(path) as archive:
        return dict(json.loads(archive["facts"].tobytes()))


def test_a_state_is_of_the_second_format(tmp_path: Path) -> None:
    """Another version of loas-tl is to know what it reads: a new format has a new number."""
    path = tmp_path / "state.npz"
    search(parse_spec(TEXT), max_mappings=300, jobs=1, checkpoint=path)
    assert facts(path)["format"] == 2
    with np.load(path) as archive:
        arrays = dict(archive)
    for other in (1, 3):
        old = json.dumps(facts(path) | {"format": other}).encode()
        np.savez(tmp_path / "other.npz", **{**arrays, "facts": np.frombuffer(old, np.uint8)})
        with pytest.raises(InputError, match="is the checkpoint of another search"):
            search(parse_spec(TEXT), max_mappings=300, jobs=1, checkpoint=tmp_path / "other.npz")


@pytest.mark.parametrize(("every", "most"), [(3.0, 4), (100.0, 1)])
def test_a_state_is_kept_after_so_many_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: float, most: int
) -> None:
    """Rounds of two seconds each: after every second one, and in the end."""
    now = 0.0

    def clock() -> float:
        return now

    saved: list[float] = []

    def save(_path: Path, _setup: Setup, state: Any) -> None:
        saved.append(state.seconds)

    def round_is_over(*_: object) -> None:
        nonlocal now
        now += 2.0

    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.time.perf_counter", clock)
    monkeypatch.setattr(strategy, "SAVE_EVERY", every)
    monkeypatch.setattr(strategy, "AT_ONCE", 40)
    monkeypatch.setattr(checkpoint, "save", save)
    rounds: list[float] = []

    def progress(_: Any, seconds: float) -> None:
        rounds.append(seconds)
        round_is_over()

    search(
        parse_spec(TEXT),
        max_mappings=1200,
        jobs=1,
        checkpoint=tmp_path / "state.npz",
        progress=progress,
    )
    assert len(rounds) > 3
    if most == 1:
        assert len(saved) <= 2
    else:
        between = np.diff(saved[:-1])
        assert len(between) > 0
        assert (between == 4.0).all()


def test_a_state_that_cannot_be_kept_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(*_: object) -> None:
        raise InputError("is full", file="disk")

    options: dict[str, Any] = {"max_mappings": 300, "jobs": 1}
    path = tmp_path / "state.npz"
    search(parse_spec(TEXT), checkpoint=path, **options)
    monkeypatch.setattr(checkpoint, "save", save)
    path.unlink()
    result = search(parse_spec(TEXT), checkpoint=path, **options).result
    assert any("the checkpoint is not up to date: disk: is full" in note for note in result.notes)


@pytest.mark.parametrize("name", ["energy", "cycles"])
def test_search_and_model_have_to_agree(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    by_the_model = found._by_the_model

    def apart(factor: float, more: float) -> None:
        def changed(setup: Setup, best: Any) -> Any:
            result = by_the_model(setup, best)
            field = "energy_pj" if name == "energy" else "cycles"
            value = getattr(result, field)
            return replace(result, **{field: type(value)(value * factor + more)})

        monkeypatch.setattr(found, "_by_the_model", changed)

    options: dict[str, Any] = {"max_mappings": 300, "jobs": 1, "metric": "cycles"}
    apart(1.0, 15.0)
    search(parse_spec(TEXT), **options)
    apart(1.0, -15.0)
    search(parse_spec(TEXT), **options)
    for factor, more in ((3.0, 17.0), (0.0, 0.0)):
        apart(factor, more)
        with pytest.raises(EngineError, match=f"{name} of the best mapping is .* in the search"):
            search(parse_spec(TEXT), **options)


def test_a_few_are_tried_before_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One, four, then four times as many as before, while they are quick."""
    now = 0.0

    class Pool:
        def map(self, batches: list[Mappings]) -> list[None]:
            nonlocal now
            now += sum(1e-6 * len(batch) for batch in batches)
            return [None for _ in batches]

    setup = Setup.of(parse_spec(matmul(m=48, n=32, k=24, mesh="meshX: 8")), time_limit=5.0)
    monkeypatch.setattr("loas_tl.timeloop.mapper.strategy.time.perf_counter", lambda: now)
    pool: Any = Pool()
    tried: list[Any] = []
    assert strategy._in_time(setup, pool, 1, 1024, tried) == 1024
    assert [len(mappings) for mappings, _ in tried] == [1, 4, 16, 64, 256, 1024]


def test_up_to_four_combinations_of_factors_for_each_mapping_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = keeps("A", "B", "Z")
    text = matmul(m=8, n=4, k=2, cache_constraints=kept, buffer_constraints=kept)
    combinations = Enumeration(Setup.of(parse_spec(text)).space).combinations
    assert combinations % 4 == 0
    assert combinations > 20
    monkeypatch.setattr(strategy, "PER_SECOND", combinations // 4)
    monkeypatch.setattr(Enumeration, "fewest", 0)
    monkeypatch.setattr(Enumeration, "size", 0)
    assert Setup.of(parse_spec(text), time_limit=1.0).enumeration() is not None
    monkeypatch.setattr(strategy, "PER_SECOND", combinations // 4 - 1)
    assert Setup.of(parse_spec(text), time_limit=1.0).enumeration() is None
