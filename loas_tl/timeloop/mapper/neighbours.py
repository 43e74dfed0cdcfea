"""Instances over which a tensor is spread: which get the same words, and which a neighbour's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from loas_tl.timeloop.mapper.arithmetic import unique_rows
from loas_tl.timeloop.mapper.loops import Bools, Floats, Ints, Nests
from loas_tl.timeloop.mapper.machine import StorageLevel, Tensor

_Loop = tuple[int, tuple[int, ...]]
"""A loop in space: its iterations, and how far one moves the tile in each rank."""


@dataclass(frozen=True)
class Spread:
    """A fan-out's loops in B mappings, as one tensor sees them (L loops, R ranks).

    Attributes:
        bound: int64[L, B], innermost first; stride: int64[L, R, B], moves of the tile.
        fanout: instances of the hardware along X and Y.
        instances: in use.
        different: tiles among them.
    """

    bound: Ints
    stride: Ints
    fanout: tuple[int, int]
    instances: Floats
    different: Floats

    def without(self, move: Floats, where: Bools) -> tuple[Floats, Floats]:
        """Different tiles, and instances, that no neighbour had one move before.

        Args:
            move: of the tile, [R, B].
            where: mappings that are asked about; for others the answer is as if none had.
        """
        reach = ((self.bound - 1)[:, np.newaxis] * np.abs(self.stride)).sum(axis=0)
        near = where & (np.abs(move) <= reach).all(axis=0)
        tiles, instances = self.different.copy(), self.instances.copy()
        index = np.flatnonzero(near)
        if len(index):
            table = np.concatenate([_rows(self, index), move[:, index].astype(np.int64)])
            first, group = unique_rows(table)
            answers = np.array(
                [
                    _alone(_loops(self, i), self.fanout, tuple(move[:, i].astype(int).tolist()))
                    for i in index[first].tolist()
                ],
                np.float64,
            )
            tiles[index], instances[index] = answers[group].T
        return tiles, instances


def spread_of(nests: Nests, tensor: Tensor, loops: list[int], level: StorageLevel) -> Spread:
    """How the loops of a level's fan-out spread a tensor."""
    batch = len(nests.mappings)
    bound = nests.bound[loops]
    stride = np.zeros((len(loops), len(tensor.projection), batch), np.int64)
    for i, p in enumerate(loops):
        for r, rank in enumerate(tensor.projection):
            for d, c in rank:
                below = nests.extent[d][p - 1] if p else 1
                moves = (nests.dimension[p] == d) & nests.nontrivial[p]
                stride[i, r] += np.where(moves, c * below, 0)
    instances = np.prod(bound, axis=0, dtype=np.float64)
    spread = Spread(
        bound,
        stride,
        (level.fanout_x, level.fanout_y),
        instances,
        instances,
    )
    first, group = unique_rows(_rows(spread, np.arange(batch)))
    counts = [_different(_loops(spread, i)) for i in first.tolist()]
    different = np.array(counts, np.float64)[group]
    return Spread(bound, stride, spread.fanout, instances, different)


def _rows(spread: Spread, index: Ints) -> Ints:
    """Everything that tells fan-outs of mappings apart, [K, len(index)]."""
    stride = spread.stride[:, :, index].reshape(-1, len(index))
    return np.concatenate([spread.bound[:, index], stride])


def _loops(spread: Spread, i: int) -> tuple[_Loop, ...]:
    """The loops of one mapping that do anything."""
    bounds, strides = spread.bound[:, i].tolist(), spread.stride[:, :, i].tolist()
    return tuple(
        (bound, tuple(stride)) for bound, stride in zip(bounds, strides, strict=True) if bound > 1
    )


@lru_cache(maxsize=100_000)
def _different(loops: tuple[_Loop, ...]) -> int:
    return len(np.unique(_places(loops), axis=1).T)


def _places(loops: tuple[_Loop, ...]) -> Ints:
    """Where in the tensor each instance's tile lies, int64[R, instances]."""
    instances = int(np.prod([bound for bound, _ in loops])) if loops else 1
    ranks = len(loops[0][1]) if loops else 1
    places = np.zeros((ranks, instances), np.int64)
    rest = np.arange(instances)
    for bound, strides in loops:
        places += np.outer(strides, rest % bound)
        rest = rest // bound
    return places


@lru_cache(maxsize=100_000)
def _alone(
    loops: tuple[_Loop, ...], fanout: tuple[int, int], move: tuple[int, ...]
) -> tuple[int, int]:
    """Different tiles, and instances, that no neighbour on the array had one move before."""
    places = _places(loops)
    instances = places.shape[1]
    width, height = fanout  # what does not lie on it is no mapping
    number = np.arange(instances)
    column, row = number % width, number // width
    had = np.zeros(instances, bool)
    for there, distance, exists in (
        (column > 0, -1, width > 1),
        (column < width - 1, 1, width > 1),
        (row > 0, -width, height > 1),
        (row < height - 1, width, height > 1),
    ):
        other = number + distance
        valid = there & (other >= 0) & (other < instances) & exists
        steps = places[:, other[valid]] - places[:, valid]
        same = (steps == np.array(move)[:, np.newaxis]).all(axis=0)
        had[np.flatnonzero(valid)[same]] = True
    left = places[:, ~had]
    return len(np.unique(left, axis=1).T) if left.size else 0, int((~had).sum())
