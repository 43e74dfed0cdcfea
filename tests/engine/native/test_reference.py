"""The native engine beside recorded runs of the real Timeloop."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native import build_machine, evaluate, evaluate_mapping
from loas_tl.timeloop.native.machine import Machine, StorageLevel
from loas_tl.timeloop.native.mapping import LevelMapping, Loop, Mapping
from loas_tl.timeloop.real.mapping_text import parse_map
from loas_tl.timeloop.result import MappedLevel
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.compare import differences, figures, rounded
from tests.timeloop_runs import answered, reference_runs, refused, searches


@pytest.mark.parametrize("name", [run.name for run in answered()])
def test_every_count_is_timeloops(name: str) -> None:
    run = reference_runs()[name]
    result = evaluate(parse_spec(run.spec))
    assert not differences(figures(result), figures(run.result))
    assert rounded(result) == pytest.approx(rounded(run.result), rel=1e-3, abs=0.011)
    assert result.utilization == pytest.approx(run.result.utilization, rel=1e-3)


@pytest.mark.parametrize("name", [run.name for run in answered()])
def test_the_nest_is_drawn_as_timeloop_draws_it(name: str) -> None:
    run = reference_runs()[name]
    assert run.map is not None
    assert evaluate(parse_spec(run.spec)).mapping == parse_map(run.map)


@pytest.mark.parametrize("name", [run.name for run in refused()])
def test_what_timeloop_refuses_is_refused_for_the_same_reason(name: str) -> None:
    run = reference_runs()[name]
    with pytest.raises(MappingError) as caught:
        evaluate(parse_spec(run.spec))
    ours, theirs = caught.value, run.rejection
    assert (ours.level, ours.kind) == (theirs.level, theirs.kind)
    assert _words(ours.reason) == _words(theirs.reason)
    for mine, other in zip(_numbers(ours.reason), _numbers(theirs.reason), strict=True):
        assert mine == pytest.approx(other, rel=1e-3, abs=1)


def _words(reason: str) -> str:
    return re.sub(r"\d+", "#", reason)


def _numbers(reason: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", reason)]


@pytest.mark.parametrize("name", [run.name for run in searches()])
def test_mappings_that_timeloop_mapper_found_cost_what_it_says(name: str) -> None:
    run = reference_runs()[name]
    assert run.map is not None
    assert run.search is not None
    machine = build_machine(parse_spec(run.spec))
    # The drawing does not show where loops of one iteration stand, which matters to formats.
    results = [evaluate_mapping(machine, m) for m in _mappings(machine, parse_map(run.map))]
    equal = [r for r in results if not differences(figures(r), figures(run.result))]
    assert equal
    assert equal[0].cycles == run.search["cycles"]
    product = equal[0].energy_pj * equal[0].cycles * 1e-12
    assert product == pytest.approx(run.search["EDP_J_cycle"], rel=0.01)


def _mappings(machine: Machine, levels: tuple[MappedLevel, ...]) -> Iterator[Mapping]:
    """All mappings with the loops drawn, those of one iteration innermost or outermost."""
    drawn = {level.name: level for level in levels}
    choices = [
        [_level(machine, level, drawn[level.name], inner) for inner in (False, True)]
        for level in machine.levels
    ]
    for chosen in itertools.product(*choices):
        yield Mapping(chosen)


def _level(machine: Machine, level: StorageLevel, drawn: MappedLevel, inner: bool) -> LevelMapping:
    dimensions = machine.problem.dimensions
    rows: dict[bool, list[Loop]] = {True: [], False: []}
    for loop in reversed(drawn.loops):
        made = Loop(dimensions.index(loop.dimension), loop.bound, loop.axis or "")
        rows[made.axis != ""].append(made)
    for spatial, row in rows.items():
        seen = {loop.dimension for loop in row}
        axis = "X" if spatial else ""
        trivial = [Loop(d, 1, axis) for d in range(len(dimensions)) if d not in seen]
        row[:] = trivial + row if inner else row + trivial
    keep = tuple(d.name in drawn.tiles for d in machine.problem.data_spaces)
    return LevelMapping(tuple(rows[False]), tuple(rows[True]) if level.spatial else (), keep)
