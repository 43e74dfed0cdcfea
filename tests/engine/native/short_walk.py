"""Loops that run short, as Timeloop runs them: every run by itself, in absolute coordinates.

Slow and plain, to hold :mod:`loas_tl.timeloop.native.remainders` against. Nothing is remembered but
what the memories hold.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.tiles import projections


class PlainWalk:
    """One tensor, and the boundary that a level's loops send over."""

    def __init__(self, machine: Machine, mapping: Mapping, tensor: int, level: int) -> None:
        self.tensor, self.level = tensor, level
        self.projection = projections(machine.problem)[tensor]
        self.sizes = len(machine.problem.dimensions)
        self.loops: list[Any] = []  # innermost first: level, dimension, bound, last, axis, stride
        stride = [1] * self.sizes
        for number, part in enumerate(mapping.levels):
            for loop in part.loops:
                if loop.bound > 1:
                    d = loop.dimension
                    self.loops.append((number, d, loop.bound, loop.last, loop.axis, stride[d]))
                    stride[d] *= loop.bound
        below = mapping.levels[level - 1] if level else None
        self.stays = below is not None and tensor not in below.no_temporal_reuse
        part = mapping.levels[level]
        self.multicast = tensor not in part.no_multicast
        self.links = tensor not in part.no_link_transfer
        logical = math.prod(loop.bound for loop in part.spatial if loop.axis == "X")
        self.row = max(machine.levels[level].fanout_x, logical)
        self.held: Any = None
        self.move: Any = None
        self.sent: dict[int, Any] = {}
        self.largest = 0
        self.accesses: dict[int, int] = defaultdict(int)
        self.passed_on = 0
        at = len(self.loops) - 1
        while at >= 0 and self.loops[at][0] >= level:
            at -= 1
        self.first_above = at + 1
        own = [loop for loop in self.loops if loop[0] == level]
        self.fan = [loop for loop in own if loop[4]]
        if not self.fan and not any(not loop[4] for loop in own):
            # A level without loops in time has one of one iteration.
            self.loops.insert(self.first_above, (level, self.sizes - 1, 1, 1, "", 1))
        self._run(len(self.loops) - 1, {}, [0] * self.sizes, 1)

    def _last(self, position: int, dimension: int, indices: dict[int, int]) -> bool:
        """Whether all loops of a dimension outside a position are in their last iteration."""
        return all(
            indices[p] + 1 >= self.loops[p][3]
            for p in range(position + 1, len(self.loops))
            if self.loops[p][1] == dimension
        )

    def _run(self, position: int, indices: dict[int, int], at: list[int], times: int) -> Any:
        if position < self.first_above or self._is_fan(position):
            return self._send(position, indices, at, times)
        level, d, bound, last, axis, stride = self.loops[position]
        if axis:
            return self._run(position - 1, {**indices, position: 0}, at, times)
        count = last if self._last(position, d, indices) else bound
        short_inside = any(loop[1] == d and loop[2] != loop[3] for loop in self.loops[:position])
        end = short_inside and self._last(position, d, indices)
        before = end and bound != last
        direct = not self.fan and level == self.level and position == self.first_above
        if direct and self.level == 0:
            self.accesses[1] += count * times
            return None
        runs: list[tuple[int, int, str]] = [(0, 1, "own")]
        alike = count - 1 - end - before
        if alike > 0:
            runs.append((1, alike, "own"))
        if before and count >= 3:
            runs.append((count - 2, 1, "own" if count < 4 else "same"))
        if end and count >= 2:
            runs.append((count - 1, 1, "own" if before or count < 3 else "same"))
        words = 0
        for index, often, counted in runs:
            there = list(at)
            there[d] += stride * index
            sent = self._run(position - 1, {**indices, position: index}, there, times * often)
            if direct:
                words = words if counted == "same" else sum(map(_volume, sent))
                self.accesses[1] += words * often * times
        return None

    def _is_fan(self, position: int) -> bool:
        return self.loops[position][0] == self.level and bool(self.loops[position][4])

    def _send(self, position: int, indices: dict[int, int], at: list[int], times: int) -> Any:
        counts: list[int] = []
        strides: list[tuple[int, int]] = []
        while position >= self.first_above:
            _, d, bound, last, _, stride = self.loops[position]
            counts.insert(0, last if self._last(position, d, indices) else bound)
            strides.insert(0, (d, stride))
            indices = {**indices, position: 0}
            position -= 1
        boxes = self._delta(position, indices, at)
        if not self.fan:
            return boxes
        offsets = []
        for place in itertools.product(*(range(count) for count in reversed(counts))):
            far = [0] * self.sizes
            for index, (d, stride) in zip(reversed(place), strides, strict=True):
                far[d] += index * stride
            offsets.append(self._word(far))
        wanted = {n: frozenset(_moved(box, by) for box in boxes) for n, by in enumerate(offsets)}
        self._share(wanted, sum(map(_volume, boxes)), times)
        return None

    def _share(self, wanted: dict[int, Any], words: int, times: int) -> None:
        served = set()
        if self.links and words:
            for n in wanted:
                beside = [m for m in (n - 1, n + 1) if m >= 0 and m // self.row == n // self.row]
                near = [*beside, n - self.row, n + self.row]
                if any(self.sent.get(m) == wanted[n] for m in near):
                    served.add(n)
        groups = self._groups(wanted)
        rest = self._groups({n: boxes for n, boxes in wanted.items() if n not in served})
        if len(rest) < len(groups):
            groups = rest
            self.passed_on += len(served) * words * times
        for size in groups:
            self.accesses[size] += words * times
        self.sent = wanted

    def _groups(self, wanted: dict[int, Any]) -> list[int]:
        if not self.multicast:
            return [1] * len(wanted)
        groups: dict[Any, int] = defaultdict(int)
        for boxes in wanted.values():
            groups[boxes] += 1
        return list(groups.values())

    def _word(self, point: list[int]) -> tuple[int, ...]:
        return tuple(
            sum(c * i for c, i in zip(rank, point, strict=True))
            for rank in self.projection.coefficients
        )

    def _delta(self, position: int, indices: dict[int, int], at: list[int]) -> list[Any]:
        high = list(at)
        for p in range(position + 1):
            _, d, bound, last, _, stride = self.loops[p]
            high[d] += stride * ((last if self._last(position, d, indices) else bound) - 1)
        tile = tuple((a, b + 1) for a, b in zip(self._word(at), self._word(high), strict=True))
        self.largest = max(self.largest, _volume(tile))
        if not self.stays:
            return [tile]
        before, self.held = self.held, tile
        if before is None:
            return [tile]
        move = tuple(
            _away(((c + d - 1) - (a + b - 1)) / 2)
            for (a, b), (c, d) in zip(before, tile, strict=True)
        )
        if not any(move):
            return _minus(tile, before)
        if self.move is None or self.move == move:
            self.move = move
            return _minus(tile, before)
        self.move = None
        return [tile]


def _away(value: float) -> int:
    """Rounded, halves away from zero."""
    return math.floor(abs(value) + 0.5) * (1 if value > 0 else -1)


def _volume(box: Any) -> int:
    return math.prod(high - low for low, high in box)


def _moved(box: Any, by: tuple[int, ...]) -> Any:
    return tuple((low + b, high + b) for (low, high), b in zip(box, by, strict=True))


def _minus(tile: Any, held: Any) -> list[Any]:
    """A tile without a box, rank by rank."""
    if any(b <= c or d <= a for (a, b), (c, d) in zip(tile, held, strict=True)):
        return [tile]
    boxes, middle = [], list(tile)
    for rank, (low, high) in enumerate(held):
        for a, b in ((middle[rank][0], low), (high, middle[rank][1])):
            if a < b:
                boxes.append((*middle[:rank], (a, b), *middle[rank + 1 :]))
        middle[rank] = (max(middle[rank][0], low), min(middle[rank][1], high))
    return boxes
