"""Actual, gated and skipped accesses: what formats and rules make of the dense counts.

First the formats: a level that stores a format reads and fills only what is not empty. Then the
rules, outermost level first. A rule's saving cuts off everything further in: those accesses do
not exist there and count nowhere. At its own level they count as gated or skipped. Where a level
further in has a rule of its own, only what that rule saves beyond the outer one counts there: 0
where that is less than nothing.

Whole counts are kept as Timeloop rounds them: savings down (reads of written tensors up), so
that what remains is rounded up.

Source: Sparseloop (MICRO 2022), section 5.3.5, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native.actions import Savings
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.nest import Nest, Tile
from loas_tl.timeloop.native.occupancy import Stored

EXACT_DOUBLES = 2**53
"""Up to here every whole number is a double."""

Words = list[list[int]]
"""[rank][metadata, payload], innermost rank first."""


@dataclass
class Counts:
    """Accesses of a tensor in a level, per instance.

    Attributes:
        reads, fills, updates: words done.
        saved_reads, saved_updates: words not done because of this level's own rule, beyond those
            that rules further out leave out; below 0 where those leave out more. What is done and
            what is saved together are what reaches the level.
        saving: ``gated`` or ``skipped``; empty where the level has no rule for the tensor.
        metadata_reads, metadata_fills, metadata_updates: the same for metadata, by rank.
        saved_metadata_reads, saved_metadata_updates: not done.
        temporal_reductions: additions done.
        decompressed, compressed: words that change their form on the way in and out.
        undercut: whether this level's rule saves less than one further out, by a whole word.
    """

    reads: int
    fills: int
    updates: int
    temporal_reductions: float
    metadata_reads: Words = field(default_factory=list)
    metadata_fills: Words = field(default_factory=list)
    metadata_updates: Words = field(default_factory=list)
    saved_reads: int = 0
    saved_updates: int = 0
    saved_metadata_reads: Words = field(default_factory=list)
    saved_metadata_updates: Words = field(default_factory=list)
    saving: str = ""
    decompressed: int = 0
    compressed: int = 0
    undercut: bool = False


def at_least_0(saved: int) -> int:
    """What a rule saves, as it is counted: no rule saves less than nothing."""
    return max(saved, 0)


def part_of(count: int, probability: float) -> int:
    """Whole words that a part of a count is, rounded down as doubles have it; exact beyond them."""
    if abs(count) <= EXACT_DOUBLES:
        return math.floor(count * probability)
    numerator, denominator = probability.as_integer_ratio()
    return count * numerator // denominator


def _part_of_average(count: float, probability: float) -> int:
    whole = isinstance(count, int)
    return part_of(int(count), probability) if whole else math.floor(count * probability)


@dataclass(frozen=True)
class GatedOperand:
    """A rule that gates the innermost reads of a read-only tensor.

    Attributes:
        level, tensor: of the rule; where several levels have one, the innermost.
        computes: that it leaves without this operand.
    """

    level: int
    tensor: int
    computes: int


@dataclass(frozen=True)
class Propagated:
    """All counts, and what they mean for the compute level.

    Attributes:
        counts: [tensor][level].
        computes: that operands arrive for.
        saved_operands: read-only tensors whose innermost reads a rule saves, with how often.
        gated_operands: those of them that are gated and not skipped.
    """

    counts: list[list[Counts]]
    computes: int
    saved_operands: dict[int, float]
    gated_operands: tuple[GatedOperand, ...] = ()


def dense_counts(nest: Nest) -> Propagated:
    """Nothing saved."""
    counts = [
        [Counts(t.reads, t.fills, t.updates, t.temporal_reductions) for t in tiles]
        for tiles in nest.tiles
    ]
    return Propagated(counts, nest.computes, {})


def propagate(
    machine: Machine, nest: Nest, stored: list[list[Stored]], savings: Savings
) -> Propagated:
    """Counts with formats and rules applied.

    Args:
        machine: The hardware.
        nest: The dense analysis.
        stored: [tensor][level] expected contents.
        savings: What the rules save.
    """
    # Where loops run short no whole number yet, as in Timeloop.
    computes: float = nest.iterations * nest.units
    operands: dict[int, float] = {}
    gated: list[GatedOperand] = []
    all_counts = []
    for tensor, tiles in enumerate(nest.tiles):
        written = machine.problem.data_spaces[tensor].read_write
        counts = [
            _after_format(tile, there, written)
            for tile, there in zip(tiles, stored[tensor], strict=True)
        ]
        done: set[int] = set()
        for level in reversed(range(len(tiles))):
            saving = savings.get((level, tensor))
            if saving is None:
                continue
            innermost = _cut_inside(tensor, level, tiles, stored[tensor], counts, savings, done)
            if level not in done:
                done.add(level)
                _save(tensor, level, tiles, stored[tensor], counts, saving.probability, savings)
            if innermost and not written:
                without = _part_of_average(computes, saving.probability)
                computes -= without
                if without and saving.type == "gated":
                    gated.append(GatedOperand(level, tensor, without))
                operands[tensor] = math.floor(saving.probability * 1e6 + 0.5) / 1e6
        for level, (tile, count) in enumerate(zip(tiles, counts, strict=True)):
            if level not in done and tile.updates:
                count.temporal_reductions = math.ceil(
                    count.temporal_reductions * count.updates / tile.updates
                )
        all_counts.append(counts)
    _changes_of_form(machine, nest, all_counts)
    return Propagated(all_counts, math.floor(computes), operands, tuple(gated))


def _after_format(tile: Tile, there: Stored, written: bool) -> Counts:
    """A level with a format does not touch what is empty."""
    reads, fills, updates = tile.reads, tile.fills, tile.updates
    if there.formatted:
        empty = 1 - there.density
        reads -= part_of(reads, empty)
        fills -= part_of(fills, empty)
        if written:
            updates -= part_of(updates, empty)
    return Counts(
        reads,
        fills,
        updates,
        tile.temporal_reductions,
        [list(pair) for pair in there.reads],
        [list(pair) for pair in there.fills],
        [list(pair) for pair in there.updates],
    )


def _cut_inside(
    tensor: int,
    level: int,
    tiles: tuple[Tile, ...],
    stored: list[Stored],
    counts: list[Counts],
    savings: Savings,
    done: set[int],
) -> bool:
    """Takes a level's saving off the levels inside it, up to the next with a rule of its own.

    Returns:
        Whether there is no such level, so that the compute level sees the saving.
    """
    probability = savings[level, tensor].probability
    for inner in reversed(range(level)):
        count = counts[inner]
        uncut = count.reads, count.updates
        count.fills -= part_of(count.fills, probability)
        count.reads -= part_of(count.reads, probability)
        count.updates -= part_of(count.updates, probability)
        if stored[inner].metadata and len(stored[level].reads) == 1:
            # Timeloop scales metadata only below a level with one rank, and of the innermost
            # rank alone; updates never.
            for words in (count.metadata_fills, count.metadata_reads):
                words[0] = [w - math.floor(w * probability) for w in words[0]]
        own = savings.get((inner, tensor))
        if own is None:
            continue
        remaining = 1 - probability
        beyond = 1 - (1 - own.probability) / remaining if remaining > 0 else 0.0
        # Timeloop takes a level's metadata updates for its reads here.
        count.metadata_reads = [list(pair) for pair in count.metadata_updates]
        _save(tensor, inner, tiles, stored, counts, beyond, savings, uncut)
        done.add(inner)
        return False
    return True


def _save(
    tensor: int,
    level: int,
    tiles: tuple[Tile, ...],
    stored: list[Stored],
    counts: list[Counts],
    probability: float,
    savings: Savings,
    uncut: tuple[int, int] | None = None,
) -> None:
    """Moves a level's own saving from what is done to what is gated or skipped.

    A saving below 0 is done in addition, as in Timeloop, but never more than there was before
    any rule: ``uncut`` reads and updates. Metadata is then left as it is.
    """
    tile, count = tiles[level], counts[level]
    count.saving = savings[level, tensor].type
    written = tile.updates > 0
    # Reads of written tensors are one less than updates the first time: round the other way.
    reads = -part_of(-count.reads, probability) if written else part_of(count.reads, probability)
    updates = part_of(count.updates, probability)
    count.undercut = reads < 0 or updates < 0
    if uncut is not None:
        reads = max(reads, count.reads - uncut[0])
        updates = max(updates, count.updates - uncut[1])
    count.saved_reads += reads
    count.reads -= reads
    count.saved_updates += updates
    count.updates -= updates
    # Only the ranks that go to the inner level can be left out.
    ranks = len(stored[level if tile.child is None else tile.child].metadata)
    count.saved_metadata_reads = [[0, 0] for _ in count.metadata_reads]
    count.saved_metadata_updates = [[0, 0] for _ in count.metadata_updates]
    for done, left_out in (
        (count.metadata_reads, count.saved_metadata_reads),
        (count.metadata_updates, count.saved_metadata_updates),
    ):
        for rank in range(min(ranks, len(done))):
            for part in (0, 1):
                words = math.floor(done[rank][part] * probability)
                count.undercut = count.undercut or words < 0
                words = at_least_0(words)
                done[rank][part] -= words
                left_out[rank][part] += words
    if written:
        count.temporal_reductions = math.ceil(
            count.temporal_reductions * count.updates / tile.updates
        )


def _changes_of_form(machine: Machine, nest: Nest, counts: list[list[Counts]]) -> None:
    """Words that a level decompresses on their way in and compresses on their way out."""
    for tensor, tiles in enumerate(nest.tiles):
        for level, tile in enumerate(tiles):
            if not tile.size or _compressed(machine, level, tensor):
                continue
            if tile.child is not None and _compressed(machine, tile.child, tensor):
                raise EngineError(
                    f"{machine.levels[level].name} would have to compress "
                    f"{machine.problem.data_spaces[tensor].name} for "
                    f"{machine.levels[tile.child].name}: not supported (neither by Timeloop)"
                )
            if tile.parent is None or not _compressed(machine, tile.parent, tensor):
                continue
            counts[tensor][level].decompressed += counts[tensor][level].fills
            if machine.problem.data_spaces[tensor].read_write:
                counts[tensor][level].compressed += counts[tensor][tile.parent].updates


def _compressed(machine: Machine, level: int, tensor: int) -> bool:
    stored = machine.levels[level].formats[tensor]
    return stored is not None and stored.compressed
