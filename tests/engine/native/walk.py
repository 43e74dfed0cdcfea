"""A brute-force walk of a loop nest: every iteration, every instance, tiles as sets of words.

Slow and plain, to hold the closed forms of :mod:`loas_tl.timeloop.native.nest` against.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.tiles import Projection, projections

Word = tuple[int, ...]
Tile = frozenset[Word]


@dataclass(frozen=True)
class Iterated:
    """A loop with the level it belongs to and how far one iteration moves its dimension."""

    level: int
    dimension: int
    bound: int
    axis: str
    stride: int


@dataclass
class Flow:
    """What one level sends inwards, over all instances."""

    accesses: int = 0
    delivered: int = 0
    passed_on: int = 0


@dataclass
class Walked:
    """Counts of a tensor in a level, per instance."""

    reads: int
    fills: int
    updates: int


@dataclass
class _Memory:
    """What one element of an inner level remembers."""

    tile: Tile = frozenset()
    corner: Word | None = None
    move: Word | None = None
    delta: Tile = frozenset()


def loops(mapping: Mapping, dimensions: int) -> list[Iterated]:
    """All loops, innermost first."""
    strides = [1] * dimensions
    found = []
    for number, level in enumerate(mapping.levels):
        for loop in level.loops:
            found.append(
                Iterated(number, loop.dimension, loop.bound, loop.axis, strides[loop.dimension])
            )
            strides[loop.dimension] *= loop.bound
    return found


def project(projection: Projection, point: list[int]) -> Word:
    """The word that a point of the iteration space touches."""
    return tuple(sum(c * i for c, i in zip(r, point, strict=True)) for r in projection.coefficients)


def positions(nest: list[Iterated], dimensions: int) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """Every iteration of some loops, the last of the list outermost: indices, and the point."""
    for indices in itertools.product(*(range(loop.bound) for loop in reversed(nest))):
        point = [0] * dimensions
        for loop, index in zip(reversed(nest), indices, strict=True):
            point[loop.dimension] += loop.stride * index
        yield indices, point


def words(projection: Projection, inner: list[Iterated], point: list[int]) -> Tile:
    """All words that some loops touch from a point on, as a box without holes."""
    touched = [
        project(projection, [a + b for a, b in zip(point, offset, strict=True)])
        for _, offset in positions(inner, len(point))
    ]
    sides = [range(min(side), max(side) + 1) for side in zip(*touched, strict=True)]
    return frozenset(itertools.product(*sides))


@dataclass
class Walker:
    """Walks one tensor's flows."""

    machine: Machine
    mapping: Mapping
    tensor: int
    projection: Projection = field(init=False)
    nest: list[Iterated] = field(init=False)

    def __post_init__(self) -> None:
        problem = self.machine.problem
        self.projection = projections(problem)[self.tensor]
        self.nest = loops(self.mapping, len(problem.dimensions))

    def instances(self, level: int) -> int:
        """Copies of a level that are used."""
        return math.prod(loop.bound for loop in self.nest if loop.level > level and loop.axis)

    def flow(self, outer: int, inner: int) -> Flow:
        """From a level to the next that keeps the tensor (-1 for the compute level)."""
        dimensions = len(self.machine.problem.dimensions)
        inside = [loop for loop in self.nest if loop.level <= inner]
        time = [loop for loop in self.nest if loop.level > inner and not loop.axis]
        above = [loop for loop in self.nest if loop.level > outer and loop.axis]
        fan = [loop for loop in self.nest if inner < loop.level <= outer and loop.axis]
        flow = Flow()
        memory: dict[tuple[int, ...], _Memory] = {}
        for _, now in positions(time, dimensions):
            for parent, there in positions(above, dimensions):
                base = [a + b for a, b in zip(now, there, strict=True)]
                deltas: dict[int, Tile] = {}
                before: dict[int, Tile] = {}
                for number, (_, offset) in enumerate(positions(fan, dimensions)):
                    point = [a + b for a, b in zip(base, offset, strict=True)]
                    element = memory.setdefault((*parent, number), _Memory())
                    before[number] = element.delta
                    tile = words(self.projection, inside, point)
                    element.delta = deltas[number] = _delta(
                        element, tile, project(self.projection, point), stays=inner >= 0
                    )
                # Only what is directly inside the fan-out passes words on.
                adjacent = any(loop.level == inner + 1 and loop.bound > 1 for loop in fan)
                self._share(flow, deltas, before if adjacent else {}, fan)
        return flow

    def _share(
        self, flow: Flow, deltas: dict[int, Tile], before: dict[int, Tile], fan: list[Iterated]
    ) -> None:
        wanted = {n: delta for n, delta in deltas.items() if delta}
        alone = set(wanted.values())
        served = {
            n
            for n, delta in wanted.items()
            if any(before.get(m) == delta for m in self._neighbours(n, len(deltas), fan))
        }
        rest = {delta for n, delta in wanted.items() if n not in served}
        if len(rest) < len(alone):
            flow.accesses += sum(map(len, rest))
            flow.delivered += sum(len(d) for n, d in wanted.items() if n not in served)
            flow.passed_on += sum(len(wanted[n]) for n in served)
        else:
            flow.accesses += sum(map(len, alone))
            flow.delivered += sum(map(len, wanted.values()))

    def _neighbours(self, number: int, count: int, fan: list[Iterated]) -> list[int]:
        """Elements beside, above and below; rows are as wide as the machine's."""
        if not any(loop.bound > 1 for loop in fan):
            return []
        level = next(loop.level for loop in fan if loop.bound > 1)
        logical = math.prod(loop.bound for loop in fan if loop.axis == "X")
        row = max(self.machine.levels[level].fanout_x, logical)
        beside = [m for m in (number - 1, number + 1) if m >= 0 and m // row == number // row]
        return [m for m in [*beside, number - row, number + row] if 0 <= m < count]

    def counts(self) -> dict[int, Walked]:
        """Reads, fills and updates of every level that keeps the tensor."""
        kept = [i for i, level in enumerate(self.mapping.levels) if level.keep[self.tensor]]
        written = self.machine.problem.data_spaces[self.tensor].read_write
        flows = {outer: self.flow(outer, inner) for inner, outer in itertools.pairwise([-1, *kept])}
        result = {}
        for level in kept:
            outer = next((other for other in kept if other > level), None)
            copies = self.instances(level)
            inward = flows[level].accesses / copies
            arriving = passed = 0.0
            if outer is not None:
                arriving = flows[outer].delivered / copies
                passed = flows[outer].passed_on / copies
            seen = self._seen(level) if written else 0
            total = inward + passed
            result[level] = Walked(
                reads=math.floor(total - seen + 0.5),
                fills=math.floor(
                    arriving + passed - (seen if outer is not None else 0) + (0.5 if written else 0)
                ),
                updates=math.floor(inward + 0.5) if written else 0,
            )
        return result

    def _seen(self, level: int) -> int:
        """Words that one instance sees over the whole run."""
        mine = [loop for loop in self.nest if loop.level <= level or not loop.axis]
        dimensions = len(self.machine.problem.dimensions)
        return len({project(self.projection, point) for _, point in positions(mine, dimensions)})


def _delta(element: _Memory, tile: Tile, corner: Word, *, stays: bool) -> Tile:
    """What is fetched: the tile without what is there, as long as it moves on as before."""
    if not stays:
        return tile
    delta = tile - element.tile
    if element.corner is not None:
        move = tuple(a - b for a, b in zip(corner, element.corner, strict=True))
        if any(move):
            if element.move is None or element.move == move:
                element.move = move
            else:
                delta, element.move = tile, None
    element.tile, element.corner = tile, corner
    return delta
