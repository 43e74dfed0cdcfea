"""Walks without running every iteration, beside walks that do."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.timeloop.native.reuse import (
    Crossing,
    Fan,
    Step,
    Walk,
    spatial_crossing,
    temporal_crossing,
    volume,
)

Box = frozenset[tuple[int, ...]]


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    """A tile in two dimensions under up to five loops."""
    vector = st.tuples(st.integers(0, 6), st.integers(0, 6))
    steps = draw(st.lists(st.builds(Step, st.integers(2, 4), vector), max_size=5))
    extent = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    return Walk(extent, steps, stays=draw(st.booleans()))


def plain_words(walk: Walk) -> Counter[int]:
    """Sizes of all deltas, by running each loop's first two iterations, the second repeatedly."""
    sizes: Counter[int] = Counter()
    last_tile: Box = frozenset()
    last_corner: tuple[int, ...] | None = None
    last_move: tuple[int, ...] | None = None
    for indices in itertools.product((0, 1), repeat=len(walk.steps)):
        steps = list(reversed(walk.steps))  # outermost first, as the indices
        weight = 1
        for step, index in zip(steps, indices, strict=True):
            weight *= step.bound - 1 if index else 1
        corner = tuple(
            sum(step.move[rank] * i for step, i in zip(steps, indices, strict=True))
            for rank in range(2)
        )
        tile = frozenset(
            itertools.product(
                *(range(c, c + side) for c, side in zip(corner, walk.extent, strict=True))
            )
        )
        delta = tile - last_tile if walk.stays else tile
        if walk.stays and last_corner is not None:
            move = tuple(a - b for a, b in zip(corner, last_corner, strict=True))
            if any(move):
                if last_move in (None, move):
                    last_move = move
                else:
                    delta, last_move = tile, None
        last_tile, last_corner = tile, corner
        sizes[len(delta)] += weight
    return sizes


@given(walks())
@settings(max_examples=300)
def test_deltas_are_those_of_a_plain_walk(walk: Walk) -> None:
    ours: Counter[int] = Counter()
    for outcome, count in walk.outcomes().items():
        ours[volume(outcome.boxes)] += count
    assert +ours == +plain_words(walk)


def test_a_sliding_window_fetches_what_is_new() -> None:
    # A window of 3 that moves on by 1, eight times.
    walk = Walk((3,), [Step(8, (1,))])
    assert temporal_crossing(walk) == Crossing({1: 3 + 7})


def test_what_stays_is_not_fetched_again() -> None:
    assert temporal_crossing(Walk((4,), [Step(5, (0,))])).total == 4
    assert temporal_crossing(Walk((4,), [Step(5, (0,))], stays=False)).total == 20


def test_elements_that_want_the_same_share_an_access() -> None:
    fan = Fan(bounds=(2, 3), moves=((4,), (0,)), row=6)
    crossing = spatial_crossing(Walk((4,), [Step(2, (8,))]), fan)
    assert crossing == Crossing({3: 2 * 4 * 2}, fanout=6)
    assert crossing.delivered == 6 * 4 * 2
    alone = spatial_crossing(Walk((4,), [Step(2, (8,))]), Fan((2, 3), ((4,), (0,)), 6, False))
    assert alone.accesses == {1: 6 * 4 * 2}


def test_sums_share_unevenly() -> None:
    # Offsets p + r of 2 by 2 elements: 0, 1, 1, 2.
    assert Fan((2, 2), ((1,), (1,)), 4).sharing() == {1: 2, 2: 1}


def test_neighbours_pass_on_what_they_had() -> None:
    # Element p needs word p + r at step r: from its right neighbour, but for the last.
    fan = Fan(bounds=(4,), moves=((1,),), row=4)
    crossing = spatial_crossing(Walk((1,), [Step(3, (1,))], links=True), fan)
    assert crossing.accesses == {1: 4 + 2}
    assert crossing.link_transfers == 3 * 2
    # In a row of one element each, the neighbour is below.
    column = spatial_crossing(Walk((1,), [Step(3, (1,))], links=True), Fan((4,), ((1,),), row=1))
    assert column == crossing
    # In rows of two, elements 1 and 2 are no neighbours, but 0 and 2 are.
    rows = Fan((4,), ((1,),), row=2).served_by_neighbours((1,))
    assert list(rows) == [True, False, True, False]


def test_deep_nests_are_no_harder() -> None:
    steps = [Step(2, (i % 3,)) for i in range(300)]
    assert temporal_crossing(Walk((2,), steps)).total > 2**300 // 2
