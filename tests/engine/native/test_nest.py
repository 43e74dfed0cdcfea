"""Dense counts are those of a brute-force walk."""

from __future__ import annotations

import math

import pytest

from loas_tl.timeloop.native import nest
from loas_tl.timeloop.native.nest import analyse
from loas_tl.timeloop.native.tiles import extents, projections
from tests.engine.native.nests import denied, random_nest
from tests.engine.native.short_walk import PlainWalk
from tests.engine.native.walk import Walker

NESTS = 2000
BATCH = 100


@pytest.mark.parametrize("first", range(0, NESTS, BATCH))
def test_counts_equal_a_walk_of_every_iteration(first: int) -> None:
    for seed in range(first, first + BATCH):
        machine, mapping = random_nest(seed)
        found = analyse(machine, mapping)
        assert found.iterations * found.units == math.prod(machine.problem.sizes.values())
        for tensor, tiles in enumerate(found.tiles):
            walked = Walker(machine, mapping, tensor).counts()
            for level, tile in enumerate(tiles):
                where = f"seed {seed}, tensor {tensor}, level {level}"
                if level not in walked:
                    assert (tile.reads, tile.fills, tile.updates) == (0, 0, 0), where
                    continue
                there = walked[level]
                ours = (tile.reads, tile.fills, tile.updates)
                assert ours == (there.reads, there.fills, there.updates), where


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_what_is_denied_is_sent_again(first: int) -> None:
    """Crossings of all levels as if each kept all tensors, where some reuse is denied."""
    for seed in range(first, first + 100):
        machine, mapping = random_nest(seed)
        mapping = denied(machine, mapping, seed)
        reach = extents(mapping, len(machine.problem.dimensions))
        for tensor, projection in enumerate(projections(machine.problem)):
            tiles = nest._tiles(machine, mapping, tensor, projection, reach)
            for level, tile in enumerate(tiles):
                walk = PlainWalk(machine, mapping, tensor, level)
                accesses = {times: n for times, n in tile.crossing.accesses.items() if n}
                where = f"seed {seed}, tensor {tensor}, level {level}"
                assert accesses == {t: n for t, n in walk.accesses.items() if n}, where
                assert tile.crossing.link_transfers == walk.passed_on, where
