"""The JSON that commands print is what the shipped schemas say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import loas_tl
from loas_tl.cli.commands import parser
from tests.cli.outcome import Run, document, parsed

FOLDER = Path(loas_tl.__file__).parent / "schemas"
LOAS = ("--network", "alexnet", "--accelerator", "LoAS")
RUNS = [
    ("compare", (*LOAS, "SparTen-SNN")),
    ("compare", (*LOAS, "LoAS:pes=600", "--model", "detailed")),
    ("compare", ("--network", "digits_vgg9", "--accelerator", "LoAS", "--model", "both")),
    ("compare", (*LOAS, "PTB", "Prosperity", "--accounting", "both")),
    ("explore", ("LoAS", "--network", "alexnet", "--vary", "pes=8,100000")),
    ("validate", (*LOAS, "--layer", "2")),
    ("reproduce", ("table2", "fig16a")),
    ("formats", ("--network", "alexnet", "--layer", "2")),
    ("formats", ("--network", "digits_vgg9")),
    ("energy", ("LoAS",)),
    ("energy", ("Prosperity",)),
    ("designs", ("LoAS:pes=32", "MINT", "SparTen")),
    ("summary", ("digits_vgg9",)),
]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(name: str, found: Any) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in validator(name).iter_errors(found)]


@pytest.mark.parametrize(("command", "arguments"), RUNS)
def test_what_a_command_prints_is_as_its_schema_says(
    run: Run, command: str, arguments: tuple[str, ...]
) -> None:
    found = parsed(run(command, *arguments, "--json", "-").out)
    assert faults(command, found) == []


def test_model_and_map_print_what_their_schemas_say(run: Run, tmp_path: Path) -> None:
    spec = str(tmp_path / "spec")
    run("render", "LoAS", "--network", "alexnet", "--layer", "2", "-o", spec)
    native = ("--engine", "native", "--json", "-")
    assert faults("model", document(run("model", spec, *native).out)) == []
    found = document(run("map", spec, "--max-mappings", "200", *native).out)
    assert faults("map", found) == []


def test_studies_print_what_their_schemas_say(run: Run, tensors: Path) -> None:
    for command, *options in (
        ("sparsity",),
        ("innerjoin", "--sweep", "--propose"),
        ("innerjoin", "--reading", "all"),
    ):
        found = document(run(command, "--tensors", tensors, *options, "--json", "-").out)
        assert faults(command, found) == []
    found["readings"]["literal"]["layers"][0]["laggy_cycles"] = "many"
    assert faults("innerjoin", found)


def test_several_are_such_objects_each(run: Run, tensors: Path, tmp_path: Path) -> None:
    both = ("--model", "detailed", "--reading", "all", "--accelerator", "LoAS")
    found = document(run("compare", "--tensors", tensors, *both, "--json", "-").out)
    assert list(found["readings"]) == ["claimed", "plausible", "literal"]
    assert [faults("compare", one) for one in found["readings"].values()] == [[]] * 3
    assert faults("compare", found) == []
    assert found["ranges"][0]["cycles"].keys() == found["readings"].keys()
    found["ranges"][0]["speedup"]["literal"] = "fast"
    assert len(faults("compare", found)) == 1
    specs = [tmp_path / name for name in ("one", "two")]
    for spec in specs:
        run("render", "LoAS", "--tensors", tensors, "--layer", "alpha", "-o", spec)
    for command, *options in (("model",), ("map", "--max-mappings", "50", "--jobs", "1")):
        out = run(command, *specs, *options, "--engine", "native", "--json", "-").out
        several = parsed(out)
        assert [Path(one["spec"]).name for one in several] == ["one", "two"]
        assert [faults(command, one) for one in several] == [[], []]


def test_every_command_with_json_has_a_schema() -> None:
    [commands] = [one for one in parser()._actions if one.dest == "==SUPPRESS=="]
    assert isinstance(commands.choices, dict)
    printing = {
        name for name, command in commands.choices.items() if "--json" in command.format_help()
    }
    assert {path.name.partition(".")[0] for path in FOLDER.glob("*.json")} == printing


def test_a_fault_is_seen(run: Run) -> None:
    found = document(run("compare", *LOAS, "--json", "-").out)
    for spoil in ("missing", "text", "beyond"):
        spoilt = copy.deepcopy(found)
        row = spoilt["layers"][0]
        if spoil == "missing":
            del row["energy_pJ"]
        else:
            row["utilization"] = "half" if spoil == "text" else 1.5
        assert len(faults("compare", spoilt)) == 1
