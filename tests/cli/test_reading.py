from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.outcome import Run, contents
from tests.workload.examples import layers_file, spikes, weights

READINGS = ["claimed", "plausible", "literal"]


@pytest.fixture
def tensors(tmp_path: Path) -> Path:
    layer = (spikes(4, 40, 400), weights(400, 32))
    return layers_file(tmp_path / "tiny.npz", only=layer)


def test_a_reading_changes_the_detailed_model_alone(run: Run, tensors: Path) -> None:
    def total(reading: str) -> dict[str, int]:
        command = ("compare", "--tensors", tensors, "--model", "both", "--reading", reading)
        document = json.loads(run(*command, "--accelerator", "LoAS", "--json", "-").out)
        assert document["reading"] == reading
        [row] = document["totals"]
        assert row["accelerator"] == "LoAS"
        return {key: row[key] for key in ("cycles", "detailed_cycles", "dram_KiB")}

    claimed, plausible, literal = (total(reading) for reading in READINGS)
    assert claimed["detailed_cycles"] < min(
        plausible["detailed_cycles"], literal["detailed_cycles"]
    )
    for key in ("cycles", "dram_KiB"):
        assert claimed[key] == plausible[key] == literal[key]


def test_all_readings_stand_side_by_side(run: Run, tensors: Path, tmp_path: Path) -> None:
    names = ("LoAS", "SparTen-SNN", "PTB")
    command = ("compare", "--tensors", tensors, "--model", "detailed", "--accelerator", *names)
    out = tmp_path / "out"
    shown = run(*command, "--reading", "all", "--out", out)
    shown.assert_succeeded()
    assert "reading by reading" in shown.out
    assert "it never measured" in " ".join(shown.out.split())
    document = json.loads((out / "comparison.json").read_text())
    assert list(document["readings"]) == READINGS
    for row in document["ranges"]:
        for reading in READINGS:
            alone = json.loads(run(*command, "--reading", reading, "--json", "-").out)
            assert alone == document["readings"][reading]
            totals = {total["accelerator"]: total["cycles"] for total in alone["totals"]}
            assert row["cycles"][reading] == totals[row["accelerator"]]
            over = totals["SparTen-SNN"] / totals[row["accelerator"]]
            assert row["speedup"][reading] == over
    rows = list(csv.DictReader(io.StringIO((out / "comparison.csv").read_text())))
    assert [row["reading"] for row in rows] == [r for r in READINGS for _ in names]
    page = (out / "report.html").read_text()
    assert 'id="readings"' in page
    assert "comparison.json" in contents(out)


def test_fetch_cycles_are_those_of_every_bitmask_machine(run: Run, tensors: Path) -> None:
    names = ("LoAS", "SparTen-SNN", "Gamma-SNN")
    command = ("compare", "--tensors", tensors, "--model", "detailed", "--accelerator", *names)
    slow = json.loads(run(*command, "--fetch-cycles", 7, "--json", "-").out)
    assert slow == json.loads(run(*command, "--set", "fetch_cycles=7", "--json", "-").out)
    labels = [row["accelerator"] for row in slow["totals"]]
    assert labels == ["LoAS fetch_cycles=7", "SparTen-SNN fetch_cycles=7", "Gamma-SNN"]


def test_what_was_set_wins_over_a_reading(run: Run, tensors: Path) -> None:
    command = ("compare", "--tensors", tensors, "--model", "detailed", "--accelerator", "LoAS")
    literal = ("--reading", "literal", "--json", "-")
    [design] = json.loads(run(*command, *literal, "--set", "skip_empty=1").out)["designs"]
    assert design["parameters"]["skip_empty"] is True
    assert design["parameters"]["fetch_cycles"] == 1


def test_the_inner_join_under_each_reading(run: Run, tensors: Path) -> None:
    command = ("innerjoin", "--tensors", tensors)
    every = json.loads(run(*command, "--reading", "all", "--json", "-").out)["readings"]
    assert list(every) == READINGS
    for reading, document in every.items():
        assert document == json.loads(run(*command, "--reading", reading, "--json", "-").out)
    overheads = {reading: one["totals"][0]["overhead"] for reading, one in every.items()}
    assert abs(overheads["claimed"]) < 0.02 < overheads["plausible"]
    shown = run(*command, "--reading", "all")
    shown.assert_succeeded()
    assert "reading by reading" in shown.out


def test_a_change_of_the_inner_join_is_proposed(run: Run, tensors: Path) -> None:
    command = ("innerjoin", "--tensors", tensors, "--propose")
    found = json.loads(run(*command, "--json", "-").out)["proposal"]
    first, *others = found["candidates"]
    assert (first["changed"], first["more_area"]) == ("", 0)
    assert [one["pe_area_mm2"] for one in others] == sorted(one["pe_area_mm2"] for one in others)
    assert found["chosen"]["cost_tiny"] < found["limit"] == 0.10
    cheaper = [one for one in others if one["pe_area_mm2"] < found["chosen"]["pe_area_mm2"]]
    assert all(one["cost_tiny"] >= 0.10 for one in cheaper)
    shown = run(*command)
    shown.assert_succeeded()
    assert found["chosen"]["changed"].split("=")[0] in shown.out


@pytest.mark.parametrize(
    ("options", "mentions"),
    [
        (("--reading", "kind"), ("--reading", "kind", "plausible")),
        (("--reading", "literal"), ("--reading", "detailed model alone", "expected model")),
        (("--reading", "all"), ("--reading", "detailed model alone")),
        (("--fetch-cycles", 0), ("fetch_cycles: is '0'", "1 to 64 cycles")),
        (("--fetch-cycles", 2, "--set", "fetch_cycles=2"), ("--set", "fetch_cycles once")),
    ],
)
def test_bad_readings_are_refused(
    run: Run, tensors: Path, options: tuple[object, ...], mentions: tuple[str, ...]
) -> None:
    run("compare", "--tensors", tensors, *options).assert_refused(*mentions)
