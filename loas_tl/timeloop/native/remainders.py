"""What crosses a boundary where loops do not divide their dimension.

A loop ``M=4,2`` runs four times, and twice in the last of all iterations of the loops around it
that walk the same dimension. Tiles then differ in size, so the closed forms of
:mod:`~loas_tl.timeloop.native.reuse` do not hold. Timeloop's own way is followed instead: of each
loop in time the first iteration is run, the second for all that are like it, and, where a loop
inside runs short at the end, the last but one and the last. Where its tiles are fetched directly,
the last iteration counts as the second if only loops further inside run short. Of a fan-out the
first element is run for all.

Equal runs are done once: a run is known by the loops that are left, by which dimensions are in
their last iteration and by what the memory inside held, seen from where the run begins.

Source: Ruby (ISPASS 2022) for the loops, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.reuse import Box, Crossing, neighbours_with, offsets_of, volume
from loas_tl.timeloop.native.tiles import Projection, Vector

Flags = tuple[bool, ...]
"""Of each dimension: whether all loops around are in their last iteration."""
Boxes = tuple[Box, ...]
Sent = tuple[Boxes, tuple[int, ...]]
"""What a fan-out's first element was sent, and how many elements there were along each loop."""


@dataclass(frozen=True)
class Iterated:
    """A loop of more than one iteration.

    Attributes:
        level, dimension, axis: as in the mapping.
        bound, last: iterations, and those in the last of all iterations around it.
        stride: how far one iteration moves the dimension's index.
        short_inside: whether a loop of this dimension further inside runs short.
    """

    level: int
    dimension: int
    axis: str
    bound: int
    last: int
    stride: int
    short_inside: bool

    def iterations(self, flags: Flags) -> int:
        """In these iterations of the loops around."""
        return self.last if flags[self.dimension] else self.bound

    def within(self, flags: Flags, index: int) -> Flags:
        """The flags inside one iteration."""
        if not flags[self.dimension] or index + 1 >= self.last:
            return flags
        return (*flags[: self.dimension], False, *flags[self.dimension + 1 :])


@dataclass(frozen=True)
class Shape:
    """Sides of the iteration space that some inner loops cover: in full, and in the last iteration.

    What a tile of them measures depends on which dimensions are in their last iteration.
    """

    full: Vector
    short: Vector

    def sides(self, flags: Flags) -> Vector:
        """Of each dimension."""
        return tuple(
            short if last else full
            for full, short, last in zip(self.full, self.short, flags, strict=True)
        )


@dataclass(frozen=True)
class ShortNest:
    """All loops, innermost first, and the shapes that they cover.

    Attributes:
        loops: those of more than one iteration.
        shapes: of each level's loops with all inside.
        fans: of each level's spatial loops with all inside, None where it has none.
        replication: of each level: instances used, rounded down as in Timeloop.
        elements: compute units used.
    """

    loops: tuple[Iterated, ...]
    shapes: tuple[Shape, ...]
    fans: tuple[Shape | None, ...]
    replication: tuple[int, ...]
    elements: int


def short_nest(mapping: Mapping, dimensions: int) -> ShortNest:
    """A mapping's loops.

    Raises:
        EngineError: A spatial loop runs short, and no loop around it walks its dimension.
    """
    full, short = [1] * dimensions, [1] * dimensions
    below: set[int] = set()
    loops: list[Iterated] = []
    shapes: list[Shape] = []
    fans: list[Shape | None] = []
    for number, level in enumerate(mapping.levels):
        fan = None
        for loop in level.loops:
            if loop.bound > 1:
                d = loop.dimension
                loops.append(
                    Iterated(number, d, loop.axis, loop.bound, loop.last, full[d], d in below)
                )
                short[d] += full[d] * (loop.last - 1)
                full[d] *= loop.bound
                if loop.last != loop.bound:
                    below.add(d)
                if loop.axis:
                    fan = Shape(tuple(full), tuple(short))
        fans.append(fan)
        shapes.append(Shape(tuple(full), tuple(short)))
    return ShortNest(
        tuple(loops), tuple(shapes), tuple(fans), *_replication(loops, len(shapes), dimensions)
    )


def _replication(
    loops: list[Iterated], levels: int, dimensions: int
) -> tuple[tuple[int, ...], int]:
    """Instances used of each level, and compute units: a short loop's elements on average."""
    around: dict[int, float] = {}
    used = 1.0
    found = [0] * levels
    remaining = list(reversed(loops))
    units = 1.0
    for level in reversed(range(levels)):
        found[level] = math.floor(used)
        if all(loop.axis or loop.level != level for loop in loops):
            # A level without loops in time has one of one iteration in Timeloop.
            around.setdefault(dimensions - 1, 1.0)
        fanout = 1
        outside = used
        for loop in remaining:
            if loop.level != level:
                continue
            outer = around.get(loop.dimension)
            if loop.axis:
                fanout *= loop.bound
                if loop.last == loop.bound:
                    used *= loop.bound
                elif outer is None:
                    raise EngineError(
                        "a spatial loop runs short, and no loop around it walks its dimension "
                        "(Timeloop stops, too)"
                    )
                else:
                    used = used * (loop.last + loop.bound * (outer - 1)) / outer
            around[loop.dimension] = loop.last + loop.bound * ((outer or 1.0) - 1)
        # Of the innermost fan-out Timeloop counts all elements.
        units = outside * fanout if level == 0 else used
    return tuple(found), math.floor(units)


@dataclass(frozen=True)
class _State:
    """What the memory inside a boundary remembers: its tile, how it moved, what was sent before."""

    tile: Box | None = None
    move: Vector | None = None
    sent: Sent | None = None

    def shifted(self, by: Vector) -> _State:
        """Seen from elsewhere."""
        if not any(by):
            return self
        tile = self.tile and _moved(self.tile, by)
        sent = self.sent and (tuple(_moved(box, by) for box in self.sent[0]), self.sent[1])
        return _State(tile, self.move, sent)


@dataclass(frozen=True)
class Event:
    """What one run sends inwards: to elements of a fan-out, with what they had been sent before."""

    boxes: Boxes
    bounds: tuple[int, ...]
    before: Sent | None


@dataclass
class ShortWalk:
    """The walk over the loops above one boundary, for one tensor.

    Attributes:
        nest: all loops.
        level: whose loops send; its tiles go to the level inside, or to the compute units.
        projection: the tensor's.
        row: physical elements of a row of the level's fan-out.
        stays: whether the level inside keeps its tile between steps.
        multicast, links: what the network of a fan-out may do.
        largest: words of the largest tile that was sent.
        spread: words of the largest tile that all elements of the fan-out held together.
        units: elements of the fan-out that were ever sent anything.
    """

    nest: ShortNest
    level: int
    projection: Projection
    row: int = 1
    stays: bool = True
    multicast: bool = True
    links: bool = True
    largest: int = 0
    spread: int = 0
    units: int = 1
    _memo: dict[tuple[int, Flags, _State], tuple[Counter[Event], int, _State]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        above = [loop for loop in self.nest.loops if loop.level >= self.level]
        own = [loop for loop in above if loop.level == self.level]
        self._fan = [loop for loop in own if loop.axis]
        self._above = [loop for loop in reversed(above) if loop not in self._fan]
        self._direct = not self._fan and any(not loop.axis for loop in own)

    def crossing(self) -> Crossing:
        """What the level sends."""
        flags = (True,) * len(self.nest.shapes[0].full)
        events, words, _ = self._run(0, flags, _State())
        fanout = math.prod(loop.bound for loop in self._fan)
        if not self._fan:
            total = words + sum(volume(event.boxes) * n for event, n in events.items())
            return Crossing({1: total}, 1, 0, ((1, 1, total),))
        parts: Counter[tuple[int, int]] = Counter()
        transfers = 0
        for event, count in events.items():
            size = volume(event.boxes) * count
            if size:
                transfers += size * self._share(event, size, parts)
        accesses: Counter[int] = Counter()
        for (multicast, _), number in parts.items():
            accesses[multicast] += number
        ordered = tuple((m, s, parts[m, s]) for m, s in sorted(parts))
        return Crossing(dict(accesses), fanout, transfers, ordered)

    def iterations(self) -> float:
        """Computes of one unit, on average; of the walk over level 0."""
        flags = (True,) * len(self.nest.shapes[0].full)
        events, words, _ = self._run(0, flags, _State())
        total = words + sum(math.prod(event.bounds) * n for event, n in events.items())
        return total // self.units if not total % self.units else total / self.units

    def _run(self, depth: int, flags: Flags, state: _State) -> tuple[Counter[Event], int, _State]:
        """All that the loops from ``depth`` inwards do: events, words sent directly, the state."""
        if depth == len(self._above):
            event, after = self._send(flags, state)
            return Counter({event: 1}), 0, after
        known = self._memo.get((depth, flags, state))
        if known is not None:
            return known
        loop = self._above[depth]
        if loop.axis:
            result = self._run(depth + 1, loop.within(flags, 0), state)
        elif self._direct and depth == len(self._above) - 1:
            result = self._fetch(loop, flags, state)
        else:
            events: Counter[Event] = Counter()
            words, after = 0, state
            for run in _runs(loop, flags):
                inside, sent, after = self._iteration(depth, run.index, flags, after)
                for event, count in inside.items():
                    events[event] += count * run.times
                words += sent * run.times
            result = events, words, after
        self._memo[depth, flags, state] = result
        return result

    def _iteration(
        self, depth: int, index: int, flags: Flags, state: _State
    ) -> tuple[Counter[Event], int, _State]:
        loop = self._above[depth]
        move = self.projection.step(loop.dimension, loop.stride * index)
        back = tuple(-m for m in move)
        events, words, after = self._run(depth + 1, loop.within(flags, index), state.shifted(back))
        return events, words, after.shifted(move)

    def _fetch(
        self, loop: Iterated, flags: Flags, state: _State
    ) -> tuple[Counter[Event], int, _State]:
        """The loop whose iterations fetch tiles directly; below level 0 each fetches a word."""
        if self.level == 0:
            return Counter(), loop.iterations(flags), state
        words = size = 0
        for run in _runs(loop, flags):
            events, _, state = self._iteration(len(self._above) - 1, run.index, flags, state)
            if not run.like_before:
                size = sum(volume(event.boxes) for event in events)
            words += size * run.times
        return Counter(), words, state

    def _send(self, flags: Flags, state: _State) -> tuple[Event, _State]:
        """One tile on its way inwards, less what is there."""
        bounds = tuple(loop.iterations(flags) for loop in self._fan)
        fan = self.nest.fans[self.level]
        if fan is not None:
            self.spread = max(self.spread, self.projection.size(fan.sides(flags)))
        for loop in self._fan:
            flags = loop.within(flags, 0)
        self.units = max(self.units, math.prod(bounds))
        sides = self.nest.shapes[self.level - 1].sides(flags) if self.level else None
        extent = self.projection.extent(sides or (1,) * len(flags))
        tile: Box = tuple((0, side) for side in extent)
        self.largest = max(self.largest, math.prod(extent))
        boxes, move, held = self._delta(tile, state)
        sent = (boxes, bounds) if self._fan and self.links else None
        event = Event(boxes, bounds, state.sent if sent else None)
        return event, _State(held, move, sent)

    def _delta(self, tile: Box, state: _State) -> tuple[Boxes, Vector | None, Box | None]:
        if not self.stays:
            return (tile,), None, None
        if state.tile is None:
            return (tile,), None, tile
        move = _translation(state.tile, tile)
        if not any(move):
            return _without(tile, state.tile), state.move, tile
        if state.move is None or state.move == move:
            return _without(tile, state.tile), move, tile
        # The tile no longer moves on as before: all of it is fetched.
        return (tile,), None, tile

    def _share(self, event: Event, size: int, parts: Counter[tuple[int, int]]) -> int:
        """Adds an event's accesses to ``parts``; how many elements neighbours serve."""
        moves = tuple(self.projection.step(loop.dimension, loop.stride) for loop in self._fan)
        offsets = offsets_of(event.bounds, moves)
        taken, passed = self._groups(offsets), 0
        shift = _shift(event)
        if shift is not None and event.before is not None:
            before = offsets_of(event.before[1], moves)
            served = neighbours_with(offsets, before, shift, self.row)
            if served.any():
                fewer = self._groups(offsets[~served])
                if sum(fewer.values()) < sum(taken.values()):
                    taken, passed = fewer, int(served.sum())
        for multicast, scatter in taken.items():
            parts[multicast, scatter] += size * scatter
        return passed

    def _groups(self, offsets: npt.NDArray[np.int64]) -> dict[int, int]:
        """How many groups of elements want the same, by the size of the group."""
        if not len(offsets):
            return {}
        if not self.multicast:
            return {1: len(offsets)}
        _, counts = np.unique(offsets, axis=0, return_counts=True)
        sizes, groups = np.unique(counts, return_counts=True)
        return {int(size): int(n) for size, n in zip(sizes, groups, strict=True)}


@dataclass(frozen=True)
class _Run:
    """An iteration that is run: for how many it stands, and whether only for what it leaves.

    Where tiles are fetched directly, one with ``like_before`` counts as the run before it did.
    """

    index: int
    times: int
    like_before: bool = False


def _runs(loop: Iterated, flags: Flags) -> list[_Run]:
    count = loop.iterations(flags)
    to_the_end = loop.short_inside and flags[loop.dimension]
    before_last = to_the_end and loop.last != loop.bound
    alike = count - 1 - to_the_end - before_last
    runs = [_Run(0, 1)]
    if alike > 0:
        runs.append(_Run(1, alike))
    if before_last and count >= 3:
        runs.append(_Run(count - 2, 1, like_before=count >= 4))
    if to_the_end and count >= 2:
        runs.append(_Run(count - 1, 1, like_before=not before_last and count >= 3))
    return runs


def _moved(box: Box, by: Vector) -> Box:
    return tuple((low + b, high + b) for (low, high), b in zip(box, by, strict=True))


@lru_cache(maxsize=65536)
def _translation(one: Box, other: Box) -> Vector:
    """How far the middle moves, rounded away from 0 to whole words."""
    twice = [c + d - a - b for (a, b), (c, d) in zip(one, other, strict=True)]
    return tuple((t + 1) // 2 if t > 0 else -((1 - t) // 2) for t in twice)


def _without(tile: Box, held: Box) -> Boxes:
    """A tile without what is there, as boxes."""
    if any(
        high <= low_held or high_held <= low
        for (low, high), (low_held, high_held) in zip(tile, held, strict=True)
    ):
        return (tile,)
    boxes: list[Box] = []
    middle = list(tile)
    for rank, (low_held, high_held) in enumerate(held):
        low, high = middle[rank]
        if low < low_held:
            boxes.append((*middle[:rank], (low, low_held), *middle[rank + 1 :]))
            low = low_held
        if high_held < high:
            boxes.append((*middle[:rank], (high_held, high), *middle[rank + 1 :]))
            high = high_held
        middle[rank] = (low, high)
    return tuple(boxes)


def _shift(event: Event) -> Vector | None:
    """How far what was sent before must move to be what is sent now; None if it cannot."""
    if not event.boxes or event.before is None or not event.before[0]:
        return None
    one, other = min(event.boxes), min(event.before[0])
    shift = tuple(a[0] - b[0] for a, b in zip(one, other, strict=True))
    if {_moved(box, shift) for box in event.before[0]} != set(event.boxes):
        return None
    return shift
