"""``loas-tl explore``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.cli.outcome import Run, document

ASKED = ("explore", "LoAS", "Gamma-SNN", "--network", "alexnet")
VARY = ("--vary", "pes=8,16", "laggy_adders=8..16*2")


def test_json_has_points_and_the_front(run: Run) -> None:
    outcome = run(*ASKED, *VARY, "--json", "-")
    outcome.assert_succeeded()
    found = document(outcome.out)
    assert len(found["points"]) == 6
    first = found["points"][0]
    assert first["accelerator"] == "LoAS"
    assert first["parameters"] == {"pes": 8, "laggy_adders": 8}
    assert {"cycles", "energy_pJ", "area_mm2", "error"} < set(first)
    assert first["error"] is None
    compared = run(
        "compare",
        "--network",
        "alexnet",
        "--accelerator",
        "LoAS:pes=8,laggy_adders=8",
        "--json",
        "-",
    )
    answer = document(compared.out)
    [total], [design] = answer["totals"], answer["designs"]
    assert [first[key] for key in ("cycles", "energy_pJ", "area_mm2")] == [
        *(total["cycles"], total["energy_pJ"], design["area_mm2"])
    ]
    rows = [tuple(p[key] for key in ("cycles", "energy_pJ", "area_mm2")) for p in found["points"]]
    front = [
        at
        for at, one in enumerate(rows)
        if not any(
            all(a <= b for a, b in zip(other, one, strict=True)) and other != one for other in rows
        )
    ]
    assert found["pareto"] == front


def test_tables_csv_and_files(run: Run, tmp_path: Path) -> None:
    outcome = run(*ASKED, *VARY, "--csv", str(tmp_path / "a.csv"), "--out", str(tmp_path / "out"))
    outcome.assert_succeeded()
    assert "Best of each objective" in outcome.out
    assert "Pareto front of cycles, energy, area" in outcome.out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    assert len(rows) == 6
    assert rows[0]["accelerator"] == "LoAS"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"fronts.png", "fronts.svg", "fronts.pdf", "space.json", "space.csv"} <= names


def test_a_store_is_shown(run: Run, tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "space.sqlite"))
    ran = run(*ASKED, *VARY, *store, "--json", "-")
    shown = run("explore", *store, "--show", "--json", "-")
    shown.assert_succeeded()
    assert document(shown.out) == document(ran.out)


def test_what_is_said_of_dominated_points_is_said(run: Run) -> None:
    outcome = run("explore", "LoAS", "--network", "V-L8", "--vary", "cache_banks=16,64")
    outcome.assert_succeeded()
    [line] = [line for line in outcome.out.splitlines() if "CACTI" in line]
    assert "all figures are those of 16" in line
    assert "(1 of 2 points, none on the front)" in line


def test_objectives_constraints_and_failures_are_said(run: Run) -> None:
    outcome = run(
        *("explore", "LoAS", "--network", "alexnet", "--vary", "chunk_bits=32,64"),
        *("laggy_adders=16,64", "--objective", "edp", "--constraint", "area_mm2<=10"),
    )
    outcome.assert_succeeded()
    assert "least EDP" in outcome.out
    assert "1 failed: LoAS.laggy_adders: is 64" in outcome.out
    assert "3 of 4 points keep area_mm2<=10" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("LoAS",), "--vary: nothing varies"),
        ((), "no accelerators given"),
        (("LoAS", "--vary", "pes"), "--vary 'pes'; expected key=value"),
        (("LoAS", "--vary", "pes="), "expected key=value"),
        (("LoAS", "--vary", "pes=8", "pes=16"), "--vary pes comes twice"),
        (("LoAS", "--vary", "pe=8,16"), "did you mean 'pes'?"),
        (("LoAS", "--vary", "pes=16"), "--vary pes: does not vary"),
        (("LoAS", "--vary", "pes=64..8"), "is reversed"),
        (("LoAS", "--vary", "pes=1..4096", "tile_n=1..4096"), "a grid of 16,777,216 points"),
        (("LoAS", "--vary", "pes=8,16", "--constraint", "area_mm2"), "is no comparison"),
        (
            ("LoAS", "--vary", "pes=8,16", "--objective", "speed"),
            "--objective: no figure is called 'speed'",
        ),
        (
            ("LoAS", "--vary", "pes=8,16", "--objective", "vgg.cycles"),
            "--objective: no network here is called 'vgg'",
        ),
        (("LoAS", "--vary", "pes=8,16", "--store", "no/such/file"), "is no folder"),
        (("LoAS", "--vary", "pes=8,16", "--points", "0"), "--points: is 0"),
        (("--show",), "--show reads a store"),
        (("--show", "--store", "missing.sqlite"), "is not there"),
        (("--show", "--store", "missing.sqlite", "--vary", "pes=8,16"), "no --vary"),
        (("Nothing", "--vary", "pes=8,16"), "unknown accelerator 'Nothing'"),
        (("LoAS", "--vary", "pes=8,16", "--model", "both"), "invalid choice: 'both'"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, arguments: Any, said: str, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    run("explore", *arguments, "--network", "alexnet").assert_refused(said)
    assert set(tmp_path.iterdir()) == before
