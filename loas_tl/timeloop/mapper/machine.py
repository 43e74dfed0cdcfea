"""What a search evaluates mappings on: one specification, resolved into numbers and indices.

Storage levels are indexed from the innermost outwards, as Timeloop counts them; dimensions and
tensors in the order of the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from loas_tl.timeloop.native.machine import Action, ComputeLevel, StorageFormat, StorageLevel
from loas_tl.timeloop.native.machine import Machine as Hardware
from loas_tl.timeloop.spec.problem import Density

__all__ = ["Action", "ComputeLevel", "Machine", "StorageFormat", "StorageLevel", "Tensor"]


@dataclass(frozen=True)
class Tensor:
    """A tensor and how dimensions index it.

    Attributes:
        name: of the data space.
        projection: for each rank of the tensor, the (dimension, coefficient) pairs of its sum.
        read_write: whether it is the output.
        density: how its non-zeros are spread.
        size: words of the whole tensor.
    """

    name: str
    projection: tuple[tuple[tuple[int, int], ...], ...]
    read_write: bool
    density: Density
    size: int

    @property
    def dimensions(self) -> frozenset[int]:
        """Dimensions the tensor depends on."""
        return frozenset(dimension for rank in self.projection for dimension, _ in rank)

    @property
    def separable(self) -> bool:
        """Whether each rank is one dimension (no sums, no strides), so that tiles never overlap."""
        terms = [term for rank in self.projection for term in rank]
        alone = all(len(rank) == 1 for rank in self.projection)
        return alone and all(c == 1 for _, c in terms) and len(self.dimensions) == len(terms)


@dataclass(frozen=True)
class Machine:
    """Everything an evaluation needs besides the mapping.

    Attributes:
        hardware: what the single-mapping model reads.
        dimensions: names; sizes: bounds.
        tensors: in the order of the problem.
    """

    hardware: Hardware
    dimensions: tuple[str, ...]
    sizes: tuple[int, ...]
    tensors: tuple[Tensor, ...]

    @property
    def levels(self) -> tuple[StorageLevel, ...]:
        """Storage, innermost first."""
        return self.hardware.levels

    @property
    def compute(self) -> ComputeLevel:
        """The compute units."""
        return self.hardware.compute

    @property
    def actions(self) -> tuple[Action, ...]:
        """Gating first, then skipping, each from the innermost level outwards."""
        return self.hardware.actions

    @property
    def sparse(self) -> bool:
        """Whether anything is done about zeros at all."""
        return self.hardware.sparse

    @classmethod
    def of(cls, hardware: Hardware) -> Machine:
        """Resolves names of the problem to indices."""
        problem = hardware.problem
        index = {name: i for i, name in enumerate(problem.dimensions)}
        sizes = tuple(problem.sizes[name] for name in problem.dimensions)
        tensors = []
        for space in problem.data_spaces:
            projection = tuple(
                tuple(
                    (
                        index[term.dimension],
                        1 if term.coefficient is None else problem.coefficients[term.coefficient],
                    )
                    for term in rank
                )
                for rank in space.projection
            )
            size = prod(1 + sum(abs(c) * (sizes[d] - 1) for d, c in rank) for rank in projection)
            density = problem.densities.get(space.name, Density())
            tensors.append(Tensor(space.name, projection, space.read_write, density, size))
        return cls(hardware, problem.dimensions, sizes, tuple(tensors))
