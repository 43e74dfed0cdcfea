"""What each level's tiles hold once zeros are left out: data, metadata, and why they do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Nests
from loas_tl.timeloop.mapper.machine import Machine, StorageFormat
from loas_tl.timeloop.mapper.ranks import Held, Metadata, hold, hold_child_tiles, metadata_of

Keep = tuple[tuple[bool, ...], ...]
"""For each level and tensor, whether the level keeps it."""
Fail = Callable[[int, str, "Bools | bool"], None]
"""Called as ``fail(level, reason, which mappings)``."""


@dataclass(frozen=True)
class Tile:
    """One tensor's tile in one level that keeps it.

    Attributes:
        size: words with zeros, int64[B].
        mean: expected non-zeros; most: at most.
        density: ``mean`` over ``size``.
        exists: part of the instances that get a tile that is not empty.
        form: the format, None where the tile is plain.
        metadata: None where the tile is plain.
    """

    size: Ints
    mean: Floats
    most: Floats
    density: Floats
    exists: Floats
    form: StorageFormat | None
    metadata: Metadata | None


def format_of(machine: Machine, level: int, t: int) -> StorageFormat | None:
    """The format of a tensor in a level; None where it is stored plainly."""
    return machine.levels[level].formats[t]


def kept_levels(keep: Keep, t: int) -> list[int]:
    """Levels that keep a tensor, innermost first."""
    return [level for level, flags in enumerate(keep) if flags[t]]


def check_keep(machine: Machine, keep: Keep) -> tuple[int, str] | None:
    """Why no mapping can keep tensors this way: the level and Timeloop's reason; else None."""
    for t in range(len(machine.tensors)):
        kept = kept_levels(keep, t)
        if not kept:
            return 0, "one of the tensors is bypassed in all storage levels"
        for child, parent in zip(kept[-2::-1], kept[:0:-1], strict=True):  # outermost first
            inside, outside = format_of(machine, child, t), format_of(machine, parent, t)
            in_format = inside is not None and inside.compressed
            from_format = outside is not None and outside.compressed
            if from_format and not in_format:
                if not machine.levels[child].decompression:
                    return child, "decompression (from parent level) needed but not supported"
                if machine.tensors[t].read_write and not machine.levels[child].compression:
                    return child, "compression (to parent level) needed but not supported"
            if in_format and not from_format:
                return child, "on-chip compression is not modelled"
            ranks = [0 if form is None else len(form.ranks) for form in (inside, outside)]
            if in_format and from_format and ranks[0] > ranks[1]:
                return parent, "runtime partition needed but not supported (NOT IMPLEMENTED YET)"
    return None


def tiles_of(nests: Nests, keep: Keep, sums: list[Sums], fail: Fail) -> dict[tuple[int, int], Tile]:
    """The tiles of sparse mappings, by (level, tensor)."""
    tiles: dict[tuple[int, int], Tile] = {}
    for t, tensor in enumerate(nests.machine.tensors):
        held: dict[int, Held] = {}
        kept = kept_levels(keep, t)
        for position, level in enumerate(kept):
            child = kept[position - 1] if position else None
            parent = kept[position + 1] if position + 1 < len(kept) else None
            form = format_of(nests.machine, level, t)
            size = nests.size(t, level)
            known = parent is not None and format_of(nests.machine, parent, t) is not None
            mean, exists = sums[t].contents(size, known)
            metadata = None
            if form is not None:
                held[level] = _hold(nests, t, level, child, form, held, fail)
                if not held[level].fits.all():
                    reason = (
                        "more compression ranks needed than supported in hardware."
                        f" dataspace name: {tensor.name}"
                    )
                    fail(level, reason, ~held[level].fits)
                metadata = metadata_of(sums[t], held[level], size, form, known)
            most = sums[t].most(size) if form is not None else size.astype(np.float64)
            tiles[level, t] = Tile(size, mean, most, mean / size, exists, form, metadata)
    return tiles


def _hold(
    nests: Nests,
    t: int,
    level: int,
    child: int | None,
    form: StorageFormat,
    held: dict[int, Held],
    fail: Fail,
) -> Held:
    """The ranks of a level, with the child's for its tiles where those are more than a word."""
    if child is None or not form.compressed:
        return hold(nests, t, level, child, form)
    ahead = nests.size(t, child) > 1
    if not ahead.any():
        return hold(nests, t, level, child, form)
    inside = format_of(nests.machine, child, t)
    ranks = len(inside.ranks) if inside is not None else 1
    differs = inside is not None and inside.compressed
    same = inside is None or all(
        mine.format == theirs.format for mine, theirs in zip(form.ranks, inside.ranks, strict=False)
    )
    if ranks > len(form.ranks) or (differs and not same):
        names = nests.machine.levels
        fail(
            level,
            f"pretiling for {nests.machine.tensors[t].name}required but level compression format"
            f" does not align: {names[level].name} {names[child].name}",
            ahead,
        )
        return hold(nests, t, level, child, form)
    if child not in held:
        held[child] = _hold_plain(nests, t, child, held)
    taking = hold_child_tiles(nests, t, level, child, form, held[child])
    if ahead.all():
        return taking
    own = hold(nests, t, level, child, form)
    return Held(
        np.where(ahead, taking.fiber, own.fiber),
        np.where(ahead, taking.tiles, own.tiles),
        np.where(ahead, taking.fits, own.fits),
    )


def _hold_plain(nests: Nests, t: int, level: int, held: dict[int, Held]) -> Held:
    """The one rank of a level that stores the tensor plainly."""
    inner = [other for other in held if other < level]
    return hold(nests, t, level, max(inner) if inner else None, None)
