"""DRAM transfers laid under steps, held against a walk of one step after another."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.models.dataflow import OutputStationaryArray
from loas_tl.models.detailed.model import PLIF_CYCLES, count_detailed
from loas_tl.models.detailed.schedule import RESOURCES, Schedule, Steps, overlap
from loas_tl.models.machine import System
from tests.detailed.plain_layer import plain_overlap
from tests.detailed.test_model import PTB, STELLAR, make_layer

FIGURES = st.integers(0, 40)


def plain(steps: list[tuple[int, int, int, int]], per_cycle: float, tail: int) -> Schedule:
    """A step is (compute, SRAM, busy, DRAM bits)."""
    clock = plain_overlap(steps, per_cycle, tail)
    return Schedule(
        cycles=clock.total(),
        alone={
            "compute": sum(step[0] for step in steps) + tail,
            "sram": sum(step[1] for step in steps),
            "dram": math.ceil(sum(step[3] for step in steps) / per_cycle),
        },
        bound={resource: clock[resource] for resource in RESOURCES},
    )


def made_of(steps: list[tuple[int, int, int, int]]) -> Steps:
    return Steps(*(np.array(column, np.int64) for column in zip(*steps, strict=True)))


@settings(deadline=None)
@given(
    needs=st.lists(
        st.tuples(FIGURES, FIGURES, FIGURES, st.integers(0, 20_000)), min_size=1, max_size=8
    ),
    bytes_per_s=st.sampled_from([1e9, 128e9, 37e9]),
    tail=st.integers(0, 9),
)
def test_steps_take_the_longer_of_themselves_and_of_the_next_ones_data(
    needs: list[tuple[int, int, int, int]], bytes_per_s: float, tail: int
) -> None:
    steps = [(c, s, max(c, s) + more, bits) for c, s, more, bits in needs]
    system = System(dram_bytes_per_s=bytes_per_s)
    ours = overlap(made_of(steps), system, tail)
    assert ours == plain(steps, system.dram_bits_per_cycle, tail)
    assert ours.bound[ours.bound_by] == max(ours.bound.values())


def schedules() -> list[Schedule]:
    system = System()
    steps = [[(3, 4, 5, 900), (9, 1, 9, 70)], [(1, 2, 2, 9000)], [(30, 4, 31, 0), (5, 5, 6, 10)]]
    return [overlap(made_of(each), system, 2) for each in steps]


def test_schedules_add_up_and_have_a_mean() -> None:
    several = schedules()
    total = several[0] + several[1] + several[2]
    mean = Schedule.mean(several)
    assert total.cycles == sum(one.cycles for one in several)
    assert mean.cycles == round(total.cycles / 3)
    for resource in RESOURCES:
        assert total.alone[resource] == sum(one.alone[resource] for one in several)
        assert total.bound[resource] == sum(one.bound[resource] for one in several)
        assert mean.alone[resource] == round(total.alone[resource] / 3)
        assert mean.bound[resource] == round(total.bound[resource] / 3)
    assert Schedule.mean(several[:1]) == several[0]


@pytest.mark.parametrize("array", [PTB, STELLAR], ids=lambda a: a.name)
@pytest.mark.parametrize("bytes_per_s", [1e9, 8e9, 128e9])
def test_a_dense_array_spends_cycles_and_bits_evenly(
    array: OutputStationaryArray, bytes_per_s: float
) -> None:
    """On one fold of its rows after the other."""
    system = System(dram_bytes_per_s=bytes_per_s)
    for rows in (1, array.pixels, array.pixels + 1, 5 * array.pixels - 1):
        [detail] = count_detailed(make_layer(1, (4, rows, 40, 256), 0.3, 0.3), [array], system)
        folds = math.ceil(rows / array.pixels)
        shares = [
            [total * n // folds for n in range(folds + 1)]
            for total in (detail.published.cycles, detail.published.moved("dram"))
        ]
        cycles, bits = ([b - a for a, b in pairwise(ends)] for ends in shares)
        steps = [(c, 0, c, b) for c, b in zip(cycles, bits, strict=True)]
        expected = plain(steps, system.dram_bits_per_cycle, PLIF_CYCLES)
        assert detail.schedule == expected
        assert detail.counts.cycles == expected.cycles
