from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.outcome import Run

COMMANDS = [
    ("compare", "--network", "V-L8", "--accelerator", "LoAS"),
    ("energy", "LoAS"),
    ("formats", "--network", "V-L8"),
    ("explore", "LoAS", "--network", "V-L8", "--vary", "pes=8,16"),
    ("model", "spec", "--engine", "native"),
    ("map", "spec", "--engine", "native", "--max-mappings", "1"),
]


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    run("render", "LoAS", "--network", "V-L8", "--out", "spec").assert_succeeded()
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_dash_is_standard_output_alone(run: Run, folder: Path, command: tuple[str, ...]) -> None:
    before = set(folder.iterdir())
    rows = run(*command, "--csv", "-", "--json", "there.json")
    rows.assert_succeeded()
    documents = run(*command, "--json", "-", "--csv", "there.csv")
    documents.assert_succeeded()
    header, *lines = csv.reader(rows.out.splitlines())
    assert lines
    assert all(len(line) == len(header) for line in lines)
    assert rows.out.splitlines()[0] == (folder / "there.csv").read_text().splitlines()[0]
    json.loads(documents.out)
    json.loads((folder / "there.json").read_text())
    assert {path.name for path in set(folder.iterdir()) - before} == {"there.json", "there.csv"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_two_documents_are_not_mixed(run: Run, folder: Path, command: tuple[str, ...]) -> None:
    outcome = run(*command, "--json", "-", "--csv", "-")
    outcome.assert_refused("--json", "--csv", "standard output")
    assert folder.is_dir()


def test_a_file_of_that_name_can_be_written(run: Run, folder: Path) -> None:
    run("energy", "LoAS", "--csv", "./-").assert_succeeded()
    assert (folder / "-").read_text().startswith("part,")
