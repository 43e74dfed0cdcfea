"""What an engine answers about one mapping of one workload on one architecture.

The vocabulary is Timeloop's (its ``stats.txt``), whatever engine ran.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loas_tl.ground.shown import Shown
from loas_tl.ground.sums import in_order

if TYPE_CHECKING:
    import pandas as pd

Number = float
"""A count. Whole where the engine counts whole events, as Timeloop does."""

_PRINTED_PJ = 0.01
"""Timeloop prints energies to this."""


@dataclass(frozen=True)
class Accesses:
    """Events of one kind, by what sparsity makes of them.

    Attributes:
        algorithmic: count as if every value were non-zero and nothing were optimised.
        actual: count of those that are done.
        gated: count of those that are not done, but whose cycle is spent.
        skipped: count of those that are neither done nor waited for.

    An engine without sparse optimisation has ``actual == algorithmic``.
    """

    algorithmic: Number = 0
    actual: Number = 0
    gated: Number = 0
    skipped: Number = 0

    @classmethod
    def dense(cls, count: Number) -> Accesses:
        """Accesses of which nothing is gated and nothing skipped.

        Args:
            count: of accesses.

        Returns:
            All of them done.
        """
        return cls(algorithmic=count, actual=count)

    def to_dict(self) -> dict[str, Number]:
        """The four counts by name."""
        return {
            "algorithmic": self.algorithmic,
            "actual": self.actual,
            "gated": self.gated,
            "skipped": self.skipped,
        }


@dataclass(frozen=True)
class Rank:
    """One rank of a compressed format.

    Attributes:
        metadata, payload: count of words of either kind.
    """

    metadata: Number = 0
    payload: Number = 0


def _words(ranks: tuple[Rank, ...]) -> Number:
    return sum(rank.metadata + rank.payload for rank in ranks)


@dataclass(frozen=True)
class FormatAccesses:
    """Accesses to a format's metadata, rank by rank, outermost first.

    A tuple is empty where Timeloop prints a bare zero: no rank was accessed.

    Attributes:
        actual, gated, skipped: as of :class:`Accesses`, by rank.
    """

    actual: tuple[Rank, ...] = ()
    gated: tuple[Rank, ...] = ()
    skipped: tuple[Rank, ...] = ()

    def to_dict(self) -> dict[str, Number]:
        """The three counts by name: words of all ranks, metadata and payload."""
        return {
            "actual": _words(self.actual),
            "gated": _words(self.gated),
            "skipped": _words(self.skipped),
        }


@dataclass(frozen=True)
class Metadata:
    """A compressed tensor's representation in one level.

    Attributes:
        ranks: format of each rank, outermost first: ``uop``, ``cp``, ``b``, ``ub`` or ``rle``.
        capacity: words occupied at most, by rank.
        reads, fills, updates: accesses per instance, by rank.
    """

    ranks: tuple[str, ...]
    capacity: tuple[Rank, ...]
    reads: FormatAccesses = field(default_factory=FormatAccesses)
    fills: FormatAccesses = field(default_factory=FormatAccesses)
    updates: FormatAccesses = field(default_factory=FormatAccesses)

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl model --json``: words of all ranks, an instance."""
        return {
            "formats": list(self.ranks),
            "capacity": _words(self.capacity),
            "reads": self.reads.to_dict(),
            "fills": self.fills.to_dict(),
            "updates": self.updates.to_dict(),
        }


@dataclass(frozen=True)
class TensorStats:
    """One tensor in one storage level.

    Attributes:
        reads, fills, updates: scalar accesses per instance.
        capacity: elements at most in an instance.
        energy_pj: of all accesses to the tensor, over all instances.
        energy_per_instance_pj: the same for one instance.
        temporal_reductions: count of additions into the level, per instance.
        address_generations: count per cluster.
        reduction_energy_pj, address_energy_pj: of these two, over all instances.
        partition: elements of the tensor that one instance sees over the run.
        tile_shape: elements of the tile before compression.
        density: name of the density model, None in a dense run.
        instances_used, instances_used_average: instances that hold it, at most and on average.
        metadata: None where the tensor is stored uncompressed.
    """

    reads: Accesses
    fills: Accesses
    updates: Accesses
    capacity: Number
    energy_pj: float = 0.0
    energy_per_instance_pj: float = 0.0
    temporal_reductions: Number = 0
    address_generations: Number = 0
    reduction_energy_pj: float = 0.0
    address_energy_pj: float = 0.0
    partition: Number = 0
    tile_shape: Number | None = None
    density: str | None = None
    instances_used: Number = 1
    instances_used_average: float = 1.0
    metadata: Metadata | None = None

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl model --json``; ``metadata`` is there where the tensor is compressed."""
        metadata = {} if self.metadata is None else {"metadata": self.metadata.to_dict()}
        return {
            "reads": self.reads.to_dict(),
            "fills": self.fills.to_dict(),
            "updates": self.updates.to_dict(),
            "capacity": self.capacity,
            "energy_pJ": self.energy_pj,
            "instances_used_average": self.instances_used_average,
        } | metadata


@dataclass(frozen=True)
class LevelStats:
    """One storage level.

    Attributes:
        cycles: the level needs at its bandwidth.
        instances: in the architecture, used or not.
        tensors: by name; those that the level keeps.
        throttling: of its cycles without a limit of bandwidth, how large a part of ``cycles``.
        leakage_pj: that Timeloop charges: see :attr:`Result.idle_leakage_pj`.
        area_um2: over all instances, used or not.
        capacity: elements that an instance has room for; None if unlimited.
    """

    cycles: Number
    instances: int
    tensors: Mapping[str, TensorStats]
    throttling: float = 1.0
    leakage_pj: float = 0.0
    area_um2: float = 0.0
    capacity: Number | None = None

    @property
    def energy_pj(self) -> float:
        """All of the level's energy, over all instances."""
        parts = (
            tensor.energy_pj + tensor.reduction_energy_pj + tensor.address_energy_pj
            for tensor in self.tensors.values()
        )
        return in_order(parts, self.leakage_pj)

    @property
    def instances_used(self) -> Number:
        """How many instances hold a tensor at any time: the most of any, 0 without tensors."""
        return max((tensor.instances_used for tensor in self.tensors.values()), default=0)

    @property
    def instances_used_average(self) -> float:
        """The same on average, which is less where tiles are empty and not sent.

        Of several tensors the one in most instances counts, as for Timeloop's leakage. A tensor's
        counts per instance times its own average are its counts over all instances.
        """
        averages = (tensor.instances_used_average for tensor in self.tensors.values())
        return max(averages, default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl model --json``."""
        return {
            "cycles": self.cycles,
            "instances": self.instances,
            "instances_used": self.instances_used,
            "instances_used_average": self.instances_used_average,
            "tensors": {name: tensor.to_dict() for name, tensor in self.tensors.items()},
        }


@dataclass(frozen=True)
class ComputeStats:
    """The compute level.

    Attributes:
        name: of the component.
        cycles: the compute units need.
        instances: in the architecture, used or not.
        instances_used, instances_used_average: instances that work, at most and on average.
        energy_pj: of all computes, without leakage.
        area_um2: over all instances, used or not.
    """

    name: str
    cycles: Number
    instances: int
    instances_used: Number = 1
    instances_used_average: float = 1.0
    energy_pj: float = 0.0
    area_um2: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl model --json``."""
        return {
            "name": self.name,
            "instances": self.instances,
            "instances_used": self.instances_used,
            "instances_used_average": self.instances_used_average,
            "cycles": self.cycles,
            "energy_pJ": self.energy_pj,
            "area_um2": self.area_um2,
        }


@dataclass(frozen=True)
class Loop:
    """A loop of a mapping.

    Attributes:
        dimension: of the problem.
        bound: iterations.
        last_bound: of the last time the loop is entered; differs from bound where factors
            do not divide the dimension.
        axis: ``"X"`` or ``"Y"`` of a spatial loop, None of a temporal one.
    """

    dimension: str
    bound: int
    last_bound: int
    axis: str | None = None


@dataclass(frozen=True)
class MappedLevel:
    """A level of a mapping.

    Attributes:
        name: of the component.
        tiles: words of each kept tensor's tile, and words it occupies when stored.
        loops: outermost first; those of one iteration are left out.
    """

    name: str
    tiles: Mapping[str, tuple[Number, Number]]
    loops: tuple[Loop, ...]


@dataclass(frozen=True)
class Unpriced:
    """A component without a price, whose energy is in no sum.

    Attributes:
        component: its name.
        kind: its class.
        reason: why there is no price.
        actions: that have none where others have; empty where none has.
    """

    component: str
    kind: str
    reason: str
    actions: tuple[str, ...] = ()

    def __str__(self) -> str:
        of = f" {', '.join(self.actions)}" if self.actions else ""
        return f"{self.component}{of} is unpriced: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """By name; ``actions`` is None where no action has a price."""
        return {
            "component": self.component,
            "class": self.kind,
            "actions": list(self.actions) or None,
            "reason": self.reason,
        }


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """An engine's whole answer.

    Attributes:
        engine: ``"timeloop"`` or ``"native"``.
        cycles: of the whole run: the slowest level's.
        computes: over all compute units.
        energy_pj: that Timeloop charges; what instances leak that are not in use is not in it.
        area_um2: of all instances in the architecture, also of those that are not in use and of
            levels that are never accessed.
        levels: storage levels by name, outermost first.
        compute: the compute level.
        networks: energy in pJ by network; those that need none are left out.
        mapping: outermost level first; None where the engine gives none.
        ert: energy in pJ of one action, by component and action; ``leak`` is an instance's of one
            cycle. Empty where it is not known.
        art: area of one instance in µm², by component.
        instances: in the architecture, by component of ``ert``, where that is known; used or not.
        notes: what was counted otherwise than Timeloop does, a sentence each.
        unpriced: components whose energy is not known and in no sum; their own figures are 0.
        placeholders: why energies are placeholders that were not asked for, else None.
    """

    engine: str
    cycles: Number
    computes: Accesses
    energy_pj: float
    area_um2: float
    levels: Mapping[str, LevelStats]
    compute: ComputeStats
    networks: Mapping[str, float] = field(default_factory=dict)
    mapping: tuple[MappedLevel, ...] | None = None
    ert: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    art: Mapping[str, float] = field(default_factory=dict)
    instances: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    placeholders: str | None = None

    @property
    def headline(self) -> str:
        """Engine, cycles, energy, area and utilization."""
        return (
            f"{self.engine} engine: {self.cycles:,.0f} cycles, {self.energy_pj / 1e3:,.3f} nJ, "
            f"{self.area_um2 / 1e6:,.4f} mm², utilization {self.utilization:.1%}"
        )

    def to_frame(self) -> pd.DataFrame:
        """A row a level and tensor, the compute level, and the total of the run.

        Counts are those of an instance in use, ``energy_pJ`` is over all instances. What is charged
        beside accesses and computes has rows of its own (``reductions``, ``addresses``,
        ``networks``, ``leakage``), so that the rows add up to the total. What has no price has no
        energy.
        """
        from loas_tl.timeloop.frames import frame_of

        return frame_of(self)

    def brief(self) -> pd.DataFrame:
        """Level, tensor, cycles, accesses and energy.

        Leakage that Timeloop does not charge (:attr:`idle_leakage_pj`) stands below the total.
        """
        from loas_tl.timeloop.frames import brief_of

        return brief_of(self)

    @property
    def without_price(self) -> frozenset[str]:
        """Components none of whose actions has a price."""
        return frozenset(each.component for each in self.unpriced if not each.actions)

    @property
    def utilization(self) -> float:
        """Share of the compute units' cycles that a compute takes, from 0 to 1.

        Computes that are done or gated, over all compute units in the architecture times all
        cycles of the run. A gated compute counts: it spends its unit's cycle like one that is
        done, so gating changes the energy but not the utilization. A skipped compute takes no
        cycle and does not count. The rest of the cycles are of units that the mapping does not
        use and of cycles in which units wait for a storage level or a network. Timeloop's
        summary has the same figure. 0 where the run takes no cycle.
        """
        cycles = self.compute.instances * self.cycles
        return (self.computes.actual + self.computes.gated) / cycles if cycles else 0.0

    @property
    def idle_leakage_pj(self) -> float | None:
        """Leakage in pJ that Timeloop leaves out of ``energy_pj``; None where no ERT is known.

        A component leaks its ERT's ``leak`` in each instance and each cycle of the run. Timeloop
        charges a storage level that of the instances in use (on average, at least one; with what
        shares their power gate) without the cycles in which networks fill and drain, a compute
        level nothing. What that leaves over is added up over all components, those of levels that
        the result leaves out included. A difference below what Timeloop prints is none.
        """
        if not self.ert:
            return None
        return in_order(self._idle_leakage_pj(component) for component in self.ert)

    def _idle_leakage_pj(self, component: str) -> float:
        level = self.levels.get(component)
        if level is not None:
            instances, charged = level.instances, level.leakage_pj
        elif component == self.compute.name:
            instances, charged = self.compute.instances, 0.0
        else:
            instances, charged = self.instances.get(component, 0), 0.0
        whole = self.ert[component].get("leak", 0.0) * self.cycles * instances
        if math.isclose(whole, charged, rel_tol=1e-12, abs_tol=_PRINTED_PJ):
            return 0.0
        return max(whole - charged, 0.0)

    @property
    def energy_all_leaking_pj(self) -> float | None:
        """``energy_pj`` and ``idle_leakage_pj``: as if nothing were ever switched off."""
        idle = self.idle_leakage_pj
        return None if idle is None else self.energy_pj + idle

    def to_dict(self) -> dict[str, Any]:
        """As in ``loas-tl model --json``: plain dicts of numbers.

        Energies of tensors, of ``compute`` and of ``energy_besides_pJ`` add up to ``energy_pJ``.
        ``unpriced`` is there where something is; the energies of its level are None then.
        ``placeholders`` is there where energies are that.
        """
        from loas_tl.timeloop.frames import besides

        compute = self.compute.to_dict()
        levels = {name: level.to_dict() for name, level in self.levels.items()}
        unpriced: dict[str, Any] = {}
        if self.placeholders is not None:
            unpriced["placeholders"] = self.placeholders
        if self.unpriced:
            unpriced["unpriced"] = [each.to_dict() for each in self.unpriced]
        for each in self.unpriced:
            if each.component == self.compute.name:
                compute["unpriced"] = each.reason
            elif each.component in levels:
                levels[each.component]["unpriced"] = each.reason
        for name in self.without_price:
            if name == self.compute.name:
                compute["energy_pJ"] = None
            elif name in levels:
                for tensor in levels[name]["tensors"].values():
                    tensor["energy_pJ"] = None
        return {
            "engine": self.engine,
            "cycles": self.cycles,
            "computes": self.computes.to_dict(),
            "utilization": self.utilization,
            "energy_pJ": self.energy_pj,
            "energy_besides_pJ": besides(self),
            "idle_leakage_pJ": self.idle_leakage_pj,
            "energy_all_leaking_pJ": self.energy_all_leaking_pj,
            "area_um2": self.area_um2,
            "compute": compute,
            "levels": levels,
            "notes": list(self.notes),
        } | unpriced
