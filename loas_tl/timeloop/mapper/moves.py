"""Small changes of mappings, and mixtures of two: how a search gets from good to better."""

from __future__ import annotations

from functools import cache

import numpy as np

from loas_tl.timeloop.mapper.loops import Bools, Ints, Mappings
from loas_tl.timeloop.mapper.remainders import covers_each
from loas_tl.timeloop.mapper.space import Space

_AGAIN = 0.35
"""Chance of one more change after each."""
_MOST_CHANGES = 4
_LARGEST_PRIME = 64
_MOST_ROWS = 100
"""Factors of a dimension that are next to each other where none is a small step from another."""


def mutate(space: Space, rng: np.random.Generator, mappings: Mappings) -> Mappings:
    """Each mapping with one to a few random changes.

    A change moves a prime factor of a dimension from one slot to another, swaps a dimension's
    factors in two slots, swaps two loops of a slot, or moves the split of a fan-out. What the
    bounds do not allow stays as it was; fan-outs are not looked at.
    """
    factors, order = mappings.factors.copy(), mappings.order.copy()
    split = mappings.split.copy()
    batch = len(mappings)
    active = np.ones(batch, bool)
    kinds = _kinds(space)
    if not kinds.any():
        return mappings  # the only one
    for _ in range(_MOST_CHANGES):
        kind = rng.choice(len(kinds), size=batch, p=kinds / kinds.sum())
        _move_factors(space, rng, factors, np.flatnonzero(active & (kind == 0)))
        _swap_factors(space, rng, factors, np.flatnonzero(active & (kind == 1)))
        _swap_loops(space, rng, factors, order, np.flatnonzero(active & (kind == 2)))
        _move_split(space, rng, split, np.flatnonzero(active & (kind == 3)))
        active &= rng.random(batch) < _AGAIN
        if not active.any():
            break
    return Mappings(factors, order, split, mappings.keep)


def _kinds(space: Space) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(
        [
            4.0 * any(len(rows) > 1 for rows in space.factors),
            1.0 * any(len(rows) > 1 for rows in space.factors),
            3.0 * any(space.permutes),
            1.0 * any(len(splits) > 1 for splits in space.bounds.splits),
        ]
    )


def _pick(rng: np.random.Generator, possible: np.ndarray) -> Ints:
    """A random possible row of each column; row 0 where none is."""
    return np.argmax(rng.random(possible.shape) * possible, axis=0)


def _dimensions(space: Space, rng: np.random.Generator, count: int) -> Ints:
    """Random dimensions that have a choice."""
    choice = [d for d, rows in enumerate(space.factors) if len(rows) > 1]
    return np.array(choice)[rng.integers(len(choice), size=count)]


def _move_factors(space: Space, rng: np.random.Generator, factors: Ints, at: Ints) -> None:
    if not len(at):
        return
    high = np.array(space.bounds.most)
    d = _dimensions(space, rng, len(at))
    mine = factors[:, d, at]
    source = _pick(rng, mine > 1)
    target = _pick(rng, (high[:, d] > 1) & (np.arange(len(high))[:, np.newaxis] != source))
    rows = np.arange(len(at))
    value = mine[source, rows]
    prime = _random_prime(rng, value)
    changed = mine.copy()
    changed[source, rows] //= prime
    changed[target, rows] *= prime
    if space.bounds.imperfect:
        # What is left over does not move; draw anew, half of the time where all may run short.
        anew = _is_short(space, d) | (rng.random(len(at)) < (0.5 if space.bounds.ruby else 0.0))
        for i in np.flatnonzero(anew).tolist():
            choice = space.factors[int(d[i])]
            changed[:, i] = choice[rng.integers(len(choice))]
    _accept(space, factors, changed, d, at)


def _is_short(space: Space, d: Ints) -> Bools:
    """Whether the factors given for dimensions do not divide them."""
    return np.isin(d, list(space.bounds.short))


@cache
def _primes_up_to(largest: int) -> Ints:
    """Primes, and 1 last, int64[primes + 1, 1]."""
    primes = [p for p in range(2, largest + 1) if all(p % q for q in range(2, p))]
    return np.array([*primes, 1])[:, np.newaxis]


def _random_prime(rng: np.random.Generator, values: Ints) -> Ints:
    """A prime factor of each value, or now and then a larger divisor; 1 of 1."""
    table = _primes_up_to(min(int(values.max(initial=1)), _LARGEST_PRIME))
    divides = (values % table == 0) & ((table > 1) | ~(values % table[:-1] == 0).any(axis=0))
    prime = table[_pick(rng, divides), 0]
    prime = np.where((prime == 1) & (values > 1), values, prime)  # a prime beyond the table
    whole = rng.random(values.shape) < 0.2
    return np.where(whole, values, prime)


def _swap_factors(space: Space, rng: np.random.Generator, factors: Ints, at: Ints) -> None:
    if not len(at):
        return
    d = _dimensions(space, rng, len(at))
    mine = factors[:, d, at]
    one = _pick(rng, mine > 1)
    other = _pick(rng, np.arange(len(mine))[:, np.newaxis] != one)
    rows = np.arange(len(at))
    changed = mine.copy()
    changed[one, rows], changed[other, rows] = mine[other, rows], mine[one, rows]
    if space.bounds.short:
        changed = np.where(_is_short(space, d), mine, changed)
    _accept(space, factors, changed, d, at)


def _accept(space: Space, factors: Ints, changed: Ints, d: Ints, at: Ints) -> None:
    """Takes over one dimension's new factors where the bounds allow them."""
    low = np.array(space.bounds.least)[:, d]
    high = np.array(space.bounds.most)[:, d]
    good = ((changed >= low) & (changed <= high)).all(axis=0)
    if space.bounds.short:
        good |= _is_short(space, d)  # drawn from all there are
    if space.bounds.ruby:
        sizes = np.array(space.machine.sizes)[d]
        good &= covers_each(sizes, changed)
    factors[:, d[good], at[good]] = changed[:, good]


def _swap_loops(
    space: Space, rng: np.random.Generator, factors: Ints, order: Ints, at: Ints
) -> None:
    slots = [s for s, free in enumerate(space.permutes) if free]
    if not len(at) or not slots:
        return
    chosen = np.array(slots)[rng.integers(len(slots), size=len(at))]
    for s in slots:
        here = at[chosen == s]
        if not len(here):
            continue
        fixed = len(space.bounds.first[s])
        mine = order[s][:, here]
        place = np.arange(len(mine))[:, np.newaxis]
        # Loops of one iteration have no order, so swap two that have more, where there are two.
        busy = np.take_along_axis(factors[s][:, here], mine, axis=0) > 1
        if any(space.pinned[s]):
            busy |= rng.random(len(here)) < 0.5
        busy &= place >= fixed
        one = _pick(rng, busy)
        other = _pick(rng, busy & (place != one))
        rows = np.arange(len(here))
        swapped = mine.copy()
        swapped[one, rows], swapped[other, rows] = mine[other, rows], mine[one, rows]
        can = busy.sum(axis=0) > 1
        order[s][:, here[can]] = swapped[:, can]


def _move_split(space: Space, rng: np.random.Generator, split: Ints, at: Ints) -> None:
    for s, splits in enumerate(space.bounds.splits):
        if len(splits) > 1 and len(at):
            split[s, at] = np.array(splits)[rng.integers(len(splits), size=len(at))]


def cross(rng: np.random.Generator, mothers: Mappings, fathers: Mappings) -> Mappings:
    """Mixtures: the factors of each dimension and the order of each slot from either parent."""
    slots, dimensions, batch = mothers.factors.shape
    by_dimension = rng.random((dimensions, batch)) < 0.5
    by_slot = rng.random((slots, batch)) < 0.5
    return Mappings(
        np.where(by_dimension, mothers.factors, fathers.factors),
        np.where(by_slot[:, np.newaxis], mothers.order, fathers.order),
        np.where(by_slot, mothers.split, fathers.split),
        np.where(rng.random(batch) < 0.5, mothers.keep, fathers.keep),
    )


def neighbours(space: Space, mapping: Mappings) -> Mappings:
    """All mappings one change away from a single one.

    Each prime factor in each other slot, each pair of a slot's loops swapped, each other split.
    """
    factors, order = mapping.factors[:, :, 0], mapping.order[:, :, 0]
    split = mapping.split[:, 0]
    found: list[tuple[Ints, Ints, Ints]] = []
    slots, dimensions = factors.shape
    for d in range(dimensions):
        if d in space.bounds.short:
            for row in space.factors[d][:_MOST_ROWS]:
                changed = factors.copy()
                changed[:, d] = row
                found.append((changed, order, split))
            continue
        for source in range(slots):
            value = int(factors[source, d])
            for prime in _prime_factors(value):
                for target in range(slots):
                    if target == source or space.bounds.most[target][d] == 1:
                        continue
                    changed = factors.copy()
                    changed[source, d] //= prime
                    changed[target, d] *= prime
                    found.append((changed, order, split))
    for s, free in enumerate(space.permutes):
        if not free:
            continue
        pinned = any(space.pinned[s])
        places = range(len(space.bounds.first[s]), dimensions)
        busy = [i for i in places if pinned or factors[s, order[s, i]] > 1]
        for i, one in enumerate(busy):
            for other in busy[i + 1 :]:
                swapped = order.copy()
                swapped[s, one], swapped[s, other] = order[s, other], order[s, one]
                found.append((factors, swapped, split))
    for s, splits in enumerate(space.bounds.splits):
        for option in splits:
            if option != split[s]:
                moved = split.copy()
                moved[s] = option
                found.append((factors, order, moved))
    if not found:
        return mapping.take(np.zeros(0, np.int64))
    result = Mappings(
        np.stack([entry[0] for entry in found], axis=-1),
        np.stack([entry[1] for entry in found], axis=-1),
        np.stack([entry[2] for entry in found], axis=-1),
        np.full(len(found), mapping.keep[0]),
    )
    return result.take(space.allows(result.factors))


def _prime_factors(value: int) -> list[int]:
    primes, p = [], 2
    while p * p <= value:
        if value % p == 0:
            primes.append(p)
            while value % p == 0:
                value //= p
        p += 1
    return primes + ([value] if value > 1 else [])
