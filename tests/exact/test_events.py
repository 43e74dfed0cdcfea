"""Which units pass a word on to their neighbours, held against every place of a grid."""

from __future__ import annotations

import itertools
import math

from hypothesis import example, given
from hypothesis import strategies as st

from loas_tl.exact.events import crossings
from loas_tl.exact.nest import Digit, Nest
from loas_tl.timeloop.native.mapping import LevelMapping, Loop, Mapping

Loops = list[tuple[int, int, str]]
"""Dimension, bound and axis, outermost first."""


def all_beside_have_it(loops: Loops, relevant: set[int]) -> bool:
    """Whether every unit has a neighbour in its row or column that wants the same word."""
    wanted = {}
    for digits in itertools.product(*(range(bound) for _, bound, _ in loops)):
        place = {"X": 0, "Y": 0}
        for digit, (_, bound, axis) in zip(digits, loops, strict=True):
            place[axis] = place[axis] * bound + digit
        wanted[place["X"], place["Y"]] = tuple(
            digit for digit, (d, _, _) in zip(digits, loops, strict=True) if d in relevant
        )
    served = [
        want in {wanted.get(there) for there in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))}
        for (x, y), want in wanted.items()
    ]
    assert len(set(served)) == 1  # all or none
    return served[0]


LOOPS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from("XY")), max_size=5)


@given(loops=LOOPS, relevant=st.sets(st.integers(0, 2), min_size=1), denied=st.booleans())
@example(loops=[(0, 2, "X"), (1, 2, "X")], relevant={0}, denied=False)
@example(loops=[(1, 2, "X"), (0, 2, "X")], relevant={0}, denied=False)
@example(loops=[(0, 2, "X"), (1, 2, "Y")], relevant={0}, denied=True)
def test_units_keep_what_their_neighbours_pass_on(
    loops: Loops, relevant: set[int], denied: bool
) -> None:
    # Around the units, a loop in time that none of their words depends on.
    digits = [Digit(0, d, bound, axis) for d, bound, axis in reversed(loops)]
    nest = Nest(
        loops=(*digits, Digit(0, 3, 2, "")),
        sizes=(*(math.prod(b for d, b, _ in loops if d == which) for which in range(3)), 2),
        tensors=(tuple(sorted(relevant)),),
        ranks=(tuple(((d, 1),) for d in sorted(relevant)),),
        written=(False,),
        keep=((True,),),
    )
    level = LevelMapping(
        temporal=(Loop(3, 2),),
        spatial=tuple(Loop(d.dimension, d.bound, d.axis) for d in digits),
        keep=(True,),
        no_link_transfer=frozenset({0} if denied else ()),
    )
    (crossing,) = crossings(Mapping((level,)), nest, 0)
    passed_on = not denied and all_beside_have_it(loops, relevant)
    assert crossing.stays == (frozenset({len(digits)}) if passed_on else frozenset())
