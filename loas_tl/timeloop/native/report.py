"""The model's figures as one :class:`loas_tl.timeloop.result.Result`, in Timeloop's words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from loas_tl.timeloop.native import caveats
from loas_tl.timeloop.native.buffer import Contents, Traffic, leakage_per_cycle
from loas_tl.timeloop.native.computing import Computes
from loas_tl.timeloop.native.machine import Machine, StorageLevel
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.native.nest import Nest, Tile
from loas_tl.timeloop.native.occupancy import Stored
from loas_tl.timeloop.native.propagation import Counts, Propagated, Words, at_least_0
from loas_tl.timeloop.result import (
    Accesses,
    ComputeStats,
    FormatAccesses,
    LevelStats,
    Loop,
    MappedLevel,
    Metadata,
    Rank,
    Result,
    TensorStats,
)


@dataclass(frozen=True)
class TensorReport:
    """A tensor in a level: everything that was found out."""

    tile: Tile
    counts: Counts
    stored: Stored
    held: Contents
    density: str
    energy_per_instance: float


@dataclass(frozen=True)
class LevelReport:
    """A level: its traffic, the copies it needs along X and Y, its tensors."""

    traffic: Traffic
    used: tuple[int, int]
    tensors: list[TensorReport]


def result_of(
    machine: Machine,
    mapping: Mapping,
    nest: Nest,
    propagated: Propagated,
    done: Computes,
    compute_cycles: int,
    reports: list[LevelReport],
) -> Result:
    """Puts a result together; levels that are never accessed are left out, as in Timeloop.

    The area is of all instances of all levels, whether used or accessed or not. Leakage follows
    Timeloop's rule: :func:`~loas_tl.timeloop.native.buffer.leakage_per_cycle`.
    """
    busiest = max([compute_cycles, *(report.traffic.cycles for report in reports)])
    used = [[t.stored.instances for t in report.tensors] for report in reports]
    levels = {}
    energy = 0.0
    area = machine.compute.area_um2 * machine.compute.instances
    for index in reversed(range(len(machine.levels))):
        storage, report = machine.levels[index], reports[index]
        leaking = storage.energies["leak"]
        leakage = leaking and leaking * busiest * leakage_per_cycle(storage, machine, used)
        stats = _level_stats(machine, storage, report, index, mapping, leakage)
        area += stats.area_um2
        energy += stats.energy_pj
        accessed = any(
            math.floor(t.stored.instances * (t.tile.reads + t.tile.fills + t.tile.updates))
            for t in report.tensors
        )
        if accessed or stats.energy_pj:
            levels[storage.name] = stats
    compute = _compute_stats(machine, nest, done, compute_cycles)
    return Result(
        engine="native",
        cycles=busiest + sum(level.latency for level in machine.levels),
        computes=Accesses(done.algorithmic, done.actual, done.gated, done.skipped),
        energy_pj=energy + compute.energy_pj,
        area_um2=area,
        levels=levels,
        compute=compute,
        mapping=_mapped(machine, mapping, reports),
        ert=machine.ert,
        instances={level.name: level.instances for level in machine.levels}
        | {compute.name: compute.instances},
        notes=(
            *(*machine.notes, *mapping.notes, *done.notes, *_notes(machine, reports)),
            *caveats.on_computes(machine, done),
            *caveats.on_gated_operands(machine, propagated),
            *caveats.on_metadata(machine, levels),
        ),
        placeholders=machine.placeholders,
    )


def _notes(machine: Machine, reports: list[LevelReport]) -> Iterator[str]:
    """What was counted otherwise than Timeloop does, outermost level first."""
    names = [data_space.name for data_space in machine.problem.data_spaces]
    for storage, report in reversed(list(zip(machine.levels, reports, strict=True))):
        for name, tensor in zip(names, report.tensors, strict=True):
            if tensor.counts.undercut:
                yield (
                    f"{storage.name}/{name}: the inner rule saves less than the outer one already "
                    "did; Timeloop would wrap round, 0 is counted"
                )


def _compute_stats(machine: Machine, nest: Nest, done: Computes, cycles: int) -> ComputeStats:
    compute = machine.compute
    cost = compute.energies
    return ComputeStats(
        name=compute.name,
        cycles=cycles,
        instances=compute.instances,
        instances_used=nest.used_x[-1] * nest.used_y[-1],
        instances_used_average=float(nest.units),
        energy_pj=done.actual * cost["random_compute"]
        + done.gated * cost["gated_compute"]
        + done.skipped * cost["skipped_compute"],
        area_um2=compute.area_um2 * compute.instances,
    )


def _level_stats(
    machine: Machine,
    storage: StorageLevel,
    report: LevelReport,
    index: int,
    mapping: Mapping,
    leakage: float,
) -> LevelStats:
    tensors = {
        data_space.name: _tensor_stats(machine, storage, tensor, report.used, number)
        for number, (data_space, tensor, kept) in enumerate(
            zip(
                machine.problem.data_spaces,
                report.tensors,
                mapping.levels[index].keep,
                strict=True,
            )
        )
        if kept
    }
    return LevelStats(
        cycles=report.traffic.cycles,
        instances=storage.instances,
        tensors=tensors,
        throttling=report.traffic.throttling,
        leakage_pj=leakage,
        area_um2=storage.area_um2 * storage.instances,
        capacity=storage.size,
    )


def _tensor_stats(
    machine: Machine,
    storage: StorageLevel,
    report: TensorReport,
    used: tuple[int, int],
    tensor: int,
) -> TensorStats:
    tile, count = report.tile, report.counts
    written = machine.problem.data_spaces[tensor].read_write
    gated = count.saving == "gated"
    address = count.fills + (
        count.updates + (count.saved_updates if gated else 0)
        if written
        else count.reads + (count.saved_reads if gated else 0)
    )
    return TensorStats(
        reads=_accesses(tile.reads, count.reads, count.saved_reads, count.saving),
        fills=_accesses(tile.fills, count.fills, 0, ""),
        updates=_accesses(tile.updates, count.updates, count.saved_updates, count.saving),
        capacity=report.held.capacity,
        energy_pj=report.energy_per_instance * report.stored.instances,
        energy_per_instance_pj=report.energy_per_instance if report.stored.instances else 0.0,
        temporal_reductions=math.floor(count.temporal_reductions),
        address_generations=address,
        partition=tile.partition,
        tile_shape=report.held.size if machine.sparse else None,
        density=report.density if machine.sparse else None,
        instances_used=used[0] * used[1] if machine.sparse else math.floor(report.stored.instances),
        instances_used_average=report.stored.instances,
        metadata=_metadata(storage, report, tensor) if machine.sparse else None,
    )


def _accesses(algorithmic: int, actual: int, saved: int, saving: str) -> Accesses:
    saved = at_least_0(saved)
    return Accesses(
        algorithmic,
        actual,
        gated=saved if saving == "gated" else 0,
        skipped=saved if saving == "skipped" else 0,
    )


def _metadata(storage: StorageLevel, report: TensorReport, tensor: int) -> Metadata | None:
    stored = storage.formats[tensor]
    if stored is None or not report.stored.formatted:
        return None
    count, there = report.counts, report.stored
    return Metadata(
        ranks=tuple(rank.format for rank in reversed(stored.ranks)),
        capacity=tuple(
            Rank(math.ceil(r.metadata[0]), math.ceil(r.payload[0]))
            for r in reversed(report.held.ranks[: len(there.metadata)])
        ),
        reads=_format_accesses(
            count.metadata_reads, count.saved_metadata_reads, count.saving, there
        ),
        fills=_format_accesses(count.metadata_fills, [], "", there),
        updates=_format_accesses(
            count.metadata_updates, count.saved_metadata_updates, count.saving, there
        ),
    )


def _format_accesses(actual: Words, saved: Words, saving: str, there: Stored) -> FormatAccesses:
    return FormatAccesses(
        actual=_ranks(actual, there),
        gated=_ranks(saved, there) if saving == "gated" else (),
        skipped=_ranks(saved, there) if saving == "skipped" else (),
    )


def _ranks(words: Words, there: Stored) -> tuple[Rank, ...]:
    """Outermost first; nothing where no bit was accessed."""
    bits = sum(m * b[0] + p * b[1] for (m, p), b in zip(words, there.bits, strict=False))
    if not bits:
        return ()
    return tuple(Rank(m, p) for m, p in reversed(words))


def _mapped(
    machine: Machine, mapping: Mapping, reports: list[LevelReport]
) -> tuple[MappedLevel, ...]:
    dimensions = machine.problem.dimensions
    names = [d.name for d in machine.problem.data_spaces]
    levels = []
    for index in reversed(range(len(machine.levels))):
        level, report = mapping.levels[index], reports[index]
        levels.append(
            MappedLevel(
                name=machine.levels[index].name,
                tiles={
                    name: (tensor.tile.size, tensor.held.capacity)
                    for name, tensor, kept in zip(names, report.tensors, level.keep, strict=True)
                    if kept
                },
                loops=tuple(
                    Loop(dimensions[loop.dimension], loop.bound, loop.last, loop.axis or None)
                    for loop in reversed(level.loops)
                    if loop.bound > 1
                ),
            )
        )
    return tuple(levels)
