"""Which mappings a search has evaluated already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.timeloop.mapper.arithmetic import hash_columns
from loas_tl.timeloop.mapper.loops import Bools, Mappings

Hashes = NDArray[np.uint64]
MOST_REMEMBERED = 20_000_000
"""Mappings that are remembered, 8 bytes each; of more, the oldest are forgotten."""


def hashes_of(mappings: Mappings) -> Hashes:
    """A 64-bit hash of each mapping."""
    slots, dimensions, batch = mappings.factors.shape
    rows = np.concatenate(
        [
            mappings.factors.reshape(slots * dimensions, batch),
            mappings.order.reshape(slots * dimensions, batch),
            mappings.split,
            mappings.keep[np.newaxis],
        ]
    )
    return hash_columns(rows)


class Seen:
    """A set of hashes in sorted blocks, of which each is at most half as long as the one before."""

    def __init__(self, blocks: list[Hashes] | None = None) -> None:
        self.blocks: list[Hashes] = blocks or []

    def add(self, hashes: Hashes) -> Bools:
        """Adds hashes; returns which of them are new, the first of equals only."""
        new = np.zeros(hashes.size, bool)
        new[np.unique(hashes, return_index=True)[1]] = True
        for block in self.blocks:
            at = np.minimum(np.searchsorted(block, hashes), block.size - 1)
            new &= block[at] != hashes
        if new.any():
            self._insert(np.sort(hashes[new]))
        return new

    def _insert(self, block: Hashes) -> None:
        while self.blocks and self.blocks[-1].size <= 2 * block.size:
            block = np.sort(np.concatenate([self.blocks.pop(), block]))
        self.blocks.append(block)
        while len(self.blocks) > 1 and sum(b.size for b in self.blocks) > MOST_REMEMBERED:
            self.blocks.pop(0)
