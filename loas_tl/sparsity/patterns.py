"""Patterns: a run of a row's inputs as one of a few patterns, and the bits by which it differs.

Source: Phi (ISCA 2025, arXiv:2505.10909), sections 3 and 4. How many rows it calibrates on, and how
its k-means begins, is not said there: here with the rows that come most often, until nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit
from loas_tl.sparsity.words import as_words, unrolled
from loas_tl.workload.layer import Layer

SCATTER = np.uint64(0x9E3779B97F4A7C15)
"""An odd multiplier that puts neighbouring words far apart."""

SCANNED = 16
"""Indices of a row that the first level looks at in a cycle."""

ITERATIONS = 20
"""Of k-means, at most."""


@dataclass(frozen=True, eq=False)
class Assigned:
    """Rows as patterns and differences; arrays are ``int64[runs, R]``.

    Attributes:
        pattern: index of the run's pattern; -1 where a row has none.
        ones: of the row.
        plus: ones that the row has and its pattern lacks; without a pattern all of them.
        minus: ones that the pattern has and the row lacks.
    """

    pattern: NDArray[np.int64]
    ones: NDArray[np.int64]
    plus: NDArray[np.int64]
    minus: NDArray[np.int64]

    @property
    def differences(self) -> NDArray[np.int64]:
        """What is left to add and to take off."""
        return self.plus + self.minus


def calibrate(
    samples: Sequence[NDArray[np.bool_]],
    run: int = 16,
    patterns: int = 128,
    iterations: int = ITERATIONS,
) -> NDArray[Any]:
    """Find each run's patterns: k-means with the Hamming distance, centres rounded to 0 and 1.

    Rows with fewer than two ones are left out. It begins with the rows that come most often.

    Args:
        samples: ``bool[R, K]`` each, of one layer on one or several inputs.
        run: inputs of a run.
        patterns: of a run; where fewer rows differ, so many are 0.
        iterations: at most.

    Returns:
        ``uint[runs, patterns]``, input i of the run as bit i.
    """
    words = np.concatenate([as_words(rows, run) for rows in samples], axis=1)
    found = np.zeros((len(words), patterns), dtype=words.dtype)
    for of_run, centres in zip(words, found, strict=True):
        distinct, times = np.unique(of_run, return_counts=True)
        several = distinct & (distinct - distinct.dtype.type(1)) != 0  # more than one bit is set
        distinct, times = distinct[several & (distinct != 0)], times[several & (distinct != 0)]
        # Among equals an order that favours no input.
        mixed = distinct.astype(np.uint64) * SCATTER
        first = np.lexsort((mixed, -times))[:patterns]
        centres[: len(first)] = distinct[first]
        if len(distinct) > patterns:
            _kmeans(distinct, times, centres, run, iterations)
    return found


def assign(rows: NDArray[np.bool_], patterns: NDArray[Any], run: int = 16) -> Assigned:
    """Give each row the nearest pattern of each run, if that differs in fewer bits than it has.

    Of several that are as near the first is taken.

    Args:
        rows: ``bool[R, K]``.
        patterns: ``uint[runs, patterns]``, of :func:`calibrate`.
        run: inputs of a run.
    """
    words = as_words(rows, run)
    results = np.empty((4, *words.shape), dtype=np.int64)
    for at, of_run in enumerate(words):
        distinct, which = np.unique(of_run, return_inverse=True)
        results[:, at] = _assign(distinct, patterns[at])[:, which.reshape(-1)]
    return Assigned(*results)


@njit
def _kmeans(
    words: NDArray[Any], times: NDArray[np.int64], centres: NDArray[Any], run: int, most: int
) -> None:
    """Move the centres of weighted distinct words until none moves."""
    count = len(centres)
    weight = np.empty(count, dtype=np.int64)
    bits = np.empty((count, run), dtype=np.int64)
    for _ in range(most):
        weight[:] = 0
        bits[:] = 0
        for at in range(len(words)):
            word, nearest, least = words[at], 0, run + 1
            for centre in range(count):
                distance = set_bits(np.uint64(word ^ centres[centre]))
                if distance < least:
                    nearest, least = centre, distance
            weight[nearest] += times[at]
            for bit in range(run):
                bits[nearest, bit] += ((np.uint64(word) >> np.uint64(bit)) & np.uint64(1)) * times[
                    at
                ]
        moved = False
        for centre in range(count):
            if weight[centre] == 0:
                continue
            now = np.uint64(0)
            for bit in range(run):
                if 2 * bits[centre, bit] > weight[centre]:
                    now |= np.uint64(1) << np.uint64(bit)
            if now != np.uint64(centres[centre]):
                moved = True
                centres[centre] = now
        if not moved:
            break


@njit
def _assign(words: NDArray[Any], patterns: NDArray[Any]) -> NDArray[np.int64]:
    """``int64[4, words]``: pattern, ones, plus, minus of each."""
    found = np.empty((4, len(words)), dtype=np.int64)
    for at in range(len(words)):
        word = words[at]
        ones = set_bits(np.uint64(word))
        nearest, least = -1, ones
        for pattern in range(len(patterns)):
            distance = set_bits(np.uint64(word ^ patterns[pattern]))
            if distance < least:
                nearest, least = pattern, distance
        found[0, at], found[1, at] = nearest, ones
        if nearest < 0:
            found[2, at], found[3, at] = ones, 0
        else:
            found[2, at] = set_bits(np.uint64(word & ~patterns[nearest]))
            found[3, at] = least - found[2, at]
    return found


def assigned_of(layer: Layer, run: int = 16, patterns: int = 128) -> Assigned:
    """A layer's rows (pixel, timestep) as patterns, found once for a layer.

    They are calibrated on its siblings, on itself where it has none.
    """
    known = _found.setdefault(layer, {})
    if (run, patterns) not in known:
        rows = unrolled(layer.spikes)
        others = None if layer.siblings is None else layer.siblings()
        samples = [rows] if others is None else [unrolled(one.spikes) for one in others]
        known[run, patterns] = assign(rows, calibrate(samples, run, patterns), run)
    return known[run, patterns]


_found: WeakKeyDictionary[Layer, dict[tuple[int, int], Assigned]] = WeakKeyDictionary()


def level_one(found: Assigned, tile_rows: int, channels: int = 8) -> NDArray[np.int64]:
    """Cycles of the first level for each tile of rows.

    A row's indices are scanned 16 at a time, a cycle; where more of them than there are channels
    have a pattern, each further cycle takes so many.

    Returns:
        ``int64[row tiles]``.
    """
    starts = np.arange(0, len(found.pattern), SCANNED)
    there = np.add.reduceat(found.pattern >= 0, starts, axis=0, dtype=np.int64)
    cycles = np.maximum(-(-there // channels), 1).sum(axis=0)
    return np.add.reduceat(cycles, np.arange(0, len(cycles), tile_rows))


def level_two(found: Assigned, tile_rows: int, units: int = 8) -> NDArray[np.int64]:
    """Cycles of the second level for each tile of rows: packs of so many units, one a cycle.

    A row that differs needs a unit a difference, and one for its partial sum except in the first
    run. Rows are packed in order; one is split only where it is wider than a pack.

    Returns:
        ``int64[row tiles]``.
    """
    return _packs(found.differences, tile_rows, units)


def used_patterns(found: Assigned, tile_rows: int) -> int:
    """Patterns that occur in each tile of rows and run, added up over all of them."""
    total = 0
    for first in range(0, found.pattern.shape[1], tile_rows):
        tile = np.sort(found.pattern[:, first : first + tile_rows], axis=1)
        fresh = np.diff(tile, axis=1, prepend=-1) != 0
        total += int(np.count_nonzero(fresh & (tile >= 0)))
    return total


@njit
def _packs(differences: NDArray[np.int64], tile_rows: int, units: int) -> NDArray[np.int64]:
    runs, count = differences.shape
    cycles = np.zeros((count + tile_rows - 1) // tile_rows, dtype=np.int64)
    for tile in range(len(cycles)):
        for run in range(runs):
            room = 0
            for row in range(tile * tile_rows, min((tile + 1) * tile_rows, count)):
                need = differences[run, row]
                if need == 0:
                    continue
                if run > 0:
                    need += 1
                if need > room:
                    packs = (need + units - 1) // units
                    cycles[tile] += packs
                    room = packs * units - need
                else:
                    room -= need
    return cycles
