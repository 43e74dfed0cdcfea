"""Going through all mappings of a small space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from math import factorial, prod

import numpy as np

from loas_tl.timeloop.mapper.loops import Ints, Mappings
from loas_tl.timeloop.mapper.space import Space, split_after

MOST_FACTORS = 5_000_000
"""Combinations of factors beyond which a space is not even counted."""
_AT_ONCE = 65_536


@dataclass(frozen=True)
class Enumeration:
    """All mappings of a space, in a fixed order.

    Orders that come to the same may be among them where loops of one iteration count.

    Attributes:
        space: the space.
    """

    space: Space

    @property
    def countable(self) -> bool:
        """Whether counting the mappings is quick."""
        return self.space.complete and self.combinations <= MOST_FACTORS

    @property
    def fewest(self) -> int:
        """A quick bound from below, if the fan-outs allow every combination of factors."""
        spatial = any(slot.spatial for slot in self.space.bounds.slots)
        return 0 if spatial else self.combinations * len(self.space.bounds.keeps)

    @property
    def combinations(self) -> int:
        """Of the factors of each dimension, whether or not they fit the fan-outs."""
        return prod(len(rows) for rows in self.space.factors)

    @cached_property
    def _counts(self) -> tuple[Ints, Ints]:
        """Combinations of factors that can be laid out at all, and nests of each."""
        kept, counts = [], []
        for first in range(0, self.combinations, _AT_ONCE):
            index = np.arange(first, min(first + _AT_ONCE, self.combinations))
            factors = self._factors(index)
            orders, splits = self._choices(factors)
            count = orders.prod(axis=0) * splits.prod(axis=0)
            possible = self._may_fit(factors)
            kept.append(index[possible])
            counts.append(count[possible])
        return np.concatenate(kept), np.concatenate(counts)

    @cached_property
    def size(self) -> int:
        """Mappings in all; some of a two-dimensional fan-out's splits may still not fit."""
        return int(self._counts[1].sum()) * len(self.space.bounds.keeps)

    def batches(self, at_once: int, first: int = 0) -> Iterator[Mappings]:
        """All mappings from number ``first`` on, in batches of up to ``at_once``.

        Mappings that do not fit the fan-outs are left out, so batches may be smaller.
        """
        for start in range(first, self.size, at_once):
            yield self.batch(start, min(start + at_once, self.size))

    @cached_property
    def _ends(self) -> Ints:
        return np.cumsum(self._counts[1])

    def batch(self, start: int, stop: int) -> Mappings:
        """Mappings number ``start`` up to ``stop``: all that keep tensors one way, then others."""
        index, ends = self._counts[0], self._ends
        keep, number = np.divmod(np.arange(start, stop), ends[-1])
        which = np.searchsorted(ends, number, side="right")
        before = np.where(which > 0, ends[which - 1], 0)
        rest = number - before
        factors = self._factors(index[which])
        orders, splits = self._choices(factors)
        slots, _, batch = factors.shape
        order = np.empty_like(factors)
        split = np.empty((slots, batch), np.int64)
        for s in range(slots):
            order[s] = self._order(s, factors[s], rest % orders[s])
            rest = rest // orders[s]
            options = np.array(self.space.bounds.splits[s])
            split[s] = options[0]
            if len(options) > 1:  # on the X axis the first so many loops that do anything
                split[s] = split_after(rest % splits[s], factors[s], order[s])
            rest = rest // splits[s]
        mappings = self.space.canonical(Mappings(factors, order, split, keep))
        return mappings.take(self.space.fits(mappings))

    def _factors(self, index: Ints) -> Ints:
        slots = len(self.space.bounds.slots)
        factors = np.empty((slots, len(self.space.factors), len(index)), np.int64)
        rest = index
        for d, rows in enumerate(self.space.factors):
            factors[:, d] = rows[rest % len(rows)].T
            rest = rest // len(rows)
        return factors

    def _free(self, s: int, factors: Ints) -> Ints:
        """How many loops of a slot can be put in any order."""
        if not self.space.permutes[s]:
            return np.zeros(factors.shape[-1], np.int64)
        free = [d for d in range(factors.shape[0]) if d not in self.space.bounds.first[s]]
        if any(self.space.pinned[s]):
            return np.full(factors.shape[-1], len(free))
        return (factors[free] > 1).sum(axis=0)

    def _choices(self, factors: Ints) -> tuple[Ints, Ints]:
        """Different orders and splits of each slot."""
        table = np.array([factorial(n) for n in range(factors.shape[1] + 1)])
        orders = np.stack([table[self._free(s, slot)] for s, slot in enumerate(factors)])
        splits = np.stack(
            [
                (slot > 1).sum(axis=0) + 1
                if len(self.space.bounds.splits[s]) > 1
                else np.ones(slot.shape[-1], np.int64)
                for s, slot in enumerate(factors)
            ]
        )
        return orders, splits

    def _order(self, s: int, factors: Ints, rank: Ints) -> Ints:
        """The ``rank``-th order of a slot's loops that do more than one iteration."""
        plain = self.space.plain_order(s)
        first = list(self.space.bounds.first[s])
        rest = plain[len(first) :, 0].tolist()
        order = np.tile(plain, (1, len(rank)))
        if not self.space.permutes[s]:
            return order
        busy = (factors[rest] > 1) | any(self.space.pinned[s])
        pattern = (busy * (1 << np.arange(len(rest)))[:, np.newaxis]).sum(axis=0)
        for code in np.unique(pattern).tolist():
            mine = np.flatnonzero(pattern == code)
            loops = [d for i, d in enumerate(rest) if code >> i & 1]
            idle = [d for i, d in enumerate(rest) if not code >> i & 1]
            table = np.array([[*first, *idle, *loops] for loops in permutations(loops)])
            order[:, mine] = table[rank[mine]].T
        return order

    def _may_fit(self, factors: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        fits = np.ones(factors.shape[-1], bool)
        for s, slot in enumerate(self.space.bounds.slots):
            if slot.spatial:
                level = self.space.machine.levels[slot.level]
                fits &= factors[s].prod(axis=0) <= level.fanout_x * level.fanout_y
        return fits
