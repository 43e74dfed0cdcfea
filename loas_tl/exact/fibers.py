"""The fibers of a compressed tile: which loops each rank of a format walks.

The loops that matter to a tensor, outermost first, are given to the format's ranks, outermost
first: one loop of more than one iteration each, or as many as a rank may flatten. A compressed
level stores its tiles as the inner level takes them: its innermost ranks are the inner level's
ranks. Any other level's ranks walk its whole tile. A rank that gets no loop has one coordinate; it
is left out unless it is the outermost.

What a rank takes, for each fiber that is not empty and each of its coordinates:

- ``uop``: a payload a coordinate and one more.
- ``cp``, ``rle``: a metadata word (a coordinate; a run) and a payload where it is not empty.
- ``b``: a metadata word; a payload where it is not empty.
- ``ub``: both, also in empty fibers.

The innermost rank's payload is the data. A word of metadata belongs to the data below its
coordinate, in equal parts to each word: so that what is read with a part of a tile is defined for
every rank, and all parts add up to the tile's metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from loas_tl.exact.arrays import Bools, Factor, any_within
from loas_tl.exact.nest import Nest, Positions
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native.machine import Machine, StorageFormat


@dataclass(frozen=True)
class Share:
    """Words of metadata or payload, as parts of the tensor's words.

    Attributes:
        where: which words have a part; None for all.
        part: of a word of metadata, for each of them.
    """

    where: Factor | None
    part: Fraction


@dataclass(frozen=True)
class RankShares:
    """One rank's metadata and payload; None where it has none."""

    metadata: Share | None
    payload: Share | None


def level_ranks(machine: Machine, nest: Nest, tensor: int) -> dict[int, list[Positions]]:
    """The loops of each rank, innermost first, in each level that keeps a tensor.

    A level without a format counts as one rank that walks everything.

    Raises:
        MappingError: a level has too few ranks for its loops.
    """
    found: dict[int, list[Positions]] = {}
    kept = nest.kept(tensor)
    inners: list[int | None] = [None, *kept[:-1]]
    for inner, level in zip(inners, kept, strict=True):
        form = machine.levels[level].formats[tensor]
        nested = form is not None and form.compressed and inner is not None
        below: list[Positions] = []
        if nested and inner is not None and nest.words(tensor, inner) > 1:
            below = found[inner]
        loops = _loops(nest, tensor, level, inner, whole=not below)
        ranks = _assign(nest, loops, form, len(below))
        if ranks is None or (form is not None and len(below) > len(form.ranks)):
            raise MappingError(
                machine.levels[level].name,
                "more compression ranks needed than supported in hardware. dataspace name: "
                f"{machine.problem.data_spaces[tensor].name}",
            )
        found[level] = below + ranks
    return found


def _loops(
    nest: Nest, tensor: int, level: int, inner: int | None, *, whole: bool
) -> list[tuple[int, Positions]]:
    """Loops (dimension, all that it walks) of a level's part of the nest, innermost first.

    With ``whole``, the innermost loop of each dimension also walks what lies further inside.
    """
    first = 0 if inner is None else inner + 1
    inside = {
        d: frozenset(nest.where(nest.inside(inner), d)) if whole else frozenset()
        for d in nest.tensors[tensor]
    }
    loops = []
    for position, loop in enumerate(nest.loops):
        if first <= loop.level <= level and loop.dimension in inside:
            loops.append((loop.dimension, inside[loop.dimension] | {position}))
            inside[loop.dimension] = frozenset()
    return [(d, walked) for d, walked in loops if nest.product(walked) > 1]


def _assign(
    nest: Nest,
    loops: list[tuple[int, Positions]],
    form: StorageFormat | None,
    below: int,
) -> list[Positions] | None:
    """The ranks above the lowest ``below``, innermost first; None if loops are left over."""
    count = 1 if form is None else len(form.ranks)
    ranks: list[Positions] = []
    left = list(loops)
    for rank in range(count - 1, below - 1, -1):
        walked: Positions = frozenset()
        if left:
            flattened = form.ranks[rank].flattened if form is not None else ()
            if form is None:
                group = frozenset(range(len(nest.sizes)))
            elif flattened:
                fitting = [frozenset(g) for g in flattened if left[-1][0] in g]
                group = fitting[0] if fitting else frozenset()
            else:
                group = frozenset()
                walked = left.pop()[1]
            while left and left[-1][0] in group:
                walked |= left.pop()[1]
        ranks.insert(0, walked)
    return None if left else ranks


def shares(
    nest: Nest,
    tensor: int,
    form: StorageFormat,
    ranks: list[Positions],
    mask: Bools,
    known: dict[Positions, Factor],
) -> list[RankShares]:
    """Each rank's metadata and payload, innermost first.

    Args:
        nest: the loops.
        tensor: its index.
        form: its format.
        ranks: the loops of each rank, innermost first.
        mask: where the tensor is not zero.
        known: arrays found so far for the same tensor, by the loops within which any word counts.
    """
    axes = nest.tensors[tensor]

    def any_of(free: Positions) -> Factor:
        free = frozenset(p for p in free if nest.loops[p].bound > 1)
        if free not in known:
            known[free] = Factor(axes, any_within(nest, axes, mask, free))
        return known[free]

    result = []
    data_found = False
    below: Positions = frozenset()
    for index, walked in enumerate(ranks):
        fiber = nest.product(walked)
        if fiber == 1 and index != len(ranks) - 1:
            result.append(RankShares(None, None))
            continue
        each = Fraction(1, nest.product(below))
        coordinates = any_of(below)
        fibers = any_of(below | walked)
        kind = form.ranks[index].format
        metadata: Share | None = None
        payload: Share | None
        if kind == "ub":
            metadata = payload = Share(None, each)
        elif kind == "uop":
            payload = Share(fibers, each * Fraction(fiber + 1, fiber))
        elif kind == "b":
            metadata, payload = Share(fibers, each), Share(coordinates, each)
        else:
            metadata = payload = Share(coordinates, each)
        if not data_found:
            payload, data_found = None, True
        result.append(RankShares(metadata, payload))
        below = below | walked
    return result
