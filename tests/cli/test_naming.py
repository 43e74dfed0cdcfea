"""How every command names designs, sets their parameters and picks the baseline."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import loas_tl
from loas_tl.designs.registry import compared
from tests.cli.outcome import Outcome, Run, contents, document
from tests.cli.own_files import MINE, Compared, figures, first_cells, ran, words

# The three ways of naming a design.


@pytest.mark.parametrize("name", ["LoAS", "loas", "LOAS", "lo as", "Lo-AS", "LoAS:"])
def test_by_name_whatever_its_case(compared_json: Compared, name: str) -> None:
    assert ran(compared_json(name)) == ["LoAS"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("LoAS:pes=32", "LoAS pes=32"),
        ("LoAS:pes=32,cache_KiB=512", "LoAS cache_KiB=512 pes=32"),
        ("loas: cache_KiB = 512 , pes = 32", "LoAS cache_KiB=512 pes=32"),
        ("LoAS:pes=16", "LoAS"),
        ("LoAS-FT:pes=32", "LoAS-FT pes=32"),
        ("LoAS n-major:tile_m=16", "LoAS N-major tile_m=16"),
        ("PTB:rows=8,timesteps=2", "PTB rows=8 timesteps=2"),
        ("LoAS:skip_empty=no", "LoAS skip_empty=0"),
        ("LoAS:technology=45nm", "LoAS technology=45"),
        ("LoAS:technology=22.5nm,pes=8", "LoAS technology=22.5 pes=8"),
    ],
)
def test_by_name_with_parameters(compared_json: Compared, name: str, label: str) -> None:
    parsed = compared_json(name)
    assert ran(parsed) == [label]
    design = loas_tl.design(name)
    assert parsed["designs"][0]["parameters"] == design.settled
    assert parsed["designs"][0]["area_mm2"] == design.area_mm2


@pytest.mark.parametrize(
    ("name", "label", "same_as"),
    [
        ("mine.py:WIDE", "Wide", "LoAS:pes=32"),
        ("mine.py", "Wide", "LoAS:pes=32"),
        ("./mine.py", "Wide", "LoAS:pes=32"),
        ("mine.py:WIDE:pes=8", "Wide pes=8", "LoAS:pes=8"),
        (
            "mine.py:WIDE:pes=8,cache_KiB=512",
            "Wide cache_KiB=512 pes=8",
            "LoAS:pes=8,cache_KiB=512",
        ),
        ("mine.py::pes=8", "Wide pes=8", "LoAS:pes=8"),
        ("mine.py:WIDE:pes=32", "Wide", "LoAS:pes=32"),
        ("two.py:SMALL", "LoAS pes=4", "LoAS:pes=4"),
        ("two.py:SMALL:fifo_depth=4", "LoAS pes=4 fifo_depth=4", "LoAS:pes=4,fifo_depth=4"),
        ("two.py:LARGE", "Large", "LoAS:pes=64"),
        ("own.py:Own", "Own", "LoAS:pes=8"),
        ("own.py", "Own", "LoAS:pes=8"),
        ("own.py:Own:pes=64", "Own pes=64", "LoAS:pes=64"),
    ],
)
@pytest.mark.usefixtures("here")
def test_from_a_python_file(compared_json: Compared, name: str, label: str, same_as: str) -> None:
    parsed = compared_json(name)
    assert ran(parsed) == [label]
    assert figures(parsed) == figures(compared_json(same_as))


def test_a_file_may_lie_anywhere_and_use_what_lies_beside_it(
    compared_json: Compared, tmp_path: Path
) -> None:
    folder = tmp_path / "some folder" / "v1.2"
    folder.mkdir(parents=True)
    (folder / "beside_it.py").write_text("PES = 32\n")
    (folder / "mine.py").write_text("from beside_it import PES\n" + MINE.replace("=32", "=PES"))
    for name in (f"{folder}/mine.py:WIDE", f"{folder}/../v1.2/mine.py"):
        parsed = compared_json(name)
        assert ran(parsed) == ["Wide"]
        assert parsed["designs"][0]["parameters"]["pes"] == 32


def test_a_file_that_has_changed_is_read_again(compared_json: Compared, here: Path) -> None:
    assert ran(compared_json("mine.py")) == ["Wide"]
    (here / "mine.py").write_text(MINE.replace('"Wide"', '"Wider"').replace("=32", "=64"))
    parsed = compared_json("mine.py")
    assert ran(parsed) == ["Wider"]
    assert parsed["designs"][0]["parameters"]["pes"] == 64


@pytest.mark.usefixtures("here")
def test_the_three_ways_go_together_in_the_order_given(compared_json: Compared) -> None:
    asked = ("mine.py", "LoAS:pes=8", "PTB", "LoAS", "two.py:LARGE")
    assert ran(compared_json(*asked)) == ["Wide", "LoAS pes=8", "PTB", "LoAS", "Large"]


@pytest.mark.usefixtures("here")
def test_the_same_one_twice_is_once(compared_json: Compared) -> None:
    asked = ("LoAS", "loas", "LoAS:pes=16", "two.py:SMALL", "LoAS:pes=4", "mine.py", "mine.py:WIDE")
    assert ran(compared_json(*asked)) == ["LoAS", "LoAS pes=4", "Wide"]


@pytest.mark.usefixtures("here")
def test_every_command_takes_them(run: Run, tensors: Path, tmp_path: Path) -> None:
    of_workload = ("--tensors", tensors)
    for name, label in (("LoAS:pes=8", "LoAS pes=8"), ("mine.py:WIDE:pes=8", "Wide pes=8")):
        energy = run("energy", name, "--json", "-")
        energy.assert_succeeded()
        assert document(energy.out)["accelerator"] == label
        assert document(energy.out)["parts"]["tppe"]["count"] == 8
        assert run("energy", name.partition(":pes")[0], "--set", "pes=8", "--json", "-") == energy

        joined = run("innerjoin", *of_workload, "--accelerator", name, "--json", "-")
        joined.assert_succeeded()
        assert document(joined.out)["accelerator"] == label

        formats = run("formats", *of_workload, "--accelerator", name, "--json", "-")
        formats.assert_succeeded()
        assert document(formats.out)["notes"][0].startswith(f"{label}: pes=8 has no effect here")

        validated = run("validate", *of_workload, "--accelerator", name, "--json", "-")
        validated.assert_succeeded()
        assert {row["accelerator"] for row in document(validated.out)["cycles"]} == {label}

        out = tmp_path / label
        rendered = run("render", name, *of_workload, "--layer", "alpha", "-o", out)
        assert rendered == Outcome(0, f"{out}\n", "")
        architecture = (out / "arch.yaml").read_text()
        assert architecture.startswith(f"# {label}: ")
        assert "#   pes=8\n" in architecture
        assert "meshX: 8" in architecture

        listed = run("designs", name, "--json", "-")
        listed.assert_succeeded()
        assert json.loads(listed.out)[0]["accelerator"] == label


# --set.


def test_settings_go_to_each_design_that_has_the_parameter(compared_json: Compared) -> None:
    asked = ("LoAS", "SparTen-SNN", "PTB", "--set", "pes=32", "fifo_depth=4", "--set", "rows=8")
    labels = ["LoAS pes=32 fifo_depth=4", "SparTen-SNN pes=32", "PTB rows=8"]
    parsed = compared_json(*asked)
    assert ran(parsed) == labels
    by_hand = compared_json("LoAS:pes=32,fifo_depth=4", "SparTen-SNN:pes=32", "PTB:rows=8")
    assert parsed == by_hand


def test_what_every_design_has_is_set_in_all(run: Run, tensors: Path) -> None:
    outcome = run("compare", "--tensors", tensors, "--set", "cache_KiB=512", "--json", "-")
    outcome.assert_succeeded()
    assert ran(document(outcome.out)) == [f"{one.name} cache_KiB=512" for one in compared()]


@pytest.mark.usefixtures("here")
def test_settings_come_on_top_of_a_names_own(compared_json: Compared) -> None:
    asked = ("LoAS:pes=8", "LoAS:tile_n=16", "mine.py:WIDE:fifo_depth=4", "--set", "pes=4")
    assert ran(compared_json(*asked)) == [
        *("LoAS pes=4", "LoAS pes=4 tile_n=16", "Wide pes=4 fifo_depth=4")
    ]
    assert ran(compared_json("LoAS:pes=8", "--set", "pes=16")) == ["LoAS"]


# Labels.


@pytest.mark.usefixtures("here")
def test_labels_are_the_same_everywhere(run: Run, tensors: Path, tmp_path: Path) -> None:
    labels = ["LoAS pes=32", "LoAS", "Wide pes=8", "PTB"]
    asked = ("LoAS:pes=32", "LoAS", "mine.py:WIDE:pes=8", "PTB")
    for model in ("published", "detailed", "both"):
        out = tmp_path / model
        outcome = run(
            *("compare", "--tensors", tensors, "--accelerator", *asked, "--model", model),
            *("--out", out, "--json", out / "c.json", "--csv", out / "c.csv"),
        )
        outcome.assert_succeeded()
        tables = 1 if model == "published" else 2
        assert first_cells(outcome.out) == labels * tables
        parsed = document((out / "c.json").read_text())
        assert ran(parsed) == labels
        assert parsed == document((out / "comparison.json").read_text())
        for name in ("c.csv", "comparison.csv"):
            rows = list(csv.DictReader((out / name).read_text().splitlines()))
            assert [row["accelerator"] for row in rows] == labels * 2
        page = (out / "report.html").read_text()
        for label in labels:
            # A row of each table of totals, and one of each layer.
            assert words(page).count(f'<th scope="row">{label}</th>') == tables + 2
        assert "speedup over LoAS pes=32" in words(page)


# The baseline.


@pytest.mark.parametrize(
    ("arguments", "baseline"),
    [
        (("PTB", "LoAS", "SparTen-SNN"), "SparTen-SNN"),
        (("PTB", "LoAS"), "PTB"),
        (("LoAS:pes=8", "PTB"), "LoAS pes=8"),
        (("PTB", "SparTen-SNN", "--set", "pes=32"), "SparTen-SNN pes=32"),
        (("PTB", "LoAS", "SparTen-SNN", "--baseline", "LoAS"), "LoAS"),
        (("PTB", "LoAS", "SparTen-SNN", "--baseline", "loas"), "LoAS"),
        (("LoAS", "LoAS:pes=32", "--baseline", "LoAS:pes=32"), "LoAS pes=32"),
        (("LoAS", "LoAS:pes=32", "--baseline", "LoAS pes=32"), "LoAS pes=32"),
        (("LoAS:pes=32", "LoAS", "--baseline", "LoAS"), "LoAS"),
        (("PTB", "LoAS", "--set", "pes=32", "--baseline", "LoAS"), "LoAS pes=32"),
        (("PTB", "LoAS", "--set", "pes=32", "--baseline", "LoAS:pes=32"), "LoAS pes=32"),
        pytest.param(("LoAS:pes=32", "LoAS", "--baseline", "loas"), "LoAS"),
        pytest.param(("SparTen-SNN:pes=32", "SparTen-SNN"), "SparTen-SNN"),
        (("PTB", "mine.py", "--baseline", "mine.py:WIDE"), "Wide"),
        (("PTB", "mine.py", "--baseline", "Wide"), "Wide"),
        (("PTB", "mine.py", "--set", "pes=8", "--baseline", "mine.py"), "Wide pes=8"),
    ],
)
@pytest.mark.usefixtures("here")
def test_ratios_are_over_the_baseline(
    run: Run, tensors: Path, arguments: tuple[str, ...], baseline: str
) -> None:
    for model in ("published", "detailed"):
        command = ("compare", "--tensors", tensors, "--model", model, "--accelerator", *arguments)
        outcome = run(*command, "--json", "-")
        outcome.assert_succeeded()
        parsed = document(outcome.out)
        assert parsed["baseline"] == baseline
        by_name = {row["accelerator"]: row for row in parsed["totals"]}
        shown = run(*command)
        shown.assert_succeeded()
        table = [line.split("│") for line in shown.out.splitlines() if line.startswith("│")]
        numbers = [cells for cells in table if cells[2].strip()][: len(by_name)]
        assert len(numbers) == len(by_name)
        base = by_name[baseline]
        for cells, row in zip(numbers, by_name.values(), strict=True):
            assert cells[2].strip() == f"{row['cycles']:,}"
            assert cells[3].strip() == f"{base['cycles'] / row['cycles']:.2f}"
            assert cells[6].strip() == f"{base['energy_pJ'] / row['energy_pJ']:.2f}"
        assert f"physical energy of {baseline} over it" in words(shown.out)


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (("LoAS", "PTB", "--baseline", "TPU"), ("unknown accelerator 'TPU'; expected one of",)),
        (
            ("LoAS", "PTB", "--baseline", "Stellar"),
            ("--baseline: 'Stellar' does not run here; expected one of LoAS, PTB",),
        ),
        (
            ("LoAS:pes=8", "PTB", "--baseline", "LoAS:pes=32"),
            ("--baseline: 'LoAS:pes=32' does not run here; expected one of LoAS pes=8, PTB",),
        ),
        (("LoAS", "PTB", "--baseline", "LoAS:pess=3"), ("'pess'; did you mean 'pes'?",)),
        (("LoAS", "PTB", "--baseline"), ("--baseline", "expected")),
        (("LoAS", "PTB", "--baseline", ""), ("unknown accelerator ''",)),
    ],
)
def test_a_baseline_that_does_not_run_is_refused(
    run: Run, tensors: Path, here: Path, arguments: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    before = contents(here)
    command = ("compare", "--tensors", tensors, "--out", "out", "--json", "c.json")
    run(*command, "--accelerator", *arguments).assert_refused(*mentions)
    assert contents(here) == before


@pytest.mark.parametrize("command", [("innerjoin", "--accelerator"), ("energy",)], ids=str)
def test_all_of_them_are_not_one(run: Run, command: tuple[str, ...], tensors: Path) -> None:
    more = ("--tensors", tensors) if command[0] == "innerjoin" else ()
    run(*command, "all", *more).assert_refused("all accelerators; expected one")
