"""Scripts for timeloopfe run: calls, what they return, and the files they leave."""

import io
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import loas_tl.timeloopfe as tl
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.real.mapping_text import read_map
from loas_tl.timeloop.real.stats import read_stats
from loas_tl.timeloop.spec import load_spec
from tests.timeloop_runs import answered
from tests.timeloopfe.documents import MAPPER, write


def test_a_model_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = write(tmp_path)
    spec = tl.Specification.from_yaml_files(files)
    out = tmp_path / "out"
    found = tl.call_model(spec, output_dir=str(out), log_to=str(tmp_path / "logs" / "run.log"))
    wanted = evaluate(load_spec(files))
    assert found.cycles == wanted.cycles
    assert found.computes == 8 * 4 * 16
    assert found.utilization == wanted.utilization
    assert found.percent_utilization == 100 * wanted.utilization
    assert found.energy == pytest.approx(wanted.energy_pj * 1e-12)
    assert found.area == pytest.approx(wanted.area_um2 * 1e-12)
    assert list(found.per_component_energy) == ["DRAM", "buffer", "mac"]
    assert found.cycle_seconds == 2e-9
    assert found.latency == found.cycles * 2e-9
    assert found.variables["WORD"] == 8
    assert found.per_compute("energy") == found.energy / 512
    assert found.per_compute("per_component_energy")["mac"] == pytest.approx(1e-12)
    assert found.result == wanted
    assert found.mapping == (out / "timeloop-model.map.txt").read_text()
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in out.iterdir()) == [
        "parsed-processed-input.yaml",
        "timeloop-model.ART.yaml",
        "timeloop-model.ERT.yaml",
        "timeloop-model.accelergy.log",
        "timeloop-model.map.txt",
        "timeloop-model.stats.txt",
    ]
    read = read_stats(out / "timeloop-model.stats.txt")
    assert read.cycles == wanted.cycles
    assert read_map(out / "timeloop-model.map.txt")[0].name == "DRAM"
    assert evaluate(load_spec(out / "parsed-processed-input.yaml")).cycles == wanted.cycles


def test_files_of_a_run_are_read_again(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    found = tl.call_model(spec, tmp_path, log_to=io.StringIO())
    parse = tl.output_parsing
    cycles, computes, percent, energy = parse.parse_stats_file(
        tmp_path / "timeloop-model.stats.txt"
    )
    assert (cycles, computes, percent) == (found.cycles, 512, found.percent_utilization)
    assert energy == pytest.approx(found.per_component_energy)
    again = parse.parse_timeloop_output(spec, tmp_path, "timeloop-model")
    assert again.per_component_area == pytest.approx(found.per_component_area)
    assert again.accesses == found.accesses
    assert again.accesses["buffer"]["updates"] == 512
    assert again.mapping == found.mapping
    assert again.latency == found.latency


def test_a_recorded_run_counts_alike(tmp_path: Path) -> None:
    for run in answered()[::40]:
        (tmp_path / "spec.yaml").write_text(run.spec)
        spec = tl.Specification.from_yaml_files(tmp_path / "spec.yaml")
        found = tl.call_model(spec, tmp_path / run.name, log_to=io.StringIO())
        assert found.cycles == run.result.cycles
        assert found.result is not None
        assert found.result.computes == run.result.computes
        assert found.energy == pytest.approx(run.result.energy_pj * 1e-12, rel=1e-6)


def run_with(depth: int, folder: str) -> tuple[int, tl.OutputStats]:
    """What a script hands to joblib or a pool of processes."""
    spec = tl.Specification.from_yaml_files(f"{folder}/*.yaml")
    spec.architecture.find("buffer").attributes["depth"] = depth
    result = tl.call_mapper(spec, f"{folder}/out/{depth}", log_to=io.StringIO(), max_mappings=2000)
    return depth, result


def test_a_sweep_in_several_processes(tmp_path: Path) -> None:
    write(tmp_path, mapping="", mapper=MAPPER)
    with ProcessPoolExecutor(2) as pool:
        results = dict(pool.map(run_with, [16, 64], [str(tmp_path)] * 2))
    assert results[64].energy <= results[16].energy
    alone = run_with(64, str(tmp_path))[1]
    assert alone.energy == results[64].energy
    files = {path.name for path in (tmp_path / "out" / "64").iterdir()}
    assert {"timeloop-mapper.stats.txt", "timeloop-mapper.map.yaml"} <= files
    again = tl.Specification.from_yaml_files(
        *(tmp_path / f"{name}.yaml" for name in ("arch", "problem", "variables")),
        tmp_path / "out" / "64" / "timeloop-mapper.map.yaml",
    )
    again.architecture.find("buffer").attributes["depth"] = 64
    assert tl.call_model(again, log_to=io.StringIO()).energy == alone.energy


def test_prices_without_a_mapping(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path, mapping=""))
    log = io.StringIO()
    assert tl.call_accelergy_verbose(spec, tmp_path / "out", log_to=log) == 0
    assert "INFO: priced by loas-tl; Accelergy was not run" in log.getvalue()
    again = tl.Specification.from_yaml_files(
        *write(tmp_path), tmp_path / "out" / "ERT.yaml", tmp_path / "out" / "ART.yaml"
    )
    again.ERT.tables[0].actions[0].energy = 1000.0
    dear = tl.call_model(again, log_to=io.StringIO())
    cheap = tl.call_model(
        tl.Specification.from_yaml_files(write(tmp_path)),
        extra_input_files=[str(tmp_path / "out" / "ERT.yaml")],
        log_to=io.StringIO(),
    )
    assert dear.energy > 10 * cheap.energy
    with pytest.raises(InputError, match="extra_input_files may have the sections ERT and ART"):
        tl.call_model(again, extra_input_files=[tmp_path / "arch.yaml"])


def test_what_has_no_price(tmp_path: Path) -> None:
    files = write(tmp_path, mapping="", mapper=MAPPER)
    spec = tl.Specification.from_yaml_files(files)
    spec.variables.technology = "'45nm'"
    spec.architecture.find("mac")._class = "odd_compute"
    wanted = r'give prices={"odd_compute": {"ACTION": pJ}}, an ERT in extra_input_files, or allow'
    with pytest.raises(tl.CallError, match=wanted):
        tl.call_mapper(spec)
    limits = {"max_mappings": 300, "log_to": io.StringIO()}
    without = tl.call_mapper(spec, allow_unpriced=True, **limits)
    assert without.per_component_energy["mac"] == 0
    assert any("mac is unpriced" in note for note in without.notes)
    given = tl.call_mapper(spec, prices={"odd_compute": {"compute": 0.5}}, **limits)
    assert given.per_component_energy["mac"] == pytest.approx(512 * 0.5e-12)


def test_what_is_wrong_comes_before_what_has_no_price(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path, mapping="", mapper=MAPPER))
    spec.variables.technology = "'45nm'"
    spec.architecture.find("buffer").attributes["depth"] = -3
    with pytest.raises(tl.CallError, match="-3") as failure:
        tl.call_mapper(spec)
    assert "unpriced" not in str(failure.value)


def test_a_model_without_a_mapping(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path, mapping=""))
    with pytest.raises(tl.CallError, match="no mapping is given"):
        tl.call_model(spec)


def test_errors_are_of_both_kinds(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    spec.architecture.find("buffer").attributes["depth"] = 1
    with pytest.raises(RuntimeError, match="couldn't map level buffer: mapped tile size") as error:
        tl.call_model(spec, tmp_path / "out")
    assert isinstance(error.value, InputError)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"return_proc": True}, "return_proc is not covered"),
        ({"extra_args": ["-v"]}, "extra_args are of Timeloop's program"),
        ({"engine": "none"}, "expected native, timeloop or auto"),
        ({"environment": {"TIMELOOP_ENABLE_FIRST_READ_ELISION": 0}}, "changes what Timeloop count"),
    ],
)
def test_what_is_not_covered_is_refused_by_name(
    tmp_path: Path, options: dict[str, object], why: str
) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    with pytest.raises(tl.CallError, match=why):
        tl.call_model(spec, tmp_path / "out", **options)
    with pytest.raises(InputError, match="to_diagram is not covered"):
        spec.to_diagram()
    with pytest.raises(tl.CallError, match="Specification, got a dict"):
        tl.call_model({}, tmp_path / "out")


def test_a_call_changes_no_document(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    before = spec.typed()
    shown = {"TIMELOOP_OUTPUT_STAT_SCIENTIFIC": 1}
    tl.call_model(spec, environment=shown, log_to=io.StringIO())
    assert spec.typed() == before


def test_results_together() -> None:
    def result(kind: str, energy: float, cycles: int) -> tl.OutputStats:
        energies = {"a": energy, "b": 0.0}
        return tl.OutputStats(50, 10, cycles, 1e-9, energies, {"a": 2.0, "b": 0.0}, {"kind": kind})

    runs = tl.OutputStatsList([result("x", 1.0, 5), result("x", 2.0, 7), result("y", 4.0, 9)])
    whole = runs.aggregate()
    assert (whole.cycles, whole.energy, whole.computes, whole.area) == (21, 7.0, 30, 2.0)
    assert whole.percent_utilization == 50
    assert [run.energy for run in runs.aggregate_by("kind")] == [3.0, 4.0]
    assert [len(part) for part in runs.split_by("kind")] == [2, 1]
    runs.combine_per_component_area_energy(["a", "b"], "both")
    assert runs[0].per_component_energy == {"both": 1.0}
    runs.clear_zero_energies()
    assert (runs[0].per_component_energy * 2)["both"] == 2.0
    assert (2 * runs[0].per_component_energy / 4)["both"] == 0.5
    runs[0].scale_computes_by(2)
    assert runs[0].access("computes") == 20
    with pytest.raises(AttributeError, match="neither a result nor a variable"):
        runs[0].access("depth")


def test_nothing_heavy_is_imported_before_a_call() -> None:
    script = (
        "import sys, loas_tl; assert 'loas_tl.timeloopfe' not in sys.modules\n"
        "import loas_tl.timeloopfe as tl; assert 'yaml' not in sys.modules\n"
        "tl.Specification; assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603


def test_templates_take_data_from_a_script(tmp_path: Path) -> None:
    write(tmp_path, mapping="")
    layers = tmp_path / "elsewhere"
    layers.mkdir()
    problem = (tmp_path / "problem.yaml").read_text()
    (layers / "long.yaml").write_text(problem.replace("K: 16", "K: 32"))
    folder = tmp_path / "top"
    folder.mkdir()
    for name in ("arch", "variables"):
        (tmp_path / f"{name}.yaml").rename(folder / f"{name}.yaml")
    (folder / "top.yaml.jinja").write_text(
        "architecture: {{include('arch.yaml', 'architecture')}}\n"
        "variables: {{include('variables.yaml', 'variables')}}\n"
        "problem: {{include(problem, 'problem')}}\n"
    )
    data = {"problem": str(layers / "long.yaml"), "tile": 3}
    spec = tl.Specification.from_yaml_files(folder / "top.yaml.jinja", jinja_parse_data=data)
    assert spec.problem.instance["K"] == 32
    found = tl.call_mapper(spec, max_mappings=500, log_to=io.StringIO())
    assert "jinja_parse_data: tile has no effect: no template names it" in found.notes
    with pytest.raises(InputError, match="outside the folders"):
        tl.Specification.from_yaml_files(
            folder / "top.yaml.jinja", jinja_parse_data={"problem": "../elsewhere/long.yaml"}
        )
    opened = tl.Specification.from_yaml_files(
        folder / "top.yaml.jinja",
        jinja_parse_data={"problem": "../elsewhere/long.yaml"},
        include=[layers],
    )
    assert opened.typed() == spec.typed()


def test_an_error_of_what_a_script_put_there_names_no_line(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    spec.architecture.find("PE").constraints.spatial = tl.constraints.Spatial(factors=["Q=4"])
    with pytest.raises(InputError, match=r"spatial\.factors\[0\]: 'Q' is no dimension") as caught:
        spec.typed()
    assert "line" not in str(caught.value)
