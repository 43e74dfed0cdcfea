"""A result in Timeloop's own files: line by line as Timeloop wrote them, and read back."""

from pathlib import Path

import pytest
import yaml

from loas_tl.timeloop.native import build_machine, evaluate
from loas_tl.timeloop.outputs import output_files
from loas_tl.timeloop.real.mapping_text import parse_map
from loas_tl.timeloop.real.stats import parse_stats
from loas_tl.timeloop.real.tables import read_art, read_ert
from loas_tl.timeloop.spec import parse_spec
from tests.timeloop_runs import Run, answered, reference_runs

WRAPPED = 10**12
"""Above what any of the runs counts: Timeloop's difference of two counts has wrapped round."""


def written(run: Run, prefix: str = "timeloop-model") -> dict[str, str]:
    spec = parse_spec(run.spec)
    machine = build_machine(spec, None, None, attached=spec.attached())
    return output_files(evaluate(spec), machine, prefix)


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def follows_from_a_wrapped_count(lines: list[str]) -> set[int]:
    """The lines in which Timeloop counts with less than no reductions."""
    keys = ("Total reduction ops", "Total ops", "Op per Byte", "Optimal Op per Byte", "GFLOPs")
    reductions = next(line for line in lines if "Total reduction ops" in line)
    if int(reductions.split(":")[1]) < WRAPPED:
        return set()
    return {n for n, line in enumerate(lines) if line.strip().startswith(keys)}


def test_every_line_of_the_recorded_reports() -> None:
    runs = answered()
    assert len(runs) == 147
    for run in runs:
        assert run.stats is not None
        theirs, ours = stripped(run.stats), stripped(written(run)["timeloop-model.stats.txt"])
        assert len(theirs) == len(ours), run.name
        wrapped = follows_from_a_wrapped_count(theirs)
        for number, (their, our) in enumerate(zip(theirs, ours, strict=True)):
            assert our == their or number in wrapped, (run.name, number)


def test_every_line_of_the_recorded_maps() -> None:
    for run in answered():
        assert run.map is not None
        assert stripped(written(run)["timeloop-model.map.txt"]) == stripped(run.map), run.name


@pytest.mark.parametrize("name", ["conv-0300", "dense-0000", "format-0036"])
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    run = reference_runs()[name]
    result = evaluate(parse_spec(run.spec))
    files = written(run, "timeloop-mapper")
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    again = parse_stats(files["timeloop-mapper.stats.txt"])
    assert again.cycles == result.cycles
    assert again.computes == result.computes
    assert again.energy_pj == pytest.approx(result.energy_pj, abs=0.01 * 20)
    for level, stats in result.levels.items():
        for tensor, counts in stats.tensors.items():
            read = again.levels[level].tensors[tensor]
            assert (read.reads, read.fills, read.updates) == (
                counts.reads,
                counts.fills,
                counts.updates,
            )
            assert read.metadata == counts.metadata
    mapping = parse_map(files["timeloop-mapper.map.txt"])
    assert [level.name for level in mapping] == [level.name for level in result.mapping or ()]
    energies, instances = read_ert(tmp_path / "timeloop-mapper.ERT.yaml")
    assert energies == result.ert
    assert instances == {name: result.instances[name] for name in energies}
    areas = read_art(tmp_path / "timeloop-mapper.ART.yaml")
    art = yaml.safe_load(files["timeloop-mapper.ART.yaml"])["ART"]["tables"]
    assert list(areas) == [table["name"].split(".")[1].split("[")[0] for table in art]
    assert sum(area * instances[component] for component, area in areas.items()) == pytest.approx(
        result.area_um2
    )
