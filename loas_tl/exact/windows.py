"""Tensors indexed by sums, such as a convolution's input by P+R: words that tiles share.

The nest sees such a tensor as if each of the sum's dimensions were an axis of its own: one place
for each pair (p, r), the word at p+r repeated. What is computed, and what is empty, is then exact
as it stands. Words that move are counted at those places only where they are *fresh*:

- of a tile, the first place of each word;
- of copies in space that want the same words at the same time, the first;
- of words that the tile before had, none. Which tile that was follows from the loop in time that
  has just gone on: those inside it stand at their ends before, and at their beginnings now.

All of it depends on where a place lies in its tile, not on where the tile lies: each loop that may
have gone on gives one function on the tile, and the places it applies to are given by digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from loas_tl.exact.arrays import Factor
from loas_tl.exact.events import Crossing
from loas_tl.exact.nest import Nest, Positions

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Terms = list[list[Factor]]
"""Products of functions, of which the sum says how often each place is fresh."""


@dataclass(frozen=True)
class Fresh:
    """Where a tensor's words are fresh when they cross a boundary.

    Attributes:
        nest: the loops.
        tensor: its index.
        crossing: the boundary.
        multicast: whether copies that want the same words share an access.
        keeps: whether the inner level keeps a tile while loops move it on.
    """

    nest: Nest
    tensor: int
    crossing: Crossing
    multicast: bool
    keeps: bool

    @property
    def shares(self) -> bool:
        """Whether copies at different places of a window share accesses."""
        return self.multicast and not self._first_copies.all()

    def leaving(self) -> Terms:
        """Of words that leave the outer level: copies that want the same count once."""
        copies = self._first_copies if self.multicast else None
        return self._terms(copies)

    def arriving(self) -> Terms:
        """Of words that arrive in the inner level's copies."""
        return self._terms(None)

    @property
    def _axes(self) -> tuple[int, ...]:
        return self.nest.tensors[self.tensor]

    @cached_property
    def _tile(self) -> tuple[int, ...]:
        """Indices of each axis inside a tile."""
        return tuple(self.nest.product(self.crossing.inside, [d]) for d in self._axes)

    def _coordinates(self, offsets: list[Ints]) -> Ints:
        """int64[ranks, ...]: the word at each combination of indices, one array an axis."""
        return coordinates(self.nest, self.tensor, offsets)

    @cached_property
    def _inside(self) -> Ints:
        """Words of a tile, by place in it."""
        return self._coordinates([np.arange(side) for side in self._tile])

    def _terms(self, copies: Bools | None) -> Terms:
        if self.crossing.inner is None:
            return [[] if copies is None else [Factor(self._axes, copies)]]
        whole = _firsts(self._inside)
        if not self.keeps:
            return [[self._factor(whole, copies)]]
        moving = self._moving()
        terms: Terms = []
        # The very first tile is fetched whole.
        for gone_on in (None, *moving):
            at = []
            back = dict.fromkeys(self._axes, 0)
            for p in moving:
                if p == gone_on:
                    at.append(self._digit(p, first=False))
                    self._step(back, p, -1)
                    break
                at.append(self._digit(p, first=True))
                self._step(back, p, self.nest.loops[p].bound - 1)
            fresh = whole
            if gone_on is not None:
                shift = self._coordinates([np.array([back[d]]) for d in self._axes])
                fresh = whole & ~_among(self._inside, self._inside + shift)
            terms.append([self._factor(fresh, copies), *at])
        return terms

    def _moving(self) -> list[int]:
        """Loops in time around the tile, innermost first, but those that leave it where it is."""
        first = 0 if self.crossing.inner is None else self.crossing.inner + 1
        return [
            p
            for p, loop in enumerate(self.nest.loops)
            if loop.level >= first
            and not loop.axis
            and loop.bound > 1
            and p not in self.crossing.stays
        ]

    def _step(self, back: dict[int, int], position: int, times: int) -> None:
        dimension = self.nest.loops[position].dimension
        if dimension in back:
            back[dimension] += times * self.nest.stride(position)

    def _digit(self, position: int, *, first: bool) -> Factor:
        loop = self.nest.loops[position]
        index = np.arange(self.nest.sizes[loop.dimension])
        digit = index // self.nest.stride(position) % loop.bound
        return Factor((loop.dimension,), digit == 0 if first else digit > 0)

    def _factor(self, fresh: Bools, copies: Bools | None) -> Factor:
        """A function on a tile, repeated for every tile."""
        sizes = [self.nest.sizes[d] for d in self._axes]
        values = np.tile(
            fresh, [size // side for size, side in zip(sizes, self._tile, strict=True)]
        )
        return Factor(self._axes, values if copies is None else values & copies)

    @cached_property
    def _first_copies(self) -> Bools:
        """Which places belong to the first of all copies that want the same."""
        inner = -1 if self.crossing.inner is None else self.crossing.inner
        fan: Positions = frozenset(
            p
            for p, loop in enumerate(self.nest.loops)
            if loop.axis and inner < loop.level <= self.crossing.outer
        )
        offsets, places = [], []
        for d in self._axes:
            index = np.arange(self.nest.sizes[d])
            offset = np.zeros_like(index)
            for p in self.nest.where(fan, d):
                stride = self.nest.stride(p)
                offset += index // stride % self.nest.loops[p].bound * stride
            distinct, place = np.unique(offset, return_inverse=True)
            offsets.append(distinct)
            places.append(place)
        return _firsts(self._coordinates(offsets))[np.ix_(*places)]


def coordinates(nest: Nest, tensor: int, offsets: list[Ints]) -> Ints:
    """int64[ranks, ...]: a tensor's coordinates at each combination of its axes' indices."""
    axes = nest.tensors[tensor]
    grid = np.meshgrid(*offsets, indexing="ij", sparse=True)
    shape = tuple(len(offset) for offset in offsets)
    found = []
    for rank in nest.ranks[tensor]:
        total = np.zeros(shape, np.int64)
        for dimension, coefficient in rank:
            total = total + coefficient * grid[axes.index(dimension)]
        found.append(total)
    return np.stack(found)


def words_of(nest: Nest, tensor: int, inside: Positions) -> int:
    """Words of a tile: those that its loops touch."""
    axes = nest.tensors[tensor]
    sides = [np.arange(nest.product(inside, [d])) for d in axes]
    return int(_firsts(coordinates(nest, tensor, sides)).sum())


def spread_out(nest: Nest, tensor: int, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A tensor's values at every place, one axis for each of its dimensions."""
    places = coordinates(nest, tensor, [np.arange(nest.sizes[d]) for d in nest.tensors[tensor]])
    return values[tuple(places)]


def shape_of(nest: Nest, tensor: int) -> tuple[int, ...]:
    """A tensor's shape, one axis a rank."""
    return tuple(
        1 + sum(coefficient * (nest.sizes[d] - 1) for d, coefficient in rank)
        for rank in nest.ranks[tensor]
    )


def distinct_in_tiles(nest: Nest, tensor: int, mask: Bools, inside: Positions) -> Ints:
    """Non-zeros of every tile, each word once."""
    axes = nest.tensors[tensor]
    sides = [nest.product(inside, [d]) for d in axes]
    first = _firsts(coordinates(nest, tensor, [np.arange(side) for side in sides]))
    counts = [size // side for size, side in zip(mask.shape, sides, strict=True)]
    split = [part for pair in zip(counts, sides, strict=True) for part in pair]
    counted = (mask & np.tile(first, counts)).reshape(split)
    return counted.sum(axis=tuple(range(1, 2 * len(sides), 2)), dtype=np.int64).ravel()


def _firsts(words: Ints) -> Bools:
    """Which places have a word for the first time, in the order of places."""
    shape = words.shape[1:]
    flat = words.reshape(len(words), -1).T
    _, first = np.unique(flat, axis=0, return_index=True)
    found = np.zeros(math.prod(shape), np.bool_)
    found[first] = True
    return found.reshape(shape)


def _among(words: Ints, others: Ints) -> Bools:
    """Which words are among others."""
    known = set(map(tuple, others.reshape(len(others), -1).T.tolist()))
    flat = words.reshape(len(words), -1).T.tolist()
    return np.array([tuple(word) in known for word in flat]).reshape(words.shape[1:])
