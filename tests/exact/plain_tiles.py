"""Tiles and formats, word by word: what the plain walk knows before anything moves."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping


class Tiles:
    """One mapping and one set of masks."""

    def __init__(self, machine: Machine, mapping: Mapping, masks: Any) -> None:
        self.machine = machine
        self.mapping = mapping
        self.masks = masks
        problem = machine.problem
        self.sizes = [problem.sizes[d] for d in problem.dimensions]
        index = {name: d for d, name in enumerate(problem.dimensions)}
        self.axes = [
            [index[rank[0].dimension] for rank in space.projection] for space in problem.data_spaces
        ]
        self.written = [space.read_write for space in problem.data_spaces]
        self.tensors = range(len(masks))
        # Loops, outermost first: (level, dimension, bound, axis).
        self.loops = [
            (level, loop.dimension, loop.bound, loop.axis)
            for level in reversed(range(len(mapping.levels)))
            for loop in reversed(mapping.levels[level].loops)
        ]
        self.points = list(self._points())
        self.kept = [
            [level for level in range(len(mapping.levels)) if mapping.levels[level].keep[t]]
            for t in self.tensors
        ]

    def _points(self) -> Any:
        """Every iteration: its counters and its index in each dimension, in order of time."""
        for counters in itertools.product(*(range(bound) for _, _, bound, _ in self.loops)):
            at = [0] * len(self.sizes)
            for (_, dimension, bound, _), counter in zip(self.loops, counters, strict=True):
                at[dimension] = at[dimension] * bound + counter
            yield counters, tuple(at)

    def _place(self, counters: Any, level: Any, *, space: Any) -> Any:
        """Counters of the loops outside a level: those in space, or those in time."""
        return tuple(
            c
            for c, (where, _, _, axis) in zip(counters, self.loops, strict=True)
            if where > level and bool(axis) == space
        )

    def _reach(self, level: Any) -> Any:
        """How far the loops inside a level's tile reach in each dimension."""
        reach = [1] * len(self.sizes)
        for where, dimension, bound, _ in self.loops:
            if where <= level:
                reach[dimension] *= bound
        return reach

    def _word(self, tensor: Any, at: Any) -> Any:
        return tuple(at[d] for d in self.axes[tensor])

    def _tile(self, tensor: Any, level: Any, at: Any) -> Any:
        """Which tile of a level an index lies in; level -1 is the compute level."""
        reach = self._reach(level)
        return tuple(at[d] // reach[d] for d in self.axes[tensor])

    def _tile_words(self, tensor: Any, level: Any, tile: Any) -> Any:
        reach = self._reach(level)
        return list(
            itertools.product(
                *(
                    range(i * reach[d], (i + 1) * reach[d])
                    for i, d in zip(tile, self.axes[tensor], strict=True)
                )
            )
        )

    # Tiles.

    def tiles(self, tensor: Any, level: Any) -> Any:
        return sorted({self._tile(tensor, level, at) for _, at in self.points})

    def sifted(self, tensor: Any, level: Any) -> Any:
        number = self.kept[tensor].index(level)
        outer = self.kept[tensor][number + 1] if number + 1 < len(self.kept[tensor]) else None
        return outer is not None and self.machine.levels[outer].formats[tensor] is not None

    def held_tiles(self, tensor: Any, level: Any) -> Any:
        return [
            tile
            for tile in self.tiles(tensor, level)
            if not self.sifted(tensor, level) or self._nonzeros(tensor, level, tile)
        ]

    def _nonzeros(self, tensor: Any, level: Any, tile: Any) -> Any:
        return sum(bool(self.masks[tensor][w]) for w in self._tile_words(tensor, level, tile))

    def _arrives(self, tensor: Any, level: Any, word: Any) -> Any:
        """Whether a word's tile came to a level: no level from here outwards had it sifted out."""
        at = [0] * len(self.sizes)
        for d, i in zip(self.axes[tensor], word, strict=True):
            at[d] = i
        return all(
            self._nonzeros(tensor, outer, self._tile(tensor, outer, at)) > 0
            for outer in self.kept[tensor]
            if outer >= level and self.sifted(tensor, outer)
        )

    # Formats.

    def rank_loops(self, tensor: Any, level: Any) -> Any:
        """The loops of each rank, outermost rank first: lists of numbers in ``self.loops``."""
        number = self.kept[tensor].index(level)
        inner = self.kept[tensor][number - 1] if number else -1
        form = self.machine.levels[level].formats[tensor]
        nested = (
            form is not None
            and form.compressed
            and inner >= 0
            and len(self._tile_words(tensor, inner, (0,) * len(self.axes[tensor]))) > 1
        )
        below = self.rank_loops(tensor, inner) if nested else []
        own = []
        for n, (where, dimension, _, _) in enumerate(self.loops):
            if inner < where <= level and dimension in self.axes[tensor]:
                own.append([n])
        if not nested:
            # The innermost loop of each dimension also takes what lies further inside.
            for dimension in self.axes[tensor]:
                mine = [group for group in own if self.loops[group[0]][1] == dimension]
                mine[-1] += [
                    n
                    for n, (where, d, _, _) in enumerate(self.loops)
                    if where <= inner and d == dimension
                ]
        own = [g for g in own if math.prod(self.loops[n][2] for n in g) > 1]
        ranks = 1 if form is None else len(form.ranks)
        result = []
        for rank in range(ranks - len(below)):
            flattened = form.ranks[ranks - 1 - rank].flattened if form is not None else None
            taken = []
            if form is None:
                taken = [n for g in own for n in g]
                own = []
            elif not flattened:
                taken = own.pop(0) if own else []
            elif own:
                groups = [g for g in flattened if self.loops[own[0][0]][1] in g]
                while groups and own and self.loops[own[0][0]][1] in groups[0]:
                    taken = taken + own.pop(0)
            result.append(taken)
        assert not own
        return result + below

    def metadata_words(self, tensor: Any, level: Any) -> Any:
        """word -> [(metadata, payload) of each rank, innermost first] that belong to it."""
        ranks = self.rank_loops(tensor, level)
        form = self.machine.levels[level].formats[tensor]
        words = list(np.ndindex(*self.masks[tensor].shape))
        digits = {word: self._digits(tensor, word) for word in words}
        result: Any = {word: [] for word in words}
        data = True
        below: list[int] = []
        for index, loops in enumerate(reversed(ranks)):
            fiber = math.prod(self.loops[n][2] for n in loops)
            if fiber == 1 and index != len(ranks) - 1:
                for word in words:
                    result[word].append((Fraction(0), Fraction(0)))
                continue
            coordinates = self._nonempty(tensor, words, digits, below)
            fibers = self._nonempty(tensor, words, digits, below + loops)
            size = math.prod(self.loops[n][2] for n in below)
            kind = form.ranks[index].format
            for word in words:
                there, fiber_there = coordinates[word], fibers[word]
                metadata = payload = Fraction(0)
                if kind == "uop":
                    payload = Fraction((fiber + 1) * fiber_there, fiber)
                elif kind in ("cp", "rle"):
                    metadata = payload = Fraction(int(there))
                elif kind == "b":
                    metadata, payload = Fraction(int(fiber_there)), Fraction(int(there))
                else:
                    metadata = payload = Fraction(1)
                result[word].append((metadata / size, Fraction(0) if data else payload / size))
            data = False
            below = below + loops
        return result

    def _digits(self, tensor: Any, word: Any) -> Any:
        """Each loop's counter, for the loops that matter to a tensor."""
        digits = {}
        for dimension, index in zip(self.axes[tensor], word, strict=True):
            for n in reversed(range(len(self.loops))):
                if self.loops[n][1] == dimension:
                    digits[n] = index % self.loops[n][2]
                    index //= self.loops[n][2]
        return digits

    def _nonempty(self, tensor: Any, words: Any, digits: Any, free: Any) -> Any:
        """Of each word, whether a word with the same counters but for the free ones is not zero."""
        full = set()
        for word in words:
            if self.masks[tensor][word]:
                full.add(tuple(sorted((n, c) for n, c in digits[word].items() if n not in free)))
        return {
            word: tuple(sorted((n, c) for n, c in digits[word].items() if n not in free)) in full
            for word in words
        }

    def metadata_of_tile(self, tensor: Any, level: Any, tile: Any) -> Any:
        words = self._metadata_cache(tensor, level)
        ranks = len(self.machine.levels[level].formats[tensor].ranks)
        total = [[Fraction(0), Fraction(0)] for _ in range(ranks)]
        for word in self._tile_words(tensor, level, tile):
            for rank, (m, p) in enumerate(words[word]):
                total[rank][0] += m
                total[rank][1] += p
        return total

    def _metadata_cache(self, tensor: Any, level: Any) -> Any:
        cache = self.__dict__.setdefault("_metadata", {})
        if (tensor, level) not in cache:
            cache[tensor, level] = self.metadata_words(tensor, level)
        return cache[tensor, level]
