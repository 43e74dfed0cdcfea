"""``loas-tl energy``: its JSON, its files, its tables, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from loas_tl.components.component import CYCLE
from loas_tl.components.units import in_mm2, in_mW
from loas_tl.designs.registry import find, names
from tests.cli.outcome import Run, contents

FILES = [
    *("ART.yaml", "ERT.yaml", "architecture.ART.yaml", "architecture.ERT.yaml"),
    *(
        "architecture.yaml",
        "composition.pdf",
        "composition.png",
        "composition.svg",
        "energy.csv",
        "energy.json",
    ),
    *("report.html", "spec.yaml"),
]


PARTS = ("architecture.", "LoAS.tppe[1..16]")


def priced(run: Run, *arguments: object) -> Any:
    outcome = run("energy", *arguments, "--json", "-")
    outcome.assert_succeeded()
    return json.loads(outcome.out)


@pytest.mark.parametrize("name", names())
def test_the_json_has_these_keys_and_sums(run: Run, name: str) -> None:
    found = priced(run, name)
    assert list(found) == [
        *("accelerator", "area_mm2", "power_mW", "parts", "actions"),
        *("leakage_mW", "parameters", "spec", "notes"),
    ]
    assert found["accelerator"] == name
    assert found["notes"] == []
    for part in found["parts"].values():
        assert list(part) == ["count", "area_mm2", "power_mW", "leakage_mW"]
        assert isinstance(part["count"], int)
        assert 0 <= part["leakage_mW"] <= part["power_mW"]
    for key in ("area_mm2", "power_mW", "leakage_mW"):
        assert found[key] == pytest.approx(sum(part[key] for part in found["parts"].values()))
    design = find(name)
    assert found["area_mm2"] == pytest.approx(in_mm2(design.chip.area))
    assert found["area_mm2"] == pytest.approx(design.area_mm2)
    assert found["power_mW"] == pytest.approx(in_mW(design.chip.power))
    assert found["leakage_mW"] == pytest.approx(design.leakage_mW)
    assert found["parameters"] == design.settled
    for part in found["parts"]:
        assert part in found["actions"]
    for energies in found["actions"].values():
        assert all(isinstance(energy, float) and energy >= 0 for energy in energies.values())


def test_loas_is_what_was_published(run: Run) -> None:
    found = priced(run, "LoAS")
    assert found["power_mW"] == pytest.approx(188.9, rel=0.05)
    assert found["parts"]["tppe"]["count"] == 16
    assert found["parts"]["tppe"]["power_mW"] == pytest.approx(45.1, rel=0.01)
    assert found["actions"]["tppe"]["compute"] == pytest.approx(5.80, rel=0.01)
    assert found["actions"]["global_cache"]["read"] == pytest.approx(64.8, rel=0.01)
    assert found["actions"]["tppe.fast_prefix_sum"]["count"] > 0


@pytest.mark.parametrize("name", names())
def test_the_spec_and_what_it_leaves_out_are_the_whole(run: Run, name: str) -> None:
    found = priced(run, name)
    if find(name).templates is None:
        assert found["spec"] is None
        return
    assert list(found["spec"]) == ["area_mm2", "leakage_mW", "left_out"]
    assert {part.name for part in find(name).left_out()} <= set(found["spec"]["left_out"])
    for key in ("area_mm2", "leakage_mW"):
        assert 0 < found["spec"][key] < found[key]
        left_out = sum(one[key] for one in found["spec"]["left_out"].values())
        assert found["spec"][key] + left_out == pytest.approx(found[key], rel=1e-12)


@pytest.mark.parametrize("name", ["loas", "LOAS", "l o-a_s"])
def test_names_are_forgiving(run: Run, name: str) -> None:
    assert priced(run, name) == priced(run, "LoAS")


@pytest.mark.parametrize("name", ["LoAS-FT", "loas n-major"])
def test_the_same_hardware_has_the_same_figures(run: Run, name: str) -> None:
    found, loas = priced(run, name), priced(run, "LoAS")
    assert found["accelerator"] == find(name).name
    same = ("area_mm2", "power_mW", "parts", "actions", "leakage_mW", "notes")
    assert {key: found[key] for key in same} == {key: loas[key] for key in same}
    if name == "LoAS-FT":
        assert found["parameters"] == loas["parameters"] | {"fine_tuned": True}
        assert found["spec"] == loas["spec"]


def test_settings_change_the_parts_they_are_about(run: Run) -> None:
    before = priced(run, "LoAS")
    after = priced(run, "LoAS", "--set", "timesteps=8", "pes=32")
    assert after["parts"]["tppe"]["count"] == 32
    assert after["parts"]["tppe"]["power_mW"] > 2 * before["parts"]["tppe"]["power_mW"]
    assert after["parts"]["global_cache"] == before["parts"]["global_cache"]
    assert after["actions"]["tppe"]["match"] == pytest.approx(before["actions"]["tppe"]["match"])


def test_the_technology_changes_everything_on_the_chip(run: Run) -> None:
    before, after = priced(run, "LoAS"), priced(run, "LoAS", "--set", "technology=45nm")
    for name, part in after["parts"].items():
        if name != "hbm_channel":
            assert part["area_mm2"] > before["parts"][name]["area_mm2"]
    assert after["actions"]["hbm_channel"] == before["actions"]["hbm_channel"]


def test_power_counts_an_action_of_every_part_in_each_cycle(run: Run) -> None:
    found = priced(run, "SparTen-SNN")
    pe = find("SparTen-SNN").pe()
    assert pe is not None
    dynamic = found["actions"]["pe"]["compute"] / (float(CYCLE) * 1e9)  # pJ a ns is mW
    expected = 16 * (dynamic + in_mW(pe.leakage))
    assert found["parts"]["pe"]["power_mW"] == pytest.approx(expected)


def test_the_tables_have_every_part_and_the_published_figures(run: Run) -> None:
    outcome = run("energy", "LoAS")
    outcome.assert_succeeded()
    for word in ("global_cache", "fast_prefix_sum", "crossbar_to_hbm", "188.9", "match", "total"):
        assert word in outcome.out
    for line in ("In its Timeloop spec", "not in it: crossbar_to_pes", "of it leakage"):
        assert line in outcome.out
    assert "note:" not in outcome.out


def test_a_changed_design_is_not_put_beside_the_published_figures(run: Run) -> None:
    outcome = run("energy", "LoAS", "--set", "timesteps=8")
    outcome.assert_succeeded()
    assert "188.9" not in outcome.out
    assert "LoAS timesteps=8, 32 nm" in outcome.out


def test_a_design_of_ones_own_is_not_put_beside_them_either(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import loas_tl\nWIDE = loas_tl.design('LoAS').with_(name='Wide', pes=32)\n")
    outcome = run("energy", path)
    outcome.assert_succeeded()
    assert "188.9" not in outcome.out


def test_a_setting_that_has_nothing_to_do_with_energy_is_said_to(run: Run) -> None:
    note = "tile_n=16 has no effect here; it acts on the published model, the detailed model"
    [said] = priced(run, "LoAS", "--set", "tile_n=16", "pes=8")["notes"]
    assert said.startswith(note)
    outcome = run("energy", "LoAS", "--set", "tile_n=16", "pes=8")
    outcome.assert_succeeded()
    assert f"note: {said}" in " ".join(outcome.out.split())


def test_it_says_where_the_sources_end(run: Run) -> None:
    outcome = run("energy", "LoAS", "--set", "technology=7")
    outcome.assert_succeeded()
    assert "extended: fiber_cache_bank: technology in nm 7 is outside CACTI's table" in outcome.out


def test_the_report_is_a_chart_and_accelergys_tables(run: Run, tmp_path: Path) -> None:
    run("energy", "LoAS", "--out", tmp_path / "out").assert_succeeded()
    files = contents(tmp_path / "out")
    assert sorted(files) == FILES
    assert (files["composition.png"] or b"").startswith(b"\x89PNG")
    assert b"<svg" in (files["composition.svg"] or b"")
    for prefix, component in (("", "LoAS_top_level.InnerJoin[1..64]"), PARTS):
        energy = yaml.safe_load(files[f"{prefix}ERT.yaml"] or b"")["ERT"]
        area = yaml.safe_load(files[f"{prefix}ART.yaml"] or b"")["ART"]
        assert energy["version"] == area["version"] == "0.4"
        priced_names = [one["name"] for one in energy["tables"]]
        assert component in priced_names
        assert set(priced_names) <= {one["name"] for one in area["tables"]}


def test_the_specification_has_what_was_set(run: Run, tmp_path: Path) -> None:
    settings = ("pes=8", "technology=22nm", "tile_n=16")
    run("energy", "LoAS", "--set", *settings, "--out", tmp_path).assert_succeeded()
    text = (tmp_path / "spec.yaml").read_text()
    for line in ("pes=8", "technology=22", "tile_n=16"):
        assert f"#   {line}\n" in text
    energy = yaml.safe_load((tmp_path / "ERT.yaml").read_text())["ERT"]
    assert "LoAS_top_level.InnerJoin[1..32]" in [one["name"] for one in energy["tables"]]


def test_a_smaller_cache_has_smaller_partitions(run: Run, tmp_path: Path) -> None:
    run("energy", "LoAS", "--set", "cache_KiB=64", "--out", tmp_path).assert_succeeded()
    assert sorted(contents(tmp_path)) == FILES
    text = (tmp_path / "spec.yaml").read_text()
    partitions = {"input_cache_KiB": 16, "weight_cache_KiB": 42, "output_cache_KiB": 6}
    for name, size in {"cache_KiB": 64, **partitions}.items():
        assert f"#   {name}={size}\n" in text
    before, after = priced(run, "LoAS"), priced(run, "LoAS", "--set", "cache_KiB=64")
    for key in ("area_mm2", "leakage_mW"):
        assert after["parts"]["global_cache"][key] < before["parts"]["global_cache"][key]
        assert after["spec"][key] < before["spec"][key]


@pytest.mark.parametrize("options", [("--json", "-"), ("--out", "out"), ()])
def test_partitions_that_do_not_fit_the_cache_are_refused(
    run: Run, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("energy", "LoAS", "--set", "input_cache_KiB=100", *options)
    outcome.assert_refused("LoAS.cache_KiB: is 256, but its partitions input_cache_KiB (100), ")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("options", [("--json", "-"), ("--out", "out"), ()])
def test_placeholders_cannot_be_priced(
    run: Run, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("energy", "LoAS", "--set", "technology=-1", *options)
    outcome.assert_refused("LoAS.technology", "is -1, placeholders", "expected 7 to 90 nm")
    assert contents(tmp_path) == {}


def test_a_design_without_a_specification_has_the_rest(run: Run, tmp_path: Path) -> None:
    outcome = run("energy", "LoAS N-major", "--out", tmp_path)
    outcome.assert_succeeded()
    assert "In its Timeloop spec" not in outcome.out
    assert sorted(contents(tmp_path)) == [
        *("architecture.ART.yaml", "architecture.ERT.yaml", "architecture.yaml"),
        *(
            "composition.pdf",
            "composition.png",
            "composition.svg",
            "energy.csv",
            "energy.json",
            "report.html",
        ),
    ]


def test_the_same_report_has_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("one", "other"):
        run("energy", "Gamma-SNN", "--out", tmp_path / name).assert_succeeded()
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_json_to_a_file_leaves_the_tables_on_the_terminal(run: Run, tmp_path: Path) -> None:
    outcome = run("energy", "PTB", "--json", tmp_path / "ptb.json")
    outcome.assert_succeeded()
    assert "global_cache" in outcome.out
    assert json.loads((tmp_path / "ptb.json").read_text()) == priced(run, "PTB")


BAD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no accelerator": ((), ("ACCELERATOR",)),
    "an unknown accelerator": (("TPU",), ("'TPU'", "expected one of LoAS", "Stellar")),
    "an unknown attribute": (("LoAS", "--set", "speed=9"), ("--set", "'speed'", "technology")),
    "an attribute of another": (
        ("PTB", "--set", "fifo_depth=9"),
        ("PTB has no 'fifo_depth'", "expected one of technology"),
    ),
    "one attribute twice": (("LoAS", "--set", "pes=4", "pes=8"), ("pes", "twice")),
    "no value": (("LoAS", "--set", "timesteps"), ("--set", "'timesteps'", "expected key=value")),
    "an empty value": (("LoAS", "--set", "timesteps="), ("--set", "expected key=value")),
    "no key": (("LoAS", "--set", "=4"), ("--set", "expected key=value")),
    "a value that is none": (
        ("LoAS", "--set", "timesteps=four"),
        ("LoAS.timesteps", "'four'", "a whole number from 1 to 64"),
    ),
    "an attribute of nobody, almost": (
        ("PTB", "--set", "row=9"),
        ("PTB has no 'row'; did you mean 'rows'?", "expected one of technology"),
    ),
    "half a timestep": (("LoAS", "--set", "timesteps=4.5"), ("LoAS.timesteps", "4.5")),
    "no timesteps": (("LoAS", "--set", "timesteps=0"), ("LoAS.timesteps", "0")),
    "an unknown technology": (("LoAS", "--set", "technology=5"), ("technology", "7 to 90")),
    "two accelerators": (("LoAS", "PTB"), ("PTB",)),
    "json to nowhere": (("LoAS", "--json"), ("--json",)),
    "an option cut short": (("LoAS", "--js", "-"), ("--js",)),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_arguments_are_refused_and_nothing_is_written(
    run: Run, bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, mentions = BAD[bad]
    run("energy", *arguments, "--out", tmp_path / "out").assert_refused(*mentions)
    assert contents(tmp_path) == {}


def test_an_output_that_cannot_be_written_is_refused_before_anything_is(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ERT.yaml").mkdir()
    outcome = run("energy", "LoAS", "--out", tmp_path / "out", "--json", tmp_path / "loas.json")
    outcome.assert_refused("ERT.yaml", "is a folder")
    assert sorted(contents(tmp_path)) == ["out", "out/ERT.yaml"]


def test_two_outputs_in_one_place_are_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("energy", "LoAS", "--out", out, "--json", out / "ART.yaml").assert_refused("in the way")
    assert contents(tmp_path) == {}
