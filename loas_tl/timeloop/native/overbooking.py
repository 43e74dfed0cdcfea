"""Memories that may be smaller than their fullest tiles: what is held, and how surely.

A level with ``allow_overbooking`` is given, of each compressed tensor, the fullest tile that fits
its share of the memory, and the *confidence* that a tile is no fuller. Accesses then cost the
level only that part of their energy; what does not fit is read from the level above, at its price.
Counts and cycles stay as they are. A mapper's ``max_overbooked_proportion`` bounds 1 less the
confidence.

Source: Tailors (MICRO 2023) for the memory, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math

import numpy as np

from loas_tl.ground.sums import in_order
from loas_tl.timeloop.native.buffer import Contents, bits_of
from loas_tl.timeloop.native.density import DensityModel
from loas_tl.timeloop.native.formats import Fibers, rank_words
from loas_tl.timeloop.native.machine import StorageFormat, StorageLevel
from loas_tl.timeloop.native.nest import Tile
from loas_tl.timeloop.native.occupancy import Stored

CLOSE_ENOUGH = 0.01
"""Timeloop looks for the highest confidence that fits up to this difference."""


def shares(level: StorageLevel, held: list[Contents], stored: list[Stored]) -> list[float]:
    """What part of a level's memory is each tensor's: as much as its tile holds on average."""
    expected = [
        there.data if _compressed(form) else float(contents.size)
        for form, there, contents in zip(level.formats, stored, held, strict=True)
    ]
    total = in_order(expected)
    return [words / total if total else 1.0 for words in expected]


def fit(
    level: StorageLevel,
    tensor: int,
    tile: Tile,
    fibers: Fibers | None,
    held: Contents,
    model: DensityModel,
    share: float,
    least_confidence: float,
) -> Contents:
    """The fullest tile of a tensor that fits its share of a level that may be overbooked.

    Args:
        level: Which.
        tensor: Its index.
        tile: From the dense analysis.
        fibers: Its ranks' fibers where it has a format.
        held: What it holds at most.
        model: Its density.
        share: Its part of the memory.
        least_confidence: Where the search begins; 0 without a mapper's constraint.
    """
    stored = level.formats[tensor]
    if not tile.size or stored is None or fibers is None or level.size is None:
        return held
    words = math.ceil(level.size * share)
    bits = math.ceil((level.metadata_size_bits or 0) * share)

    def at(confidence: float) -> Contents:
        most = model.most_by_confidence(tile.mold, confidence)
        ranks = tuple(
            rank_words(
                stored.ranks, fibers, tile.size, np.array([most], np.float64), model, tile.mold
            )
        )
        return Contents(tile.size, most, ranks, bits_of(ranks), confidence)

    found = at(least_confidence)
    fits = found.capacity < words and found.capacity_bits < bits
    if not (least_confidence < 1.0 and fits and _compressed(stored)):
        return found
    low, high = least_confidence, 1.0
    # Where a tile fills its share exactly Timeloop never stops; this stops when close enough.
    while high - low > CLOSE_ENOUGH:
        middle = 0.5 * (low + high)
        tried = at(middle)
        if tried.capacity > words or tried.capacity_bits > bits:
            high = middle
        else:
            low, found = middle, tried
    return found


def _compressed(stored: StorageFormat | None) -> bool:
    return stored is not None and stored.compressed
