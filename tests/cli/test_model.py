"""``loas-tl model`` and how specs are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loas_tl.cli.engine import spec_files
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.rendering.render import render
from tests.cli.outcome import Run
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
    for name, text in render("LoAS", small).files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_json_of_the_native_engine(run: Run, spec: Path) -> None:
    outcome = run("model", spec, "--engine", "native", "--json", "-")
    outcome.assert_succeeded()
    document = json.loads(outcome.out)
    assert [*document] == ["engine", "cycles", "computes", "energy_pJ", "area_um2", "levels"]
    assert document["engine"] == "native"
    assert document["cycles"] == 595
    assert document["computes"]["actual"] == pytest.approx(4095, abs=1)
    assert document["levels"]["LocalBuffer"]["instances"] == 16


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


def test_unknown_components_get_placeholders_and_a_warning(run: Run, spec: Path) -> None:
    spec.write_text(RUN.spec.replace("technology: -1", "technology: 45"))
    outcome = run("model", spec, "--engine", "native", "--json", "-")
    assert outcome.code == 0
    assert outcome.err.startswith("loas-tl: warning: energies and areas are placeholders")
    assert json.loads(outcome.out)["energy_pJ"] > 0


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
