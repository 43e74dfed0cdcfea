"""The JSON that commands print is what the shipped schemas say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import loas_tl
from tests.cli.outcome import Run, document

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
]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(name: str, found: dict[str, Any]) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in validator(name).iter_errors(found)]


@pytest.mark.parametrize(("command", "arguments"), RUNS)
def test_what_a_command_prints_is_as_its_schema_says(
    run: Run, command: str, arguments: tuple[str, ...]
) -> None:
    found = document(run(command, *arguments, "--json", "-").out)
    assert faults(command, found) == []


def test_model_and_map_print_what_their_schemas_say(run: Run, tmp_path: Path) -> None:
    spec = str(tmp_path / "spec")
    run("render", "LoAS", "--network", "alexnet", "--layer", "2", "-o", spec)
    native = ("--engine", "native", "--json", "-")
    assert faults("model", document(run("model", spec, *native).out)) == []
    found = document(run("map", spec, "--max-mappings", "200", *native).out)
    assert faults("map", found) == []


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
