"""Dense counts are those of a brute-force walk."""

from __future__ import annotations

import math

import pytest

from loas_tl.timeloop.native.nest import analyse
from tests.engine.native.nests import random_nest
from tests.engine.native.walk import Walker

NESTS = 2000
BATCH = 100


@pytest.mark.parametrize("first", range(0, NESTS, BATCH))
def test_counts_equal_a_walk_of_every_iteration(first: int) -> None:
    for seed in range(first, first + BATCH):
        machine, mapping = random_nest(seed)
        nest = analyse(machine, mapping)
        assert nest.iterations * nest.units == math.prod(machine.problem.sizes.values())
        for tensor, tiles in enumerate(nest.tiles):
            walked = Walker(machine, mapping, tensor).counts()
            for level, tile in enumerate(tiles):
                where = f"seed {seed}, tensor {tensor}, level {level}"
                if level not in walked:
                    assert (tile.reads, tile.fills, tile.updates) == (0, 0, 0), where
                    continue
                there = walked[level]
                ours = (tile.reads, tile.fills, tile.updates)
                assert ours == (there.reads, there.fills, there.updates), where
