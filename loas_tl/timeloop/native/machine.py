"""A specification's hardware, resolved: what the model reads, with all defaults filled in.

Storage levels stand innermost first. A node with a spatial fan-out puts a level of its own in
front of what it repeats, as timeloopfe does: it stores nothing and carries the spatial loops.

Source: Timeloop (ISPASS 2019), section V, and Sparseloop (MICRO 2022), section 5; defaults are
those of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loas_tl.timeloop.spec.problem import Problem
from loas_tl.timeloop.spec.tables import EnergyTable

COMPRESSED_FORMATS = ("cp", "b", "rle")
"""Formats that store no zeros; ``uop`` and ``ub`` store every coordinate."""


@dataclass(frozen=True)
class Rank:
    """How one rank of a tensor is stored in a level.

    Attributes:
        format: ``uop``, ``cp``, ``b``, ``ub`` or ``rle``.
        metadata_bits, payload_bits: bits of a word, as the metadata memory can hold it.
        flattened: groups of dimension indices that this rank may flatten; empty for none.
    """

    format: str
    metadata_bits: int
    payload_bits: int
    flattened: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class StorageFormat:
    """The format of a tensor in a level.

    Attributes:
        ranks: innermost first.
    """

    ranks: tuple[Rank, ...]

    @property
    def compressed(self) -> bool:
        """Whether zeros are left out."""
        return any(rank.format in COMPRESSED_FORMATS for rank in self.ranks)


@dataclass(frozen=True)
class Condition:
    """When a tensor is not read.

    Attributes:
        target: index of the tensor.
        on: indices of the tensors all of which have to be zero.
    """

    target: int
    on: tuple[int, ...]


@dataclass(frozen=True)
class Action:
    """Skipping or gating at a level, in the order Timeloop applies them.

    Attributes:
        level: index of the storage level.
        type: ``gated`` or ``skipped``.
        options: of which the one that saves most is taken.
    """

    level: int
    type: str
    options: tuple[Condition, ...]


@dataclass(frozen=True)
class StorageLevel:
    """One storage level.

    Attributes:
        name: as Timeloop reports it.
        node: whose directives it takes: for a spatial level the node that is repeated.
        spatial: whether it only carries spatial loops.
        instances, mesh_x, mesh_y: copies in the machine: all, and along either axis.
        fanout_x, fanout_y: copies of the next inner level for each of its own.
        memory_size: words it has, None for no limit.
        multiple_buffering: how many times it is there: buffers that share them.
        size: words one of these holds, None for no limit.
        metadata_size_bits: bits of metadata it holds, None for no limit.
        overbooking: whether tiles may be larger than it, now and then.
        word_bits, block_size, cluster_size: of the data memory.
        metadata_width, metadata_word_bits: bits of a line of metadata, and of a word by default.
        read_bandwidth, write_bandwidth, shared_bandwidth: words a cycle, None for no limit.
        bandwidth_scale: factor by which a word of each tensor counts.
        min_utilization: share of ``size`` that a mapping must fill.
        decompression, compression: whether it can do so for what it stores uncompressed.
        latency: cycles to fill and drain its network.
        power_gated_at: name of the level that is gated with it.
        technology: ``SRAM`` or ``DRAM``.
        energies: pJ an action, all of :data:`energies.STORAGE_ACTIONS`.
        area_um2: of one instance.
        formats: of each tensor, None where it is stored as it is.
        component_class: by which it is priced.
    """

    name: str
    node: str
    spatial: bool
    instances: int
    mesh_x: int
    mesh_y: int
    fanout_x: int
    fanout_y: int
    memory_size: int | None
    multiple_buffering: float
    size: int | None
    metadata_size_bits: int | None
    overbooking: bool
    word_bits: int
    block_size: int
    cluster_size: int
    metadata_width: int
    metadata_word_bits: int
    read_bandwidth: float | None
    write_bandwidth: float | None
    shared_bandwidth: float | None
    bandwidth_scale: tuple[float, ...]
    min_utilization: float
    decompression: bool
    compression: bool
    latency: int
    power_gated_at: str
    technology: str
    energies: Mapping[str, float]
    area_um2: float
    formats: tuple[StorageFormat | None, ...]
    component_class: str = ""


@dataclass(frozen=True)
class ComputeLevel:
    """The compute units.

    Attributes:
        name: as Timeloop reports it.
        instances, mesh_x, mesh_y: units in the machine: all, and along either axis.
        word_bits: of an operand.
        gating: computes with a zero operand cost no energy but their cycle.
        skipping: computes whose operands do not meet take no cycle.
        energies: pJ an action, all of :data:`energies.COMPUTE_ACTIONS`.
        area_um2: of one unit.
        component_class: by which it is priced.
    """

    name: str
    instances: int
    mesh_x: int
    mesh_y: int
    word_bits: int
    gating: bool
    skipping: bool
    energies: Mapping[str, float]
    area_um2: float
    component_class: str = ""


@dataclass(frozen=True)
class Machine:
    """Hardware and problem, ready to be evaluated with one mapping after another.

    Attributes:
        problem: the layer.
        levels: storage, innermost first.
        compute: the compute units.
        actions: gating, then skipping, inner levels first.
        sparse: whether anything is done about zeros at all; else counts are dense.
        formats: whether any tensor has a format anywhere.
        ert: energies in pJ that were used, by component and action.
        notes: what the specification has that is without effect or unpriced, a sentence each.
        placeholders: why energies are placeholders that were not asked for, else None.
    """

    problem: Problem
    levels: tuple[StorageLevel, ...]
    compute: ComputeLevel
    actions: tuple[Action, ...]
    sparse: bool
    formats: bool
    ert: EnergyTable
    notes: tuple[str, ...] = ()
    placeholders: str | None = None

    def level_of(self, node: str) -> int:
        """The level that takes a node's directives.

        Args:
            node: its name.

        Returns:
            Index of the level, innermost 0.

        Raises:
            KeyError: where none does.
        """
        for index, level in enumerate(self.levels):
            if level.name == node:
                return index
        raise KeyError(node)
