"""Tiles: how much of a tensor a part of the loop nest touches."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.spec.problem import Problem

Vector = tuple[int, ...]


@dataclass(frozen=True)
class Projection:
    """From loop indices to a tensor's coordinates.

    Attributes:
        coefficients: of each of the tensor's ranks, each dimension's coefficient (0 for none).
        dimensions: those that matter.
    """

    coefficients: tuple[Vector, ...]
    dimensions: frozenset[int]

    def size(self, extents: Vector) -> int:
        """Words touched by loops over ``extents`` (of each dimension), as a box.

        A rank that is a sum such as P+R spans from the least to the greatest index.
        """
        return math.prod(self.extent(extents))

    def extent(self, extents: Vector) -> Vector:
        """The box's sides."""
        return tuple(
            1 + sum(c * (n - 1) for c, n in zip(rank, extents, strict=True) if c)
            for rank in self.coefficients
        )

    def step(self, dimension: int, stride: int) -> Vector:
        """How far the box moves when a dimension's index grows by ``stride``."""
        return tuple(rank[dimension] * stride for rank in self.coefficients)


def projections(problem: Problem) -> tuple[Projection, ...]:
    """Each tensor's projection."""
    index = {name: i for i, name in enumerate(problem.dimensions)}
    result = []
    for data_space in problem.data_spaces:
        ranks = []
        for rank in data_space.projection:
            coefficients = [0] * len(index)
            for term in rank:
                factor = 1 if term.coefficient is None else problem.coefficients[term.coefficient]
                coefficients[index[term.dimension]] += factor
            ranks.append(tuple(coefficients))
        dimensions = frozenset(index[d] for d in data_space.dimensions)
        result.append(Projection(tuple(ranks), dimensions))
    return tuple(result)


def extents(mapping: Mapping, dimensions: int) -> list[list[Vector]]:
    """How far each dimension reaches, for each level and each of its loops.

    Entry [level][loop] counts all loops up to and including that one, innermost first.
    """
    sizes = [1] * dimensions
    result = []
    for level in mapping.levels:
        row = []
        for loop in level.loops:
            sizes[loop.dimension] *= loop.bound
            row.append(tuple(sizes))
        result.append(row)
    return result
