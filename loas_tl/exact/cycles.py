"""Cycles of the slowest unit in each step.

A unit takes a cycle for each compute that is not skipped. Copies below a spatial loop work side by
side and wait for the slowest before the loops outside go on: so, from the innermost loop outwards,
cycles add up over loops in time and are the largest over loops in space.

What takes a cycle is a product of functions of the two operands, or a sum of such products. Loops
that only one operand depends on are folded into it; loops in time that both depend on become one
product of matrices, of bits where nothing has been added up yet; only then is there a value for
each pair of tiles.

Loops that nothing depends on repeat what is inside them, wherever they stand: in time they multiply
the cycles, in space their copies all take as long as each other. They are taken out at the start.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from loas_tl.exact.arrays import Factor
from loas_tl.exact.computing import Cost
from loas_tl.exact.nest import Nest, Positions
from loas_tl.ground.bitmatrix import common, pack
from loas_tl.ground.sums import in_order

Values = npt.NDArray[Any]

LARGEST = 2**24
"""Values held at once; larger nests are cut along their outermost loops."""
EXACT_FLOAT32 = 2**24


@dataclass
class _Side:
    """An operand: arrays with one axis for each of ``loops``, and one more once they are lined up.

    Attributes:
        loops: outermost first within each dimension.
        arrays: what the terms name.
        packed: whether the last axis, over which sides are multiplied, holds bits in words.
    """

    loops: list[int]
    arrays: list[Values]
    packed: bool = False

    def fold(self, positions: list[int], *, largest: bool) -> None:
        """Adds up, or takes the largest, over loops."""
        axes = tuple(self.loops.index(p) for p in positions)
        if not axes:
            return
        if largest:
            self.arrays = [array.max(axis=axes) for array in self.arrays]
        else:
            self.arrays = [array.sum(axis=axes, dtype=np.float64) for array in self.arrays]
        self.loops = [p for p in self.loops if p not in positions]

    def at(self, position: int, index: int) -> _Side:
        """One iteration of a loop."""
        if position not in self.loops:
            return self
        at: tuple[slice | int, ...] = (*[slice(None)] * self.loops.index(position), index)
        rest = [p for p in self.loops if p != position]
        return _Side(rest, [array[at] for array in self.arrays], self.packed)

    def lined_up(self, nest: Nest, contracted: list[int], *, bits: bool) -> _Side:
        """With the loops over which sides are multiplied as one last axis."""
        loops = [p for p in self.loops if p not in contracted]
        order = [self.loops.index(p) for p in (*loops, *contracted)]
        shape = [nest.loops[p].bound for p in loops]
        arrays = [
            np.transpose(array, order).reshape([*shape, nest.product(contracted)])
            for array in self.arrays
        ]
        return _Side(loops, [pack(array) for array in arrays] if bits else arrays, bits)


@dataclass
class _Problem:
    """What is left to be reduced.

    Attributes:
        sides: the two operands; each has the arrays that the terms name.
        terms: (first's array, second's array, sign).
        others: functions of neither operand alone.
        stages: (loops, whether in space), innermost first; loops of a side or of others only.
        scale: iterations in time of the loops that nothing depends on.
        added: iterations that have been added up so far: the values' largest.
    """

    sides: tuple[_Side, _Side]
    terms: list[tuple[int, int, int]]
    others: list[_Side]
    stages: list[tuple[list[int], bool]]
    scale: int
    added: int = 1


def unit_cycles(nest: Nest, cost: Cost) -> float:
    """Cycles until the slowest unit has finished every step.

    Args:
        nest: the loops.
        cost: which computes take a cycle.
    """
    return _reduce(nest, _problem(nest, cost))


def _problem(nest: Nest, cost: Cost) -> _Problem:
    first, second = (_digits(nest, axes) for axes in cost.operands)
    offered: list[Values | None] = [None, None]
    others = []
    for factor in cost.offered:
        for number, axes in enumerate(cost.operands):
            if set(factor.axes) <= set(axes):
                spread = _onto(nest, factor, axes)
                known = offered[number]
                offered[number] = spread if known is None else known & spread
                break
        else:
            loops = _digits(nest, factor.axes)
            others.append(_Side(loops, [_shaped(nest, factor.values, loops)]))
    sides = []
    for number, (axes, loops) in enumerate(zip(cost.operands, (first, second), strict=True)):
        shape = tuple(nest.sizes[d] for d in axes)
        rules = offered[number]
        everything = np.ones(shape, np.bool_) if rules is None else rules
        there = cost.present[number]
        present = everything if there is None else everything & there.values.astype(np.bool_)
        sides.append(
            _Side(loops, [_shaped(nest, present, loops), _shaped(nest, everything, loops)])
        )
    terms = [(0, 0, 1)]
    if cost.either:
        terms = [(0, 1, 1), (1, 0, 1), (0, 0, -1)]
    else:
        for side in sides:
            side.arrays = side.arrays[:1]
    matter = frozenset(p for side in (*sides, *others) for p in side.loops)
    scale = nest.product(
        p for p, loop in enumerate(nest.loops) if not loop.axis and p not in matter
    )
    return _Problem((sides[0], sides[1]), terms, others, _stages(nest, matter), scale)


def _stages(nest: Nest, matter: Positions) -> list[tuple[list[int], bool]]:
    stages: list[tuple[list[int], bool]] = []
    for position, loop in enumerate(nest.loops):
        if position not in matter:
            continue
        if stages and stages[-1][1] == bool(loop.axis):
            stages[-1][0].append(position)
        else:
            stages.append(([position], bool(loop.axis)))
    return stages


def _digits(nest: Nest, axes: tuple[int, ...]) -> list[int]:
    """Loops of more than one iteration, outermost first, axis by axis."""
    return [
        position
        for dimension in axes
        for position in reversed(nest.where(range(len(nest.loops)), dimension))
        if nest.loops[position].bound > 1
    ]


def _shaped(nest: Nest, values: Values, loops: list[int]) -> Values:
    return values.reshape([nest.loops[p].bound for p in loops])


def _onto(nest: Nest, factor: Factor, axes: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """A function of some of an operand's dimensions, on all of them."""
    order = [factor.axes.index(d) for d in axes if d in factor.axes]
    values = np.transpose(factor.values.astype(np.bool_, copy=False), order)
    shape = [nest.sizes[d] if d in factor.axes else 1 for d in axes]
    return np.broadcast_to(values.reshape(shape), tuple(nest.sizes[d] for d in axes))


def _reduce(nest: Nest, problem: _Problem) -> float:
    """All stages; while the operands are apart, then on a value for each pair of tiles."""
    first, second = problem.sides
    while problem.stages:
        positions, in_space = problem.stages[0]
        joint: list[int] = []
        private: tuple[list[int], list[int]] = ([], [])
        for p in positions:
            owners = [p in first.loops, p in second.loops]
            if any(p in other.loops for other in problem.others) or all(owners):
                joint.append(p)
            else:
                private[owners.index(True)].append(p)
        # The largest of a sum of products is no product of largest values, except of Booleans.
        apart = not in_space or len(problem.terms) == 1 or problem.added == 1
        if not apart and (private[0] or private[1]):
            return _joined(nest, _lined_up(nest, problem, []))
        for side, own in zip(problem.sides, private, strict=True):
            side.fold(own, largest=in_space)
        if not in_space:
            problem.added *= nest.product([*private[0], *private[1]])
        problem.stages.pop(0)
        if joint and (in_space or problem.others):
            problem.stages.insert(0, (joint, in_space))
            return _joined(nest, _lined_up(nest, problem, []))
        if joint:
            return _joined(nest, _lined_up(nest, problem, joint))
    total = in_order(
        sign * float(first.arrays[one]) * float(second.arrays[two])
        for one, two, sign in problem.terms
    )
    # What is left of functions of neither operand alone are single values.
    return total * problem.scale * math.prod(float(other.arrays[0]) for other in problem.others)


def _lined_up(nest: Nest, problem: _Problem, contracted: list[int]) -> _Problem:
    arrays = [array for side in problem.sides for array in side.arrays]
    bits = all(array.dtype == np.bool_ for array in arrays)
    first, second = (side.lined_up(nest, contracted, bits=bits) for side in problem.sides)
    problem.added *= nest.product(contracted)
    return replace(problem, sides=(first, second))


def _joined(nest: Nest, problem: _Problem) -> float:
    """From here on with a value for each pair of tiles; cut into pieces that fit."""
    held = {p for side in (*problem.sides, *problem.others) for p in side.loops}
    cuts = [p for loops, in_space in problem.stages[-1:] if not in_space for p in loops]
    if cuts and nest.product(held) > LARGEST:
        return in_order(
            _joined(nest, _piece(problem, cuts[-1], index))
            for index in range(nest.loops[cuts[-1]].bound)
        )
    values, loops = _pairs(nest, problem)
    for positions, largest in problem.stages:
        axes = tuple(loops.index(p) for p in positions)
        values = values.max(axis=axes) if largest else values.sum(axis=axes, dtype=np.float64)
        loops = [p for p in loops if p not in positions]
    return float(values) * problem.scale


def _piece(problem: _Problem, position: int, index: int) -> _Problem:
    return replace(
        problem,
        sides=(problem.sides[0].at(position, index), problem.sides[1].at(position, index)),
        others=[other.at(position, index) for other in problem.others],
        stages=[([p for p in loops if p != position], space) for loops, space in problem.stages],
    )


def _pairs(nest: Nest, problem: _Problem) -> tuple[Values, list[int]]:
    """A value for each combination of the loops held, summed over the last axes."""
    first, second = problem.sides
    batch = [p for p in first.loops if p in second.loops]
    rows = [p for p in first.loops if p not in second.loops]
    columns = [p for p in second.loops if p not in first.loops]
    dtype = np.float32 if problem.added < EXACT_FLOAT32 else np.float64
    products: list[Values] = []
    for one, two, sign in problem.terms:
        left = _matrices(nest, first, one, batch, rows)
        right = _matrices(nest, second, two, batch, columns)
        if first.packed:
            products.append(sign * common(left, right))
        else:
            across: Values = right.astype(dtype).transpose(0, 2, 1)
            products.append(sign * np.matmul(left.astype(dtype), across))
    # Each product is whole and exact; the sum of several may be twice as large.
    total: Values = products[0]
    if len(products) > 1:
        total = total.astype(np.float64)
        for more in products[1:]:
            total += more
    loops = [*batch, *rows, *columns]
    alone = sorted({p for other in problem.others for p in other.loops} - set(loops))
    total = total.reshape([*(nest.loops[p].bound for p in loops), *(1 for _ in alone)])
    loops += alone
    for other in problem.others:
        order = sorted(other.loops, key=loops.index)
        values = np.transpose(other.arrays[0], [other.loops.index(p) for p in order])
        total = total * values.reshape([nest.loops[p].bound if p in order else 1 for p in loops])
    return total, loops


def _matrices(nest: Nest, side: _Side, array: int, batch: list[int], rows: list[int]) -> Values:
    """An array as matrices: [batch, rows, what sides are multiplied over]."""
    order = [side.loops.index(p) for p in (*batch, *rows)]
    values = np.transpose(side.arrays[array], [*order, len(order)])
    shape = (nest.product(batch), nest.product(rows), values.shape[-1])
    return np.ascontiguousarray(values.reshape(shape))
