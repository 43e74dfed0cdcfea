"""Printed mappings as v4 directives, and back through the specifications."""

from __future__ import annotations

from math import prod

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.real.directives import directives_of
from loas_tl.timeloop.real.mapping_text import parse_map
from loas_tl.timeloop.result import Loop, MappedLevel
from tests.timeloop_runs import Run, answered, searches


@pytest.mark.parametrize("run", [*answered(), *searches()], ids=lambda run: run.name)
def test_directives_have_the_loops_that_were_printed(run: Run) -> None:
    assert run.map is not None
    levels = parse_map(run.map)
    directives = directives_of(levels)
    loops = [one for one in directives if one["type"] != "dataspace"]
    assert len(loops) == len(levels)
    for level, directive in zip(levels, loops, strict=True):
        named = dict(factor.split("=") for factor in directive["factors"])
        assert prod(map(int, named.values())) == prod(loop.bound for loop in level.loops)
        printed = [loop.dimension for loop in reversed(level.loops)]
        if not any(loop.axis for loop in level.loops):
            assert directive["permutation"][: len(printed)] == printed
        assert sorted(directive["permutation"]) == sorted(named)


def test_x_stands_before_y() -> None:
    level = MappedLevel("inter_PE_spatial", {}, (Loop("M", 4, 4, "Y"), Loop("K", 2, 2, "X")))
    assert directives_of([level]) == [
        {
            "target": "PE",
            "type": "spatial",
            "factors": ["M=4", "K=2"],
            "permutation": ["K", "M"],
            "split": 1,
        }
    ]


@pytest.mark.parametrize(
    "loops",
    [(Loop("M", 4, 3), Loop("M", 2, 2)), (Loop("M", 4, 4, "Y"), Loop("M", 2, 2, "X"))],
)
def test_what_directives_cannot_say_is_refused(loops: tuple[Loop, ...]) -> None:
    with pytest.raises(InputError, match="v4 mapping cannot say"):
        directives_of([MappedLevel("inter_PE_spatial", {}, loops)])


def test_a_loop_that_runs_short_has_its_residual() -> None:
    level = MappedLevel("Cell", {}, (Loop("M", 4, 3), Loop("K", 2, 2)))
    assert directives_of([level])[1]["factors"] == ["M=4,3", "K=2"]


def test_dimensions_without_a_loop_are_written_outermost() -> None:
    loops = (Loop("J", 2, 2, "X"), Loop("I", 2, 2, "X"))
    level = MappedLevel("inter_lanes_spatial", {}, loops)
    assert directives_of([level], ["B", "I", "J", "K"]) == [
        {
            "target": "lanes",
            "type": "spatial",
            "factors": ["J=2", "I=2", "B=1", "K=1"],
            "permutation": ["I", "J", "B", "K"],
            "split": 2,
        }
    ]
