"""``loas-tl validate`` from the outside."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.outcome import Run, contents


@pytest.fixture(name="tensors")
def _tensors(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    file = tmp_path / "mine.npz"
    arrays = {
        "one/x": rng.random((4, 16, 64)) < 0.2,
        "one/w": (rng.random((64, 32)) < 0.1).astype(np.int8),
        "two/x": rng.random((4, 16, 32)) < 0.2,
        "two/w": (rng.random((32, 16)) < 0.1).astype(np.int8),
    }
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file


def test_json_alone_on_standard_output(run: Run, tensors: Path) -> None:
    done = run("validate", "--tensors", tensors, "--accelerator", "LoAS", "--json", "-")
    done.assert_succeeded()
    document = json.loads(done.out)
    assert {c["layer"] for c in document["cycles"]} == {"one", "two"}
    computes = [c for c in document["counts"] if c["action"] == "computes"]
    assert {c["kind"] for c in computes} >= {"algorithmic", "actual"}


def test_tables_and_files(run: Run, tensors: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "out", tmp_path / "counts.csv"
    done = run(
        "validate", "--tensors", tensors, "--layer", "two", "--accelerator", "LoAS", "PTB",
        "--engine", "native", "--out", out, "--csv", table, "--json", tmp_path / "v.json",
    )  # fmt: skip
    done.assert_succeeded()
    assert "Actual counts" in done.out
    assert "PTB" in done.out
    files = contents(out)
    assert set(files) == {
        "heat_map.png", "heat_map.svg", "scatter.png", "scatter.svg", "cycles.png", "cycles.svg",
        "validation.json", "validation.csv", "validation.html",
    }  # fmt: skip
    page = files["validation.html"]
    assert page is not None
    assert b"<svg" in page
    assert b"OutputDRAM" in page
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["layer"] for row in rows} == {"two"}
    assert {row["action"] for row in rows} >= {"computes", "reads", "cycles"}


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        (("--layer", "three"), "three"),
        (("--accelerator", "Eyeriss"), "Eyeriss"),
        (("--engine", "guess"), "guess"),
    ],
)
def test_unknown_names(run: Run, tensors: Path, arguments: tuple[str, str], mention: str) -> None:
    run("validate", "--tensors", tensors, *arguments).assert_refused(mention)
