"""The on-chip buffer: looked up by content, first in first out, capacity in non-zeros."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.models.published import buffer

from .kit import Fifo


def walk(ids: list[int], nnz_of: dict[int, int], capacity: int) -> tuple[list[int], int]:
    """Walk tiles through the buffer; the steps that missed, and the element hits."""
    nnz = np.array([nnz_of[tile] for tile in ids], dtype=np.int64)
    missed, hits = buffer.misses(np.array(ids, dtype=np.int64), nnz, capacity, nnz.shape)
    return np.flatnonzero(missed).tolist(), hits


def test_a_resident_tile_hits_with_all_its_non_zeros_and_a_missing_one_with_all_but_one() -> None:
    assert walk([0, 0, 1, 0], {0: 5, 1: 3}, capacity=8) == ([0, 2], 4 + 5 + 2 + 5)


def test_the_oldest_tile_goes_first_even_when_it_was_just_used() -> None:
    # Room for two: 0 and 1 are in, 0 is used again, 2 still evicts 0 and then 0 evicts 1.
    missed, _ = walk([0, 1, 0, 2, 1, 0, 2], dict.fromkeys(range(3), 4), capacity=8)
    assert missed == [0, 1, 3, 5]


def test_only_as_many_tiles_go_as_the_new_one_needs() -> None:
    # 3 + 3 + 2 fill the buffer; 4 more push out 0 and 1 but leave 2 where it is.
    nnz_of = {0: 3, 1: 3, 2: 2, 3: 4}
    missed, _ = walk([0, 1, 2, 3, 2, 3], nnz_of, capacity=8)
    assert missed == [0, 1, 2, 3]
    missed, _ = walk([0, 1, 2, 3, 1], nnz_of, capacity=8)
    assert missed == [0, 1, 2, 3, 4]


def test_a_tile_that_fits_exactly_evicts_nothing() -> None:
    missed, _ = walk([0, 1, 0, 1], {0: 3, 1: 5}, capacity=8)
    assert missed == [0, 1]


def test_an_empty_tile_takes_no_room_and_its_miss_counts_one_hit_less() -> None:
    # The full tile 0 stays while the empty tile 1 comes in; -1 is nnz - 1 of an empty tile.
    assert walk([0, 1, 0, 1], {0: 8, 1: 0}, capacity=8) == ([0, 1], 7 - 1 + 8 + 0)


def test_an_empty_tile_leaves_in_its_turn() -> None:
    # 2 needs all of the room: 0 goes, which is enough, so that the empty 1 stays. Another full
    # tile then finds 1 the oldest and evicts it on the way to 2.
    nnz_of = {0: 8, 1: 0, 2: 8, 3: 8}
    missed, _ = walk([0, 1, 2, 1, 3, 1], nnz_of, capacity=8)
    assert missed == [0, 1, 2, 4, 5]


@settings(max_examples=200, deadline=None)
@given(
    ids=st.lists(st.integers(0, 7), min_size=1, max_size=60),
    sizes=st.lists(st.integers(0, 12), min_size=8, max_size=8),
    room=st.integers(0, 25),
)
def test_any_sequence_misses_where_a_list_of_resident_tiles_does(
    ids: list[int], sizes: list[int], room: int
) -> None:
    capacity = max(sizes) + room
    # Tiles of one shape that differ in their value, and have the drawn number of non-zeros.
    contents = [np.where(np.arange(12) < size, tile + 1, 0) for tile, size in enumerate(sizes)]
    # Two empty tiles of one shape are the same tile.
    same = [sizes.index(0) if size == 0 else tile for tile, size in enumerate(sizes)]
    fifo = Fifo(capacity)
    expected = [step for step, tile in enumerate(ids) if fifo.fetch(contents[tile])]
    missed, hits = walk([same[tile] for tile in ids], dict(enumerate(sizes)), capacity)
    assert missed == expected
    assert hits == fifo.hits
    assert len(missed) == fifo.misses


@pytest.mark.parametrize("capacity", [4, 5, 7])
def test_tiles_walked_in_a_ring_that_is_one_too_large_always_miss(capacity: int) -> None:
    # First in first out is at its worst here: what comes next has always just left.
    missed, _ = walk([0, 1, 0, 1, 0], {0: 4, 1: 4}, capacity)
    assert missed == [0, 1, 2, 3, 4]


@st.composite
def nests(draw: st.DrawFn) -> tuple[list[int], list[bool]]:
    """Extents of some loops, outermost first, and which of them change the tile."""
    loops = draw(st.integers(1, 5))
    extents = draw(st.lists(st.integers(1, 4), min_size=loops, max_size=loops))
    return extents, draw(st.lists(st.booleans(), min_size=loops, max_size=loops))


@settings(max_examples=500, deadline=None)
@given(
    nest=nests(),
    different=st.integers(1, 8),
    sizes=st.lists(st.integers(0, 12), min_size=8, max_size=8),
    room=st.integers(0, 30),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_nest_that_comes_back_to_its_tiles_misses_as_the_sequence_of_its_steps(
    nest: tuple[list[int], list[bool]], different: int, sizes: list[int], room: int, seed: int
) -> None:
    extents, changes = nest
    shape = [extent if change else 1 for extent, change in zip(extents, changes, strict=True)]
    ids = np.random.default_rng(seed).integers(different, size=shape)
    nnz = np.array(sizes)[ids]
    capacity = max(sizes) + room
    missed, hits = buffer.misses(ids, nnz, capacity, extents)
    steps = np.broadcast_to(ids, extents).ravel().tolist()
    expected, expected_hits = walk(steps, dict(enumerate(sizes)), capacity)
    assert missed.shape == tuple(extents)
    assert np.flatnonzero(missed).tolist() == expected
    assert hits == expected_hits


def test_passes_that_keep_changing_are_all_walked() -> None:
    # Room for two: tile 0 is there when every other pass starts.
    ids = np.array([[0, 1, 0, 2, 0, 3]])
    missed, _ = buffer.misses(ids, np.ones_like(ids), 2, (4, 6))
    odd, even = [0, 1, 3, 4, 5], [1, 2, 3, 5]
    assert [np.flatnonzero(one).tolist() for one in missed] == [odd, even, odd, even]
