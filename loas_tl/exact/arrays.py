"""Whole-array arithmetic on digits: any or sum over a set of loops, and sums over the nest.

All arrays of a tensor have the tensor's own shape, one axis a rank. What is known of a tile only
(is it empty?) is repeated for each of its words, so that whatever is said of the same tensor is
combined word by word, and a count is the sum of a product over the iteration space.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from loas_tl.exact.nest import Nest, Positions

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


def _split(nest: Nest, axes: Sequence[int], free: Positions) -> tuple[list[int], list[int]]:
    """A shape in which the free digits are axes of their own, and which axes they are.

    Neighbouring digits that are both free, or both not, stay together.
    """
    shape: list[int] = []
    reduced: list[int] = []
    for dimension in axes:
        last: bool | None = None
        for position in reversed(range(len(nest.loops))):
            loop = nest.loops[position]
            if loop.dimension != dimension or loop.bound == 1:
                continue
            is_free = position in free
            if is_free == last:
                shape[-1] *= loop.bound
            else:
                if is_free:
                    reduced.append(len(shape))
                shape.append(loop.bound)
            last = is_free
    return shape, reduced


def any_within(nest: Nest, axes: Sequence[int], array: Bools, free: Positions) -> Bools:
    """For each word, whether any word that differs from it in the free digits only is set."""
    shape, reduced = _split(nest, axes, free)
    if not reduced:
        return array
    found = array.reshape(shape).any(axis=tuple(reduced), keepdims=True)
    return np.broadcast_to(found, shape).reshape(array.shape)


def sums_within(nest: Nest, axes: Sequence[int], array: Bools, free: Positions) -> Array:
    """Sum over the free digits: one number for each combination of the others."""
    shape, reduced = _split(nest, axes, free)
    return array.reshape(shape).sum(axis=tuple(reduced), dtype=np.int64)


def any_in_blocks(array: Bools, axis: int, tile: int, block: int) -> Bools:
    """For each index along an axis, any within its block; blocks start anew with each tile."""
    if block <= 1:
        return array
    size = array.shape[axis]
    starts = [start + offset for start in range(0, size, tile) for offset in range(0, tile, block)]
    found = np.logical_or.reduceat(array, starts, axis=axis)
    return np.repeat(found, np.diff([*starts, size]), axis)


@dataclass(eq=False)
class Factor:
    """A function on some dimensions, with its sums over parts of them once they are known.

    Attributes:
        axes: the dimension of each axis.
        values: one axis a dimension.
    """

    axes: tuple[int, ...]
    values: Bools
    _sums: dict[frozenset[int], Array] = field(default_factory=dict)

    def onto(self, dimensions: frozenset[int]) -> Array:
        """Sum over all axes but the given dimensions; those in ascending order."""
        known = self._sums.get(dimensions)
        if known is None:
            out = tuple(i for i, d in enumerate(self.axes) if d not in dimensions)
            left = [d for d in self.axes if d in dimensions]
            summed = _sum(self.values, out)
            known = np.transpose(summed, np.argsort(left)) if left else summed
            self._sums[dimensions] = known
        return known


def _sum(values: Bools, out: tuple[int, ...]) -> Array:
    """Sums as float64, whole numbers up to 2^53."""
    if not out:
        return values.astype(np.float64)
    # Count along the last summed axis first, in bytes' view, which is vectorised.
    first, *rest = sorted(out, reverse=True)
    counted = np.count_nonzero(values, axis=first)
    return counted.sum(axis=tuple(rest), dtype=np.float64) if rest else counted.astype(np.float64)


def product(factors: Sequence[Factor]) -> list[Factor]:
    """Factors on the same dimensions joined into one."""
    joined: dict[tuple[int, ...], list[Factor]] = {}
    for factor in factors:
        joined.setdefault(factor.axes, []).append(factor)
    result = []
    for axes, same in joined.items():
        if len(same) == 1:
            result.append(same[0])
            continue
        values = same[0].values
        for other in same[1:]:
            values = values & other.values
        result.append(Factor(axes, values))
    return result


def integrate(sizes: Sequence[int], factors: Iterable[Factor]) -> float:
    """Sum of the factors' product over the whole iteration space.

    Args:
        sizes: of the dimensions.
        factors: functions on some dimensions each.
    """
    terms = product(list(factors))
    used = frozenset(d for term in terms for d in term.axes)
    scale = math.prod(size for d, size in enumerate(sizes) if d not in used)
    if not terms:
        return float(scale)
    arrays = []
    for term in terms:
        elsewhere = frozenset(d for other in terms if other is not term for d in other.axes)
        mine = frozenset(term.axes) & elsewhere
        arrays.append((sorted(mine), term.onto(mine)))
    return scale * _contract(arrays)


def independent(sizes: Sequence[int], factors: Iterable[Factor]) -> float:
    """The same sum if functions of different tensors had nothing to do with each other."""
    total = float(math.prod(sizes))
    for term in product(list(factors)):
        total *= float(term.onto(frozenset())) / term.values.size
    return total


def _contract(arrays: list[tuple[list[int], Array]]) -> float:
    if len(arrays) == 1:
        return float(arrays[0][1].sum())
    if len(arrays) == 2 and arrays[0][0] == arrays[1][0]:
        return float(np.vdot(arrays[0][1], arrays[1][1]))
    operands: list[object] = []
    for dimensions, values in arrays:
        operands += [values.astype(np.float64), dimensions]
    return float(np.einsum(*operands, [], optimize="greedy"))  # type: ignore[call-overload]
