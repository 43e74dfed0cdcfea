from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError
from loas_tl.models.detailed.unit import Timeline, timeline
from loas_tl.models.machine import InnerJoin, Laggy
from tests.detailed.plain_unit import Unit

PUBLISHED = InnerJoin(laggy=Laggy())
PARTS = ("fetch", "match", "fifo_stall", "laggy_stall", "drain")

ADDERS = (1, 2, 4, 8, 16, 32, 64, 128)
DEPTHS = (1, 2, 4, 8, 16, 32, 64)


@st.composite
def units(draw: st.DrawFn) -> InnerJoin:
    chunk = draw(st.sampled_from([16, 64, 128, 256]))
    laggy = Laggy(
        adders=draw(st.integers(1, min(chunk, 128))),
        fifo_depth=draw(st.integers(1, 64)),
        offset_buffers=draw(st.integers(1, 3)),
        skip_empty=draw(st.booleans()),
        hidden=draw(st.sampled_from([False, False, False, True])),
        lookup=draw(st.sampled_from([False, False, False, True])),
    )
    return InnerJoin(
        chunk=chunk,
        fetch_cycles=draw(st.integers(1, 3)),
        overlapped=draw(st.booleans()),
        laggy=draw(st.sampled_from([laggy, laggy, laggy, None])),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[InnerJoin, list[int]]:
    unit = draw(units())
    most = draw(st.sampled_from([1, 3, 12, unit.chunk]))
    return unit, draw(st.lists(st.integers(0, most), max_size=12))


@settings(max_examples=1000, deadline=None)
@given(cases())
def test_every_cycle_is_that_of_the_plain_unit(case: tuple[InnerJoin, list[int]]) -> None:
    unit, matches = case
    spent = Unit(unit, matches).run()
    assert asdict(timeline(matches, unit)) == {part: spent[part] for part in PARTS}


@pytest.mark.parametrize("adders", ADDERS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_every_published_size_is_that_of_the_plain_unit(adders: int, depth: int) -> None:
    unit = replace(PUBLISHED, laggy=Laggy(adders, depth))
    rng = np.random.default_rng([adders, depth])
    for density in (0.005, 0.02, 0.1, 0.5):
        matches = rng.binomial(128, density, size=20).tolist()
        spent = Unit(unit, matches).run()
        assert asdict(timeline(matches, unit)) == {part: spent[part] for part in PARTS}


def test_a_lone_match_waits_for_the_laggy_prefix_sum() -> None:
    # Fetched in cycle 0, issued in cycle 1; offsets are there in cycle 9, when the entry leaves.
    found = timeline([1], PUBLISHED)
    assert found == Timeline(fetch=1, match=1, fifo_stall=0, laggy_stall=0, drain=8)
    assert found.cycles == 10


def test_full_fifos_hold_up_matches() -> None:
    # Eight enter in cycles 1 to 8; the first leaves in cycle 9, so the ninth enters in cycle 10.
    assert timeline([9], PUBLISHED) == Timeline(
        fetch=1, match=9, fifo_stall=1, laggy_stall=0, drain=7
    )


def test_the_next_chunk_waits_until_its_bitmask_is_latched() -> None:
    # The first chunk is latched in cycle 1 and done with in cycle 9; only then is the second one
    # latched and the third one fetched. Nothing waits for the offsets of the last.
    assert timeline([0, 0, 0], PUBLISHED) == Timeline(
        fetch=3, match=0, fifo_stall=0, laggy_stall=7, drain=0
    )


def test_the_next_outputs_first_chunk_waits_as_well() -> None:
    # With two buffers the first chunk is there at once; the others are fetched in cycles 0 and 1.
    # The laggy prefix-sum takes up the first in cycle 0, the second in cycle 8: only then has the
    # next output's first chunk a buffer, whose fetch ends this output.
    found = timeline([0, 0, 0], replace(PUBLISHED, overlapped=True))
    assert found == Timeline(fetch=3, match=0, fifo_stall=0, laggy_stall=6, drain=0)


def test_a_chunk_without_matches_can_be_skipped() -> None:
    skipping = replace(PUBLISHED, laggy=Laggy(skip_empty=True))
    assert timeline([0, 0, 0], skipping).cycles == 3


def test_a_second_offset_buffer_lets_the_laggy_prefix_sum_run_ahead() -> None:
    matches = [4] * 100
    one, two = (
        timeline(matches, replace(PUBLISHED, laggy=Laggy(offset_buffers=buffers))).cycles
        for buffers in (1, 2)
    )
    # The 8 cycles a chunk are then all that is left; with one buffer its entries come on top.
    assert two == pytest.approx(8 * 100, rel=0.02)
    assert one == pytest.approx(12 * 100, rel=0.02)


@given(st.lists(st.integers(0, 128), max_size=20))
def test_a_fast_prefix_sum_costs_a_fetch_and_a_cycle_a_match(matches: list[int]) -> None:
    assert timeline(matches, InnerJoin()).cycles == len(matches) + sum(matches)


@given(st.lists(st.integers(0, 128), max_size=20))
def test_as_many_adders_as_bits_cost_a_cycle_an_output_at_the_most(matches: list[int]) -> None:
    fast = timeline(matches, InnerJoin()).cycles
    quick = timeline(matches, InnerJoin(laggy=Laggy(adders=128, offset_buffers=2))).cycles
    assert fast <= quick <= fast + 1


@given(st.lists(st.integers(0, 128), max_size=20))
def test_more_adders_never_cost_cycles(matches: list[int]) -> None:
    cycles = [timeline(matches, InnerJoin(laggy=Laggy(adders))).cycles for adders in ADDERS]
    assert cycles == sorted(cycles, reverse=True)


@given(st.lists(st.integers(0, 128), max_size=20))
def test_deeper_fifos_never_cost_cycles(matches: list[int]) -> None:
    cycles = [timeline(matches, InnerJoin(laggy=Laggy(16, depth))).cycles for depth in DEPTHS]
    assert cycles == sorted(cycles, reverse=True)


@pytest.mark.parametrize("matches", [[-1], [129], [3, 200]])
def test_impossible_matches_are_refused(matches: list[int]) -> None:
    with pytest.raises(InputError, match="expected 0 to 128"):
        timeline(matches, PUBLISHED)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Laggy(adders=0), "adders is 0; expected 1 or more"),
        (lambda: Laggy(fifo_depth=0), "fifo_depth is 0"),
        (lambda: Laggy(offset_buffers=-1), "offset_buffers is -1"),
        (lambda: InnerJoin(chunk=0), "chunk is 0"),
        (lambda: InnerJoin(fetch_cycles=0), "fetch_cycles is 0"),
        (lambda: InnerJoin(handover_cycles=-1), "handover_cycles is -1"),
        (lambda: InnerJoin(chunk=64, laggy=Laggy(adders=128)), "at most the chunk's 64 bits"),
    ],
)
def test_impossible_units_are_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        make()
