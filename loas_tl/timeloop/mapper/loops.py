"""Many mappings of one machine as arrays: loop nests, their extents and tiles.

The last axis of every array is the mapping, so that a step of the analysis is one operation on a
contiguous row for each loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from loas_tl.timeloop.mapper.machine import Machine, Tensor

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Slot:
    """A place for one loop of each dimension: in space or in time, at a level."""

    level: int
    spatial: bool


def slots_of(machine: Machine) -> tuple[Slot, ...]:
    """The slots of a machine, innermost first; a level's fan-out lies below its loops in time."""
    slots = []
    for index, level in enumerate(machine.levels):
        if level.spatial:
            slots.append(Slot(index, True))
        slots.append(Slot(index, False))
    return tuple(slots)


@dataclass(frozen=True)
class Mappings:
    """B mappings.

    Attributes:
        factors: int64[slots, dimensions, B], the bound of each dimension's loop in each slot.
        order: int64[slots, dimensions, B], dimensions of a slot's loops, innermost first.
        split: int64[slots, B], how many loops of a spatial slot lie on the X axis.
        keep: int64[B], index into the search space's choices of what each level keeps.
    """

    factors: Ints
    order: Ints
    split: Ints
    keep: Ints

    def __len__(self) -> int:
        return self.keep.size

    def take(self, index: NDArray[np.intp] | Bools) -> Mappings:
        """Some of the mappings, by index or mask."""
        return Mappings(
            np.ascontiguousarray(self.factors[:, :, index]),
            np.ascontiguousarray(self.order[:, :, index]),
            np.ascontiguousarray(self.split[:, index]),
            self.keep[index],
        )

    @classmethod
    def join(cls, parts: list[Mappings]) -> Mappings:
        """All mappings of several sets."""
        return cls(
            np.concatenate([part.factors for part in parts], axis=-1),
            np.concatenate([part.order for part in parts], axis=-1),
            np.concatenate([part.split for part in parts], axis=-1),
            np.concatenate([part.keep for part in parts]),
        )


@dataclass(frozen=True)
class Nests:
    """The loop nests of mappings, loop by loop, innermost first (P loops).

    Attributes:
        machine: what they run on.
        mappings: what they are.
        slots: of the machine.
        level, spatial: of each loop (Python lists: the same for all mappings).
        dimension: int64[P, B].
        bound: int64[P, B].
        extent: int64[dimensions, P, B], iterations of each dimension up to and with each loop.
    """

    machine: Machine
    mappings: Mappings
    slots: tuple[Slot, ...]
    level: list[int]
    spatial: list[bool]
    dimension: Ints
    bound: Ints
    extent: Ints
    _sizes: dict[int, Ints] = field(default_factory=dict, repr=False)
    _relevant: dict[int, Bools] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, machine: Machine, mappings: Mappings) -> Nests:
        """Lays out the loops of the mappings."""
        slots = slots_of(machine)
        dimensions = len(machine.dimensions)
        dimension = mappings.order.reshape(len(slots) * dimensions, -1)
        bound = np.take_along_axis(mappings.factors, mappings.order, axis=1)
        bound = bound.reshape(dimension.shape)
        extent = np.empty((dimensions, *bound.shape), np.int64)
        for d in range(dimensions):
            np.cumprod(np.where(dimension == d, bound, 1), axis=0, out=extent[d])
        level = [slot.level for slot in slots for _ in range(dimensions)]
        spatial = [slot.spatial for slot in slots for _ in range(dimensions)]
        return cls(machine, mappings, slots, level, spatial, dimension, bound, extent)

    @cached_property
    def nontrivial(self) -> Bools:
        """bool[P, B]: loops of more than one iteration."""
        return self.bound > 1

    @cached_property
    def last(self) -> list[int]:
        """Index of the outermost loop of each level."""
        return [self.end(level) for level in range(len(self.machine.levels))]

    def end(self, level: int) -> int:
        """Index of the outermost loop of a level; -1 for level -1."""
        return len(self.level) - 1 - self.level[::-1].index(level) if level >= 0 else -1

    def loops(self, inner: int, outer: int) -> range:
        """Indices of the loops of levels ``inner`` to ``outer``."""
        return range(self.end(inner - 1) + 1, self.end(outer) + 1)

    def relevant(self, tensor: int) -> Bools:
        """bool[P, B]: loops over a dimension of the tensor."""
        if tensor not in self._relevant:
            table = np.zeros(len(self.machine.dimensions), bool)
            table[list(self.machine.tensors[tensor].dimensions)] = True
            self._relevant[tensor] = table[self.dimension]
        return self._relevant[tensor]

    def sizes(self, tensor: int) -> Ints:
        """int64[P, B]: words of the tensor that the loops up to each one touch."""
        if tensor not in self._sizes:
            self._sizes[tensor] = words(self.machine.tensors[tensor], self.extent)
        return self._sizes[tensor]

    def size(self, tensor: int, level: int) -> Ints:
        """int64[B]: words of a level's tile."""
        return self.sizes(tensor)[self.last[level]]


def words(tensor: Tensor, extent: Ints) -> Ints:
    """Words of a tensor that a box of iterations touches.

    Args:
        tensor: which.
        extent: int64[dimensions, ...], the box.
    """
    size: Ints = np.ones(extent.shape[1:], np.int64)
    for rank in tensor.projection:
        if len(rank) == 1 and rank[0][1] == 1:
            size = size * extent[rank[0][0]]
        else:
            size = size * (1 + sum(abs(c) * (extent[d] - 1) for d, c in rank))
    return size
