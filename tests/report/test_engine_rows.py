"""Results of engines and parts of designs as CSV, with totals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import loas_tl
from loas_tl.report.engine_files import files_of
from tests.cli.outcome import Run
from tests.report import layer


@pytest.fixture
def specs(tmp_path: Path) -> list[Path]:
    folders = []
    for rows in (5, 9):
        folder = tmp_path / f"spec{rows}"
        for name, text in loas_tl.design("LoAS").spec(layer(rows)).files().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        folders.append(folder)
    return folders


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_several_specs_end_in_a_total(run: Run, specs: list[Path], tmp_path: Path) -> None:
    files = ("--csv", tmp_path / "m.csv", "--json", tmp_path / "m.json")
    shown = run("model", *specs, "--engine", "native", *files)
    shown.assert_succeeded()
    documents = json.loads((tmp_path / "m.json").read_text())
    cycles = sum(one["cycles"] for one in documents)
    energy = sum(one["energy_pJ"] for one in documents)
    assert shown.out.splitlines()[-1] == (
        f"total of 2: {cycles:,.0f} cycles, {energy / 1e3:,.3f} nJ"
    )
    rows = read(tmp_path / "m.csv")
    assert rows[-1]["spec"] == rows[-1]["level"] == "total"
    assert float(rows[-1]["cycles"]) == cycles
    assert float(rows[-1]["energy_pJ"]) == pytest.approx(energy)
    for document, folder in zip(documents, specs, strict=True):
        own = [row for row in rows if row["spec"] == str(folder)]
        assert float(own[-1]["cycles"]) == document["cycles"]
        of_levels = [row for row in own if row["tensor"]]
        assert len(of_levels) == sum(len(one["tensors"]) for one in document["levels"].values())
        for row in of_levels:
            tensor = document["levels"][row["level"]]["tensors"][row["tensor"]]
            assert float(row["reads"]) == pytest.approx(tensor["reads"]["actual"])
            assert float(row["energy_pJ"]) == pytest.approx(tensor["energy_pJ"])


def test_one_spec_has_no_total_of_several(run: Run, specs: list[Path], tmp_path: Path) -> None:
    shown = run("model", specs[0], "--engine", "native", "--csv", tmp_path / "m.csv")
    shown.assert_succeeded()
    assert "total of" not in shown.out
    assert {row["spec"] for row in read(tmp_path / "m.csv")} == {str(specs[0])}


def test_a_search_has_rows_too(run: Run, specs: list[Path], tmp_path: Path) -> None:
    files = ("--csv", tmp_path / "m.csv", "--json", tmp_path / "m.json")
    budget = ("--max-mappings", "50", "--jobs", "1")
    run("map", specs[0], "--engine", "native", *budget, *files).assert_succeeded()
    document = json.loads((tmp_path / "m.json").read_text())
    assert float(read(tmp_path / "m.csv")[-1]["cycles"]) == document["cycles"]


def test_parts_of_a_design_add_up(run: Run, tmp_path: Path) -> None:
    run("energy", "LoAS", "--csv", tmp_path / "e.csv").assert_succeeded()
    *parts, whole = read(tmp_path / "e.csv")
    assert whole["part"] == "total"
    for key in ("area_mm2", "power_mW", "leakage_mW"):
        added = sum(float(part[key]) for part in parts if part["depth"] in ("0", "0.0"))
        assert float(whole[key]) == pytest.approx(added)
    assert any(part["energy_compute_pJ"] for part in parts)


def test_a_page_of_each_spec(run: Run, specs: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = run("model", *specs, "--engine", "native", "--out", out, "--json", tmp_path / "m.json")
    shown.assert_succeeded()
    assert shown.out.endswith(f"written to {out}\n")
    documents = json.loads((tmp_path / "m.json").read_text())
    folders = sorted(out.iterdir())
    assert len(folders) == len(specs)
    for folder, document in zip(folders, documents, strict=True):
        assert {path.name for path in folder.iterdir()} == set(files_of())
        own = {name: value for name, value in document.items() if name != "spec"}
        assert json.loads((folder / "result.json").read_text()) == own
        page = (folder / "result.html").read_text("utf-8")
        for level in document["levels"]:
            assert level in page
        for note in document["notes"]:
            assert note in page


def test_the_rows_add_up_to_the_total(specs: list[Path]) -> None:
    result = loas_tl.native.evaluate(
        loas_tl.spec.load_spec(sorted(specs[1].glob("*.yaml"))), prices={}
    )
    frame = result.to_frame()
    assert "leakage" in set(frame["level"])
    whole = frame.iloc[-1]
    assert whole["level"] == "total"
    assert frame["energy_pJ"].iloc[:-1].sum() == pytest.approx(whole["energy_pJ"])
    brief = result.brief()
    assert brief["level"].iloc[-1] == "idle leakage, not charged"
    assert brief["energy_pJ"].iloc[-1] == result.idle_leakage_pj


def test_what_has_no_price_is_said_on_the_page(tmp_path: Path) -> None:
    text = (
        loas_tl.design("LoAS")
        .spec(layer())
        .model_spec.replace("subclass: hbm_channel", "subclass: magic")
    )
    result = loas_tl.native.evaluate(loas_tl.spec.parse_spec(text), prices={})
    assert result.unpriced
    result.report(tmp_path)
    page = (tmp_path / "result.html").read_text("utf-8")
    for each in result.unpriced:
        assert f"{each.component} (unpriced)" in page
        assert f"unpriced, in no energy above: {each.component}" in page
    assert f"without {len(result.unpriced)} unpriced components" in page
