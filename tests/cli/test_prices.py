"""What is priced, what is not, and what is said of it: ``model`` and ``map``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import search
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.spec import load_spec
from tests.cli.outcome import Run

CASES = Path(__file__).parents[1] / "data" / "cases"
STANDARD = (CASES / "standard_class_energy.yaml").read_text()
UNKNOWN = STANDARD.replace("class: intmac", "class: compute\n    subclass: flux_mac")
"""The compute unit is of a class that no one knows."""

BY_ACCELERGY = {
    "Main": {"X": 8192.0, "W": 24576.0, "Y": 6144.0},
    "Pool": {"X": 194.04, "W": 334.79, "Y": 303.87},
    "Cell": {"X": 513.91, "W": 284.83, "Y": 558.15},
}
"""pJ by a real Timeloop with Accelergy 0.4, CACTI 7 and Aladdin."""


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    path = tmp_path / "unknown.yaml"
    path.write_text(UNKNOWN)
    return path


def model(run: Run, *arguments: object) -> dict[str, Any]:
    outcome = run("model", *arguments, "--engine", "native", "--json", "-")
    assert outcome.code == 0, outcome.err
    document: dict[str, Any] = json.loads(outcome.out)
    return document


def energies(document: dict[str, Any]) -> dict[str, dict[str, float | None]]:
    return {
        level: {name: tensor["energy_pJ"] for name, tensor in stats["tensors"].items()}
        for level, stats in document["levels"].items()
    }


def test_the_usual_classes_cost_what_a_real_accelergy_says(run: Run) -> None:
    document = model(run, CASES / "standard_class_energy.yaml")
    for level, tensors in BY_ACCELERGY.items():
        assert energies(document)[level] == pytest.approx(tensors, rel=1e-4)
    assert document["compute"]["energy_pJ"] == pytest.approx(1536 * 0.845)
    assert document["energy_pJ"] == pytest.approx(42399.56, rel=1e-5)
    assert "unpriced" not in document


def test_a_part_may_be_named_by_its_index(run: Run) -> None:
    document = model(run, CASES / "component_part_by_index.yaml")
    assert energies(document)["Pool"] == {"X": 128, "W": 192, "Y": 168}
    assert document["energy_pJ"] == pytest.approx(10356.0)


def test_one_class_does_not_bend_the_others_prices(run: Run) -> None:
    document = model(run, CASES / "placeholder_energy.yaml")
    cache = energies(document)["Cache"]
    assert cache["X"] == pytest.approx(68_682, rel=1e-4)


def test_what_has_no_price_is_marked_and_keeps_the_others(run: Run, unknown: Path) -> None:
    document = model(run, unknown)
    for level, tensors in BY_ACCELERGY.items():
        assert energies(document)[level] == pytest.approx(tensors, rel=1e-4)
    [mul] = document["unpriced"]
    assert (mul["component"], mul["class"], mul["actions"]) == ("mul", "flux_mac", None)
    assert document["compute"]["energy_pJ"] is None
    assert document["compute"]["unpriced"] == mul["reason"]
    outcome = run("model", unknown, "--engine", "native")
    assert "unpriced, in no energy above: mul (flux_mac): no component class" in outcome.out
    assert "mul is unpriced" in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert len(outcome.err) < 250


def test_an_unpriced_level_shows_no_energy(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STANDARD.replace("class: SRAM", "class: storage\n    subclass: flux", 1))
    document = model(run, path)
    assert set(energies(document)["Pool"].values()) == {None}
    assert document["levels"]["Pool"]["unpriced"]
    assert energies(document)["Cell"] == pytest.approx(BY_ACCELERGY["Cell"], rel=1e-4)
    pool = [
        line
        for line in run("model", path, "--engine", "native").out.splitlines()
        if line.startswith("│ Pool")
    ]
    assert len(pool) == 3
    assert all("unpriced" in line for line in pool)


def test_a_missing_attribute_unprices_one_component(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STANDARD.replace("{depth: 256, width: 64, datawidth: 8}", "{datawidth: 8}"))
    [pool] = model(run, path)["unpriced"]
    assert pool["component"] == "Pool"
    assert "SRAM.width: is missing" in pool["reason"]


def test_a_price_can_be_given(run: Run, unknown: Path) -> None:
    document = model(run, unknown, "--price", "flux_mac.compute=0.845")
    assert "unpriced" not in document
    assert document["energy_pJ"] == pytest.approx(42399.56, rel=1e-5)


def test_a_given_price_comes_before_the_models(run: Run) -> None:
    path = CASES / "standard_class_energy.yaml"
    prices = ("--price", "SRAM.read=1", "--price", "SRAM.write=2", "--price", "SRAM.update=2")
    document = model(run, path, *prices)
    # Four words of eight bits an access.
    assert energies(document)["Cell"]["X"] == pytest.approx(4 * (384 * 1 + 384 * 2) / 4)
    assert energies(document)["Main"] == pytest.approx(BY_ACCELERGY["Main"])


def test_a_storage_needs_reads_and_writes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STANDARD.replace("class: SRAM", "class: storage\n    subclass: flux", 1))
    [lacking] = model(run, path, "--price", "flux.read=1")["unpriced"]
    assert lacking["component"] == "Pool"
    assert lacking["actions"] == ["write"]
    both = ("--price", "flux.read=1", "--price", "flux.write=2")
    assert "unpriced" not in model(run, path, *both)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("flux_mac", ("'flux_mac'", "expected CLASS.action=pJ")),
        ("flux_mac.compute=much", ("'much'", "no number of pJ")),
        ("flux_mac.compute=-1", ("'-1'", "no number of pJ")),
        ("flux_mac.compute=nan", ("'nan'", "no number of pJ")),
        ("other.read=1", ("'other'", "no effect")),
        ("DRAM.raed=1", ("--price DRAM.raed", "no effect", "leak, read, update, write")),
        ("intmac.mac_gated=1", ("--price intmac.mac_gated", "no effect", "compute, leak")),
        ("two_gen.raed=1", ("--price two_gen.raed", "no effect", "read")),
        ("intadder.subtract=1", ("--price intadder.subtract", "no effect", "add, leak")),
    ],
)
def test_a_price_that_cannot_be_used_is_refused(
    run: Run, unknown: Path, text: str, mentions: tuple[str, ...]
) -> None:
    file = unknown
    if "." in text and text.split(".")[0] not in ("flux_mac", "other"):
        file = CASES / "component_part_by_index.yaml"  # which has prices for all
    run("model", file, "--engine", "native", "--price", text).assert_refused(*mentions)


@pytest.mark.parametrize("kind", ["two_gen.read", "intadder.add", "SRAM.read", "intmac.compute"])
def test_prices_of_parts_and_of_classes_of_ones_own_count(run: Run, kind: str) -> None:
    path = CASES / "component_part_by_index.yaml"
    plain = model(run, path)["energy_pJ"]
    assert model(run, path, "--price", f"{kind}=7")["energy_pJ"] > plain


@pytest.mark.parametrize("name", ["n_instances", "global_cycle_seconds", "technology"])
@pytest.mark.parametrize("value", ["-2", "[1]", "{a: 1}", "1e300", ".nan", "true"])
def test_attributes_that_are_no_price_unprice_one_component(
    run: Run, tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STANDARD.replace("{depth: 256,", f"{{{name}: {value}, depth: 256,"))
    document = model(run, path)
    [pool] = document["unpriced"]
    assert pool["component"] == "Pool"
    assert f"SRAM.{name}: is " in pool["reason"]
    assert energies(document)["Cell"] == pytest.approx(BY_ACCELERGY["Cell"], rel=1e-4)


def test_an_attribute_without_a_value_is_as_if_it_were_not_written(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        STANDARD.replace("{depth: 256,", "{n_instances: null, n_entries: 3, depth: 256,")
    )
    assert model(run, path) == model(run, CASES / "standard_class_energy.yaml")


def test_an_ert_is_all_that_counts(run: Run, tmp_path: Path) -> None:
    tables = ", ".join(
        f"{{name: {name}, actions: [{{name: read, energy: 3}}, {{name: write, energy: 3}}]}}"
        for name in ("Main", "Pool", "Cell")
    )
    mul = "{name: mul, actions: [{name: compute, energy: 5}]}"
    path = tmp_path / "spec.yaml"
    path.write_text(f"{UNKNOWN}\nERT: {{version: 0.4, tables: [{tables}, {mul}]}}\n")
    document = model(run, path)
    assert document["compute"]["energy_pJ"] == 1536 * 5
    assert "unpriced" not in document
    run("model", path, "--engine", "native", "--price", "flux_mac.compute=1").assert_refused(
        "has an ERT"
    )


@pytest.mark.parametrize("metric", ["edp", "energy"])
def test_a_search_by_energy_needs_all_prices(run: Run, unknown: Path, metric: str) -> None:
    few = ("--max-mappings", "50", "--jobs", "1", "--engine", "native", "--metric", metric)
    run("map", unknown, *few).assert_refused("mul is unpriced", "--allow-unpriced", "--price")
    done = run("map", unknown, *few, "--allow-unpriced", "--json", "-")
    assert done.code == 0
    assert json.loads(done.out)["unpriced"][0]["component"] == "mul"
    given = run("map", unknown, *few, "--price", "flux_mac.compute=1", "--json", "-")
    assert given.code == 0
    assert "unpriced" not in json.loads(given.out)


def test_a_search_by_cycles_needs_none(run: Run, unknown: Path) -> None:
    few = ("--max-mappings", "50", "--jobs", "1", "--engine", "native", "--metric", "cycles")
    assert run("map", unknown, *few).code == 0


def test_python_searches_under_the_same_prices(run: Run, unknown: Path) -> None:
    path = CASES / "standard_class_energy.yaml"
    found = search(path, max_mappings=50, jobs=1)
    few = ("--max-mappings", "50", "--jobs", "1", "--engine", "native", "--json", "-")
    by_command = json.loads(run("map", path, *few).out)
    assert found.to_dict()["energy_pJ"] == by_command["energy_pJ"]
    spec = load_spec(path)
    cost = prices(spec)
    assert found.result.ert == evaluate(spec, cost.energies, cost.areas).ert
    with pytest.raises(InputError, match="mul is unpriced"):
        search(unknown, max_mappings=50, jobs=1)
    given = {"flux_mac": {"compute": 0.845}}
    assert search(unknown, max_mappings=50, jobs=1, prices=given).cost == found.cost
    assert search(unknown, max_mappings=50, jobs=1, allow_unpriced=True).result.unpriced


def test_without_a_technology_placeholders_are_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STANDARD.replace('technology: "45nm", ', ""))
    assert "are placeholders" in model(run, path)["placeholders"]
    assert "are placeholders" in run("model", path, "--engine", "native").out


def test_a_broken_class_of_the_spec_fails_no_count(run: Run, tmp_path: Path) -> None:
    text = (CASES / "component_part_by_index.yaml").read_text()
    path = tmp_path / "spec.yaml"
    path.write_text(text.replace('name: "gen[1]"', 'name: "gen[7]"'))
    document = model(run, path)
    assert document["cycles"] == 384
    [pool] = document["unpriced"]
    assert "no part 'gen[7]'" in pool["reason"]
