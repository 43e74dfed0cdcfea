"""What a compressed tile holds on average: data, metadata by rank, and accesses to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from loas_tl.ground.sums import in_order
from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native.density import DensityModel, Floats
from loas_tl.timeloop.native.formats import Fibers, RankWords, rank_words
from loas_tl.timeloop.native.machine import StorageFormat
from loas_tl.timeloop.native.nest import Tile

Pair = tuple[int, int]
"""Metadata and payload words of one rank."""


@dataclass(frozen=True)
class Stored:
    """A tensor in a level, with its zeros taken into account.

    Attributes:
        density: expected non-zeros of a tile over its size.
        data: expected non-zeros of a tile.
        metadata: expected words (metadata, payload) of each rank, innermost first; empty where
            the tensor has no format here.
        bits: bits of a word (metadata, payload) of each rank.
        instances: used on average; less than mapped where empty tiles are never sent.
            formatted: whether it has a format here.
        reads, fills, updates: words (metadata, payload) of each rank over the whole run.
    """

    density: float
    data: float
    metadata: tuple[tuple[float, float], ...]
    bits: tuple[Pair, ...]
    instances: float
    formatted: bool = False
    reads: tuple[Pair, ...] = ()
    fills: tuple[Pair, ...] = ()
    updates: tuple[Pair, ...] = ()

    @property
    def metadata_words(self) -> float:
        """Expected words of metadata of all ranks."""
        return in_order(m + p for m, p in self.metadata)


def dense(tile: Tile) -> Stored:
    """A tile of a level that does nothing about zeros."""
    return Stored(1.0, float(tile.size), (), (), float(tile.replication))


def expected(
    tile: Tile,
    stored: StorageFormat | None,
    fibers: Fibers | None,
    model: DensityModel,
    *,
    sifted: bool,
) -> Stored:
    """Expected contents of a tile.

    Args:
        tile: From the dense analysis.
        stored: Its format, None for none.
        fibers: Its ranks' fibers where it has a format.
        model: The tensor's density.
        sifted: Whether the outer level's format tells it which tiles are empty, so that those
            are never sent.
    """
    if not tile.size:
        return Stored(math.nan, 0.0, (), (), float(tile.replication))
    counts, chances = model.occupancies(tile.mold)
    least = model.least(tile.mold, tile.size)
    instances = float(tile.replication)
    if sifted and least == 0 and len(chances):
        # Timeloop takes the first occupancy that can happen for the empty one.
        nonempty = 1.0 - float(chances[0])
        instances *= nonempty
        chances = chances.copy()
        chances[0] = 0.0
        if nonempty > 0.0:
            chances = chances / nonempty
        elif chances.any():
            raise EngineError("a density so extreme that no tile is ever sent")
    data = mean(counts, chances)
    if stored is None or fibers is None:
        return Stored(data / tile.size, data, (), (), instances)
    if not len(counts):
        return Stored(0.0, 0.0, (), (), instances, formatted=True)
    words = rank_words(stored.ranks, fibers, tile.size, counts, model, tile.mold)
    metadata = tuple((mean(w.metadata, chances), mean(w.payload, chances)) for w in words)

    def times(count: int) -> tuple[Pair, ...]:
        ratio = count / tile.size
        return tuple((math.ceil(m * ratio), math.ceil(p * ratio)) for m, p in metadata)

    return Stored(
        density=data / tile.size,
        data=data,
        metadata=metadata,
        bits=tuple((w.metadata_bits, w.payload_bits) for w in words),
        instances=instances,
        formatted=True,
        reads=times(tile.reads),
        fills=times(tile.fills),
        updates=times(tile.updates),
    )


def mean(values: Floats, chances: Floats) -> float:
    """Expected value, summed one after the other: what follows is cut to whole numbers."""
    products = values * chances
    return float(np.cumsum(products)[-1]) if len(products) else 0.0


def fullest(
    tile: Tile, stored: StorageFormat, fibers: Fibers, model: DensityModel
) -> list[RankWords]:
    """Words of each rank of the fullest tile there can be."""
    most: Floats = np.array([model.most(tile.mold)], np.float64)
    return rank_words(stored.ranks, fibers, tile.size, most, model, tile.mold)
