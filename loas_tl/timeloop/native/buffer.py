"""A storage level: does its tile fit, how long do its accesses take, what do they cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from loas_tl.ground.sums import in_order
from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native.density import DensityModel
from loas_tl.timeloop.native.formats import Fibers, RankWords
from loas_tl.timeloop.native.machine import Machine, StorageLevel
from loas_tl.timeloop.native.nest import Nest, Tile
from loas_tl.timeloop.native.occupancy import Stored, fullest, mean
from loas_tl.timeloop.native.propagation import Counts, Words, at_least_0

FULL_BLOCK_DENSITIES: dict[int, tuple[int, ...]] = {
    2: (251, 125, 84, 63, 51, 42, 36, 32, 28, 1),
    4: (375, 188, 125, 94, 75, 63, 54, 47, 42, 1),
    8: (438, 219, 146, 110, 88, 73, 63, 55, 49, 1),
    16: (469, 235, 157, 118, 94, 79, 67, 59, 52, 1),
    32: (485, 243, 162, 122, 97, 81, 70, 61, 52, 1),
}
"""From how many blocks on a compressed tile counts as filling its blocks.

By words of a block, for densities of 0.1, 0.2, ..., 1. A smaller tile leaves part of its last
block empty, and its accesses are counted from the distribution of its non-zeros.
"""


@dataclass(frozen=True)
class Contents:
    """A tensor in a level, all that the buffer needs.

    Attributes:
        size: words of the tile before compression.
        capacity: words it occupies at most.
        ranks: metadata words of the fullest tile, innermost rank first.
        capacity_bits: bits of that metadata.
        confidence: that a tile occupies no more; less than 1 where the level is overbooked.
    """

    size: int
    capacity: int
    ranks: tuple[RankWords, ...]
    capacity_bits: int
    confidence: float = 1.0


def contents(
    machine: Machine,
    level: int,
    tensor: int,
    nest: Nest,
    fibers: Fibers | None,
    model: DensityModel,
) -> Contents:
    """What a tensor occupies at most."""
    tile = nest.tiles[tensor][level]
    stored = machine.levels[level].formats[tensor]
    if not tile.size or stored is None or fibers is None or not machine.sparse:
        return Contents(tile.size, tile.size, (), 0)
    ranks = tuple(fullest(tile, stored, fibers, model))
    return Contents(tile.size, model.most(tile.mold), ranks, bits_of(ranks))


def bits_of(ranks: tuple[RankWords, ...]) -> int:
    """Bits of a tile's metadata."""
    return math.ceil(
        in_order(
            float(r.metadata[0]) * r.metadata_bits + float(r.payload[0]) * r.payload_bits
            for r in ranks
        )
    )


def check(
    level: StorageLevel,
    held: list[Contents],
    instances: list[float],
    used: tuple[int, int],
    least_confidence: float = 0.0,
) -> None:
    """Refuses what does not fit.

    Args:
        level: The level.
        held: Each tensor's contents.
        instances: Used on average, by tensor.
        used: Copies needed along X and Y.
        least_confidence: That a tile fits, of a level that may be overbooked.

    Raises:
        MappingError: With Timeloop's reasons.
    """
    reasons = []
    capacity = sum(c.capacity for c in held)
    bits = sum(c.capacity_bits for c in held)
    if level.size is not None:
        least = level.size * level.min_utilization
        overbooked = level.overbooking
        if capacity > level.size and not overbooked:
            reasons.append(f"mapped tile size {capacity} exceeds buffer capacity {level.size}")
        elif bits > (level.metadata_size_bits or 0) and not overbooked:
            reasons.append(
                f"mapped metadata tile size {bits} exceeds metadata buffer capacity "
                f"{level.metadata_size_bits}"
            )
        elif capacity < least:
            reasons.append(
                f"mapped tile size {capacity} is less than constrained minimum utilization "
                f"{least:g}"
            )
    too_large = level.size is not None and level.overbooking and capacity > level.size
    # Once for each tensor, as Timeloop says it.
    unsure = sum(too_large or least_confidence > there.confidence for there in held)
    reasons += unsure * [
        f"best tile confidence is less than constrained minimum tile confidence "
        f"{least_confidence:g}"
    ]
    most = max(instances)
    if most > level.instances:
        reasons.append(
            f"mapped instances {most:g} exceeds available hardware instances {level.instances}"
        )
    elif used[0] > level.mesh_x:
        reasons.append(
            f"mapped X expansion {used[0]} exceeds available hardware instances {level.mesh_x}"
        )
    elif used[1] > level.mesh_y:
        reasons.append(
            f"mapped Y expansion {used[1]} exceeds available hardware instances {level.mesh_y}"
        )
    if reasons:
        raise MappingError(level.name, "".join(reasons))


def metadata_bits(words: Words, stored: Stored) -> int:
    """Bits of accesses to metadata."""
    return sum(m * bits[0] + p * bits[1] for (m, p), bits in zip(words, stored.bits, strict=True))


@dataclass(frozen=True)
class Traffic:
    """Words a cycle that a level's tensors ask for, and its cycles."""

    throttling: float
    cycles: int


def performance(
    level: StorageLevel,
    counts: list[Counts],
    stored: list[Stored],
    used: tuple[int, int],
    compute_cycles: int,
) -> Traffic:
    """Cycles at the level's bandwidth.

    Actual and gated accesses take bandwidth, skipped ones none. Metadata counts in words of data.
    Instances that hold nothing now and then share the load of the others.
    """
    reading = writing = 0.0
    for tensor, (count, there) in enumerate(zip(counts, stored, strict=True)):
        gated = count.saving == "gated"
        reads = count.reads + (count.saved_reads if gated else 0)
        writes = count.fills + count.updates + (count.saved_updates if gated else 0)
        read_bits = metadata_bits(count.metadata_reads, there)
        write_bits = metadata_bits(count.metadata_fills, there)
        write_bits += metadata_bits(count.metadata_updates, there)
        if gated:
            read_bits += metadata_bits(count.saved_metadata_reads, there)
            write_bits += metadata_bits(count.saved_metadata_updates, there)
        reads += read_bits // level.word_bits
        writes += write_bits // level.word_bits
        share = there.instances / (used[0] * used[1])
        scale = level.bandwidth_scale[tensor]
        if compute_cycles:
            reading += _shared(reads, share) / compute_cycles * scale
            writing += _shared(writes, share) / compute_cycles * scale
    throttling = 1.0
    for limit, demand in (
        (level.read_bandwidth, reading),
        (level.write_bandwidth, writing),
        (level.shared_bandwidth, writing + reading),
    ):
        if limit is not None and limit < demand:
            throttling = min(throttling, limit / demand)
    if throttling == 0.0:
        raise EngineError(f"{level.name}: no bandwidth for its accesses", key=None)
    slowed = compute_cycles if throttling == 1.0 else math.ceil(compute_cycles / throttling)
    return Traffic(throttling, slowed)


def _shared(words: int, share: float) -> int:
    return math.ceil(words / (1 / share)) if share else 0


Blocks = dict[str, float]
"""Accesses of a memory, by action: of data in blocks, of metadata in lines of its memory."""


def accesses(
    level: StorageLevel,
    count: Counts,
    there: Stored,
    tile: Tile,
    model: DensityModel,
    *,
    compressed: bool,
) -> Blocks:
    """One cluster's accesses to a tensor."""
    ratio = _block_ratio(level, there, tile, model) if compressed else 1.0
    block = level.block_size
    saving = count.saving
    words = {
        "random_read": count.reads,
        "random_fill": count.fills,
        "random_update": count.updates,
    }
    metadata = {
        "random_metadata_read": count.metadata_reads,
        "random_metadata_fill": count.metadata_fills,
        "random_metadata_update": count.metadata_updates,
    }
    if saving:
        words[f"{saving}_read"] = at_least_0(count.saved_reads)
        words[f"{saving}_update"] = at_least_0(count.saved_updates)
        metadata[f"{saving}_metadata_read"] = count.saved_metadata_reads
        metadata[f"{saving}_metadata_update"] = count.saved_metadata_updates
    found: Blocks = {action: -(-number // block) * ratio for action, number in words.items()}
    if level.metadata_width:
        for action, ranks in metadata.items():
            found[action] = math.ceil(metadata_bits(ranks, there) / level.metadata_width)
    found["decompression_count"] = count.decompressed
    found["compression_count"] = count.compressed
    return found


def energy(level: StorageLevel, blocks: Blocks, confidence: float = 1.0) -> float:
    """PJ of accesses, as far as what they ask for is there."""
    total = 0.0
    for action, number in blocks.items():
        total += number * level.energies[action] * confidence
    return total


def overflow(parent: StorageLevel, blocks: Blocks, confidence: float) -> float:
    """PJ of what an overbooked level does not hold, and reads from its parent instead."""
    return sum(
        blocks.get(action, 0) * parent.energies[action] * (1 - confidence)
        for action in ("random_read", "random_metadata_read")
    )


def _block_ratio(level: StorageLevel, there: Stored, tile: Tile, model: DensityModel) -> float:
    """Blocks that a compressed tile takes, over those that its non-zeros would fill exactly."""
    block, size = level.block_size, tile.size
    if block == 1 or not size or not there.density < 1.0:
        return 1.0
    if block not in FULL_BLOCK_DENSITIES:
        known = ", ".join(map(str, FULL_BLOCK_DENSITIES))
        raise EngineError(
            f"{level.name}: a compressed tensor in blocks of {block} words is not supported "
            f"(neither by Timeloop); expected {known}"
        )
    column = math.floor(there.density / 0.1) - 1 if there.density >= 0.1 else 0
    if not FULL_BLOCK_DENSITIES[block][column] > size // block:
        return 1.0
    exact = size * there.density / block
    if exact == 0:
        return 1.0
    counts, chances = model.occupancies(tile.mold)
    possible = counts <= size
    blocks = mean(np.ceil(counts[possible] / block), chances[possible])
    return blocks / exact


def leakage_per_cycle(level: StorageLevel, machine: Machine, used: list[list[float]]) -> float:
    """Instances that leak: those in use, with what is gated together with them."""
    index = machine.level_of(level.name)
    gater = machine.level_of(level.power_gated_at)
    sharing = level.instances / max(machine.levels[gater].instances, 1)
    if sharing > 1:
        return sharing * max(1.0, *used[gater])
    return max(1.0, *used[index])
