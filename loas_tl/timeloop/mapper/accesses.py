"""Which accesses take place once formats, gating and skipping have done their work.

Follows Timeloop step by step (its storage-optimization-combiner), including what looks like slips
there, because a search that prices mappings another way than the tool they are for is of no use:
an optimisation also takes its part from all levels inside its own, a level inside with one of its
own then counts from what is left, and takes its metadata reads from the count of updates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.conditions import LeftOut
from loas_tl.timeloop.mapper.loops import Floats, Nests
from loas_tl.timeloop.mapper.nest import Traffic
from loas_tl.timeloop.mapper.tiles import Keep, Tile, format_of, kept_levels

KINDS = ("read", "fill", "update")


@dataclass
class Counts:
    """Accesses of one tensor in one level, per instance.

    Attributes:
        data: [B] for ``actual``, ``gated`` and ``skipped`` reads, fills and updates.
        formats: the same of metadata and payload words, [2, ranks, B]; empty for plain tiles.
    """

    data: dict[tuple[str, str], Floats]
    formats: dict[tuple[str, str], Floats]


@dataclass(frozen=True)
class Computes:
    """Computes of all units: [B] each.

    Attributes:
        left: those that inner levels do not already leave out.
        waits: by operand, the chance with which its accesses are left out innermost.
    """

    left: Floats
    waits: dict[int, Floats]


def millionths(chance: Floats) -> Floats:
    """Timeloop keeps probabilities to six decimals."""
    return np.floor(chance * 1e6 + 0.5) / 1e6


def plain_counts(traffic: Traffic, level: int, t: int) -> Counts:
    """Accesses without any optimisation."""
    dense = {
        "read": traffic.reads[level][t],
        "fill": traffic.fills[level][t],
        "update": traffic.updates[level][t],
    }
    return Counts({("actual", kind): dense[kind] for kind in KINDS}, {})


def counts_of(
    nests: Nests,
    keep: Keep,
    traffic: Traffic,
    tiles: dict[tuple[int, int], Tile],
    optimised: dict[tuple[int, int], LeftOut],
) -> tuple[dict[tuple[int, int], Counts], Computes]:
    """Accesses by (level, tensor), and computes."""
    counts: dict[tuple[int, int], Counts] = {}
    computes = traffic.computes
    waits: dict[int, Floats] = {}
    for t, tensor in enumerate(nests.machine.tensors):
        left = {
            level: _stored(traffic, tiles, level, t, tensor.read_write)
            for level in kept_levels(keep, t)
        }
        at = {level: optimised[level, t] for level in left if (level, t) in optimised}
        done: set[int] = set()
        for level in sorted(at, reverse=True):
            chance = at[level].chance
            reached_units = True
            for inner in [other for other in sorted(left, reverse=True) if other < level]:
                uncut = dict(left[inner].data)
                _take_part(left[inner], left[level], chance)
                if inner in at:
                    left_over = np.ones_like(chance)
                    np.divide(1.0 - at[inner].chance, 1.0 - chance, left_over, where=chance < 1)
                    own = 1.0 - left_over
                    counts[inner, t] = _leave_out(
                        _passed_on(left[inner]),
                        _ranks_sent(nests, keep, t, inner),
                        at[inner],
                        own,
                        tensor.read_write,
                        uncut,
                    )
                    done.add(inner)
                    reached_units = False
                    break
            if level not in done:
                counts[level, t] = _leave_out(
                    left[level],
                    _ranks_sent(nests, keep, t, level),
                    at[level],
                    chance,
                    tensor.read_write,
                )
                done.add(level)
            if reached_units and not tensor.read_write:
                computes = computes - np.floor(computes * chance)
                waits[t] = millionths(chance)
        for level in left:
            if level not in at:
                counts[level, t] = left[level]
    return counts, Computes(computes, waits)


def _stored(
    traffic: Traffic, tiles: dict[tuple[int, int], Tile], level: int, t: int, read_write: bool
) -> Counts:
    """Accesses to what a level's format stores."""
    counts = plain_counts(traffic, level, t)
    tile = tiles[level, t]
    if tile.metadata is None:
        return counts
    formats = {}
    for kind in KINDS:
        dense = counts.data["actual", kind]
        rounds = dense / tile.size
        words = np.stack([tile.metadata.metadata, tile.metadata.payload])
        formats["actual", kind] = np.ceil(words * rounds)
        if kind != "update" or read_write:
            zeros = 1.0 - tile.density
            counts.data["actual", kind] = dense - np.floor(dense * zeros)
    return Counts(counts.data, formats)


def _take_part(inner: Counts, outer: Counts, chance: Floats) -> None:
    """An outer level's optimisation leaves out the same part of an inner level's accesses."""
    for kind in KINDS:
        count = inner.data["actual", kind]
        inner.data["actual", kind] = count - np.floor(count * chance)
    if not inner.formats or not outer.formats:
        return
    if outer.formats["actual", "read"].shape[1] == 1:  # of metadata only where one rank is sent
        for kind in ("fill", "read"):
            words = inner.formats["actual", kind]
            words[:, 0] -= np.floor(words[:, 0] * chance)


def _passed_on(counts: Counts) -> Counts:
    """What an inner optimisation starts from: its metadata reads are those of its updates."""
    formats = dict(counts.formats)
    if formats:
        formats["actual", "read"] = formats["actual", "update"].copy()
    return Counts(dict(counts.data), formats)


def _ranks_sent(nests: Nests, keep: Keep, t: int, level: int) -> int:
    """Ranks that are sent when the level is read: its child's, or all its own."""
    inside = [other for other in kept_levels(keep, t) if other < level]
    form = format_of(nests.machine, inside[-1] if inside else level, t)
    return len(form.ranks) if form is not None else 0


def _leave_out(
    before: Counts,
    ranks: int,
    optimised: LeftOut,
    chance: Floats,
    read_write: bool,
    uncut: dict[tuple[str, str], Floats] | None = None,
) -> Counts:
    """Gates or skips a part of a level's reads and updates.

    A chance below 0, where an optimisation further out takes more, adds to what is done, though
    never beyond ``uncut``, what there was without any; the part is then below 0, too.
    """
    data, formats = dict(before.data), dict(before.formats)
    for kind in ("read", "update"):
        count = before.data["actual", kind]
        rounded = np.ceil if kind == "read" and read_write else np.floor
        part = rounded(count * chance)
        if uncut is not None:
            part = np.maximum(part, count - uncut["actual", kind])
        data["actual", kind] = count - part
        data["gated", kind] = np.where(optimised.skips, 0.0, part)
        data["skipped", kind] = np.where(optimised.skips, part, 0.0)
        if formats:
            words = before.formats["actual", kind]
            sent = np.arange(words.shape[1])[:, np.newaxis] < ranks
            part = np.where(sent, np.maximum(np.floor(words * chance), 0.0), 0.0)
            formats["actual", kind] = words - part
            formats["gated", kind] = np.where(optimised.skips, 0.0, part)
            formats["skipped", kind] = np.where(optimised.skips, part, 0.0)
    return Counts(data, formats)
