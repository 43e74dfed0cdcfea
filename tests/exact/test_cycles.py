"""Cycles of the slowest unit, held against every iteration of every unit."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loas_tl.exact.arrays import Factor
from loas_tl.exact.computing import Cost
from loas_tl.exact.cycles import unit_cycles
from loas_tl.exact.nest import Digit, Nest

OPERANDS = ((0, 2), (2, 1))
"""A[M,K] and B[K,N]; dimension 3 is of neither."""
Loops = list[tuple[int, int, str]]
"""Dimension, bound and axis, innermost first."""


def slowest(loops: Loops, takes: dict[tuple[int, ...], int]) -> float:
    """Sums over loops in time and the largest over loops in space, innermost first."""

    def of(position: int, point: tuple[int, ...]) -> int:
        if position < 0:
            return takes[point]
        dimension, bound, axis = loops[position]
        stride = math.prod(b for d, b, _ in loops[:position] if d == dimension)
        each = []
        for index in range(bound):
            there = list(point)
            there[dimension] += index * stride
            each.append(of(position - 1, tuple(there)))
        return max(each) if axis else sum(each)

    return of(len(loops) - 1, (0, 0, 0, 0))


@settings(max_examples=150, deadline=None)
@given(
    loops=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 3), st.sampled_from(["", "X"])), max_size=6
    ),
    seed=st.integers(0, 2**32),
    either=st.booleans(),
    ruled=st.booleans(),
)
@example(
    loops=[(0, 3, ""), (1, 3, ""), (0, 3, "X"), (1, 2, "X"), (2, 2, "")],
    seed=75,
    either=True,
    ruled=True,
)
def test_the_slowest_unit_is_waited_for(loops: Loops, seed: int, either: bool, ruled: bool) -> None:
    sizes = tuple(math.prod(b for d, b, _ in loops if d == which) for which in range(4))
    rng = np.random.default_rng(seed)

    def mask(axes: tuple[int, ...]) -> Factor:
        return Factor(axes, rng.random([sizes[d] for d in axes]) < rng.choice([0.2, 0.5, 0.9]))

    present = [mask(axes) for axes in OPERANDS]
    offered = [mask((0,)), mask((2, 0)), mask((1,))] if ruled else []
    nest = Nest(
        loops=tuple(Digit(0, d, bound, axis) for d, bound, axis in loops),
        sizes=sizes,
        tensors=OPERANDS,
        ranks=tuple(tuple(((d, 1),) for d in axes) for axes in OPERANDS),
        written=(False, False),
        keep=((True, True),),
    )

    def at(factor: Factor, point: tuple[int, ...]) -> bool:
        return bool(factor.values[tuple(point[d] for d in factor.axes)])

    takes = {}
    for point in itertools.product(*map(range, sizes)):
        there = [at(factor, point) for factor in present]
        counts = any(there) if either else all(there)
        takes[point] = int(counts and all(at(factor, point) for factor in offered))
    cost = Cost(OPERANDS, tuple(offered), (present[0], present[1]), either)
    assert unit_cycles(nest, cost) == slowest(loops, takes)
