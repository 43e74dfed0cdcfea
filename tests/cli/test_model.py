"""``loas-tl model`` and how specs are named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from loas_tl.cli.engine import spec_files
from loas_tl.designs.loas import LOAS
from loas_tl.ground.errors import InputError
from loas_tl.report.table import PLAIN_WIDTH
from loas_tl.timeloop.rendering.measure import Measured
from tests.cli.outcome import Run
from tests.engine.native.examples import PARTLY_USED, partly_used
from tests.engine.native.test_remainders import SPEC as REMAINDERS
from tests.engine.timeloop import fake
from tests.timeloop_runs import reference_runs

RUN = reference_runs()["conv-0300"]
assert RUN.stats is not None
assert RUN.map is not None
STATS, MAP = RUN.stats, RUN.map


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(RUN.spec)
    return path


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    small = Measured(4, 16, 32, 128, 0.25, 0.1, 0.2)
    folder = tmp_path / "rendered"
    for name, text in LOAS.spec(small).files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_json_of_the_native_engine(run: Run, spec: Path) -> None:
    outcome = run("model", spec, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    document = json.loads(outcome.out)
    assert [*document] == [
        *("engine", "cycles", "computes", "utilization", "energy_pJ", "energy_besides_pJ"),
        "idle_leakage_pJ",
        *("energy_all_leaking_pJ", "area_um2", "compute", "levels", "notes"),
    ]
    assert document["engine"] == "native"
    assert document["cycles"] == 595
    assert document["computes"]["actual"] == pytest.approx(4095, abs=1)
    assert document["levels"]["LocalBuffer"]["instances"] == 16


def test_energies_add_up_in_the_document_and_in_the_table(run: Run, tmp_path: Path) -> None:
    run("render", "LoAS", "--network", "V-L8", "--out", tmp_path).assert_succeeded()
    document = json.loads(run("model", tmp_path, "--engine", "native", "--json", "-").out)
    tensors = [t for level in document["levels"].values() for t in level["tensors"].values()]
    parts = [*(tensor["energy_pJ"] for tensor in tensors), document["compute"]["energy_pJ"]]
    besides = document["energy_besides_pJ"]
    assert besides["leakage"] > 0
    assert sum([*parts, *besides.values()]) == pytest.approx(document["energy_pJ"], rel=1e-12)
    table = run("model", tmp_path, "--engine", "native").out
    rows = [line.split("│") for line in table.splitlines() if line.startswith("│")]
    *each, total = [float(row[-2].replace(",", "")) for row in rows]
    assert rows[-1][1].strip() == "total"
    assert sum(each) == pytest.approx(total, abs=1e-3 * len(each))
    assert total == pytest.approx(document["energy_pJ"] / 1e3, abs=1e-3)


@pytest.fixture
def partly(tmp_path: Path) -> Path:
    """Three of eight processing elements have work."""
    path = tmp_path / "partly.yaml"
    path.write_text(PARTLY_USED + LEAKS)
    return path


LEAKS = """
ERT:
  version: 0.4
  tables:
  - {name: OffChip, actions: [{name: read, energy: 1}, {name: leak, energy: 100}]}
  - {name: Reg, actions: [{name: read, energy: 1}, {name: leak, energy: 10}]}
  - {name: mac, actions: [{name: compute, energy: 1}, {name: leak, energy: 1}]}
"""


def test_json_says_what_is_in_use_and_what_the_rest_leaks(run: Run, partly: Path) -> None:
    outcome = run("model", partly, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    document = json.loads(outcome.out)
    assert document["utilization"] == 0.375
    register, compute = document["levels"]["Reg"], document["compute"]
    for level in (register, compute):
        assert level["instances"] == 8
        assert level["instances_used"] == level["instances_used_average"] == 3
    assert [*compute] == [
        *("name", "instances", "instances_used", "instances_used_average", "cycles"),
        *("energy_pJ", "area_um2"),
    ]
    assert (compute["name"], compute["cycles"], compute["energy_pJ"]) == ("mac", 20, 60)
    operand = register["tensors"]["X"]
    total = operand["reads"]["actual"] * register["instances_used"]
    assert operand["instances_used_average"] == register["instances_used_average"]
    assert total == document["computes"]["actual"] == 60
    assert document["idle_leakage_pJ"] == 20 * (5 * 10 + 8 * 1)
    assert document["energy_all_leaking_pJ"] == document["energy_pJ"] + 1160


def test_the_table_says_so_too(run: Run, partly: Path) -> None:
    outcome = run("model", partly, "--engine", "native")
    outcome.assert_succeeded()
    assert "utilization: 37.5% of 8 mac x 20 cycles, 3 in use\n" in outcome.out
    rows = [[cell.strip() for cell in re.split("[│┃]", row)] for row in outcome.out.splitlines()]
    heading = next(row for row in rows if "level" in row)
    at = [heading.index(name) for name in ("instances", "in use", "reads")]
    assert at[1] == at[0] + 1
    operand = next(row for row in rows if row[1:3] == ["Reg", "X"])
    assert [operand[i] for i in at] == ["8", "3", "20"]
    said = re.search(
        r"([\d.]+) nJ, .*\+ 1\.160 nJ leakage of idle .*: ([\d.]+) nJ", outcome.out, re.S
    )
    assert said is not None
    assert float(said[2]) == pytest.approx(float(said[1]) + 1.16)


def test_nothing_is_said_of_leakage_that_does_not_show(run: Run, partly: Path) -> None:
    partly.write_text(PARTLY_USED + re.sub(r"leak, energy: \d+", "leak, energy: 0.0001", LEAKS))
    outcome = run("model", partly, "--engine", "native")
    outcome.assert_succeeded()
    assert "leakage" not in outcome.out
    assert "0 gated, 0 skipped" in outcome.out


def test_no_digit_of_a_wide_table_is_cut_off(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    text = partly_used(3, 400_000_000, 5, 2_000_000_000)
    memory = "class: SRAM\n    attributes: {depth: 4096, "
    assert memory in text
    path.write_text(text.replace(memory, "class: DRAM\n    attributes: {") + LEAKS)
    outcome = run("model", path, "--engine", "native")
    outcome.assert_succeeded()
    assert "…" not in outcome.out
    row = next(line for line in outcome.out.splitlines() if line.startswith("│ Reg     │ W"))
    assert len(row) > PLAIN_WIDTH
    assert row.count(" 2,000,000,000 ") == 4


def test_gated_computes_are_told_apart(run: Run, partly: Path) -> None:
    whole = "instance: {M: 3, N: 4, K: 5"
    text = PARTLY_USED.replace(whole, whole + ", densities: {X: 0.5}")
    text += "sparse_optimizations:\n  targets:\n"
    text += "  - {target: mac, compute_optimization: [{type: gating}]}\n"
    partly.write_text(text + LEAKS)
    outcome = run("model", partly, "--engine", "native")
    outcome.assert_succeeded()
    assert "computes: 30 of 60, 30 gated" in outcome.out
    assert "utilization: 37.5% of 8 mac x 20 cycles, 3 in use, 18.8% gated\n" in outcome.out


def test_the_real_timeloop_fills_in_the_same(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretended = fake.install(tmp_path, monkeypatch)
    pretended.answers("timeloop-model", STATS, MAP)
    outcome = run("model", spec, "--engine", "timeloop", "--json", "-")
    outcome.assert_succeeded()
    theirs = json.loads(outcome.out)
    ours = json.loads(run("model", spec, "--engine", "native", "--json", "-").out)
    # It wrote no table of energies.
    assert theirs.pop("idle_leakage_pJ") is theirs.pop("energy_all_leaking_pJ") is None
    assert ours.pop("idle_leakage_pJ") == 0
    assert ours.pop("energy_all_leaking_pJ") == ours["energy_pJ"]
    del ours["engine"], theirs["engine"]
    assert ours == theirs
    table = run("model", spec, "--engine", "timeloop")
    table.assert_succeeded()
    assert "utilization: 43.0% of 16 acc x 595 cycles, 16 in use\n" in table.out
    assert "leakage" not in table.out


def test_auto_says_which_engine_it_took(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loas_tl.timeloop.real.installation.missing", lambda _: ["all"])
    outcome = run("model", spec)
    outcome.assert_succeeded()
    assert "engine: native" in outcome.out
    assert "595 cycles" in outcome.out
    monkeypatch.undo()
    pretended = fake.install(tmp_path, monkeypatch)
    pretended.answers("timeloop-model", STATS, MAP)
    outcome = run("model", spec, "--json", "-")
    outcome.assert_succeeded()
    assert json.loads(outcome.out)["engine"] == "timeloop"


def test_auto_counts_what_runs_short_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "short.yaml"
    spec.write_text(REMAINDERS % (3, "4,2"))
    pretended = fake.install(tmp_path, monkeypatch)
    pretended.answers("timeloop-model", STATS, MAP)
    outcome = run("model", spec, "--json", "-")
    assert outcome.code == 0
    assert json.loads(outcome.out)["engine"] == "native"
    assert "M=4,2 runs short, which timeloopfe takes in no specification" in outcome.err
    spec.write_text(REMAINDERS % (5, 2))
    assert json.loads(run("model", spec, "--json", "-").out)["engine"] == "timeloop"


def test_several_specs_side_by_side(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretended = fake.install(tmp_path, monkeypatch)
    pretended.answers("timeloop-model", STATS, MAP)
    other = spec.with_name("other.yaml")
    other.write_text(RUN.spec)
    file, out = tmp_path / "result.json", tmp_path / "out"
    outcome = run(
        *("model", spec, other, "--engine", "timeloop"),
        *("--json", file, "--out", out, "--jobs", 2, "--timeout", 60),
    )
    outcome.assert_succeeded()
    documents = json.loads(file.read_text())
    assert [document["spec"] for document in documents] == [str(spec), str(other)]
    assert all(document["cycles"] == 595 for document in documents)
    assert len([*out.glob("*/timeloop-model.stats.txt")]) == 2


def test_a_rendered_folder_is_priced_by_the_components(run: Run, rendered: Path) -> None:
    outcome = run("model", rendered, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    document = json.loads(outcome.out)
    assert document["energy_pJ"] > 0
    assert document["area_um2"] > 1e5
    for level in ("WeightDRAM", "SpikeCache", "WeightBuffer"):
        assert all(
            tensor["energy_pJ"] > 0 for tensor in document["levels"][level]["tensors"].values()
        )


def test_a_refused_mapping(run: Run, spec: Path) -> None:
    refused = next(
        each
        for each in reference_runs().values()
        if each.error and each.rejection.kind == "capacity"
    )
    spec.write_text(refused.spec)
    outcome = run("model", spec, "--engine", "native")
    outcome.assert_refused("couldn't map level", "exceeds buffer capacity")


def test_a_timeloop_that_is_not_there(
    run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretended = fake.install(tmp_path, monkeypatch)
    monkeypatch.setenv("PATH", str(pretended.folder))
    (pretended.folder / "timeloop-model").unlink()
    outcome = run("model", spec, "--engine", "timeloop")
    outcome.assert_refused("timeloop-model", "doctor", "--engine native")
    doctor = run("doctor")
    doctor.assert_succeeded()
    assert "timeloop-model is missing" in doctor.out
    assert "  docker run --rm -it" in doctor.out
    assert "model --engine auto runs the native engine" in doctor.out
    assert "map --engine auto runs the real timeloop-mapper" in doctor.out


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (["absent.yaml"], ["absent.yaml", "not there"]),
        (["--jobs", "0"], ["--jobs", "more than 0"]),
        (["--timeout", "-1"], ["--timeout", "more than 0"]),
        (["--json", "FILE/inside"], ["not a folder"]),
        (["--engine", "abacus"], ["abacus", "native"]),
    ],
)
def test_bad_input(run: Run, spec: Path, arguments: list[str], mentions: list[str]) -> None:
    placed = [argument.replace("FILE", str(spec)) for argument in arguments]
    run("model", spec, *placed).assert_refused(*mentions)


def test_files_and_folders_are_told_apart(spec: Path, rendered: Path, tmp_path: Path) -> None:
    def names(*paths: Path, search: bool = False) -> list[list[str]]:
        return [[path.name for path in each.files] for each in spec_files(paths, search=search)]

    parts = [rendered / "arch.yaml", rendered / "problem.yaml"]
    assert names(spec) == [["spec.yaml"]]
    assert names(*parts) == [["arch.yaml", "problem.yaml"]]
    assert names(spec, spec) == [["spec.yaml"], ["spec.yaml"]]
    mapping = ["arch.yaml", "mapper.yaml", "mapping.yaml", "problem.yaml"]
    constraints = ["arch.yaml", "mapper.yaml", "problem.yaml", "constraints.yaml"]
    assert names(rendered) == [mapping]
    assert names(rendered, search=True) == [constraints]
    assert names(rendered, rendered) == [mapping, mapping]
    outer = tmp_path / "outer"
    outer.mkdir()
    with pytest.raises(InputError, match="holds no YAML files"):
        spec_files([outer], search=False)
    rendered.rename(outer / "layer")
    assert names(outer) == [mapping]
    with pytest.raises(InputError, match="not both"):
        spec_files([outer, spec], search=False)
    with pytest.raises(InputError, match="to which does it belong"):
        spec_files([spec, spec, outer / "layer" / "arch.yaml"], search=False)
