"""Sparsity beyond zeros once more: slow, spelled out, and sharing nothing with the package."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.bool_]


def tiles(rows: Rows, tile_rows: int, tile_k: int) -> list[list[Rows]]:
    """Tiles by row and column, clipped at the edges."""
    count, k = rows.shape
    return [
        [rows[i : i + tile_rows, j : j + tile_k] for j in range(0, k, tile_k)]
        for i in range(0, count, tile_rows)
    ]


def prefix(tile: Rows, at: int) -> int | None:
    """The row of a tile that a row starts from: its largest subset, the first of equals."""
    row = set(np.flatnonzero(tile[at]).tolist())
    if len(row) < 2:
        return None
    best: int | None = None
    most = 0
    for other in range(len(tile)):
        ones = set(np.flatnonzero(tile[other]).tolist())
        if not ones <= row or (ones == row and other >= at):
            continue
        if len(ones) > most:
            best, most = other, len(ones)
    return best


def residual(tile: Rows) -> Rows:
    """What is left of each row without its prefix."""
    left = tile.copy()
    for at in range(len(tile)):
        from_row = prefix(tile, at)
        if from_row is not None:
            left[at] &= ~tile[from_row]
    return left


def product(rows: Rows, tile_rows: int, tile_k: int) -> dict[str, list[list[int]]]:
    """Counts of each tile by name."""
    counts: dict[str, Any] = {
        name: [] for name in ("ones", "residual", "exact", "searched", "empty")
    }
    for line in tiles(rows, tile_rows, tile_k):
        for name in counts:
            counts[name].append([])
        for tile in line:
            left = residual(tile)
            of_row, of_left = tile.sum(axis=1), left.sum(axis=1)
            counts["ones"][-1].append(int(of_row.sum()))
            counts["residual"][-1].append(int(of_left.sum()))
            counts["exact"][-1].append(int(((of_row > 0) & (of_left == 0)).sum()))
            counts["searched"][-1].append(int((of_row >= 2).sum()))
            counts["empty"][-1].append(int((of_row == 0).sum()))
    return counts


def dealt(work: list[int], pes: int) -> list[int]:
    """Loads of PEs, each row to the first with least to do."""
    loads = [0] * pes
    for row in work:
        loads[loads.index(min(loads))] += row
    return loads


def packed(rows: Rows) -> int:
    """Rows that are left when rows that do not overlap share a slot."""
    full = [row for row in rows if row.all()]
    rest = [row for row in rows if row.any() and not row.all()]
    taken: set[int] = set()
    left = len(rest)
    for i, row in enumerate(rest):
        if i in taken:
            continue
        for j in range(i + 1, len(rest)):
            if j not in taken and not (row & rest[j]).any():
                taken.add(j)
                left -= 1
                break
    return len(full) + left


def pattern_of(row: list[int], patterns: list[list[int]]) -> tuple[int, int, int]:
    """Index of the nearest pattern (-1 for none), ones that it lacks, ones that the row lacks."""
    best, least = -1, sum(row)
    for at, pattern in enumerate(patterns):
        distance = sum(a != b for a, b in zip(row, pattern, strict=True))
        if distance < least:
            best, least = at, distance
    if best < 0:
        return -1, sum(row), 0
    plus = sum(a > b for a, b in zip(row, patterns[best], strict=True))
    return best, plus, least - plus


def packs(differences: list[list[int]], units: int) -> int:
    """Packs of a tile: ``differences[run][row]``; one more a row but in run 0."""
    total = 0
    for run, rows in enumerate(differences):
        room = 0
        for d in rows:
            if not d:
                continue
            need = d + (run > 0)
            while need > 0:
                if room < need and room < units:  # a row begins in a pack of its own, or fits
                    room, total = units, total + 1
                taken = min(need, room)
                need, room = need - taken, room - taken
    return total


def slice_cycles(
    spikes: Rows, weights: NDArray[np.int8], tiles: int, pes: int, pixels: int, two: bool
) -> int:
    """Cycles of the fullest PE of columns of pixels, spike by spike."""
    timesteps, m, k = spikes.shape
    n = weights.shape[1]
    loads = [0] * pes
    for slice_, first in enumerate(range(0, m, pixels)):
        for t in range(timesteps):
            piece = spikes[t, first : first + pixels]
            for group in range(0, n, tiles):
                longest = 0
                for channel in range(group, min(group + tiles, n)):
                    added = fetched = 0
                    for row in range(k):
                        ones = int(piece[:, row].sum())
                        weighted = weights[row, channel] != 0
                        added += ones * weighted
                        fetched += ones > 0 and (weighted or not two)
                    longest = max(longest, added, fetched)
                loads[slice_ % pes] += longest
    return max(loads)
