"""What crosses each boundary of the loop nest: tiles that move on, are shared or passed on.

Timeloop walks the nest with every loop in time at its first iteration and once more for all
others, and sends a level the difference between its tile and the one before, if the tile moves
on as it did the last time; else the whole tile. That has a closed form: of the loops around a
tile, innermost first, those that do not move it send nothing, the first that does sends the new
part, and the others the whole tile, unless their step happens to be zero or the same one.
Instances that are sent the same share an access; an instance whose neighbour was sent the same one
step before gets it from there.

Source: Timeloop (ISPASS 2019), section VI-A, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Nests
from loas_tl.timeloop.mapper.machine import Tensor
from loas_tl.timeloop.mapper.neighbours import Spread, spread_of


@dataclass(frozen=True)
class Sent:
    """What a level sends inwards over the run, in words; [B] each.

    Attributes:
        received: by each instance inside.
        read: at the level, for all of its instances inside.
        for_each: accesses at the level for each word one of its instances inside asks for.
        passed_on: among the instances inside instead of being read, for all of them.
    """

    received: Floats
    read: Floats
    for_each: Floats
    passed_on: Floats


def product_of(bounds: Ints) -> Floats:
    """Product over the loops."""
    return np.prod(bounds, axis=0, dtype=np.float64)


def sent_by(nests: Nests, t: int, level: int) -> Sent:
    """What a level sends to the next inner one, of one tensor."""
    tensor = nests.machine.tensors[t]
    inner = nests.end(level - 1) + 1
    in_time = [p for p in range(inner, len(nests.level)) if not nests.spatial[p]]
    in_space = [p for p in nests.loops(level, level) if nests.spatial[p]]
    tile = nests.size(t, level - 1).astype(np.float64)
    one = np.ones(len(nests.mappings))
    if tensor.separable:
        received = tile * _visits(nests, t, in_time)
        different = one
        if in_space:
            spread = nests.relevant(t)[in_space] & nests.nontrivial[in_space]
            different = product_of(np.where(spread, nests.bound[in_space], 1))
        return Sent(received, received * different, different, 0 * one)
    walk = _walk(nests, tensor, in_time, tile, _widths(nests, tensor, level - 1))
    if not in_space:
        return Sent(walk.sent, walk.sent, one, 0 * one)
    return _shared(walk, spread_of(nests, tensor, in_space, nests.machine.levels[level]))


def _visits(nests: Nests, t: int, loops: list[int]) -> Floats:
    """How often a tile that never overlaps with the one before is sent."""
    moves = nests.relevant(t)[loops] & nests.nontrivial[loops]
    moving = np.logical_or.accumulate(moves, axis=0)
    return product_of(np.where(moving, nests.bound[loops], 1))


def units_ask(nests: Nests, t: int) -> Floats:
    """Words the compute units ask the innermost level for, of one tensor.

    A unit asks at every iteration, also for the word it had before, unless a neighbour had it.
    """
    in_time = [p for p, spatial in enumerate(nests.spatial) if not spatial]
    in_space = [p for p in nests.loops(0, 0) if nests.spatial[p]]
    iterations = product_of(nests.bound[in_time])
    if not in_space:
        return iterations
    tensor = nests.machine.tensors[t]
    one = np.ones(len(nests.mappings))
    walk = _walk(nests, tensor, in_time, one, np.ones((len(tensor.projection), len(one))))
    spread = spread_of(nests, tensor, in_space, nests.machine.levels[0])
    asked = iterations * spread.different
    for step in walk.steps:
        saved = spread.different - spread.without(step.move, step.weight > 0)[0]
        asked = asked - step.weight * np.maximum(saved, 0.0)
    return asked


@dataclass(frozen=True)
class _Step:
    """One loop around a tile.

    Attributes:
        weight: iterations that it starts, those of the loops around it included; [B].
        move: of the tile then, by rank of the tensor, [R, B].
        still, usual: whether that is no move, or the same as that of the first loop that moves.
    """

    weight: Floats
    move: Floats
    still: Bools
    usual: Bools


@dataclass(frozen=True)
class _Walk:
    """The loops around a tile.

    Attributes:
        tile: words of the tile; new: of them when the first loop that moves it moves on.
        sent: words over the run.
        steps: loops, innermost first.
        bound: iterations of the first loop that moves the tile.
        starts: whether that is the innermost of all loops that do more than one iteration.
    """

    tile: Floats
    new: Floats
    sent: Floats
    steps: list[_Step]
    bound: Floats
    starts: Bools


def _widths(nests: Nests, tensor: Tensor, level: int) -> Floats:
    """Sides of a level's tile, [R, B]."""
    end = nests.end(level)
    widths = np.ones((len(tensor.projection), len(nests.mappings)))
    for r, rank in enumerate(tensor.projection):
        widths[r] += sum(abs(c) * (nests.extent[d][end] - 1) for d, c in rank)
    return widths


def _walk(nests: Nests, tensor: Tensor, loops: list[int], tile: Floats, widths: Floats) -> _Walk:
    batch = len(nests.mappings)
    around = np.ones((len(loops) + 1, batch))
    around[:-1] = np.cumprod(nests.bound[loops][::-1], axis=0, dtype=np.float64)[::-1]
    back = np.zeros((len(tensor.projection), batch))
    usual = np.zeros_like(back)
    new, sent = np.zeros(batch), tile
    bound = np.ones(batch)
    found, begun, starts = (np.zeros(batch, bool) for _ in range(3))
    steps = []
    for i, p in enumerate(loops):
        active = nests.nontrivial[p]
        move = -back
        for r, rank in enumerate(tensor.projection):
            for d, c in rank:
                stride = nests.extent[d][p - 1] if p else 1
                forward = np.where(active & (nests.dimension[p] == d), c * stride, 0)
                move[r] += forward
                back[r] += forward
        weight = np.where(active, (nests.bound[p] - 1) * around[i + 1], 0.0)
        still = (move == 0).all(axis=0)
        first = active & ~still & ~found
        usual = np.where(first, move, usual)
        new = np.where(first, _new_part(move, widths, tile), new)
        bound = np.where(first, nests.bound[p], bound)
        starts |= first & ~begun
        begun |= active
        found |= first
        same = found & (move == usual).all(axis=0)
        sent = sent + weight * np.where(still, 0.0, np.where(same, new, tile))
        steps.append(_Step(weight, move, still, same & ~first))
    return _Walk(tile, new, sent, steps, bound, starts)


def _new_part(move: Floats, widths: Floats, tile: Floats) -> Floats:
    """Words of a box that a box one move before does not hold, if only one rank moves."""
    distance = np.abs(move)
    apart = (distance >= widths).any(axis=0) | ((move != 0).sum(axis=0) != 1)
    return np.where(apart, tile, tile * (distance / widths).max(axis=0))


def _shared(walk: _Walk, spread: Spread) -> Sent:
    """What a level reads for instances that share words and pass them on.

    Instances pass on what a neighbour was sent one step before. That takes a step before at which
    something was sent, of the same size: so the innermost loop must move the tile.
    """
    read = walk.sent * spread.different
    reached = walk.sent * spread.instances
    passed_on = np.zeros(walk.tile.shape)
    whole = walk.new == walk.tile
    # Steps of the first loop come after one of each other loop, and after the very first tile.
    after = np.where(whole, 1.0, 0.0)
    usual = np.zeros_like(walk.sent)[np.newaxis]
    seen = np.zeros(walk.tile.shape, bool)
    links: list[tuple[Floats, Floats, Floats]] = []
    for step in walk.steps:
        first = walk.starts & ~seen & (step.weight > 0)
        usual = np.where(first, step.move, usual)
        other = walk.starts & seen & (step.weight > 0) & ~step.still
        after = after + np.where(other & (step.usual | whole), step.weight, 0.0)
        links.append((np.where(other & step.usual, step.weight, 0.0), usual, walk.new))
        links.append(
            (np.where(other & ~step.usual & whole, step.weight, 0.0), step.move, walk.tile)
        )
        seen |= step.weight > 0
    links.append((np.where(walk.starts, (walk.bound - 1) * after, 0.0), usual, walk.new))
    for times, move, size in links:
        if not times.any():
            continue
        alone, reach = spread.without(move, times > 0)
        helps = alone < spread.different
        read = read - np.where(helps, times * size * (spread.different - alone), 0.0)
        missed = np.where(helps, times * size * (spread.instances - reach), 0.0)
        reached = reached - missed
        passed_on = passed_on + missed
    return Sent(reached / spread.instances, read, spread.instances * read / reached, passed_on)
