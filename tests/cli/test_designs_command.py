"""``loas-tl designs``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import loas_tl
from loas_tl.designs.registry import designs, find, names
from tests.cli.outcome import Run, contents
from tests.cli.own_files import words


def test_all_designs_are_listed_with_their_models(run: Run) -> None:
    outcome = run("designs")
    outcome.assert_succeeded()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in outcome.out.splitlines()]
    by_name = {row[0]: row for row in rows if row and row[0]}
    assert list(by_name) == names()
    for one in designs():
        marks = by_name[one.name][1:5]
        assert marks == [
            "yes" if model in one.models else "-"
            for model in ("published", "detailed", "energy", "timeloop")
        ]
        assert one.about.startswith(by_name[one.name][5])
    assert by_name["LoAS N-major"][4] == "-"


def test_json_of_designs(run: Run, tmp_path: Path) -> None:
    outcome = run("designs", "--json", "-")
    outcome.assert_succeeded()
    listed = json.loads(outcome.out)
    assert [one["accelerator"] for one in listed] == names()
    for found, one in zip(listed, designs(), strict=True):
        rules = one.rules()
        assert list(found) == [
            *("accelerator", "about", "models", "area_mm2", "leakage_mW"),
            *(("published_by",) if rules else ()),
            "parameters",
        ]
        if rules:
            assert found["published_by"] == rules.source
        assert found["about"] == one.about
        assert found["models"] == list(one.models)
        assert found["area_mm2"] == one.area_mm2
        assert found["leakage_mW"] == one.leakage_mW
        assert list(found["parameters"]) == list(one.parameters)
        for name, each in found["parameters"].items():
            assert list(each) == [
                *("value", "default", "minimum", "maximum", "unit", "about", "acts_on")
            ]
            declared = one.parameters[name]
            assert each["value"] == getattr(one, name)
            assert (each["default"], each["about"]) == (declared.default, declared.about)
            assert (each["minimum"], each["maximum"]) == (declared.low, declared.high)
            assert set(each["acts_on"]) <= {"published", "detailed", "energy", "timeloop"}
    path = tmp_path / "new" / "designs.json"
    written = run("designs", "--json", path)
    assert written == run("designs")
    assert path.read_text() == outcome.out


def test_the_parameters_of_a_design_are_listed(run: Run) -> None:
    outcome = run("designs", "loas", "PTB", "--set", "pes=32")
    outcome.assert_succeeded()
    assert "LoAS pes=32: packed spikes, inner join" in words(outcome.out)
    assert "PTB: dense weights" in words(outcome.out)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in outcome.out.splitlines()]
    listed = [row[0] for row in rows if row and row[0]]
    assert listed == [*find("LoAS").parameters, *find("PTB").parameters]
    # Where both have one of that name, LoAS's.
    by_name = {row[0]: row for row in reversed(rows) if row and row[0]}
    assert by_name["pes"][1:5] == ["32", "16", "1 to 1024", "TPPEs"]
    assert by_name["input_cache_KiB"][1:3] == ["64", "1/4 of"]
    assert by_name["corrections"][1:3] == ["measured", "measured"]
    assert by_name["skip_empty"][5] == "detailed"
    [found, _] = json.loads(run("designs", "loas", "PTB", "--set", "pes=32", "--json", "-").out)
    values = {name: each["value"] for name, each in found["parameters"].items()}
    assert values["pes"] == 32
    assert found["area_mm2"] == loas_tl.design("LoAS", pes=32).area_mm2


def test_placeholders_have_no_area(run: Run) -> None:
    outcome = run("designs", "LoAS", "--set", "technology=-1", "--json", "-")
    outcome.assert_succeeded()
    [found] = json.loads(outcome.out)
    assert found["accelerator"] == "LoAS technology=-1"
    assert found["area_mm2"] is found["leakage_mW"] is None
    run("designs", "LoAS", "--set", "technology=-1").assert_succeeded()


@pytest.mark.parametrize(
    "model",
    [
        "published",
        *(pytest.param(m) for m in ("detailed", "both")),
    ],
)
def test_placeholders_cannot_be_compared(
    run: Run, tensors: Path, tmp_path: Path, model: str
) -> None:
    before = contents(tmp_path)
    command = ("compare", "--tensors", tensors, "--model", model, "--out", tmp_path / "out")
    run(*command, "--accelerator", "LoAS", "PTB:technology=-1").assert_refused(
        "PTB.technology: is -1, placeholders that have no area; expected 7 to 90 nm"
    )
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("--json",), ("--json", "expected")),
        (("--json", "."), (".", "expected")),
        (("--csv", "x.csv"), ("--csv",)),
        (("--set",), ("--set", "expected")),
        (("--set", "colour=3"), ("no accelerator here has 'colour'; did you mean 'columns'?",)),
    ],
)
def test_bad_arguments_of_designs(
    run: Run, here: Path, arguments: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    before = contents(here)
    run("designs", *arguments).assert_refused(*mentions)
    assert contents(here) == before


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("compare", ("--accelerator", "--set", "--baseline")),
        ("validate", ("--accelerator", "--set")),
        ("formats", ("--accelerator", "--set")),
        ("innerjoin", ("--accelerator", "--set")),
        ("render", ("--set",)),
        ("energy", ("--set",)),
        ("designs", ("--set", "--json")),
    ],
)
def test_help_names_them(run: Run, command: str, options: tuple[str, ...]) -> None:
    outcome = run(command, "--help")
    assert outcome.code == 0
    for option in options:
        assert f"{option} " in outcome.out
    assert "LoAS:pes=32,cache_KiB=512, or FILE.py:NAME" in words(outcome.out)
