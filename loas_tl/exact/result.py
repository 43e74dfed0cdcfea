"""What really happened: exact counts of one mapping on one set of tensors.

Source: categories of counts as of Sparseloop (MICRO 2022), section 5.3, and timeloop-model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loas_tl.timeloop.result import Accesses, FormatAccesses


@dataclass(frozen=True)
class RankCapacity:
    """What one rank of a tile's format takes.

    Attributes:
        metadata, payload: in elements of either kind.
    """

    metadata: float
    payload: float


@dataclass(frozen=True)
class ExactMetadata:
    """A tensor's format in a level.

    Attributes:
        ranks: format of each rank, outermost first.
        reads, fills, updates: metadata words over all instances, by rank, outermost first.
        capacity_mean, capacity_max: elements of a tile, over all tiles, by rank, outermost first.
    """

    ranks: tuple[str, ...]
    reads: FormatAccesses
    fills: FormatAccesses
    updates: FormatAccesses
    capacity_mean: tuple[RankCapacity, ...]
    capacity_max: tuple[RankCapacity, ...]


@dataclass(frozen=True)
class ExactTensor:
    """A tensor in a storage level.

    Attributes:
        reads, fills, updates: words over all instances. What a format leaves out is in none of
            actual, gated and skipped.
        capacity_mean, capacity_max: elements that a tile occupies, over all tiles.
        tile_size: elements of a tile before compression.
        instances: how many instances of the level hold something, on average.
        metadata: None where the tensor is stored as it is.
    """

    reads: Accesses
    fills: Accesses
    updates: Accesses
    capacity_mean: float
    capacity_max: float
    tile_size: int
    instances: float
    metadata: ExactMetadata | None = None


@dataclass(frozen=True)
class ExactLevel:
    """A storage level.

    Attributes:
        tensors: those that it keeps, by name.
        cycles: that its accesses take at its bandwidth.
    """

    tensors: Mapping[str, ExactTensor]
    cycles: float


@dataclass(frozen=True)
class ExactCycles:
    """Cycles of the compute units.

    Attributes:
        balanced: cycles if all units shared the work evenly.
        slowest: sum over all steps of the slowest unit's cycles in that step. A step is one
            iteration of the loops outside a spatial loop; its copies wait for each other.
    """

    balanced: float
    slowest: float

    @property
    def imbalance(self) -> float:
        """How many times longer it takes than balanced; 1 where nothing is computed."""
        return self.slowest / self.balanced if self.balanced else 1.0


@dataclass(frozen=True)
class ExactResult:
    """Exact counts.

    Attributes:
        computes: over all units; those of which neither operand is there are in none of actual,
            gated and skipped.
        compute_cycles: of the compute units.
        cycles: of the whole run: the slowest of the compute units and the levels' bandwidths.
        balanced_cycles: the same if all units shared the work evenly.
        levels: storage levels by name, outermost first; those that keep nothing are left out.
    """

    computes: Accesses
    compute_cycles: ExactCycles
    cycles: float
    balanced_cycles: float
    levels: Mapping[str, ExactLevel]
