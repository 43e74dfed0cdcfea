"""Share the rows of a matrix out to threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")

SMALL = 500_000
"""Steps of a compiled loop, below which starting threads costs more than it saves."""

BLOCKS_PER_CORE = 4
"""Rows differ in their work; several blocks a core even it out."""


def in_blocks(work: Callable[[int, int], Answer], rows: int, steps: int) -> list[Answer]:
    """What ``work(first, end)`` answers for blocks of rows that cover all, in order.

    Args:
        work: lets go of the interpreter lock, and writes only what belongs to its rows.
        rows: in all.
        steps: about how many steps of a compiled loop all of them take.
    """
    cores = os.cpu_count() or 1
    if steps < SMALL or cores == 1 or rows == 1:
        return [work(0, rows)]
    blocks = min(cores * BLOCKS_PER_CORE, rows)
    edges = [rows * block // blocks for block in range(blocks + 1)]
    with ThreadPoolExecutor(cores) as pool:
        return list(pool.map(work, edges[:-1], edges[1:]))
