"""How often gating or skipping leaves out an access: the chance that what it waits for is zero.

Sparseloop's rule (MICRO 2022, section 5.3.3), with Timeloop's details: an access to a target's
tile is left out where the tile of another tensor that is used with it is empty. Which tile that is
follows from the loops between the target's level and its child: the innermost loop that moves the
target bounds it, loops in space above it widen it, and a block of several words widens it again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Nests, words
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.tiles import Fail, Keep, Tile, kept_levels
from loas_tl.timeloop.native.machine import Condition


@dataclass(frozen=True)
class LeftOut:
    """What is left out of the accesses to a tensor in a level.

    Attributes:
        skips: bool[B], whether by skipping (else gating).
        chance: [B], below 0 for mappings that have another option here taken elsewhere.
    """

    skips: Bools
    chance: Floats

    @property
    def taken(self) -> Bools:
        """bool[B], for which mappings an option is taken here."""
        return self.chance >= 0


def left_out(
    nests: Nests, keep: Keep, sums: list[Sums], tiles: dict[tuple[int, int], Tile], fail: Fail
) -> dict[tuple[int, int], LeftOut]:
    """Applies all actions; where two act on the same tiles the stronger one does.

    Returns:
        By (level, tensor); others are not touched.
    """
    machine = nests.machine
    result: dict[tuple[int, int], LeftOut] = {}
    for action in machine.actions:
        levels = [_source(keep, action.level, option) for option in action.options]
        missing = [o for o, level in zip(action.options, levels, strict=True) if level < 0]
        if missing:
            name = machine.tensors[missing[0].target].name
            where = machine.levels[action.level].name
            fail(
                action.level,
                f"skipping/gating for {name}does not have a source storage {where}",
                True,
            )
            continue
        chances = [
            _chance(nests, keep, sums, level, option)
            for option, level in zip(action.options, levels, strict=True)
        ]
        best = np.zeros(len(nests.mappings), np.int64)
        if len(chances) > 1:
            best = _best(machine, keep, action.options, levels, chances, tiles)
        for choice, (option, level) in enumerate(zip(action.options, levels, strict=True)):
            mine = best == choice
            if not mine.any():
                continue
            skips = np.full(mine.shape, action.type == "skipped")
            chance = np.where(mine, chances[choice], -1.0)
            place = (level, option.target)
            if place in result:
                before = result[place]
                better = before.chance < chance
                skips = np.where(better, skips, before.skips)
                chance = np.where(better, chance, before.chance)
            result[place] = LeftOut(skips, chance)
    return result


def _source(keep: Keep, level: int, option: Condition) -> int:
    """The level that the target is read from; -1 if there is none."""
    above = [other for other in kept_levels(keep, option.target) if other >= level]
    return above[0] if above else -1


def _best(
    machine: Machine,
    keep: Keep,
    options: tuple[Condition, ...],
    levels: list[int],
    chances: list[Floats],
    tiles: dict[tuple[int, int], Tile],
) -> Ints:
    """Index of the option that saves most energy; the last of equals."""
    savings = []
    for option, level, chance in zip(options, levels, chances, strict=True):
        tile = tiles[level, option.target]
        child = _child(keep, option.target, level)
        sent = tiles[child, option.target] if child is not None else tile
        occupancy = tile.mean
        if sent.metadata is not None:
            spec = machine.levels[level]
            occupancy = occupancy + sent.metadata.words * (
                spec.metadata_word_bits // spec.word_bits
            )
        energy = machine.levels[level].energies.get("random_read", 0.0)
        savings.append(energy / machine.levels[level].block_size * occupancy * chance)
    best = np.zeros(savings[0].shape, np.int64)
    most = np.zeros(savings[0].shape)
    for index, saving in enumerate(savings):
        best = np.where(saving >= most, index, best)
        most = np.maximum(most, saving)
    return best


def _child(keep: Keep, t: int, level: int) -> int | None:
    inside = [other for other in kept_levels(keep, t) if other < level]
    return inside[-1] if inside else None


@dataclass
class _Box:
    """The iterations that one access to the target stands for, and the loops that bound them."""

    extent: Ints
    bounding: list[Bools]
    target_dimension: Ints
    target_bound: Ints
    in_space: Bools
    words: Floats
    scalar: bool


def _chance(nests: Nests, keep: Keep, sums: list[Sums], level: int, option: Condition) -> Floats:
    """Chance that an access to the target in the level is left out."""
    machine = nests.machine
    child = _child(keep, option.target, level)
    loops = list(nests.loops(0 if child is None else child + 1, level))
    box = _box(nests, option.target, child, loops)
    goes_ahead = np.ones(len(nests.mappings))
    block = machine.levels[level].block_size
    for condition in option.on:
        extent, useless = _condition_box(nests, option.target, condition, loops, box, block)
        size = words(machine.tensors[condition], extent)
        empty = sums[condition].empty(size)
        goes_ahead = goes_ahead * np.where(useless, 1.0, 1.0 - empty)
    chance: Floats = 1.0 - goes_ahead
    return chance


def _box(nests: Nests, t: int, child: int | None, loops: list[int]) -> _Box:
    """Finds the loop that moves the target, and what lies around it."""
    batch = len(nests.mappings)
    everywhere = np.arange(batch)
    moving = nests.relevant(t)[loops] & nests.nontrivial[loops]
    scalar = False
    if child is None:
        in_space = [i for i, p in enumerate(loops) if nests.spatial[p] and nests.level[p] == 0]
        if in_space:
            inside = moving[in_space]
            at = np.where(inside.any(axis=0), inside.argmax(axis=0), in_space[-1])
        else:
            at = np.zeros(batch, np.int64)
            scalar = True
    else:
        at = np.where(moving.any(axis=0), moving.argmax(axis=0), len(loops) - 1)
    place = at + loops[0]
    dimension, bound = nests.dimension[place, everywhere], nests.bound[place, everywhere]
    extent = np.ones((len(nests.machine.dimensions), batch), np.int64)
    size = np.ones(batch)
    if not scalar:
        extent = nests.extent[:, place, everywhere].copy()
        size = nests.sizes(t)[place, everywhere].astype(np.float64)
    spatial = np.array([nests.spatial[p] for p in loops])[at]
    settled = ~spatial
    bounding = []
    for i, p in enumerate(loops):
        above = (i > at) & nests.nontrivial[p]
        if nests.spatial[p]:
            widens = above
        else:
            relevant = nests.relevant(t)[p]
            widens = above & ~settled & ~relevant if child is not None else np.zeros(batch, bool)
            settled = settled | (above & spatial & (relevant if child is not None else True))
        bounding.append(widens)
        for d in range(len(extent)):
            extent[d] *= np.where(widens & (nests.dimension[p] == d), nests.bound[p], 1)
    return _Box(extent, bounding, dimension, bound, spatial, size, scalar)


def _condition_box(
    nests: Nests, t: int, condition: int, loops: list[int], box: _Box, block: int
) -> tuple[Ints, Bools]:
    """The iterations whose words of the condition decide, and where they never can."""
    machine = nests.machine
    batch = len(nests.mappings)
    shared = machine.tensors[t].dimensions & machine.tensors[condition].dimensions
    together = {d: np.ones(batch) for d in shared}
    present = {d: np.zeros(batch, bool) for d in shared}
    useless = np.zeros(batch, bool)
    if not box.scalar:
        meets = np.zeros(batch, bool)
        for d in shared:
            mine = box.target_dimension == d
            together[d] = np.where(mine, box.target_bound, 1.0)
            present[d] = mine
            meets |= mine
        for p, widens in zip(loops, box.bounding, strict=True):
            if not widens.any():
                continue
            useless |= widens & box.in_space & meets & nests.relevant(condition)[p]
            counts = widens & ~useless
            for d in shared:
                mine = counts & (nests.dimension[p] == d)
                together[d] = together[d] * np.where(mine, nests.bound[p], 1.0)
                present[d] = present[d] | mine
                meets |= mine
    all_together = np.ones(batch)
    for d in shared:
        all_together = all_together * together[d]
    widen = np.ceil(block / (box.words / all_together))
    extent = box.extent.astype(np.float64)
    for d in sorted(shared):
        narrowed = np.ceil(extent[d] / (together[d] / widen))
        extent[d] = np.where(present[d], narrowed, extent[d])
        widen = np.where(present[d], widen / together[d], widen)
    wide = widen > 1
    for d in range(len(extent)):
        mine = wide & (box.target_dimension == d)
        extent[d] = np.where(mine, np.floor(extent[d] * widen), extent[d])
    return extent.astype(np.int64), useless
