"""Dense analysis of a loop nest: tiles, and reads, fills and updates of each level.

What the words mean, for a level and per instance:

- *reads*: words that leave it towards the inner level (a multicast word counts once) and, for a
  tensor that is written, the partial sums read back to be added to. The first time a partial sum
  is written there is nothing to read.
- *fills*: words that arrive from the outer level. The outermost level that keeps a tensor is
  never filled; partial sums that never existed are not fetched.
- *updates*: partial sums that arrive from the inner level, written tensors only.

A level that a tensor bypasses has none: its outer level then sees the accesses of its inner one.

Source: Timeloop (ISPASS 2019), sections V and VI, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import LevelMapping, Mapping
from loas_tl.timeloop.native.remainders import ShortNest, ShortWalk, short_nest
from loas_tl.timeloop.native.reuse import (
    Crossing,
    Fan,
    Step,
    Walk,
    spatial_crossing,
    temporal_crossing,
)
from loas_tl.timeloop.native.tiles import Projection, Vector, extents, projections


@dataclass
class Tile:
    """A tensor in a level.

    Attributes:
        size: words of the tile; 0 where the level does not keep it.
        mold: words of the tile if all loops ran in full, which is what densities are asked of; the
            same unless loops run short.
        spread: words that the elements of the level's fan-out hold together, 0 without one.
        partition: words of the tensor that one instance sees over the whole run.
        content_accesses: of the inner level, each multicast counted once.
        parent_share: words that the outer level sends to one instance.
        peer_accesses, peer_fills: words passed on to and from neighbours, per instance.
        replication: instances that are used.
        reads, fills, updates, temporal_reductions: counts per instance.
        parent, child: the next outer and inner level that keeps the tensor, None for none (a
            child of None is the compute level).
    """

    size: int
    mold: int
    spread: int
    crossing: Crossing
    replication: int
    rmw_first_update: bool
    no_coalesce: bool
    content_accesses: float
    partition: int = field(init=False)
    parent_share: float = field(init=False)
    peer_accesses: float = 0
    peer_fills: float = 0
    reads: int = 0
    fills: int = 0
    updates: int = 0
    temporal_reductions: float = 0
    parent: int | None = None
    child: int | None = None


@dataclass(frozen=True)
class Nest:
    """The dense analysis.

    Attributes:
        tiles: [tensor][level], innermost level first.
        projections: of each tensor.
        extents: [level][loop]: each dimension's reach, as :func:`tiles.extents`.
        iterations: computes of one compute unit, on average.
        units: compute units that are used.
        cycles: of the compute units where loops run short: Timeloop then counts every iteration of
            the full loops, whatever is skipped. None elsewhere.
        used_x, used_y: copies along each axis that each level's part of the mapping needs;
            the last entry is the compute level's.
    """

    tiles: tuple[tuple[Tile, ...], ...]
    projections: tuple[Projection, ...]
    extents: list[list[Vector]]
    iterations: float
    units: int
    used_x: tuple[int, ...] = field(default=())
    used_y: tuple[int, ...] = field(default=())
    cycles: int | None = None

    @property
    def computes(self) -> int:
        """Of all units, as if nothing were sparse."""
        return math.floor(self.iterations * self.units)


def round_half_up(value: float) -> int:
    """C's round: halves away from zero. Counts are not negative."""
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _over(value: float, divisor: float) -> float:
    """A quotient: whole, and exact beyond what a double holds, where whole numbers divide."""
    if isinstance(value, int) and isinstance(divisor, int) and not value % divisor:
        return value // divisor
    return value / divisor


def analyse(machine: Machine, mapping: Mapping) -> Nest:
    """Analyses a mapping as if nothing were sparse.

    Raises:
        EngineError: A count falls outside what Timeloop allows.
    """
    problem = machine.problem
    projected = projections(problem)
    reach = extents(mapping, len(problem.dimensions))
    iterations: float = math.prod(loop.bound for level in mapping.levels for loop in level.temporal)
    units = math.prod(loop.bound for level in mapping.levels for loop in level.spatial)
    used_x, used_y = _expansion(mapping)
    cycles, short = None, None
    if mapping.imperfect:
        short = short_nest(mapping, len(problem.dimensions))
        cycles, units = int(iterations), short.elements
        iterations = ShortWalk(short, 0, projected[0]).iterations()
    tiles = tuple(
        _tensor(machine, mapping, index, projection, reach, short)
        for index, projection in enumerate(projected)
    )
    return Nest(tiles, projected, reach, iterations, units, used_x, used_y, cycles)


def _expansion(mapping: Mapping) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Copies each level needs along X and Y, innermost first, the compute level's in front."""
    used_x, used_y = [], []
    x = y = 1
    for level in reversed(mapping.levels):
        used_x.append(x)
        used_y.append(y)
        x *= math.prod(loop.bound for loop in level.spatial if loop.axis == "X")
        y *= math.prod(loop.bound for loop in level.spatial if loop.axis == "Y")
    return (*reversed(used_x), x), (*reversed(used_y), y)


def _tensor(
    machine: Machine,
    mapping: Mapping,
    tensor: int,
    projection: Projection,
    reach: list[list[Vector]],
    short: ShortNest | None,
) -> tuple[Tile, ...]:
    if short is None:
        tiles = _tiles(machine, mapping, tensor, projection, reach)
    else:
        tiles = _short_tiles(machine, mapping, tensor, projection, reach, short)
    keep = [level.keep[tensor] for level in mapping.levels]
    written = machine.problem.data_spaces[tensor].read_write
    _partition(tiles)
    for inner, outer in pairwise(tiles):
        inner.parent_share = _share(outer.crossing)
    _bypass(tiles, keep)
    _peers(tiles)
    name = machine.problem.data_spaces[tensor].name
    for level, tile in enumerate(tiles):
        if tile.size:
            outermost = not any(outer.size for outer in tiles[level + 1 :])
            _count(tile, written, outermost, f"{name} in {machine.levels[level].name}")
    kept = [level for level, tile in enumerate(tiles) if tile.size]
    for inner_level, outer_level in pairwise(kept):
        tiles[inner_level].parent = outer_level
        tiles[outer_level].child = inner_level
    return tuple(tiles)


def _tiles(
    machine: Machine,
    mapping: Mapping,
    tensor: int,
    projection: Projection,
    reach: list[list[Vector]],
) -> list[Tile]:
    """Every level's tile and crossing, as if every level kept the tensor."""
    steps = _steps(mapping, projection, reach)
    ones = (1,) * len(reach[0][0])
    replication = math.prod(loop.bound for level in mapping.levels for loop in level.spatial)
    tiles = []
    for index, level in enumerate(mapping.levels):
        fan = _fan(machine, level, index, tensor, projection, reach)
        inner = reach[index - 1][-1] if index else ones
        # Below the innermost level nothing stays from one step to the next.
        stays = index > 0 and tensor not in mapping.levels[index - 1].no_temporal_reuse
        crossing: Crossing
        if not index and fan is None:
            total = math.prod(loop.bound for one in mapping.levels for loop in one.temporal)
            crossing = Crossing({1: total})
        else:
            above = [step for row in steps[index:] for step in row]
            links = fan is not None and fan.links and _may_link(fan, projection, stays)
            walk = Walk(projection.extent(inner), above, stays, links)
            crossing = temporal_crossing(walk) if fan is None else spatial_crossing(walk, fan)
        replication //= math.prod(loop.bound for loop in level.spatial)
        size = projection.size(reach[index][-1])
        spread = [
            sizes
            for loop, sizes in zip(level.loops, reach[index], strict=True)
            if loop.axis and loop.bound > 1
        ]
        tiles.append(
            Tile(
                size=size,
                mold=size,
                spread=projection.size(spread[-1]) if spread else 0,
                crossing=crossing,
                replication=replication,
                rmw_first_update=tensor in level.rmw_first_update,
                no_coalesce=tensor in level.no_coalesce,
                content_accesses=crossing.total,
            )
        )
    return tiles


def _short_tiles(
    machine: Machine,
    mapping: Mapping,
    tensor: int,
    projection: Projection,
    reach: list[list[Vector]],
    short: ShortNest,
) -> list[Tile]:
    """As :func:`_tiles`, where loops run short."""
    tiles: list[Tile] = []
    for index, level in enumerate(mapping.levels):
        logical_x = math.prod(loop.bound for loop in level.spatial if loop.axis == "X")
        walk = ShortWalk(
            short,
            index,
            projection,
            row=max(machine.levels[index].fanout_x, logical_x),
            stays=index > 0 and tensor not in mapping.levels[index - 1].no_temporal_reuse,
            multicast=tensor not in level.no_multicast,
            links=tensor not in level.no_link_transfer,
        )
        crossing = walk.crossing()
        if index:
            tiles[-1].size = walk.largest
        tiles.append(
            Tile(
                # Of the outermost level: all loops around are in their last iteration.
                size=projection.size(short.shapes[index].short),
                mold=projection.size(reach[index][-1]),
                spread=walk.spread,
                crossing=crossing,
                replication=short.replication[index],
                rmw_first_update=tensor in level.rmw_first_update,
                no_coalesce=tensor in level.no_coalesce,
                content_accesses=crossing.total,
            )
        )
    return tiles


def _share(crossing: Crossing) -> float:
    """Words that one element of a fan-out receives, on average."""
    if crossing.parts:
        # The sum of doubles that Timeloop takes: what follows is cut to whole numbers.
        return sum(number * factor / crossing.fanout for factor, _, number in crossing.parts)
    return _over(crossing.delivered, crossing.fanout)


def _steps(mapping: Mapping, projection: Projection, reach: list[list[Vector]]) -> list[list[Step]]:
    """Each level's temporal loops of more than one iteration, with how far they move a tile."""
    rows = []
    for level, sizes in zip(mapping.levels, reach, strict=True):
        row = []
        for loop, size in zip(level.loops, sizes, strict=True):
            if loop.bound > 1 and not loop.axis:
                stride = size[loop.dimension] // loop.bound
                row.append(Step(loop.bound, projection.step(loop.dimension, stride)))
        rows.append(row)
    return rows


def _fan(
    machine: Machine,
    level: LevelMapping,
    index: int,
    tensor: int,
    projection: Projection,
    reach: list[list[Vector]],
) -> Fan | None:
    loops = [
        (loop, size[loop.dimension] // loop.bound)
        for loop, size in zip(level.loops, reach[index], strict=True)
        if loop.axis and loop.bound > 1
    ]
    if not loops:
        return None
    logical_x = math.prod(loop.bound for loop, _ in loops if loop.axis == "X")
    return Fan(
        bounds=tuple(loop.bound for loop, _ in loops),
        moves=tuple(projection.step(loop.dimension, stride) for loop, stride in loops),
        row=max(machine.levels[index].fanout_x, logical_x),
        multicast=tensor not in level.no_multicast,
        links=tensor not in level.no_link_transfer,
    )


def _may_link(fan: Fan, projection: Projection, stays: bool) -> bool:
    """Whether a neighbour can have had a delta before.

    Where each rank follows one dimension, a step in time moves a tile past all elements, so none
    ever wants what its neighbour had; unless nothing stays in the elements.
    """
    if not stays:
        return True
    shared = [d for rank in projection.coefficients for d, c in enumerate(rank) if c]
    sums = any(sum(1 for c in rank if c) > 1 for rank in projection.coefficients)
    return (sums or len(set(shared)) != len(shared)) and any(any(move) for move in fan.moves)


def _partition(tiles: list[Tile]) -> None:
    """Words of the tensor each instance sees: its tile's share of what its siblings hold."""
    partition = tiles[-1].size
    tiles[-1].partition = partition
    for inner, outer in reversed(list(pairwise(tiles))):
        if outer.spread:
            partition = partition * inner.size // outer.spread
        inner.partition = partition


def _bypass(tiles: list[Tile], keep: list[bool]) -> None:
    """Levels that do not keep the tensor: their inner level's accesses go to their outer one."""
    for index, tile in enumerate(tiles):
        if keep[index] and not tile.no_coalesce:
            continue
        outer = next((t for t in tiles[index + 1 :] if t.size), None)
        if outer is not None:
            scale = _over(tile.content_accesses * outer.crossing.fanout, outer.crossing.delivered)
            outer.crossing = Crossing(
                {k: count * scale for k, count in outer.crossing.accesses.items()},
                outer.crossing.fanout,
            )
            outer.content_accesses = outer.crossing.total
        if not keep[index] or outer is None:
            _clear(tile)
    for index in reversed(range(len(tiles))):
        if keep[index] and not tiles[index].no_coalesce:
            tiles[index].parent_share = 0
            break
        # Beyond the outermost level that keeps the tensor nothing moves at all.
        _clear(tiles[index])
        tiles[index].crossing = Crossing({})


def _clear(tile: Tile) -> None:
    tile.size = tile.mold = 0
    tile.partition = 0
    tile.content_accesses = 0
    tile.parent_share = 0


def _peers(tiles: list[Tile]) -> None:
    """Words passed on among a level's instances are read from and filled into them."""
    for inner, outer in pairwise(tiles):
        if outer.crossing.link_transfers and inner.size:
            share = _over(outer.crossing.link_transfers, inner.replication)
            inner.peer_accesses += share
            inner.peer_fills += share


def _count(tile: Tile, written: bool, outermost: bool, where: str) -> None:
    content = tile.content_accesses
    if not written:
        tile.reads = round_half_up(content + tile.peer_accesses)
        # Timeloop cuts the fraction off here, and rounds everywhere else.
        tile.fills = math.floor(tile.parent_share + tile.peer_fills)
        return
    if content + tile.peer_accesses < tile.partition:
        raise EngineError(f"{where}: fewer accesses than words")
    tile.updates = round_half_up(content)
    total = content + tile.peer_accesses
    if tile.no_coalesce:
        tile.reads = tile.fills = round_half_up(total)
        tile.temporal_reductions = tile.reads
        return
    # What is written the first time is not read before, nor fetched.
    first = 0 if tile.rmw_first_update else tile.partition
    tile.reads = round_half_up(total - first)
    tile.temporal_reductions = tile.reads
    arriving = tile.parent_share + tile.peer_fills
    if not tile.rmw_first_update and not outermost:
        arriving -= tile.partition
    tile.fills = round_half_up(arriving)
    if tile.fills < 0:
        raise EngineError(f"{where}: fewer fills than words")
