"""Factors that do not divide their dimension, for a search.

A factor of each slot, innermost first, cuts what is left of a dimension into parts of that size, of
which the last may be smaller: 10 by 4 leaves 3, the last of which has 2. The factors cover the
dimension if 1 is left after the outermost; what each loop runs in the last of all iterations
follows from them. They are those of Ruby (ISPASS 2022).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loas_tl.timeloop.mapper.loops import Bools, Ints

MOST_ROWS = 100_000
"""Factorisations of one dimension that are listed; of more, that many are drawn at random."""


def covers(sizes: Sequence[int], factors: Ints) -> Bools:
    """Whether factors, int64[slots, dimensions, B], cover the dimensions and none is too large."""
    left = np.broadcast_to(np.array(sizes)[:, np.newaxis], factors.shape[1:])
    good = np.ones(factors.shape[2:], bool)
    for slot in factors:
        good &= (slot <= left).all(axis=0)
        left = -(-left // slot)
    return np.asarray(good & (left == 1).all(axis=0))


def covers_each(sizes: Ints, factors: Ints) -> Bools:
    """The same of one dimension each, int64[slots, B], of sizes int64[B]."""
    left = sizes
    good = np.ones(sizes.shape, bool)
    for slot in factors:
        good &= slot <= left
        left = -(-left // slot)
    return np.asarray(good & (left == 1))


def last_bounds(sizes: Sequence[int], factors: Ints) -> Ints:
    """int64[slots, dimensions]: iterations in the last of all iterations of the loops around.

    Args:
        sizes: of the dimensions.
        factors: int64[slots, dimensions], innermost first.
    """
    left = np.array(sizes)
    found = np.empty_like(factors)
    for s, slot in enumerate(factors):
        rest = -(-left // slot)
        found[s] = left - slot * (rest - 1)
        left = rest
    return found


def beside_given(
    size: int, given: Sequence[int | None], low: Sequence[int], high: Sequence[int]
) -> tuple[int, list[int], list[int]]:
    """What the other slots' factors multiply to where those that are given do not divide a size.

    As timeloop-mapper has it: the factors that are given cut the dimension into so many parts, of
    which the last may be smaller, and the others divide the number of parts.

    Args:
        size: of the dimension.
        given: its factor in each slot, innermost first; None where there is a choice.
        low: smallest factor of each slot.
        high: largest factor of each.

    Returns:
        The product, and bounds with 1 in the slots whose factor is given.
    """
    for factor in given:
        size = -(-size // (factor or 1))
    least = [bound if factor is None else 1 for factor, bound in zip(given, low, strict=True)]
    most = [bound if factor is None else 1 for factor, bound in zip(given, high, strict=True)]
    return size, least, most


def with_given(size: int, given: Sequence[int | None], rows: Ints) -> Ints:
    """Factors of all slots, int64[F, slots], from those beside the factors that are given.

    What is more than is left of the dimension comes down to that.
    """
    wanted = np.array([factor or 0 for factor in given])
    factors = np.where(wanted, wanted, rows)
    left = np.full(len(rows), size)
    for slot in factors.T:
        np.minimum(slot, left, out=slot)
        left = -(-left // slot)
    return np.unique(factors, axis=0)


def rows_of(
    size: int, low: Sequence[int], high: Sequence[int], rng: np.random.Generator
) -> tuple[Ints, bool]:
    """Ways to cover a dimension, int64[F, slots], and whether they are all.

    Args:
        size: of the dimension.
        low: smallest factor of each slot, innermost first.
        high: largest factor of each.
        rng: draws them where they are too many.
    """
    rows = np.ones((1, 0), np.int64)
    left = np.array([size])
    for least, most in zip(low[:-1], high[:-1], strict=True):
        reach = np.maximum(np.minimum(left, most) - least + 1, 0)
        if int(reach.sum()) > MOST_ROWS:
            return _drawn(size, low, high, rng), False
        row = np.repeat(np.arange(len(rows)), reach)
        start = np.repeat(np.cumsum(reach) - reach, reach)
        factor = least + np.arange(len(row)) - start
        rows = np.concatenate([rows[row], factor[:, np.newaxis]], axis=1)
        left = -(-left[row] // factor)
    good = (left >= low[-1]) & (left <= high[-1])
    return np.concatenate([rows[good], left[good, np.newaxis]], axis=1), True


def _drawn(size: int, low: Sequence[int], high: Sequence[int], rng: np.random.Generator) -> Ints:
    """Small factors as often as large ones, on a scale of logarithms."""
    count = 2 * MOST_ROWS
    rows = np.ones((count, len(low)), np.int64)
    left = np.full(count, size)
    # Slots in any order would each get their share; from the innermost the outer ones get little.
    for s, (least, most) in enumerate(zip(low[:-1], high[:-1], strict=True)):
        largest = np.minimum(left, most)
        power = rng.random(count) * (rng.random(count) < 0.7)
        drawn = np.floor((largest + 1.0) ** power).astype(np.int64)
        rows[:, s] = np.clip(drawn, least, np.maximum(largest, least))
        left = -(-left // rows[:, s])
    rows[:, -1] = left
    good = (rows >= np.array(low)).all(axis=1) & (rows <= np.array(high)).all(axis=1)
    good &= covers([size], rows.T[:, np.newaxis, :])
    return np.unique(rows[good], axis=0)[:MOST_ROWS]
