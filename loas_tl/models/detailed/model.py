"""The detailed model of any accelerator: DRAM traffic as published, the machine's own timing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from loas_tl.ground.compressed import compress
from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.models.dataflow import (
    Dataflow,
    Kind,
    Memory,
    OutputStationaryArray,
    TiledAccelerator,
)
from loas_tl.models.detailed import gamma, gospa, inner_join
from loas_tl.models.detailed.schedule import Schedule, Steps, overlap
from loas_tl.models.detailed.walk import LaneTime, Walk
from loas_tl.models.machine import IdBroadcast, InnerJoin, Merger, System
from loas_tl.models.published.counts import Counts
from loas_tl.models.published.dense import count_dense
from loas_tl.models.published.tiled import (
    LOOPS,
    Operands,
    count_tiled,
    dram_by_step,
    require_walk,
)
from loas_tl.workload.layer import Layer

PLIF_CYCLES = 1
"""From the last sums of a layer to their spikes; all T timesteps at once (P-LIF, section V)."""

FILLED: tuple[Kind, ...] = ("spikes", "weights", "metadata")
"""What the cache is filled with from DRAM."""


@dataclass(frozen=True)
class Detail:
    """What the detailed model finds for one layer on one accelerator.

    Attributes:
        published: the published model's counts.
        counts: cycles of the schedule; computes and DRAM traffic as published; SRAM reads and
            writes as the machine's accesses of whole cache lines.
        schedule: cycles, and what held them up.
        lanes: how inner-join units spent their time; None for other machines.
    """

    published: Counts
    counts: Counts
    schedule: Schedule
    lanes: LaneTime | None = None


def count_detailed(
    layer: Layer,
    accelerators: Sequence[Dataflow],
    system: System | None = None,
    operands: Operands | None = None,
) -> list[Detail]:
    """Time one layer on each accelerator, in their order.

    Args:
        layer: the tensors.
        accelerators: what is timed.
        system: the memory around all of them; by default each has its own.
        operands: of this layer, where they are at hand.

    Memory goes with the tensors, a bit for each of their elements more, and some 50 bytes for each
    pair of tiles.

    Raises:
        InputError: where a declaration does not say what its machine is; where it takes more memory
            than there may be.
    """
    operands = operands or Operands(layer)
    tiled = [a for a in accelerators if isinstance(a, TiledAccelerator)]
    walks = iter(walk_layer(tiled, operands, [system or a.system for a in tiled]))
    return [
        _tiled(a, operands, system or a.system, next(walks))
        if isinstance(a, TiledAccelerator)
        else _dense(a, layer, system or a.system)
        for a in accelerators
    ]


def walk_layer(
    accelerators: Sequence[TiledAccelerator], operands: Operands, systems: Sequence[System]
) -> list[Walk]:
    """Walk a layer through the machines of accelerators, each with its memory system.

    Inner-join units that read alike are walked together, however they are timed.

    Raises:
        InputError: where an accelerator has no machine.
    """
    each = list(zip(accelerators, systems, strict=True))
    arrays = [(a, a.machine, system) for a, system in each if isinstance(a.machine, InnerJoin)]
    joined = iter(_walk_inner_joins(arrays, operands))
    return [
        next(joined)
        if isinstance(accelerator.machine, InnerJoin)
        else _walk_alone(accelerator, operands, system)
        for accelerator, system in each
    ]


def _walk_inner_joins(
    each: Sequence[tuple[TiledAccelerator, InnerJoin, System]], operands: Operands
) -> list[Walk]:
    """Walks of arrays of inner-join units, those that read alike together."""
    layer, memo = operands.layer, operands.memo
    groups: dict[Hashable, tuple[TiledAccelerator, System, list[InnerJoin]]] = {}
    found: dict[Hashable, Walk] = {}
    keys = []
    for a, unit, system in each:
        alike: Hashable = (inner_join.reads_alike(a, unit), *_seen(a, layer, system))
        key = ("inner join", unit, alike)
        keys.append(key)
        known: Walk | None = memo.find(key)
        if known is not None:
            found[key] = known
        elif unit not in (units := groups.setdefault(alike, (a, system, []))[2]):
            units.append(unit)
    for alike, (a, system, units) in groups.items():
        word = a.word(layer.T)
        _require(a, layer, inner_join.bytes_of(a, len(units), layer, word))
        walks = inner_join.walk(a, units, operands.stack(a), layer.weights, word, system)
        for unit, walk in zip(units, walks, strict=True):
            found["inner join", unit, alike] = walk
            memo.keep(("inner join", unit, alike), walk)
    # One fiber is broadcast after the other; how many there are in a tile comes after.
    return [inner_join.by_tiles(found[key], a) for key, (a, *_) in zip(keys, each, strict=True)]


def _require(accelerator: TiledAccelerator, layer: Layer, needed: int) -> None:
    what = f"{accelerator.name}'s walk"
    require(needed, what, file=layer.origin, key=layer.name)


def _seen(accelerator: TiledAccelerator, layer: Layer, system: System) -> tuple[Hashable, ...]:
    """What a machine sees of operands and cache, its own parameters and tiles aside."""
    a = accelerator
    widths = (a.operand, a.word(layer.T), a.weight_bits, a.pointer_bits)
    return (*widths, system.banks, system.line_bytes)


def _walk_alone(accelerator: TiledAccelerator, operands: Operands, system: System) -> Walk:
    """A layer on a machine that shares nothing with others."""
    a, layer, machine = accelerator, operands.layer, accelerator.machine
    seen = _seen(a, layer, system)
    match machine:
        case IdBroadcast():
            _require(a, layer, gospa.bytes_of(a, machine, layer))
            return operands.memo.get(
                ("id broadcast", machine, a.tile_m, a.tile_k, a.tile_n, *seen),
                lambda: gospa.walk(a, machine, layer.spikes, layer.weights, system),
            )
        case Merger():
            require_walk(a, layer)
            return operands.memo.get(
                ("merger", machine, a.tile_m, *seen),
                lambda: gamma.walk(a, machine, compress(operands.stack(a)), layer.weights, system),
            )
    raise InputError(
        f"{accelerator.name} has no machine; the detailed model expects one of "
        "loas_tl.models.machine"
    )


def _tiled(accelerator: TiledAccelerator, operands: Operands, system: System, walk: Walk) -> Detail:
    published = count_tiled(accelerator, operands)
    dram = dram_by_step(accelerator, operands, published)
    for axis in (2, 3):  # tiles that the machine takes in one step
        if walk.compute.shape[axis] == 1:
            dram = dram.sum(axis=axis, keepdims=True)
    order = [LOOPS.index(loop) for loop in walk.loop_order or accelerator.loop_order]
    in_order = (a.transpose(order).reshape(-1) for a in (walk.compute, walk.sram, walk.busy, dram))
    schedule = overlap(Steps(*in_order), system, _tail(accelerator))
    bits = {key: moved for key, moved in published.bits.items() if key[0] == "dram"}
    accesses: dict[Memory, dict[Kind, int]] = {"sram_read": walk.reads, "sram_write": walk.writes}
    for memory, lines in accesses.items():
        for kind, count in lines.items():
            bits[memory, kind] = count * system.line_bits
    for kind in FILLED:  # partial sums are written by the machine itself
        filled = published.bits.get(("sram_write", kind), 0)
        bits["sram_write", kind] = bits.get(("sram_write", kind), 0) + filled
    counts = Counts(schedule.cycles, published.computes, bits, published.hits, published.misses)
    return Detail(published, counts, schedule, walk.lanes)


def _tail(accelerator: TiledAccelerator) -> int:
    """Cycles after the last output: its spikes, and the compression of the row they end.

    Before that the compressor, a chunk in ``ceil(chunk / adders)`` cycles, never holds up a lane:
    a chunk of outputs takes the lane at least two cycles each.
    """
    machine = accelerator.machine
    if not isinstance(machine, InnerJoin) or not machine.compress:
        return PLIF_CYCLES
    return PLIF_CYCLES + max(machine.latency, 1)


def _dense(accelerator: OutputStationaryArray, layer: Layer, system: System) -> Detail:
    """The published cycles of a dense array, its DRAM transfers laid under them."""
    published = count_dense(accelerator, layer)
    folds = ceil(layer.M / accelerator.pixels)
    evenly = [
        np.diff(total * np.arange(folds + 1) // folds)
        for total in (published.cycles, published.moved("dram"))
    ]
    nothing = np.zeros(folds, dtype=np.int64)
    schedule = overlap(Steps(evenly[0], nothing, evenly[0], evenly[1]), system, PLIF_CYCLES)
    return Detail(published, replace(published, cycles=schedule.cycles), schedule)
