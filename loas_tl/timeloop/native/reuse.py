"""What crosses one boundary between two storage levels, by walking the loops above it.

The loops above a boundary move the inner level's tile through the tensor. At each step the tile
that was there stays and only the difference is fetched (the delta). Timeloop does not walk every
iteration: of each loop it runs the first and the second and counts the second for all others.
This module gives the same counts without running them one by one.

Two rules of Timeloop's matter where tiles overlap (sliding windows):

- The difference is kept only while the tile moves on by the same vector. When the vector
  changes, the whole tile is fetched and the next vector starts afresh.
- After the last iteration of an inner loop the tile stands where its *second* iteration left it.

Over a spatial fan-out the first element's delta is taken for all, moved by each element's offset.
Elements with the same delta share one access (multicast); the delta that a neighbour had in the
step before may come from it instead (link transfer), if that saves accesses.

Source: Timeloop (ISPASS 2019), section VI-A, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from loas_tl.timeloop.native.tiles import Vector

Box = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Step:
    """A temporal loop above the boundary: its iterations and how far one moves the tile."""

    bound: int
    move: Vector


@dataclass(frozen=True)
class Outcome:
    """What one step fetches: boxes relative to the tile, and what neighbours may have had.

    Attributes:
        boxes: the delta, as boxes whose origin is the tile's.
        link: offset from an element to the one that had the same delta before; None if none can.
    """

    boxes: tuple[Box, ...]
    link: Vector | None


@dataclass(frozen=True)
class _State:
    """What the walk remembers: the vector of the last moves and the last delta."""

    move: Vector | None
    boxes: tuple[Box, ...] | None


_Memo = dict[tuple[int, _State], tuple[Counter[Outcome], _State]]


@dataclass
class Walk:
    """The walk over the loops above a boundary, for one tensor.

    Attributes:
        extent: sides of the inner level's tile.
        steps: temporal loops above the boundary, innermost first; those of one iteration and
            spatial ones move nothing.
        stays: whether the inner level keeps the tile between steps; False where it is the
            compute level or reuse is denied.
        links: whether to look for what neighbours had.
    """

    extent: Vector
    steps: Sequence[Step]
    stays: bool = True
    links: bool = False
    _memo: _Memo = field(default_factory=dict)

    def outcomes(self) -> Counter[Outcome]:
        """All steps' outcomes and how often each happens."""
        first = Outcome((self._whole,), None)
        state = _State(None, (self._whole,) if self.links else None)
        counts, _ = self._run(len(self.steps), state)
        return counts + Counter({first: 1})

    @cached_property
    def _whole(self) -> Box:
        return tuple((0, side) for side in self.extent)

    @cached_property
    def _moves(self) -> list[Vector]:
        """How far the tile moves when a loop goes on and all inside it start again."""
        moves = []
        inner = [0] * len(self.extent)
        for step in self.steps:
            moves.append(tuple(m - i for m, i in zip(step.move, inner, strict=True)))
            inner = [i + m for i, m in zip(inner, step.move, strict=True)]
        return moves

    def _run(self, depth: int, state: _State) -> tuple[Counter[Outcome], _State]:
        """All moves of the ``depth`` innermost loops, from a state to a state."""
        if depth == 0:
            return Counter(), state
        known = self._memo.get((depth, state))
        if known is not None:
            return known
        counts, middle = self._run(depth - 1, state)
        repeats = self.steps[depth - 1].bound - 1
        outcome, after = self._move(self._moves[depth - 1], middle)
        inner, end = self._run(depth - 1, after)
        counts = Counter(counts)
        counts[outcome] += repeats
        for key, count in inner.items():
            counts[key] += count * repeats
        self._memo[depth, state] = counts, end
        return counts, end

    def _move(self, move: Vector, state: _State) -> tuple[Outcome, _State]:
        boxes: tuple[Box, ...]
        last = state.move
        if not self.stays:
            boxes = (self._whole,)
        elif not any(move):
            boxes = ()
        elif last is None or last == move:
            boxes, last = self._difference(move), move
        else:
            boxes, last = (self._whole,), None
        link = self._link(boxes, move, state.boxes) if self.links else None
        return Outcome(boxes, link), _State(last, boxes if self.links else None)

    def _difference(self, move: Vector) -> tuple[Box, ...]:
        """The tile without where it stood before the move."""
        whole = self._whole
        if any(abs(m) >= side for m, side in zip(move, self.extent, strict=True)):
            return (whole,)
        boxes = []
        middle = list(whole)
        for rank, (m, side) in enumerate(zip(move, self.extent, strict=True)):
            if m > 0:
                boxes.append((*middle[:rank], (side - m, side), *middle[rank + 1 :]))
                middle[rank] = (0, side - m)
            elif m < 0:
                boxes.append((*middle[:rank], (0, -m), *middle[rank + 1 :]))
                middle[rank] = (-m, side)
        return tuple(boxes)

    def _link(
        self, boxes: tuple[Box, ...], move: Vector, before: tuple[Box, ...] | None
    ) -> Vector | None:
        """The offset at which the delta before, where it then was, equals this one."""
        if not boxes or not before:
            return None
        one, other = min(boxes), min(before)
        shift = tuple(a[0] - b[0] for a, b in zip(one, other, strict=True))
        moved = {
            tuple((lo + s, hi + s) for (lo, hi), s in zip(box, shift, strict=True))
            for box in before
        }
        if moved != set(boxes):
            return None
        return tuple(m + s for m, s in zip(move, shift, strict=True))


def volume(boxes: tuple[Box, ...]) -> int:
    """Words in boxes that do not overlap."""
    total = 0
    for box in boxes:
        words = 1
        for low, high in box:
            words *= high - low
        total += words
    return total


@dataclass(frozen=True)
class Crossing:
    """Accesses of an outer level by the level inside it, for one tensor.

    Attributes:
        accesses: by how many elements share each (multicast factor).
        fanout: elements addressed.
        link_transfers: words that elements passed on among themselves.
        parts: (multicast factor, groups, accesses) where loops run short, in Timeloop's order;
            empty elsewhere.

    Whole numbers are of type ``int``, so that they are exact however large.
    """

    accesses: Mapping[int, float]
    fanout: int = 1
    link_transfers: float = 0
    parts: tuple[tuple[int, int, float], ...] = ()

    @property
    def total(self) -> float:
        """Accesses, each multicast counted once."""
        return sum(self.accesses.values())

    @property
    def delivered(self) -> float:
        """Words that arrive, each multicast counted for all it reaches."""
        return sum(factor * count for factor, count in self.accesses.items())


@dataclass(frozen=True)
class Fan:
    """A spatial fan-out below a level, as one tensor sees it.

    Attributes:
        bounds: iterations of the spatial loops, innermost first.
        moves: how far one iteration of each moves the tile.
        row: physical elements of a row along X.
        multicast, links: whether the network may do so.
    """

    bounds: tuple[int, ...]
    moves: tuple[Vector, ...]
    row: int
    multicast: bool = True
    links: bool = True

    @property
    def elements(self) -> int:
        """How many."""
        total = 1
        for bound in self.bounds:
            total *= bound
        return total

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """int64[elements, ranks]: where each element's tile lies, row by row."""
        return offsets_of(self.bounds, self.moves)

    def sharing(self) -> dict[int, int]:
        """How many groups of elements want the same, by the size of the group."""
        if not self.multicast:
            return {1: self.elements}
        relevant = [
            (bound, move)
            for bound, move in zip(self.bounds, self.moves, strict=True)
            if bound > 1 and any(move)
        ]
        ranks = [rank for _, move in relevant for rank, m in enumerate(move) if m]
        if len(set(ranks)) == len(ranks):
            # No two loops move the same rank: all their combinations differ.
            groups = 1
            for bound, _ in relevant:
                groups *= bound
            return {self.elements // groups: groups}
        return _group_sizes(self.offsets)

    def served_by_neighbours(self, link: Vector) -> npt.NDArray[np.bool_]:
        """bool[elements]: which find a neighbour at this offset that had the delta before."""
        return neighbours_with(self.offsets, self.offsets, link, self.row)


def offsets_of(bounds: tuple[int, ...], moves: tuple[Vector, ...]) -> npt.NDArray[np.int64]:
    """int64[elements, ranks]: where each element's tile lies, the first loop's elements together.

    Args:
        bounds: iterations of the spatial loops, innermost first.
        moves: how far one iteration of each moves the tile.
    """
    ranks = len(moves[0]) if moves else 0
    offsets = np.zeros((1, ranks), np.int64)
    for bound, move in zip(bounds, moves, strict=True):
        steps = np.arange(bound, dtype=np.int64)[:, None] * np.array(move, np.int64)
        offsets = (steps[:, None, :] + offsets[None, :, :]).reshape(-1, ranks)
    return offsets


def neighbours_with(
    offsets: npt.NDArray[np.int64], before: npt.NDArray[np.int64], link: Vector, row: int
) -> npt.NDArray[np.bool_]:
    """bool[elements]: which find a neighbour at an offset that had the delta before.

    Args:
        offsets: int64[elements, ranks]: where each element's tile lies.
        before: the same of the elements of the step before.
        link: the offset from an element to one that had the same delta.
        row: elements of a row along X.
    """
    count = len(offsets)
    served = np.zeros(count, bool)
    target = np.array(link, np.int64)
    index = np.arange(count)
    for step, along_row in ((1, True), (-1, True), (row, False), (-row, False)):
        other = index + step
        valid = (other >= 0) & (other < len(before))
        if along_row:
            valid &= other // row == index // row
        here, there = index[valid], other[valid]
        served[here] |= (before[there] - offsets[here] == target).all(axis=1)
    return served


def _group_sizes(offsets: npt.NDArray[np.int64]) -> dict[int, int]:
    _, counts = np.unique(offsets, axis=0, return_counts=True)
    sizes, groups = np.unique(counts, return_counts=True)
    return {int(size): int(n) for size, n in zip(sizes, groups, strict=True)}


def temporal_crossing(walk: Walk) -> Crossing:
    """A boundary without a fan-out: the deltas themselves."""
    words = sum(volume(outcome.boxes) * count for outcome, count in walk.outcomes().items())
    return Crossing({1: words})


def spatial_crossing(walk: Walk, fan: Fan) -> Crossing:
    """A boundary with a fan-out: each delta goes to all elements."""
    sharing = fan.sharing()
    groups = sum(sharing.values())
    accesses: Counter[int] = Counter()
    transfers = 0
    for outcome, count in walk.outcomes().items():
        words = volume(outcome.boxes) * count
        if not words:
            continue
        taken, passed = sharing, 0
        if outcome.link is not None:
            served = fan.served_by_neighbours(outcome.link)
            if served.any():
                rest = fan.offsets[~served]
                fewer = (
                    ({1: len(rest)} if not fan.multicast else _group_sizes(rest))
                    if len(rest)
                    else {}
                )
                if sum(fewer.values()) < groups:
                    taken, passed = fewer, int(served.sum())
        transfers += passed * words
        for size, number in taken.items():
            accesses[size] += number * words
    return Crossing(dict(accesses), fan.elements, transfers)
