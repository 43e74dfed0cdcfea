"""Which loops of a mapping become which ranks of a tensor's format.

The loops of a level that matter to a tensor, outermost first, are given to the format's ranks,
outermost first: one loop of more than one iteration each, or as many as a rank may flatten. A
compressed level stores its tiles as the inner level takes them (it is tiled beforehand): its
innermost ranks are the inner level's ranks, and its own loops take the ranks above. A level that
stores all words takes the whole tile as one rank.

Source: Sparseloop (MICRO 2022), section 4.2, and what timeloop-model 4cf6d4c accepts and refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native.formats import Fibers
from loas_tl.timeloop.native.machine import Machine, Rank, StorageFormat
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.nest import Nest, Tile
from loas_tl.timeloop.native.tiles import Projection


@dataclass(frozen=True)
class RankLoop:
    """A loop that a format may take: dimension, iterations, words of the tile it walks."""

    dimension: int
    bound: int
    size: int


@dataclass
class _Ranks:
    """Ranks found so far, innermost first: each one's loops, and words of the tile below it."""

    loops: list[list[RankLoop]]
    sizes: list[int]


def check_formats(machine: Machine, mapping: Mapping) -> None:
    """Refuses a mapping that needs (de)compression or partitioning that a level cannot do.

    Raises:
        MappingError: With Timeloop's reason.
    """
    if not machine.formats:
        return
    for tensor, data_space in enumerate(machine.problem.data_spaces):
        # (level, compressed, ranks) of the levels that keep it, outermost first.
        parent: tuple[int, bool, int] | None = None
        for level in reversed(range(len(machine.levels))):
            if not mapping.levels[level].keep[tensor]:
                continue
            stored = machine.levels[level].formats[tensor]
            compressed = stored is not None and stored.compressed
            count = len(stored.ranks) if stored is not None and compressed else -1
            here = machine.levels[level]
            if parent is not None:
                above, above_compressed, above_count = parent
                if above_compressed and not compressed:
                    if not here.decompression:
                        raise MappingError(
                            here.name, "decompression (from parent level) needed but not supported"
                        )
                    if data_space.read_write and not here.compression:
                        raise MappingError(
                            here.name, "compression (to parent level) needed but not supported"
                        )
                if above_compressed and compressed and above_count < count:
                    raise MappingError(
                        machine.levels[above].name,
                        "runtime partition needed but not supported (NOT IMPLEMENTED YET)",
                    )
            parent = (level, compressed, count)


def map_ranks(machine: Machine, mapping: Mapping, nest: Nest, tensor: int) -> dict[int, Fibers]:
    """The fibers of a tensor's ranks in each level that keeps it.

    Raises:
        MappingError: A level has too few ranks for its loops, or ranks that do not match those
            of the level inside it; with Timeloop's reason.
    """
    found: dict[int, _Ranks] = {}
    fibers = {}
    projection = nest.projections[tensor]
    for level, tile in enumerate(nest.tiles[tensor]):
        if not tile.size:
            continue
        found[level] = _level_ranks(machine, mapping, nest, tensor, level, tile, found)
        fibers[level] = Fibers(
            tuple(_fiber_size(projection, loops) for loops in found[level].loops),
            tuple(found[level].sizes[: len(found[level].loops)]),
        )
    return fibers


def _fiber_size(projection: Projection, loops: list[RankLoop]) -> int:
    """Coordinates of a fiber: words of the tensor that its loops alone span."""
    sizes = [1] * len(projection.coefficients[0])
    for loop in loops:
        sizes[loop.dimension] *= loop.bound
    return projection.size(tuple(sizes))


def _level_ranks(
    machine: Machine,
    mapping: Mapping,
    nest: Nest,
    tensor: int,
    level: int,
    tile: Tile,
    found: dict[int, _Ranks],
) -> _Ranks:
    name = machine.problem.data_spaces[tensor].name
    stored = machine.levels[level].formats[tensor]
    ranks = stored.ranks if stored is not None else None
    child = tile.child
    # Tiles of one word need no tiling beforehand.
    inner: _Ranks | None = None
    split = child is not None and nest.tiles[tensor][child].size > 1
    if split and child is not None and stored is not None and stored.compressed:
        inner = found[child]
        _check_alignment(machine, tensor, level, child, stored, len(inner.loops))
    inner_ranks = len(inner.loops) if inner is not None else 0
    loops = _relevant_loops(mapping, nest, tensor, level, child, whole=inner is None)
    result, complete = _assign(loops, ranks, inner_ranks)
    if not complete:
        raise MappingError(
            machine.levels[level].name,
            f"more compression ranks needed than supported in hardware. dataspace name: {name}",
        )
    if inner is not None:
        result.loops = inner.loops + result.loops
        result.sizes = inner.sizes + result.sizes
    else:
        result.sizes = [1, *result.sizes]
    return result


def _check_alignment(
    machine: Machine,
    tensor: int,
    level: int,
    child: int,
    outer_format: StorageFormat,
    inner_ranks: int,
) -> None:
    inner_format = machine.levels[child].formats[tensor]
    aligned = inner_ranks <= len(outer_format.ranks)
    if aligned and inner_format is not None and inner_format.compressed:
        pairs = zip(outer_format.ranks, inner_format.ranks, strict=False)
        aligned = all(one.format == other.format for one, other in pairs)
    if not aligned:
        names = f"{machine.levels[level].name} {machine.levels[child].name}"
        raise MappingError(
            machine.levels[level].name,
            f"pretiling for {machine.problem.data_spaces[tensor].name}required but level "
            f"compression format does not align: {names}",
        )


def _relevant_loops(
    mapping: Mapping, nest: Nest, tensor: int, level: int, child: int | None, *, whole: bool
) -> list[RankLoop]:
    """Loops from a level down to the one below it that keeps the tensor, innermost first.

    With ``whole`` the innermost loop of each dimension also covers all that lies further inside.
    """
    projection = nest.projections[tensor]
    first = 0 if child is None else child + 1
    inside = [1] * len(nest.extents[0][0])
    if whole and first > 0:
        inside = list(nest.extents[first - 1][-1])
    loops = []
    for index in range(first, level + 1):
        for loop, reach in zip(mapping.levels[index].loops, nest.extents[index], strict=True):
            if loop.dimension in projection.dimensions:
                bound = loop.bound * inside[loop.dimension]
                inside[loop.dimension] = 1
                loops.append(RankLoop(loop.dimension, bound, projection.size(reach)))
    return loops


def _assign(
    loops: list[RankLoop], ranks: tuple[Rank, ...] | None, inner_ranks: int
) -> tuple[_Ranks, bool]:
    """Gives loops to ranks, outermost first; whether all loops found one.

    Args:
        loops: Innermost first.
        ranks: The format, innermost first; None for one rank that takes everything.
        inner_ranks: Innermost ranks that are not to be given loops.
    """
    count = 1 if ranks is None else len(ranks)
    taken: list[list[RankLoop]] = []
    sizes: list[int] = []
    position = len(loops) - 1
    rank = count
    innermost = loops[0].size if loops else 1
    while rank > inner_ranks and position >= 0:
        while position >= 0 and loops[position].bound <= 1:
            position -= 1
        if position < 0:
            break
        rank -= 1
        group: tuple[int, ...] = ()
        flattening = ranks is None
        if ranks is not None and ranks[rank].flattened:
            rules = (rule for rule in ranks[rank].flattened if loops[position].dimension in rule)
            rule = next(rules, None)
            if rule is None:
                # The rank stays without loops; Timeloop then files it as an outer one.
                taken.append([])
                sizes.append(innermost)
                continue
            group, flattening = rule, True
        own = [loops[position]]
        size = loops[position].size
        position -= 1
        while flattening and position >= 0:
            loop = loops[position]
            if loop.bound > 1:
                if ranks is not None and loop.dimension not in group:
                    break
                own.append(loop)
            position -= 1
        taken.insert(0, own)
        sizes.insert(0, size)
    while rank > inner_ranks:
        rank -= 1
        taken.insert(0, [])
        sizes.insert(0, innermost)
    complete = all(loop.bound <= 1 for loop in loops[: position + 1])
    return _Ranks(taken, sizes), complete
