"""The mapped loop nest as digits: every index of a dimension is a number in mixed radix.

A dimension's loops, outermost first, are the digits of its index. A tile, a fiber, or all that is
met while a tile stays is then a set of digits left free with all others fixed, whatever the order
of the loops; no walk over iterations is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping

Positions = frozenset[int]
"""Loops, by their position in :attr:`Nest.loops`."""


@dataclass(frozen=True)
class Digit:
    """A loop.

    Attributes:
        level: storage level (innermost is 0) that carries it.
        dimension: index of the dimension it walks.
        bound: iterations.
        axis: ``X`` or ``Y`` in space, empty in time.
    """

    level: int
    dimension: int
    bound: int
    axis: str


@dataclass(frozen=True)
class Nest:
    """All loops of a mapping, innermost first, those of one iteration included.

    Attributes:
        loops: the loops.
        sizes: of the dimensions.
        tensors: of each tensor, the dimension that each of its axes follows; a rank that is a sum
            has an axis for each of its terms (see :mod:`~loas_tl.exact.windows`).
        ranks: of each tensor and rank, its terms: dimensions and coefficients.
        written: of each tensor, whether it is the output.
        keep: [level][tensor]: whether it is stored there.
    """

    loops: tuple[Digit, ...]
    sizes: tuple[int, ...]
    tensors: tuple[tuple[int, ...], ...]
    ranks: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    written: tuple[bool, ...]
    keep: tuple[tuple[bool, ...], ...]

    def where(self, positions: Iterable[int], dimension: int) -> list[int]:
        """Those of the positions that walk a dimension."""
        return [p for p in positions if self.loops[p].dimension == dimension]

    def product(self, positions: Iterable[int], dimensions: Iterable[int] | None = None) -> int:
        """Iterations of loops together, of all dimensions or of some."""
        wanted = None if dimensions is None else frozenset(dimensions)
        return math.prod(
            self.loops[p].bound
            for p in positions
            if wanted is None or self.loops[p].dimension in wanted
        )

    def window(self, tensor: int) -> bool:
        """Whether coordinates are sums or multiples of indices, so that places share words."""
        return any(len(rank) > 1 or rank[0][1] != 1 for rank in self.ranks[tensor])

    def stride(self, position: int) -> int:
        """How far one iteration of a loop moves its dimension's index."""
        return self.product(range(position), [self.loops[position].dimension])

    def inside(self, level: int | None) -> Positions:
        """Loops inside a level's tile; none for the compute level."""
        if level is None:
            return frozenset()
        return frozenset(p for p, loop in enumerate(self.loops) if loop.level <= level)

    def kept(self, tensor: int) -> list[int]:
        """Levels that keep a tensor, innermost first."""
        return [level for level, keep in enumerate(self.keep) if keep[tensor]]

    def others(self, tensor: int) -> list[int]:
        """Dimensions that a tensor does not depend on."""
        return [d for d in range(len(self.sizes)) if d not in self.tensors[tensor]]

    def words(self, tensor: int, level: int) -> int:
        """Of a tensor's tile in a level."""
        return self.product(self.inside(level), self.tensors[tensor])

    def instances(self, level: int) -> int:
        """Copies of a level that the mapping uses."""
        return math.prod(loop.bound for loop in self.loops if loop.axis and loop.level > level)


def build_nest(machine: Machine, mapping: Mapping) -> Nest:
    """The loops of a mapping.

    Raises:
        InputError: a tensor is indexed twice by one dimension, or the tensor that is written by a
            sum of indices.
    """
    problem = machine.problem
    index = {name: d for d, name in enumerate(problem.dimensions)}
    tensors, ranks = [], []
    for space in problem.data_spaces:
        terms = tuple(
            tuple(
                (
                    index[term.dimension],
                    1 if term.coefficient is None else problem.coefficients[term.coefficient],
                )
                for term in rank
            )
            for rank in space.projection
        )
        axes = tuple(dimension for rank in terms for dimension, _ in rank)
        plain = all(len(rank) == 1 and rank[0][1] == 1 for rank in terms)
        positive = all(coefficient > 0 for rank in terms for _, coefficient in rank)
        if len(set(axes)) != len(axes) or not positive or (space.read_write and not plain):
            raise InputError(
                f"{space.name} is indexed twice by one dimension, backwards, or written by sums of "
                "indices; not executed",
                key="problem.shape.data_spaces",
            )
        tensors.append(axes)
        ranks.append(terms)
    if mapping.imperfect:
        raise InputError(
            "loops that run short at the end of their dimension are not executed", key="mapping"
        )
    for number, level in enumerate(mapping.levels):
        if level.no_coalesce:
            raise InputError(
                f"{machine.levels[number].name}: no_coalesce is not executed", key="mapping"
            )
    return Nest(
        loops=tuple(
            Digit(number, loop.dimension, loop.bound, loop.axis)
            for number, level in enumerate(mapping.levels)
            for loop in level.loops
        ),
        sizes=tuple(problem.sizes[d] for d in problem.dimensions),
        tensors=tuple(tensors),
        ranks=tuple(ranks),
        written=tuple(space.read_write for space in problem.data_spaces),
        keep=tuple(level.keep for level in mapping.levels),
    )
