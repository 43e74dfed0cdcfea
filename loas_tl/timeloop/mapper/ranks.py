"""Which loops the ranks of a compressed format hold, and what metadata they store.

A format's ranks take the loops over a tile from the outermost inwards, one loop that does more
than one iteration for each rank, or several where the format says that their dimensions are
flattened. A level whose child is compressed, too, must hold its tiles as the child will: it takes
the child's ranks for them ("pre-tiling").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.arithmetic import unique_rows
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Nests, words
from loas_tl.timeloop.mapper.machine import StorageFormat


@dataclass(frozen=True)
class Held:
    """The ranks of one tensor in one level, innermost first (R ranks).

    Attributes:
        fiber: int64[R, B], elements of a fiber.
        tiles: int64[R + 1, B], words below each rank, and last of the whole of them.
        fits: bool[B], whether the ranks were enough.
    """

    fiber: Ints
    tiles: Ints
    fits: Bools


@dataclass(frozen=True)
class Plan:
    """Loops of each rank, innermost first, as indices into the loops considered.

    Attributes:
        loops: of each rank; tile: the outermost loop below each.
        fits: whether the ranks were enough.
        busy: whether each rank has a loop; single: whether none has two.
    """

    loops: tuple[tuple[int, ...], ...]
    tile: tuple[int, ...]
    fits: bool
    busy: tuple[bool, ...]
    single: bool


def hold(nests: Nests, t: int, level: int, child: int | None, form: StorageFormat | None) -> Held:
    """The ranks of a tensor in a level that takes no ranks from its child.

    Args:
        nests: the mappings.
        t: the tensor.
        level: which holds it.
        child: the next inner level that keeps the tensor.
        form: the level's format; None: plain, which is one rank of all loops.
    """
    inner = 0 if child is None else child + 1
    loops = list(nests.loops(inner, level))
    bound = nests.bound[loops].copy()
    # Loops inside the child count for the innermost loop of their dimension.
    if inner > 0:
        below = nests.extent[:, nests.end(child if child is not None else -1)]
        for d in range(len(nests.machine.dimensions)):
            mine = nests.dimension[loops] == d
            bound[mine.argmax(axis=0), np.arange(bound.shape[1])] *= below[d]
    return _place(nests, t, loops, bound, form, 0)


def hold_child_tiles(
    nests: Nests, t: int, level: int, child: int, form: StorageFormat, child_held: Held
) -> Held:
    """The ranks of a tensor in a level whose inner ranks are its child's."""
    loops = list(nests.loops(child + 1, level))
    own = _place(nests, t, loops, nests.bound[loops], form, len(child_held.fiber))
    return Held(
        np.concatenate([child_held.fiber, own.fiber]),
        np.concatenate([child_held.tiles, own.tiles[1:]]),
        own.fits,
    )


def _place(
    nests: Nests, t: int, loops: list[int], bound: Ints, form: StorageFormat | None, first_rank: int
) -> Held:
    """Gives the loops to ranks ``first_rank`` and up."""
    dimension = nests.dimension[loops]
    relevant = nests.relevant(t)[loops]
    pattern = np.where(relevant, (dimension + 1) * 2 + (bound > 1), 0)
    firsts, group = unique_rows(pattern)
    known = _plans.setdefault((form, first_rank), {})
    if len(known) > MOST_PLANS:
        known.clear()
    plans = []
    for column in pattern[:, firsts].T.tolist():
        key = tuple(column)
        if key not in known:
            known[key] = _plan(key, form, first_rank)
        plans.append(known[key])
    count, batch = len(plans[0].loops), bound.shape[1]
    everywhere = np.arange(batch)
    tile = np.array([plan.tile for plan in plans], np.int64).reshape(len(plans), count)
    fiber = np.ones((count, batch), np.int64)
    tiles = np.ones((count + 1, batch), np.int64)
    one_each = nests.machine.tensors[t].separable and all(plan.single for plan in plans)
    busy = np.array([plan.busy for plan in plans], bool).reshape(tile.shape)
    for r in range(count):
        at = tile[group, r]
        tiles[r + 1] = nests.sizes(t)[loops[0] + at, everywhere]
        if one_each:
            fiber[r] = np.where(busy[group, r], bound[at, everywhere], 1)
        else:
            mine = _members(plans, r, len(loops))[:, group]
            fiber[r] = _elements(nests, t, np.where(mine, bound, 1), dimension)
    return Held(fiber, tiles, np.array([plan.fits for plan in plans])[group])


def _members(plans: list[Plan], r: int, count: int) -> Bools:
    """bool[loops, plans]: the loops of a rank."""
    members = np.zeros((count, len(plans)), bool)
    for u, plan in enumerate(plans):
        members[list(plan.loops[r]), u] = True
    return members


def _elements(nests: Nests, t: int, bound: Ints, dimension: Ints) -> Ints:
    """Elements of the fibers of a rank with some loops; other loops have a bound of one."""
    tensor = nests.machine.tensors[t]
    if tensor.separable:
        elements: Ints = bound.prod(axis=0)
        return elements
    box = [
        np.where(dimension == d, bound, 1).prod(axis=0)
        for d in range(len(nests.machine.dimensions))
    ]
    return words(tensor, np.stack(box))


MOST_PLANS = 500_000
"""Patterns of loops whose plans are kept for each format (about 0.3 GB), then all are forgotten."""
_plans: dict[tuple[StorageFormat | None, int], dict[tuple[int, ...], Plan]] = {}


def _plan(pattern: tuple[int, ...], form: StorageFormat | None, first_rank: int) -> Plan:
    """Which loops each rank takes.

    Args:
        pattern: for each loop, innermost first: 0 if the tensor does not depend on it, else twice
            its dimension plus two, plus one if it does more than one iteration.
        form: the format; None: plain.
        first_rank: ranks below this one hold the child's tiles.
    """
    loops = [(i, code // 2 - 1, bool(code % 2)) for i, code in enumerate(pattern) if code]
    return _inwards(loops, form, first_rank)


_Loop = tuple[int, int, bool]


def _rule(form: StorageFormat | None, rank: int, dimension: int) -> tuple[int, ...] | None:
    """Dimensions that share the rank with this one; None if the rank is for others."""
    if form is None or not form.ranks[rank].flattened:
        return ()
    for rule in form.ranks[rank].flattened:
        if dimension in rule:
            return rule
    return None


def _shares(form: StorageFormat | None, rule: tuple[int, ...], loop: _Loop) -> bool:
    return form is None or loop[1] in rule or not loop[2]


def _inwards(loops: list[_Loop], form: StorageFormat | None, first_rank: int) -> Plan:
    rank = len(form.ranks) if form is not None else 1
    innermost = loops[0][0]
    left = list(loops)
    taken: list[tuple[int, ...]] = []
    tiles: list[int] = []
    while rank > first_rank:
        while left and not left[-1][2]:
            left.pop()
        if not left:
            break
        rank -= 1
        index, dimension, _ = left[-1]
        rule = _rule(form, rank, dimension)
        if rule is None:  # Timeloop puts such a rank outside those that have loops
            taken.append(())
            tiles.append(innermost)
            continue
        members = [index]
        left.pop()
        if form is None or rule:
            while left and _shares(form, rule, left[-1]):
                if left[-1][2]:
                    members.append(left[-1][0])
                left.pop()
        taken.insert(0, tuple(members))
        tiles.insert(0, index)
    missing = rank - first_rank
    taken[:0] = [()] * missing
    tiles[:0] = [innermost] * missing
    return Plan(
        tuple(taken),
        tuple(tiles),
        not any(loop[2] for loop in left),
        tuple(bool(members) for members in taken),
        all(len(members) < 2 for members in taken),
    )


@dataclass(frozen=True)
class Metadata:
    """What a tile's format takes, by rank, innermost first.

    Attributes:
        metadata, payload: expected words, [R, B].
        bits: at most, [B].
        metadata_bits, payload_bits: of a word, by rank; zero where the rank stores nothing, [R, B].
    """

    metadata: Floats
    payload: Floats
    bits: Floats
    metadata_bits: Ints
    payload_bits: Ints

    @property
    def words(self) -> Floats:
        """Metadata and payload words of all ranks, [B]."""
        return (self.metadata + self.payload).sum(axis=0)


def metadata_of(sums: Sums, held: Held, tile: Ints, form: StorageFormat, known: bool) -> Metadata:
    """Metadata of a tile.

    Args:
        sums: of the tensor.
        held: its ranks.
        tile: words of the tile.
        form: its format.
        known: whether the level above sends no empty tiles.
    """
    count, batch = held.fiber.shape
    metadata, payload = np.zeros((count, batch)), np.zeros((count, batch))
    of_some, most = np.zeros((count, batch)), np.zeros((2, count, batch))
    significant = held.fiber > 1
    significant[count - 1] = True
    fibers = np.ones(batch, np.int64)
    outer = tile
    for r in reversed(range(count)):
        units = sums.units(
            form.ranks[r], known, tile, [fibers, held.fiber[r], outer, held.tiles[r]]
        )
        metadata[r], payload[r], of_some[r] = units.metadata, units.payload, units.payload_of_some
        most[0, r], most[1, r] = units.most_metadata, units.most_payload
        fibers = fibers * held.fiber[r]
        outer = held.tiles[r]
    for stored in (metadata, payload, of_some, *most):
        stored[~significant] = 0.0
    # The innermost rank's payload is the data itself. In an empty tile that is the innermost rank
    # that stores its zeros.
    innermost = significant & (np.cumsum(significant, axis=0) == 1)
    uncompressed = np.array([rank.format == "ub" for rank in form.ranks])
    stores = significant & uncompressed[:, np.newaxis]
    stores &= np.cumsum(stores, axis=0) == 1
    payload = np.where(stores, of_some, payload)
    payload[innermost] = 0.0
    most[1][innermost] = 0.0
    metadata_bits = np.array([rank.metadata_bits for rank in form.ranks])[:, np.newaxis]
    payload_bits = np.array([rank.payload_bits for rank in form.ranks])[:, np.newaxis]
    bits = (most[0] * metadata_bits + most[1] * payload_bits).sum(axis=0)
    return Metadata(
        metadata,
        payload,
        np.ceil(bits),
        np.broadcast_to(metadata_bits, metadata.shape),
        np.broadcast_to(payload_bits, payload.shape),
    )
