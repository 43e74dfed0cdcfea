"""Events: when a tile of a tensor crosses from the level that keeps it to the next inner one.

A tile stays in the inner level while only loops run that do not matter to the tensor: those in
time inside the innermost one that does, for as long as it takes. Copies of the inner level that
want the same tile at once share one read (multicast), or add up into one update (reduction). All
loops that an event spans are its *span*; the event's words are met by all iterations in it.

Below the innermost level nothing stays: every compute is an event of single words. Only what
neighbouring units had in the step before they pass on among themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from loas_tl.exact.nest import Nest, Positions
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.mapping import Mapping


@dataclass(frozen=True)
class Crossing:
    """A tensor's events between two levels.

    Attributes:
        tensor: its index.
        outer, inner: levels; None for the compute level.
        inside: loops inside the inner level's tile.
        shared: loops in space over copies that share an event.
        stays: loops in time that leave the tile where it is.
    """

    tensor: int
    outer: int
    inner: int | None
    inside: Positions
    shared: Positions
    stays: Positions

    @property
    def span(self) -> Positions:
        """All loops that one event spans."""
        return self.inside | self.shared | self.stays

    def repeats(self, nest: Nest) -> int:
        """Iterations in which one event serves one word."""
        return nest.product(self.span, nest.others(self.tensor))

    def repeats_at_inner(self, nest: Nest) -> int:
        """The same where each copy counts by itself: words that arrive, not words that leave."""
        return nest.product(self.inside | self.stays, nest.others(self.tensor))

    def again(self, nest: Nest, *, at_inner: bool = False) -> Positions:
        """Loops that bring a word back: a written word's first event has them all at 0.

        Copies that do not add up before they write come one after another at the outer level;
        with ``at_inner`` each has a first of its own.
        """
        others = nest.others(self.tensor)
        first = 0 if self.inner is None else self.inner + 1
        return frozenset(
            p
            for p, loop in enumerate(nest.loops)
            if loop.dimension in others
            and p not in self.span
            and (not loop.axis or (first <= loop.level <= self.outer and not at_inner))
        )


def crossings(mapping: Mapping, nest: Nest, tensor: int) -> list[Crossing]:
    """A tensor's crossings, innermost first: one for each level that keeps it.

    Raises:
        InputError: a level is to drop at each step a tile that its neighbours pass on.
    """
    kept = nest.kept(tensor)
    inners: list[int | None] = [None, *kept[:-1]]
    return [
        _crossing(mapping, nest, tensor, outer, inner)
        for inner, outer in zip(inners, kept, strict=True)
    ]


def _crossing(mapping: Mapping, nest: Nest, tensor: int, outer: int, inner: int | None) -> Crossing:
    first = 0 if inner is None else inner + 1
    relevant = frozenset(nest.tensors[tensor])
    shared = frozenset(
        p
        for p, loop in enumerate(nest.loops)
        if first <= loop.level <= outer
        and loop.axis
        and loop.dimension not in relevant
        and tensor not in mapping.levels[loop.level].no_multicast
    )
    reuse = inner is not None and tensor not in mapping.levels[inner].no_temporal_reuse
    if not reuse and _passed_on(mapping, nest, tensor, first):
        if inner is not None:
            raise InputError("no_reuse of a tile that neighbours pass on is not executed")
        reuse = True
    stays = _stays(nest, relevant, first) if reuse else frozenset()
    return Crossing(tensor, outer, inner, nest.inside(inner), shared, stays)


def _stays(nest: Nest, relevant: frozenset[int], first: int) -> Positions:
    """Loops in time, from a level outwards, up to the first that moves the tile."""
    found = set()
    for position, loop in enumerate(nest.loops):
        if loop.level < first or loop.axis or loop.bound == 1:
            continue
        if loop.dimension in relevant:
            break
        found.add(position)
    return frozenset(found)


def _passed_on(mapping: Mapping, nest: Nest, tensor: int, level: int) -> bool:
    """Whether units get a word that does not change from a neighbour instead of their level.

    A unit's neighbours are those beside it in its row and above and below it. Along an axis they
    differ in the innermost loop of that axis at least: all of them want the same word, or none.
    """
    if tensor in mapping.levels[level].no_link_transfer:
        return False
    nearest: dict[str, int] = {}
    for loop in nest.loops:
        if loop.level == level and loop.axis and loop.bound > 1:
            nearest.setdefault(loop.axis, loop.dimension)
    return any(dimension not in nest.tensors[tensor] for dimension in nearest.values())
