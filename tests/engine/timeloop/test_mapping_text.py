"""map.txt of real runs, read."""

from __future__ import annotations

from math import prod
from pathlib import Path

import pytest
import yaml

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.real.mapping_text import parse_map, read_map
from loas_tl.timeloop.result import Loop, MappedLevel
from tests.timeloop_runs import Run, answered, reference_runs, searches


class _Loader(yaml.SafeLoader):
    """Reads a v4 spec's tags as plain mappings."""


_Loader.add_multi_constructor(
    "!", lambda loader, _, node: loader.construct_mapping(node, deep=True)
)


@pytest.mark.parametrize("run", [*answered(), *searches()], ids=lambda run: run.name)
def test_loops_cover_the_problem(run: Run) -> None:
    assert run.map is not None
    instance = yaml.load(run.spec, _Loader)["problem"]["instance"]  # noqa: S506 - a SafeLoader
    loops = [loop for level in parse_map(run.map) for loop in level.loops]
    for dimension, size in instance.items():
        if dimension != "densities":
            bounds = prod(loop.bound for loop in loops if loop.dimension == dimension)
            assert bounds == size


def test_one_mapping_in_full() -> None:
    text = reference_runs()["conv-0300"].map
    assert text is not None
    assert parse_map(text) == (
        MappedLevel(
            "DRAM",
            {"A": (76, 76), "B": (256, 256), "Z": (256, 256)},
            (Loop("P", 8, 8), Loop("R", 2, 2), Loop("M", 2, 2)),
        ),
        MappedLevel(
            "GlobalCache", {"A": (12, 12), "B": (64, 64), "Z": (16, 16)}, (Loop("C", 4, 4),)
        ),
        MappedLevel(
            "inter_PE_spatial",
            {},
            (Loop("R", 2, 2, "X"), Loop("P", 2, 2, "X"), Loop("M", 4, 4, "X")),
        ),
        MappedLevel("LocalBuffer", {"A": (1, 1)}, (Loop("M", 2, 2),)),
    )


def test_a_factor_that_does_not_divide_has_a_last_bound() -> None:
    (level,) = parse_map("DRAM [ A:30 (28) ] \n----\n| for M in [0:4,3)\n|   << Compute >>\n")
    assert level == MappedLevel("DRAM", {"A": (30, 28)}, (Loop("M", 4, 3),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "| for M in [0:4)\n",
        "DRAM [ A:30 (28) ] \n| for M from 0 to 4\n",
        "DRAM [ A:30 (28) B ] \n",
    ],
)
def test_what_is_no_loop_nest_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        parse_map(text)
    with pytest.raises(InputError, match="cannot be read"):
        read_map(tmp_path / "absent.txt")
