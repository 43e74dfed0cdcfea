from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from loas_tl.report.engine_files import files_of
from loas_tl.timeloop.mapper import strategy
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.spec import load_spec, parse_spec
from tests.cli.outcome import Run, contents
from tests.mapper.examples import keeps, matmul
from tests.mapper.test_search import LARGE, SMALL


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.yaml"
    path.write_text(LARGE)
    return path


def test_json_on_standard_output_is_all_there_is(run: Run, small: Path) -> None:
    outcome = run("map", small, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    answer = json.loads(outcome.out)
    assert answer["engine"] == "native"
    assert set(answer["search"]) == {
        *("metric", "valid_mappings", "mappings", "seconds", "exhaustive", "mapping")
    }
    assert answer["search"]["metric"] == "edp"
    assert answer["search"]["exhaustive"] is True
    assert 0 < answer["search"]["valid_mappings"] <= answer["search"]["mappings"]
    assert 0 < answer["utilization"] <= 1
    assert answer["compute"]["instances"] == answer["levels"]["Buffer"]["instances"]
    assert answer["energy_all_leaking_pJ"] == answer["energy_pJ"] + answer["idle_leakage_pJ"]


def test_the_files_hold_the_mapping_and_its_costs(run: Run, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    arguments = ("map", small, "--engine", "native", "--metric", "energy")
    outcome = run(*arguments, "--out", out, "--json", tmp_path / "answer.json")
    outcome.assert_succeeded()
    answer = json.loads((tmp_path / "answer.json").read_text())
    assert json.loads((out / "result.json").read_text()) == answer
    assert set(contents(out)) == {"mapping.yaml", "spec.yaml", *files_of()}
    page = (out / "result.html").read_text("utf-8")
    assert "Best mapping of" in page
    assert "The best mapping by energy of all" in page
    assert f"Made by loas-tl map {small} --engine native --metric energy; seed 0" in page
    del answer["search"]
    assert evaluate(load_spec(out / "spec.yaml")).to_dict() == answer
    assert evaluate(load_spec([small, out / "mapping.yaml"])).to_dict() == answer


def test_the_table_shows_levels_loops_and_how_much_was_seen(run: Run, small: Path) -> None:
    outcome = run("map", small, "--engine", "native")
    outcome.assert_succeeded()
    for word in (
        "DRAM",
        "Cache",
        "PE",
        "Buffer",
        "in space",
        "(engine: native)",
        "J s",
        "(all)",
    ):
        assert word in outcome.out
    assert re.search(r"utilization: \d+\.\d% of \d+ mac x \d+ cycles, \d+ in use\n", outcome.out)
    part = run("map", small, "--engine", "native", "--max-mappings", 40)
    assert "40 mappings (some of a space of" in part.out


def test_several_files_are_one_specification(run: Run, tmp_path: Path) -> None:
    whole = parse_spec(SMALL)
    assert whole.problem.sizes["M"] == 4
    cut = SMALL.index("problem:")
    (tmp_path / "architecture.yaml").write_text(SMALL[:cut])
    (tmp_path / "problem.yaml").write_text(SMALL[cut:])
    both = (tmp_path / "problem.yaml", tmp_path / "architecture.yaml")
    outcome = run("map", *both, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    run("map", both[0], "--engine", "native").assert_refused("architecture", "missing")


def test_several_specifications_are_searched_one_by_one(
    run: Run, small: Path, large: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("map", small, large, "--engine", "native", "--max-mappings", 200)
    outcome = run(*arguments, "--out", out, "--json", "-")
    outcome.assert_succeeded()
    answers = json.loads(outcome.out)
    assert [answer["spec"] for answer in answers] == [str(small), str(large)]
    assert sum(name.endswith("mapping.yaml") for name in contents(out)) == 2
    run(*arguments, "--checkpoint", tmp_path / "kept").assert_refused("--checkpoint", "one spec")


def test_specifications_whose_folders_have_one_name_are_refused(run: Run, tmp_path: Path) -> None:
    paths = tmp_path / "a+b.yaml", tmp_path / "a b.yaml"
    for path in paths:
        path.write_text(SMALL)
    out = tmp_path / "out"
    run("map", *paths, "--engine", "native", "--out", out).assert_refused("two specs")
    assert not out.exists()


def test_seed_and_number_decide(run: Run, large: Path) -> None:
    def answer(*more: object) -> dict[str, object]:
        outcome = run(
            *("map", large, "--engine", "native", "--max-mappings", 2000, "--json", "-", *more)
        )
        outcome.assert_succeeded()
        found: dict[str, object] = json.loads(outcome.out)["search"]
        del found["seconds"]
        return found

    assert answer("--jobs", 1) == answer("--jobs", 2)
    assert answer("--seed", 5) != answer()


def test_a_checkpoint_is_kept_and_gone_on_with(run: Run, large: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "search.npz"
    arguments = ("map", large, "--engine", "native", "--checkpoint", checkpoint, "--json", "-")
    run(*arguments, "--max-mappings", 1000).assert_succeeded()
    assert checkpoint.exists()
    more = run(*arguments, "--max-mappings", 2000)
    assert json.loads(more.out)["search"]["mappings"] == 2000
    other = run(*arguments, "--max-mappings", 2000, "--seed", 9)
    other.assert_refused("search.npz", "another search")


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("--metric", "area"), ("--metric", "area")),
        (("--time-limit", "0"), ("time limit 0",)),
        (("--time-limit", "soon"), ("--time-limit", "soon")),
        (("--max-mappings", "0"), ("max mappings 0",)),
        (("--jobs", "0"), ("jobs 0",)),
        (("--seed", "-1"), ("seed -1",)),
        (("--engine", "mine"), ("--engine", "mine")),
    ],
)
def test_bad_options_are_refused(
    run: Run, small: Path, tmp_path: Path, arguments: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    before = contents(tmp_path)
    outcome = run("map", small, "--engine", "native", "--out", tmp_path / "out", *arguments)
    outcome.assert_refused(*mentions)
    assert contents(tmp_path) == before


def test_a_missing_file_is_refused(run: Run, tmp_path: Path) -> None:
    run("map", tmp_path / "absent.yaml", "--engine", "native").assert_refused("absent.yaml")


def test_a_specification_without_valid_mappings_is_refused(run: Run, tmp_path: Path) -> None:
    everything = keeps("A", "B", "Z")
    path = tmp_path / "tight.yaml"
    path.write_text(matmul(buffer=2, buffer_constraints=everything, cache_constraints=everything))
    outcome = run("map", path, "--engine", "native", "--out", tmp_path / "out")
    outcome.assert_refused("no valid mapping among all", "Buffer: mapped tile size exceeds")
    assert not (tmp_path / "out").exists()


def test_outputs_that_cannot_be_written_are_refused_before_the_search(
    run: Run, large: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    started = time.perf_counter()
    outcome = run("map", large, "--engine", "native", "--out", tmp_path / "out")
    outcome.assert_refused("out")
    assert time.perf_counter() - started < 2


def test_ctrl_c_ends_with_the_best_so_far(
    run: Run, large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 0

    def third_time_interrupted(*arguments: Any) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            os.kill(os.getpid(), signal.SIGINT)
        next_round(*arguments)

    next_round = strategy._next_round
    monkeypatch.setattr(strategy, "_next_round", third_time_interrupted)
    out = tmp_path / "out"
    outcome = run("map", large, "--engine", "native", "--max-mappings", 10**6, "--out", out)
    assert outcome.code == 130
    assert outcome.err == "loas-tl: interrupted; this is the best so far\n"
    assert "J s" in outcome.out
    answer = json.loads((out / "result.json").read_text())
    assert answer["search"]["exhaustive"] is False
    assert answer["search"]["mappings"] > 0
