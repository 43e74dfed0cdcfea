"""What accesses cost: port accesses, energy, bandwidth and cycles of each level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.accesses import KINDS, Counts
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Floats, Nests
from loas_tl.timeloop.mapper.machine import Machine, StorageLevel
from loas_tl.timeloop.mapper.nest import Traffic
from loas_tl.timeloop.mapper.tiles import Fail, Tile
from loas_tl.timeloop.native.buffer import FULL_BLOCK_DENSITIES

_WORDS = {"actual": "random", "gated": "gated", "skipped": "skipped"}


@dataclass(frozen=True)
class Cost:
    """Of one level over the run: energy in pJ over all instances, and cycles. [B] each."""

    energy: Floats
    cycles: Floats


def check_tiles(machine: Machine, level: int, tiles: dict[int, Tile], fail: Fail) -> None:
    """Reports mappings whose tiles a level cannot hold.

    Args:
        machine: the machine.
        level: which.
        tiles: those it keeps, by tensor.
        fail: called with Timeloop's reasons, without the numbers.
    """
    spec = machine.levels[level]
    for tile in tiles.values():
        odd = spec.block_size > 1 and spec.block_size not in FULL_BLOCK_DENSITIES
        if odd and tile.form is not None and tile.form.compressed:
            reason = f"a compressed tensor in blocks of {spec.block_size} words is not supported"
            fail(level, reason, tile.density < 1.0)
    if spec.size is None or not tiles:
        return
    stored = sum((tile.most for tile in tiles.values()), np.zeros(1))
    bits = sum((t.metadata.bits for t in tiles.values() if t.metadata is not None), np.zeros(1))
    fail(level, "mapped tile size exceeds buffer capacity", stored > spec.size)
    too_many = bits > (spec.metadata_size_bits or 0)
    fail(level, "mapped metadata tile size exceeds metadata buffer capacity", too_many)
    few = stored < spec.size * spec.min_utilization
    fail(level, "mapped tile size is less than constrained minimum utilization", few)


def cost_of(
    nests: Nests,
    level: int,
    traffic: Traffic,
    tiles: dict[tuple[int, int], Tile],
    counts: dict[tuple[int, int], Counts],
    sums: list[Sums],
    unit_cycles: Floats,
) -> Cost:
    """Energy and cycles of a level, without leakage."""
    spec = nests.machine.levels[level]
    batch = len(nests.mappings)
    energy = np.zeros(batch)
    read, written = np.zeros(batch), np.zeros(batch)
    instances = traffic.copies[level + 1]
    expansion = traffic.x_copies[level + 1] * traffic.y_copies[level + 1]
    clusters = np.minimum(expansion, spec.instances // spec.cluster_size)
    busy = np.maximum(unit_cycles, 1.0)
    for t in range(len(nests.machine.tensors)):
        if (level, t) not in counts:
            continue
        count, tile = counts[level, t], tiles.get((level, t))
        used = instances * tile.exists if tile is not None else instances
        bits = _format_bits(count, tile)
        each = _energy(spec, count, tile, bits, sums[t])
        each = each + _conversion(nests, level, t, tiles, counts)
        energy += each / (expansion / clusters) * used
        reads, writes = _accesses(spec, count, bits)
        share = used / expansion
        scale = spec.bandwidth_scale[t]
        read += _shared(reads, share) / busy * scale
        written += _shared(writes, share) / busy * scale
    slowdown = np.ones(batch)
    for limit, demand in (
        (spec.read_bandwidth, read),
        (spec.write_bandwidth, written),
        (spec.shared_bandwidth, read + written),
    ):
        if limit is not None:
            slowed = np.where(demand > limit, limit / np.where(demand > limit, demand, 1.0), 1.0)
            slowdown = np.minimum(slowdown, slowed)
    with np.errstate(divide="ignore"):
        return Cost(energy, np.where(unit_cycles > 0, np.ceil(unit_cycles / slowdown), 0.0))


def _shared(words: Floats, share: Floats) -> Floats:
    """Words of an instance where instances that hold nothing share the load of the others."""
    scaling = 1.0 / np.where(share > 0, share, 1.0)
    return np.where(share > 0, np.ceil(words / scaling), 0.0)


def _format_bits(count: Counts, tile: Tile | None) -> dict[tuple[str, str], Floats]:
    """Bits of metadata accesses of each kind."""
    if tile is None or tile.metadata is None:
        return {}
    word = np.stack([tile.metadata.metadata_bits, tile.metadata.payload_bits])
    return {kind: (words * word).sum(axis=(0, 1)) for kind, words in count.formats.items()}


def _energy(
    spec: StorageLevel,
    count: Counts,
    tile: Tile | None,
    bits: dict[tuple[str, str], Floats],
    sums: Sums,
) -> Floats:
    """Energy of one instance's accesses, in pJ."""
    energy: Floats = np.zeros(1)
    ratio = _block_ratio(spec, tile, sums) if tile is not None else 1.0
    for (state, kind), words in count.data.items():
        cost = spec.energies.get(f"{_WORDS[state]}_{kind}", 0.0)
        if cost:
            # A rule that saves less than one further out saves nothing.
            words = np.maximum(words, 0.0)
            energy = energy + np.ceil(words / spec.block_size) * ratio * cost
    for (state, kind), width in bits.items():
        cost = spec.energies.get(f"{_WORDS[state]}_metadata_{kind}", 0.0)
        if cost and spec.metadata_width:
            energy = energy + np.ceil(width / spec.metadata_width) * cost
    return energy


def _block_ratio(spec: StorageLevel, tile: Tile, sums: Sums) -> Floats | float:
    """How many more blocks non-zeros take than if they filled each."""
    compressed = tile.form is not None and tile.form.compressed
    if not compressed or spec.block_size not in FULL_BLOCK_DENSITIES:
        return 1.0
    # Blocks of a tile from which Timeloop rounds accesses as a whole, by density in tenths.
    enough = np.array(FULL_BLOCK_DENSITIES[spec.block_size])
    tenths = np.where(tile.density >= 0.1, np.floor(tile.density / 0.1) - 1, 0).astype(np.int64)
    partial = (tile.density < 1.0) & (enough[np.minimum(tenths, 9)] > tile.size // spec.block_size)
    if not partial.any():
        return 1.0
    ratio = np.ones(tile.size.shape)
    exact = tile.size[partial] * tile.density[partial] / spec.block_size
    accesses = sums.blocks(tile.size[partial], spec.block_size)
    ratio[partial] = np.divide(accesses, exact, np.ones_like(exact), where=exact > 0)
    return ratio


def _conversion(
    nests: Nests,
    level: int,
    t: int,
    tiles: dict[tuple[int, int], Tile],
    counts: dict[tuple[int, int], Counts],
) -> Floats | float:
    """Energy of turning a parent's format into plain data and back."""
    spec = nests.machine.levels[level]
    parents = [other for other, tensor in counts if tensor == t and other > level]
    inside, outside = tiles.get((level, t)), tiles.get((min(parents, default=-1), t))
    if inside is None or outside is None or outside.form is None or not outside.form.compressed:
        return 0.0
    if inside.form is not None and inside.form.compressed:
        return 0.0
    energy = counts[level, t].data["actual", "fill"] * spec.energies["decompression_count"]
    if nests.machine.tensors[t].read_write:
        updates = counts[min(parents), t].data["actual", "update"]
        energy = energy + updates * spec.energies["compression_count"]
    return energy


def leakage(machine: Machine, level: int, used: list[Floats], cycles: Floats) -> Floats | float:
    """Leakage of a level over the run, in pJ, over all instances.

    Args:
        machine: the machine.
        level: which.
        used: most instances of each level that hold a tensor, on average.
        cycles: of the whole run.
    """
    spec = machine.levels[level]
    if not spec.energies["leak"]:
        return 0.0
    gate = machine.hardware.level_of(spec.power_gated_at)
    sharing = spec.instances / max(machine.levels[gate].instances, 1)
    lit = np.maximum(used[gate], 1.0) * sharing if sharing > 1 else np.maximum(used[level], 1.0)
    return spec.energies["leak"] * cycles * lit


def _accesses(
    spec: StorageLevel, count: Counts, bits: dict[tuple[str, str], Floats]
) -> tuple[Floats, Floats]:
    """Words read and written that take bandwidth: gated accesses do, skipped ones do not."""

    def total(kinds: tuple[str, ...]) -> Floats:
        words: Floats = np.zeros(1)
        width: Floats = np.zeros(1)
        for state in ("actual", "gated"):
            for kind in kinds:
                words = words + count.data.get((state, kind), 0.0)
                width = width + bits.get((state, kind), 0.0)
        return words + np.floor(width / spec.word_bits)

    return total(KINDS[:1]), total(KINDS[1:])
