"""Words of metadata that each rank of a compressed tile takes.

A tile is a tree: rank by rank, outermost first, fibers whose coordinates lead to the next rank's
fibers. A rank's metadata says which coordinates are there, its payload where they lead; the
innermost rank's payload is the data itself and counts as such.

- ``uop``: offsets, one more than coordinates, for each fiber that is not empty.
- ``cp``, ``rle``: a coordinate (a run) and a payload for each coordinate that is not empty.
- ``b``: a bit for each coordinate of a fiber that is not empty, a payload for what is not empty.
- ``ub``: a bit and a payload for each coordinate, of empty fibers, too.

Source: Sparseloop (MICRO 2022), section 5.3.3, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.native.density import DensityModel, Floats
from loas_tl.timeloop.native.machine import Rank


@dataclass(frozen=True)
class Fibers:
    """A tile's ranks, innermost first.

    Attributes:
        fiber_sizes: coordinates of a fiber of each rank.
        subtile_sizes: words that lie below one coordinate of each rank.
    """

    fiber_sizes: tuple[int, ...]
    subtile_sizes: tuple[int, ...]


@dataclass(frozen=True)
class RankWords:
    """Words of one rank; one value for each occupancy that was asked for."""

    metadata: Floats
    payload: Floats
    metadata_bits: int
    payload_bits: int


def rank_words(
    ranks: tuple[Rank, ...],
    fibers: Fibers,
    size: int,
    occupancy: Floats,
    model: DensityModel,
    mold: int | None = None,
) -> list[RankWords]:
    """Words of each rank, innermost first, of a tile with given numbers of non-zeros.

    Args:
        ranks: Formats, innermost first.
        fibers: The tile's shape.
        size: Words of the tile before compression.
        occupancy: Numbers of non-zeros.
        model: The tensor's density.
        mold: Words that it had if all loops ran in full, where that is not ``size``.
    """
    words: list[RankWords] = []
    outermost = len(ranks) - 1
    count = 1  # fibers of the rank, empty ones included
    empty_fiber = model.empty_within(mold or size, size, occupancy)
    for index in reversed(range(len(ranks))):
        fiber = fibers.fiber_sizes[index]
        inner = fibers.subtile_sizes[index]
        empty_inner = model.empty_within(inner, size, occupancy)
        if fiber == 1 and index != outermost:
            # A rank of one coordinate is left out, unless it is the outermost.
            nothing = np.zeros_like(occupancy)
            words.append(RankWords(nothing, nothing, 0, 0))
        else:
            words.append(
                words_of_rank(ranks[index], count, fiber, empty_fiber, empty_inner, len(occupancy))
            )
        count *= fiber
        empty_fiber = empty_inner
    words.reverse()
    return _without_data(words)


def words_of_rank(
    rank: Rank, count: int, fiber: int, empty_fiber: Floats, empty_inner: Floats, length: int
) -> RankWords:
    """Words of one rank.

    Args:
        rank: Its format.
        count: Fibers of the rank, empty ones included.
        fiber: Coordinates of a fiber.
        empty_fiber: How likely a fiber is empty, for each occupancy.
        empty_inner: How likely what lies below a coordinate is empty, for each occupancy.
        length: How many occupancies there are.
    """
    fibers = count * (1 - empty_fiber)
    metadata: Floats
    payload: Floats
    if rank.format == "ub":
        metadata = np.full(length, float(count * fiber))
        payload = metadata
    elif rank.format == "uop":
        metadata = np.zeros(length)
        payload = fibers * (fiber + 1)
    else:
        coordinates = fiber * (1 - empty_inner)
        if rank.format != "rle":
            coordinates = np.ceil(coordinates)
        payload = fibers * coordinates
        metadata = fibers * fiber if rank.format == "b" else payload
    return RankWords(
        np.broadcast_to(metadata, (length,)),
        np.broadcast_to(payload, (length,)),
        rank.metadata_bits,
        rank.payload_bits,
    )


def _without_data(words: list[RankWords]) -> list[RankWords]:
    """The payload of the innermost rank that holds anything is the data, not metadata."""
    result = []
    searching = np.ones(len(words[0].metadata), bool) if words else np.zeros(0, bool)
    for rank in words:
        filled = searching & ((rank.metadata != 0) | (rank.payload != 0))
        payload = np.where(filled, 0.0, rank.payload)
        searching = searching & ~filled
        result.append(RankWords(rank.metadata, payload, rank.metadata_bits, rank.payload_bits))
    return result
