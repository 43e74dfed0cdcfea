"""What a search evaluates mappings on: one spec, resolved into numbers and indices.

Storage levels are indexed from the innermost outwards, as Timeloop counts them; dimensions and
tensors in the order of the problem. Levels that exist only for a fan-out (a container's) keep
nothing and have no loops of their own in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COMPRESSED = frozenset({"cp", "b", "rle"})
"""Formats that leave out coordinates of zeros; ``uop`` and ``ub`` keep all of them."""


@dataclass(frozen=True)
class Density:
    """How a tensor's non-zeros are spread.

    Attributes:
        distribution: ``fixed_structured`` or ``hypergeometric``.
        density: non-zeros over all.
        tensor_size: words of the whole tensor (hypergeometric).
    """

    distribution: str
    density: float
    tensor_size: int


@dataclass(frozen=True)
class Tensor:
    """A tensor and how dimensions index it.

    Attributes:
        name: of the data space.
        projection: for each rank of the tensor, the (dimension, coefficient) pairs of its sum.
        read_write: whether it is the output.
        density: None where the model does not need one.
    """

    name: str
    projection: tuple[tuple[tuple[int, int], ...], ...]
    read_write: bool
    density: Density

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
class Rank:
    """One rank of a compressed format.

    Attributes:
        format: ``uop``, ``cp``, ``b``, ``ub`` or ``rle``.
        metadata_bits, payload_bits: of a word.
        flattened: dimensions that may share the rank, by rule; empty: one loop a rank.
    """

    format: str
    metadata_bits: int
    payload_bits: int
    flattened: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Format:
    """A tensor's representation in a level: ranks from the innermost outwards."""

    ranks: tuple[Rank, ...]
    inner_to_outer: bool = False

    @property
    def compressed(self) -> bool:
        """Whether zeros take no data words."""
        return any(rank.format in COMPRESSED for rank in self.ranks)

    @property
    def has_metadata(self) -> bool:
        """Whether anything is stored besides the data."""
        return len(self.ranks) > 1 or self.ranks[0].format != "ub"


@dataclass(frozen=True)
class Level:
    """A storage level.

    Attributes:
        name: as directives and constraints target it.
        spatial_name: what directives for the level's fan-out target.
        real: False for a level that is only a fan-out.
        fanout_x, fanout_y: instances of the next inner level for each of this one.
        instances: in all.
        capacity: words an instance holds; None: unlimited.
        metadata_capacity: bits of metadata an instance holds.
        word_bits: of data.
        block: words of an access.
        cluster: instances that share an access port.
        metadata_width: bits of a metadata access.
        metadata_word_bits: default width of metadata words.
        read_bandwidth, write_bandwidth, shared_bandwidth: words a cycle; None: unlimited.
        bandwidth_scale: for each tensor.
        least_use: smallest part of the capacity a mapping must fill.
        decompresses, compresses: whether the level turns formats into plain data and back.
        energies: pJ of Timeloop's operations (``random_read``, ``gated_fill``, ...).
        address_energy: pJ of an address.
        leak_sharing: instances that are power-gated together.
        formats: for each tensor; None: plain.
    """

    name: str
    spatial_name: str
    real: bool
    fanout_x: int
    fanout_y: int
    instances: int
    capacity: int | None
    metadata_capacity: int
    word_bits: int
    block: int
    cluster: int
    metadata_width: int
    metadata_word_bits: int
    read_bandwidth: float | None
    write_bandwidth: float | None
    shared_bandwidth: float | None
    bandwidth_scale: tuple[float, ...]
    least_use: float
    decompresses: bool
    compresses: bool
    energies: Mapping[str, float]
    address_energy: float
    formats: tuple[Format | None, ...]

    @property
    def spatial(self) -> bool:
        """Whether loops can be spread over instances below this level."""
        return self.fanout_x * self.fanout_y > 1


@dataclass(frozen=True)
class Option:
    """Leave out accesses to ``target`` where all of ``conditions`` are not all there."""

    target: int
    conditions: tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """A gating or skipping optimisation of a level: the best of its options is used."""

    level: int
    skips: bool
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Compute:
    """The compute level."""

    name: str
    instances: int
    energies: Mapping[str, float]
    gates: bool
    skips: bool


@dataclass(frozen=True)
class Machine:
    """Everything an evaluation needs besides the mapping.

    Attributes:
        dimensions: names; sizes: bounds.
        tensors: in the order of the problem.
        levels: storage, innermost first.
        compute: the compute level.
        rules: gating first, then skipping, each from the innermost level outwards.
        sparse: whether any sparse optimisation is specified at all.
        latency: cycles networks add.
    """

    dimensions: tuple[str, ...]
    sizes: tuple[int, ...]
    tensors: tuple[Tensor, ...]
    levels: tuple[Level, ...]
    compute: Compute
    rules: tuple[Rule, ...] = ()
    sparse: bool = False
    latency: int = 0
    unsupported: tuple[str, ...] = field(default=())
    """What the batched evaluation does not do; not empty: use the single-mapping model."""
