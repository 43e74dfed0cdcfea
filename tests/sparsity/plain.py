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
