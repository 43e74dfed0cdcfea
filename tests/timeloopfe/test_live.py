"""The same script with both engines, where the real tools are installed."""

import io
from pathlib import Path

import pytest

import loas_tl.timeloopfe as tl
from loas_tl import timeloop
from tests.timeloopfe.documents import MAPPER, write

pytestmark = [
    pytest.mark.timeloop,
    pytest.mark.skipif(not timeloop.available(), reason="Timeloop is not installed"),
]


def document(files: list[Path]) -> tl.Specification:
    spec = tl.Specification.from_yaml_files(files)
    spec.process(tl.processors.EnableDummyTableProcessor)
    return spec


def test_a_model_run_is_the_same(tmp_path: Path) -> None:
    spec = document(write(tmp_path))
    spec.mapping[0].factors.add_eq_factor("M", 2, overwrite=True)
    ours, theirs = (
        tl.call_model(spec, tmp_path / engine, engine=engine, log_to=io.StringIO())
        for engine in ("native", "timeloop")
    )
    assert theirs.result is not None
    assert theirs.result.engine == "timeloop"
    for name in ("cycles", "computes", "percent_utilization", "mapping", "accesses", "variables"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.energy == pytest.approx(theirs.energy)
    assert ours.cycle_seconds == theirs.cycle_seconds
    stats = "timeloop-model.stats.txt"
    theirs_again = tl.output_parsing.parse_stats_file(tmp_path / "timeloop" / stats)
    assert tl.output_parsing.parse_stats_file(tmp_path / "native" / stats)[:3] == theirs_again[:3]


def test_what_is_found_here_is_taken_there(tmp_path: Path) -> None:
    files = write(tmp_path, mapping="", mapper=MAPPER)
    found = tl.call_mapper(document(files), tmp_path / "found", log_to=io.StringIO())
    mapping = tmp_path / "found" / "timeloop-mapper.map.yaml"
    again = document([*(f for f in files if f.stem != "mapper"), mapping])
    assert tl.call_model(again, engine="timeloop", log_to=io.StringIO()).cycles == found.cycles
    theirs = tl.call_mapper(
        document(files), engine="timeloop", max_mappings=100, log_to=io.StringIO()
    )
    assert found.energy <= theirs.energy
