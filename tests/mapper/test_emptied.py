"""Loops that lie on a mesh in no order and with no split."""

from __future__ import annotations

import math
from itertools import permutations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from loas_tl.timeloop.mapper import emptied


def some_way_fits(
    least: list[int], first: tuple[int, ...], splits: tuple[int, ...], mesh: tuple[int, int]
) -> bool:
    """Every order that begins with ``first``, cut at every split."""
    count = len(least)
    for order in permutations(range(count)):
        if order[: len(first)] != first:
            continue
        for split in splits:
            along_x, along_y = order[:split], order[split:]
            sides = [math.prod(least[d] for d in along) for along in (along_x, along_y)]
            if sides[0] <= mesh[0] and sides[1] <= mesh[1]:
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(data=st.data(), least=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_loops_lie_on_a_mesh_in_some_order(data: st.DataObject, least: list[int]) -> None:
    order = data.draw(st.permutations(range(len(least))))
    first = tuple(order[: data.draw(st.integers(0, len(least)))])
    splits = data.draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 999]), min_size=1, max_size=3))
    mesh = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 6)))
    ours = emptied._fits(least, first, tuple(splits), mesh)
    assert ours == some_way_fits(least, first, tuple(splits), mesh)


@example(count=12)
@example(count=13)
@given(count=st.integers(12, 20))
def test_of_many_dimensions_only_the_product_is_looked_at(count: int) -> None:
    # Two loops of 3 lie on no 1 x 9 with a split that has one of them along X.
    least = [3, 3, *(1 for _ in range(count - 2))]
    assert emptied._fits(least, (0,), (1,), (1, 9)) == (count > emptied.MOST_DIMENSIONS)
    assert not emptied._fits(least, (0,), (1,), (1, 8))
