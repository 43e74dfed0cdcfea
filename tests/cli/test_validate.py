"""``loas-tl validate`` from the outside."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl.report.validation_page import FORMS
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
    assert list(document) == ["counts", "cycles", "notes"]
    assert document["notes"] == {}
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
        *(f"{plot}.{form}" for plot in ("heat_map", "scatter", "cycles") for form in FORMS),
        "validation.json", "validation.csv", "validation.html",
    }  # fmt: skip
    page = files["validation.html"]
    assert page is not None
    assert b"vegaEmbed" in page
    assert b"OutputDRAM" in page
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["layer"] for row in rows} == {"two"}
    assert {row["action"] for row in rows} >= {"computes", "reads", "cycles"}


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        (("--layer", "three"), "three"),
        (("--accelerator", "NVDLA"), "'NVDLA'; expected one of LoAS, LoAS-FT, "),
        (("--accelerator", "LoAS N-major"), "LoAS N-major has no Timeloop spec"),
        (("--accelerator",), "--accelerator"),
        (("--engine", "guess"), "guess"),
        (("--set", "zzz=3"), "no accelerator here has 'zzz'; expected one of technology, "),
        (("--accelerator", "LoAS", "--set", "pess=3"), "LoAS has no 'pess'; did you mean 'pes'?"),
        (("--accelerator", "LoAS", "--set", "pes=0"), "LoAS.pes: is '0'; expected a whole"),
    ],
)
def test_unknown_names(
    run: Run, tensors: Path, tmp_path: Path, arguments: tuple[str, ...], mention: str
) -> None:
    before = contents(tmp_path)
    outcome = run("validate", "--tensors", tensors, *arguments, "--out", tmp_path / "out")
    outcome.assert_refused(mention)
    assert contents(tmp_path) == before


def test_designs_may_be_changed(run: Run, tensors: Path) -> None:
    def answer(*arguments: object) -> Any:
        done = run("validate", "--tensors", tensors, "--json", "-", "--accelerator", *arguments)
        done.assert_succeeded()
        return json.loads(done.out)

    changed = answer("LoAS", "PTB", "--set", "pes=8")
    assert list(dict.fromkeys(c["accelerator"] for c in changed["cycles"])) == ["LoAS pes=8", "PTB"]
    assert changed["notes"] == {}
    assert changed == answer("LoAS:pes=8", "PTB")
    before = answer("LoAS", "PTB")
    for old, new in zip(before["cycles"], changed["cycles"], strict=True):
        slower = new["accelerator"] == "LoAS pes=8"
        assert (new["exact"] > old["exact"]) is slower
        assert (new["predicted"] > old["predicted"]) is slower


def test_what_does_nothing_is_said(run: Run, tensors: Path) -> None:
    settings = ("skip_empty=0", "pes=32")
    command = ("validate", "--tensors", tensors, "--accelerator", "LoAS", "--set", *settings)
    done = run(*command, "--json", "-")
    done.assert_succeeded()
    [label], [said] = json.loads(done.out)["notes"].keys(), json.loads(done.out)["notes"].values()
    assert label == "LoAS pes=32 skip_empty=0"
    assert said == [
        "skip_empty=0 has no effect here; it acts on the detailed model",
        "pes=32 for 16 rows (M): 16 stand idle (in 2 of 2 layers)",
    ]
    shown = run(*command)
    shown.assert_succeeded()
    for line in said:
        assert f"note: {label}: {line}" in " ".join(shown.out.split())
