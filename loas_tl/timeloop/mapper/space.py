"""The mappings a search chooses from: factors, orders, splits and what is kept.

Orders that differ only in loops of one iteration are one mapping, and such loops stand innermost,
except where Timeloop's model looks at them: the innermost loop of all, and the outermost loop of a
level, name the dimension that blocks of several words are laid along when it works out what gating
and skipping wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import comb, factorial, prod

import numpy as np

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper.bounds import Bounds
from loas_tl.timeloop.mapper.emptied import no_factors, too_narrow, unlikely
from loas_tl.timeloop.mapper.loops import Bools, Ints, Mappings
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.remainders import beside_given, covers, rows_of, with_given

MOST_FACTORISATIONS = 400_000
"""Factorisations of one dimension that are listed; of more, that many are drawn at random."""
MANY_SLOTS = 40
"""Slots of a mapping from which on fewer are listed."""
TRIES = 200
"""Batches of random mappings drawn before giving up on one that fits the fan-outs."""


@dataclass(frozen=True)
class Space:
    """A search space.

    Attributes:
        machine: what mappings run on.
        bounds: what is allowed.
        factors: for each dimension int64[F, slots], its factorisations.
        complete: whether those are all.
    """

    machine: Machine
    bounds: Bounds
    factors: tuple[Ints, ...]
    complete: bool

    @classmethod
    def of(cls, machine: Machine, bounds: Bounds, seed: int) -> Space:
        """Lists the factorisations.

        Raises:
            InputError: a dimension has none that the constraints allow, or a fan-out has no room
                for those that it has.
        """
        listed, complete = [], True
        listed_of = cache(_factorisations)  # dimensions of one size and bounds have the same
        for d in range(len(machine.dimensions)):
            low = [least[d] for least in bounds.least]
            high = [most[d] for most in bounds.most]
            if bounds.ruby:
                rng = np.random.default_rng((seed, d))
                rows, is_complete = rows_of(machine.sizes[d], low, high, rng)
            elif d in bounds.short:
                left, least, most = beside_given(machine.sizes[d], bounds.given(d), low, high)
                rows, is_complete = listed_of(left, tuple(least), tuple(most), seed)
                rows = with_given(machine.sizes[d], bounds.given(d), rows)
            else:
                rows, is_complete = listed_of(machine.sizes[d], tuple(low), tuple(high), seed)
            if not len(rows):
                raise InputError(no_factors(machine, bounds, d), key="architecture")
            listed.append(rows)
            complete &= is_complete
        narrow = too_narrow(machine, bounds, tuple(listed))
        if narrow is not None:
            raise InputError(narrow, key="architecture")
        return cls(machine, bounds, tuple(listed), complete)

    @cached_property
    def pinned(self) -> tuple[tuple[bool, bool], ...]:
        """For each slot whether its innermost and its outermost loop count even when idle."""
        machine = self.machine
        blocks = any(level.block_size > 1 for level in machine.levels)
        result = []
        for s, slot in enumerate(self.bounds.slots):
            level = machine.levels[slot.level]
            free = not self.bounds.first[s] and bool(machine.actions)
            if slot.spatial:
                result.append((False, free and slot.level == 0))
            elif level.spatial:
                result.append((False, False))
            else:
                innermost = slot.level == 0 and not machine.levels[0].spatial
                result.append((free and blocks and innermost, free and level.block_size > 1))
        return tuple(result)

    @cached_property
    def permutes(self) -> tuple[bool, ...]:
        """For each slot, whether the order of its loops can make a difference."""
        machine = self.machine
        count = len(machine.dimensions)
        plain = all(tensor.separable for tensor in machine.tensors) and not machine.sparse
        units_fan_out = machine.levels[0].spatial
        result = []
        for s, slot in enumerate(self.bounds.slots):
            if count - len(self.bounds.first[s]) < 2:
                result.append(False)
            elif any(self.pinned[s]):
                result.append(True)
            elif self._fixed(s):
                result.append(False)
            elif slot.spatial:
                two_ways = len(self.bounds.splits[s]) > 1 or self.bounds.splits[s][0] not in (
                    0,
                    count,
                )
                result.append(machine.sparse or two_ways or slot.level == 0)
            else:
                result.append(not plain or units_fan_out or slot.level > 0)
        return tuple(result)

    def _fixed(self, s: int) -> bool:
        """Whether at most one dimension can have a loop in the slot."""
        return sum(most > 1 for most in self.bounds.most[s]) < 2

    @cached_property
    def size(self) -> int:
        """Mappings of the space, counting orders of loops of one iteration, as Timeloop does."""
        count = len(self.machine.dimensions)
        orders = prod(
            factorial(count - len(self.bounds.first[s]))
            for s, free in enumerate(self.permutes)
            if free
        )
        splits = prod(len(splits) for splits in self.bounds.splits)
        factors = prod(len(rows) for rows in self.factors)
        return factors * orders * splits * len(self.bounds.keeps)

    def sample(self, rng: np.random.Generator, count: int, keep: int | None = None) -> Mappings:
        """Random mappings that fit the fan-outs; fewer than asked for where those are rare.

        Args:
            rng: source of randomness.
            count: how many.
            keep: the way to keep tensors; by default any.

        Raises:
            InputError: none was found.
        """
        found: list[Mappings] = []
        total = 0
        for attempt in range(TRIES):
            drawn = self._draw(rng, max(1024, 2 * count), keep)
            fits = self.fits(drawn)
            if fits.any():
                found.append(drawn.take(fits))
                total += len(found[-1])
            if total >= count or (total and attempt >= 20):
                break
        if not found:
            raise InputError(
                unlikely(self.machine, self.bounds, TRIES * max(1024, 2 * count)),
                key="architecture",
            )
        mappings = Mappings.join(found)
        return self.canonical(mappings.take(np.arange(min(count, total))))

    def _draw(self, rng: np.random.Generator, count: int, keep: int | None) -> Mappings:
        slots, dimensions = len(self.bounds.slots), len(self.machine.dimensions)
        factors = np.empty((slots, dimensions, count), np.int64)
        for d, rows in enumerate(self.factors):
            factors[:, d] = rows[rng.integers(len(rows), size=count)].T
        order = np.empty_like(factors)
        split = np.empty((slots, count), np.int64)
        for s in range(slots):
            order[s] = self.orders(rng, s, count)
            options = np.array(self.bounds.splits[s])
            split[s] = options[rng.integers(len(options), size=count)]
        keeps = rng.integers(len(self.bounds.keeps), size=count)
        return Mappings(factors, order, split, keeps if keep is None else np.full(count, keep))

    def orders(self, rng: np.random.Generator, s: int, count: int) -> Ints:
        """Random orders of a slot's loops, int64[dimensions, count]."""
        order = np.tile(self.plain_order(s), (1, count))
        if self.permutes[s]:
            rest = order[len(self.bounds.first[s]) :]
            shuffle = np.argsort(rng.random(rest.shape), axis=0)
            order[len(self.bounds.first[s]) :] = np.take_along_axis(rest, shuffle, axis=0)
        return order

    def plain_order(self, s: int) -> Ints:
        """The order of a slot's loops where nothing depends on it, int64[dimensions, 1]."""
        first = self.bounds.first[s]
        rest = [d for d in range(len(self.machine.dimensions)) if d not in first]
        return np.array([*first, *rest])[:, np.newaxis]

    def fits(self, mappings: Mappings) -> Bools:
        """Whether mappings respect the fan-outs, the least parallelism and the most loops."""
        fits = np.ones(len(mappings), bool)
        used, available = np.ones(len(mappings)), 1.0
        for s, slot in enumerate(self.bounds.slots):
            if not slot.spatial:
                continue
            level = self.machine.levels[slot.level]
            bound = np.take_along_axis(mappings.factors[s], mappings.order[s], axis=0)
            on_x = np.arange(len(bound))[:, np.newaxis] < mappings.split[s]
            along_x = np.where(on_x, bound, 1).prod(axis=0)
            along_y = np.where(on_x, 1, bound).prod(axis=0)
            fits &= (along_x <= level.fanout_x) & (along_y <= level.fanout_y)
            used = used * along_x * along_y
            available *= level.fanout_x * level.fanout_y
        np.logical_and(fits, used / available >= self.bounds.least_parallelism, out=fits)
        if self.bounds.most_temporal_loops is not None:
            temporal = [s for s, slot in enumerate(self.bounds.slots) if not slot.spatial]
            loops = (mappings.factors[temporal] > 1).sum(axis=(0, 1))
            np.logical_and(fits, loops <= self.bounds.most_temporal_loops, out=fits)
        return fits

    def allows(self, factors: Ints) -> Bools:
        """Whether factors, int64[slots, dimensions, B], are within the bounds."""
        low = np.array(self.bounds.least)[:, :, np.newaxis]
        high = np.array(self.bounds.most)[:, :, np.newaxis]
        within = np.asarray(((factors >= low) & (factors <= high)).all(axis=0))
        within[list(self.bounds.short)] = True  # of those, only what is listed is ever tried
        allowed = np.asarray(within.all(axis=0))
        if self.bounds.ruby:
            allowed &= covers(self.machine.sizes, factors)
        return allowed

    def canonical(self, mappings: Mappings) -> Mappings:
        """The same mappings, those that are the same being equal."""
        dimensions = len(self.machine.dimensions)
        order = mappings.order.copy()
        split = mappings.split.copy()
        position = np.arange(dimensions)[:, np.newaxis]
        for s, slot in enumerate(self.bounds.slots):
            if not self.permutes[s]:
                order[s] = self.plain_order(s)
            if slot.spatial and self._split_is_given(s):
                continue
            bound = np.take_along_axis(mappings.factors[s], order[s], axis=0)
            on_x = ((bound > 1) & (position < split[s])).sum(axis=0)
            first, last = self.pinned[s]
            idle = bound == 1
            idle[: len(self.bounds.first[s]) + first] = False
            idle[dimensions - last :] = False
            key = np.where(idle, order[s] - dimensions, position)
            key[: len(self.bounds.first[s]) + first] -= 2 * dimensions
            order[s] = np.take_along_axis(order[s], np.argsort(key, axis=0, kind="stable"), axis=0)
            if slot.spatial and len(self.bounds.splits[s]) > 1:
                split[s] = split_after(on_x, mappings.factors[s], order[s])
        return Mappings(mappings.factors, order, split, mappings.keep)

    def _split_is_given(self, s: int) -> bool:
        count = len(self.machine.dimensions)
        return len(self.bounds.splits[s]) == 1 and self.bounds.splits[s][0] not in (0, count)


def split_after(count: Ints, factors: Ints, order: Ints) -> Ints:
    """The split that has the first ``count`` loops that do anything on the X axis.

    Args:
        count: int64[B].
        factors: of one slot, int64[dimensions, B].
        order: of the slot, int64[dimensions, B].
    """
    busy = np.take_along_axis(factors, order, axis=0) > 1
    on_x = np.cumsum(busy, axis=0) <= count
    return np.where(on_x.all(axis=0), len(order), on_x.argmin(axis=0))


def _factorisations(
    size: int, low: Sequence[int], high: Sequence[int], seed: int
) -> tuple[Ints, bool]:
    """All ways to write ``size`` as a product with one factor for each slot, within bounds."""
    free = sum(most > 1 for most in high)
    primes = _primes(size)
    total = prod(comb(n + max(free, 1) - 1, n) for n in primes.values())
    few = len(low) <= MANY_SLOTS
    if total > (8 if few else 1) * _most(len(low)):
        return _some_factorisations(primes, low, high, seed), False
    rows = np.ones((1, 0), np.int64)
    left = np.array([size])
    divisors = _divisors(primes)
    for i, (least, most) in enumerate(zip(low, high, strict=True)):
        options = divisors[(divisors >= least) & (divisors <= most)]
        if i == len(low) - 1:
            good = (left >= least) & (left <= most)
            return np.concatenate([rows[good], left[good, np.newaxis]], axis=1), True
        row, column = np.nonzero(left[:, np.newaxis] % options == 0)
        rows = np.concatenate([rows[row], options[column, np.newaxis]], axis=1)
        left = left[row] // options[column]
    return rows, True


def _most(slots: int) -> int:
    """How many factorisations are listed: of very many slots few, that it does not take minutes."""
    return min(MOST_FACTORISATIONS, MOST_FACTORISATIONS * MANY_SLOTS**3 // slots**3)


def _some_factorisations(
    primes: dict[int, int], low: Sequence[int], high: Sequence[int], seed: int
) -> Ints:
    rng = np.random.default_rng(seed)
    free = [s for s, most in enumerate(high) if most > 1]
    most = _most(len(low))
    rows = np.ones((4 * most, len(low)), np.int64)
    for prime, power in primes.items():
        for _ in range(power):
            at = np.array(free)[rng.integers(len(free), size=len(rows))]
            rows[np.arange(len(rows)), at] *= prime
    good = ((rows >= np.array(low)) & (rows <= np.array(high))).all(axis=1)
    if len(low) <= MANY_SLOTS:
        return np.unique(rows[good], axis=0)[:most]
    # Of long rows the sorting would take the time of the search.
    keys = rng.integers(0, 2**64, size=len(low), dtype=np.uint64) | np.uint64(1)
    _, first = np.unique((rows[good].astype(np.uint64) * keys).sum(axis=1), return_index=True)
    return rows[good][first[:most]]


def _primes(size: int) -> dict[int, int]:
    primes: dict[int, int] = {}
    prime = 2
    while size > 1:
        while size % prime == 0:
            primes[prime] = primes.get(prime, 0) + 1
            size //= prime
        prime += 1
        if prime * prime > size > 1:
            primes[size] = primes.get(size, 0) + 1
            break
    return primes


def _divisors(primes: dict[int, int]) -> Ints:
    divisors = np.ones(1, np.int64)
    for prime, power in primes.items():
        divisors = np.unique(np.outer(divisors, prime ** np.arange(power + 1)))
    return divisors
