"""Product sparsity: a row of spikes that contains another one starts from that one's sums.

Source: Prosperity (HPCA 2025, arXiv:2503.03379), sections III and IV.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.bits import set_bits
from loas_tl.ground.compiled import njit
from loas_tl.sparsity.words import as_words, from_words


@dataclass(frozen=True, eq=False)
class ProductSparsity:
    """What product sparsity leaves of each tile; arrays are ``int64[row tiles, tiles of K]``.

    Attributes:
        rows: of the tile, clipped at the edge.
        ones: of the spikes.
        residual: ones that are left once each row has its prefix taken off.
        exact: rows with spikes of which nothing is left: their prefix is equal to them.
        searched: rows with two ones or more, for which a prefix is looked for.
        empty: rows without a spike.
    """

    rows: NDArray[np.int64]
    ones: NDArray[np.int64]
    residual: NDArray[np.int64]
    exact: NDArray[np.int64]
    searched: NDArray[np.int64]
    empty: NDArray[np.int64]


def product_sparsity(rows: NDArray[np.bool_], tile_rows: int, tile_k: int) -> ProductSparsity:
    """Count what product sparsity leaves of each tile.

    A row with two ones or more has as its prefix the row of its tile that is a subset of it and
    has most ones (one at least); of rows equal to it only those before it count.

    Args:
        rows: ``bool[R, K]``.
        tile_rows: rows of a tile.
        tile_k: inputs of a tile, at most 64.
    """
    words = as_words(rows, tile_k)
    runs, count = words.shape
    tiles = -(-count // tile_rows)
    counts = np.zeros((5, tiles, runs), dtype=np.int64)
    _count(words, tile_rows, counts, np.empty((0, 0), dtype=np.int64))
    extents = np.minimum(tile_rows, count - np.arange(0, count, tile_rows))
    of_tile = np.broadcast_to(extents[:, np.newaxis], (tiles, runs))
    return ProductSparsity(of_tile, *counts)


def prefixes(rows: NDArray[np.bool_], tile_rows: int, tile_k: int) -> NDArray[np.int64]:
    """The prefix of each row in each tile.

    Of several with as many ones it is the first row that holds any of them.

    Returns:
        ``int64[tiles of K, R]``: the row, counted through the matrix; -1 for none.
    """
    words = as_words(rows, tile_k)
    runs, count = words.shape
    found = np.full((runs, count), -1, dtype=np.int64)
    _count(words, tile_rows, np.zeros((5, -(-count // tile_rows), runs), dtype=np.int64), found)
    return found


def residual(rows: NDArray[np.bool_], tile_rows: int, tile_k: int) -> NDArray[np.bool_]:
    """The matrix ``bool[R, K]`` that is left to be added up: each row without its prefix."""
    words = as_words(rows, tile_k)
    found = prefixes(rows, tile_rows, tile_k)
    of_prefix = np.take_along_axis(words, np.maximum(found, 0), axis=1)
    left = np.where(found < 0, words, words ^ of_prefix)
    return from_words(left, tile_k, rows.shape[1])


@njit
def _count(
    words: NDArray[Any], tile_rows: int, counts: NDArray[np.int64], found: NDArray[np.int64]
) -> None:
    """Fill in ``counts[ones, residual, exact, searched, empty]`` and, unless empty, ``found``."""
    runs, total = words.shape
    slots = 64
    while slots < 2 * min(tile_rows, total):
        slots *= 2
    table = np.zeros(slots, dtype=np.int64)  # 1 + the row, of the tile that `stamp` says
    stamp = np.full(slots, -1, dtype=np.int64)
    order = np.empty(min(tile_rows, total), dtype=np.int64)
    distinct = np.empty(min(tile_rows, total), dtype=words.dtype)
    first_row = np.empty(min(tile_rows, total), dtype=np.int64)
    starts = np.empty(67, dtype=np.int64)
    ones_of = np.empty(min(tile_rows, total), dtype=np.int64)
    keep = found.size > 0
    for run in range(runs):
        for tile in range(counts.shape[1]):
            begin = tile * tile_rows
            size = min(tile_rows, total - begin)
            mark = run * counts.shape[1] + tile
            # Rows that stand for themselves, sorted by their ones; the others are exact matches.
            starts[:] = 0
            ones = left = exact = searched = empty = 0
            several = 0
            for i in range(size):
                word = words[run, begin + i]
                n = set_bits(np.uint64(word))
                ones += n
                if n == 0:
                    empty += 1
                    continue
                slot = int((np.uint64(word) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40))
                slot &= slots - 1
                same = -1
                while stamp[slot] == mark:
                    if words[run, table[slot]] == word:
                        same = table[slot]
                        break
                    slot = (slot + 1) & (slots - 1)
                searched += n > 1
                if same >= 0:
                    if n > 1:
                        exact += 1
                        if keep:
                            found[run, begin + i] = same
                    else:
                        left += 1
                    continue
                stamp[slot] = mark
                table[slot] = begin + i
                order[several] = begin + i
                ones_of[several] = n
                starts[n + 1] += 1
                several += 1
            for n in range(1, 67):
                starts[n] += starts[n - 1]
            for at in range(several):
                n = ones_of[at]
                distinct[starts[n]] = words[run, order[at]]
                first_row[starts[n]] = order[at]
                starts[n] += 1
            # Now starts[n] is the end of those with n ones, and where those with more begin.
            for at in range(starts[1], several):
                word = distinct[at]
                n = set_bits(np.uint64(word))
                best = 0
                for other in range(starts[n - 1] - 1, -1, -1):
                    if distinct[other] & ~word == 0:
                        best = set_bits(np.uint64(distinct[other]))
                        if keep:
                            found[run, first_row[at]] = first_row[other]
                        break
                left += n - best
            left += starts[1]
            counts[0, tile, run] = ones
            counts[1, tile, run] = left
            counts[2, tile, run] = exact
            counts[3, tile, run] = searched
            counts[4, tile, run] = empty
