"""One level's block of ``stats.txt``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loas_tl.timeloop.native.machine import Machine, StorageLevel
from loas_tl.timeloop.outputs.bandwidth import Bandwidth, traffic_of
from loas_tl.timeloop.outputs.text import (
    INDENT,
    Line,
    aligned,
    decimal,
    optional,
    picojoules,
    quotient,
    whole,
)
from loas_tl.timeloop.result import (
    LevelStats,
    Metadata,
    Rank,
    Result,
    TensorStats,
)

_KINDS = ("algorithmic", "actual", "gated", "skipped")
_EVENTS = ("reads", "fills", "updates")
_WORDS = "words/cycle"


def compute_block(result: Result, machine: Machine) -> Iterator[str]:
    """The compute units."""
    compute, stats, done = machine.compute, result.compute, result.computes
    yield f"=== {compute.name} ==="
    yield ""
    yield f"{INDENT}SPECS"
    yield f"{INDENT}-----"
    specs = [
        ("Word bits", str(compute.word_bits)),
        ("Instances", _instances(compute.instances, compute.mesh_x, compute.mesh_y)),
        ("Compute energy", picojoules(compute.energies["random_compute"])),
    ]
    yield from aligned(specs, INDENT, 22)
    yield ""
    yield f"{INDENT}STATS"
    yield f"{INDENT}-----"
    last = [
        ("Energy (total)", picojoules(stats.energy_pj)),
        ("Area (total)", f"{decimal(stats.area_um2)} um^2"),
    ]
    if machine.sparse:
        lines: list[Line] = [
            ("Utilized instances (max)", whole(stats.instances_used)),
            ("Utilized instances (average)", whole(stats.instances_used_average)),
            ("Cycles", whole(stats.cycles)),
            *(
                (f"{kind.capitalize()} Computes (total)", whole(getattr(done, kind)))
                for kind in _KINDS
            ),
        ]
        yield from aligned([*lines, *last], INDENT, 29)
        yield ""
    else:
        lines = [
            ("Utilized instances", whole(stats.instances_used)),
            ("Computes (total)", whole(done.actual)),
            ("Cycles", whole(stats.cycles)),
        ]
        yield from aligned([*lines, *last], INDENT, 24)
    yield ""


def storage_block(
    result: Result, machine: Machine, storage: StorageLevel, level: LevelStats
) -> Iterator[str]:
    """A storage level, with all tensors that it keeps."""
    yield f"=== {storage.name} ==="
    yield ""
    yield f"{INDENT}SPECS"
    yield f"{INDENT}-----"
    yield from aligned(_specs(result, machine, storage, level), 2 * INDENT, 32)
    yield ""
    yield f"{INDENT}STATS"
    yield f"{INDENT}-----"
    stats = [("Cycles", whole(level.cycles)), ("Bandwidth throttling", decimal(level.throttling))]
    yield from aligned(stats, INDENT, 21)
    order = [data_space.name for data_space in machine.problem.data_spaces]
    for name, tensor in level.tensors.items():
        yield f"{INDENT}{name}:"
        index = order.index(name)
        traffic = traffic_of(result, storage, level, tensor, index)
        if machine.sparse:
            yield from _sparse_tensor(storage, tensor, traffic, index)
        else:
            yield from aligned(_dense_tensor(storage, tensor, traffic, index), 2 * INDENT, 41)


def _instances(count: int, x: int, y: int) -> str:
    return f"{count} ({x}*{y})"


def _specs(
    result: Result, machine: Machine, storage: StorageLevel, level: LevelStats
) -> Iterator[Line]:
    cost = storage.energies
    sparse = machine.sparse
    yield "Technology", storage.technology
    prefix = "Data " if sparse else ""
    yield "Data storage size" if sparse else "Size", optional(storage.memory_size)
    yield f"{prefix}word bits".capitalize(), str(storage.word_bits)
    yield f"{prefix}block size".capitalize(), str(storage.block_size)
    if sparse:
        yield "Metadata storage width(bits)", str(storage.metadata_width)
        yield "Metadata storage depth", optional(_metadata_depth(storage))
    yield "Cluster size", str(storage.cluster_size)
    yield "Instances", _instances(storage.instances, storage.mesh_x, storage.mesh_y)
    yield "Shared bandwidth", optional(storage.shared_bandwidth, "decimal")
    yield "Read bandwidth", optional(storage.read_bandwidth, "decimal")
    yield "Write bandwidth", optional(storage.write_bandwidth, "decimal")
    yield "Multiple buffering", decimal(storage.multiple_buffering)
    yield "Effective data storage size" if sparse else "Effective size", optional(storage.size)
    yield "Min utilization", decimal(storage.min_utilization)
    if sparse:
        yield "Vector read energy", picojoules(cost["random_read"])
        yield "Vector write energy", picojoules(cost["random_fill"])
        yield "Vector metadata read energy", picojoules(cost["random_metadata_read"])
        yield "Vector metadata write energy", picojoules(cost["random_metadata_fill"])
        yield "(De)compression energy", picojoules(cost["decompression_count"])
    else:
        # The dearest of the three stands for all.
        dearest = max(cost[f"random_{action}"] for action in ("read", "fill", "update"))
        yield "Vector access energy", picojoules(dearest)
        yield "Vector access energy source", "ERT"
    yield "Per-instance-cycle leakage", picojoules(cost["leak"])
    sharing, share = _power_gating(result, machine, storage, level)
    yield "Instances sharing power gating", decimal(sharing)
    yield "Non-power-gated utilization", f"{100 * share:.2f}%"
    yield "Leakage energy (total)", picojoules(level.leakage_pj)
    yield "Area", f"{decimal(storage.area_um2)} um^2"


def _metadata_depth(storage: StorageLevel) -> int | None:
    if storage.metadata_size_bits is None or not storage.metadata_width:
        return None if storage.size is None else 0
    return round(storage.metadata_size_bits * storage.multiple_buffering / storage.metadata_width)


def _power_gating(
    result: Result, machine: Machine, storage: StorageLevel, level: LevelStats
) -> tuple[float, float]:
    """Instances behind one power gate, and which part of those that leak is in use."""
    gate = machine.levels[machine.level_of(storage.power_gated_at)]
    sharing = storage.instances / max(gate.instances, 1)
    if sharing <= 1:
        return 1.0, 1.0
    gating = result.levels.get(gate.name)
    awake = max(1.0, gating.instances_used_average if gating is not None else 0.0)
    return sharing, max(1.0, level.instances_used_average) / (sharing * awake)


def _clusters(storage: StorageLevel, tensor: TensorStats) -> int:
    return min(int(tensor.instances_used), storage.instances // storage.cluster_size)


def _energies(storage: StorageLevel, tensor: TensorStats) -> Iterator[Line]:
    accesses = tensor.reads.actual + tensor.fills.actual + tensor.updates.actual
    each = tensor.energy_per_instance_pj
    yield "Energy (per-scalar-access)", picojoules(quotient(each, accesses) if each else 0.0)
    yield "Energy (per-instance)", picojoules(each)
    yield "Energy (total)", picojoules(tensor.energy_pj)
    used = tensor.instances_used_average
    for name, unit, energy, count in (
        ("Temporal Reduction", "instance", tensor.reduction_energy_pj, used),
        ("Address Generation", "cluster", tensor.address_energy_pj, _clusters(storage, tensor)),
    ):
        yield f"{name} Energy (per-{unit})", picojoules(energy / count if count else 0.0)
        yield f"{name} Energy (total)", picojoules(energy)


def _dense_tensor(
    storage: StorageLevel, tensor: TensorStats, traffic: Bandwidth, index: int
) -> Iterator[Line]:
    yield "Partition size", whole(tensor.partition)
    yield "Utilized capacity", whole(tensor.capacity)
    yield "Utilized instances (max)", whole(tensor.instances_used)
    yield "Utilized clusters (max)", whole(_clusters(storage, tensor))
    for event in _EVENTS:
        yield f"Scalar {event} (per-instance)", whole(getattr(tensor, event).actual)
    yield "Temporal reductions (per-instance)", whole(tensor.temporal_reductions)
    yield "Address generations (per-cluster)", whole(tensor.address_generations)
    yield from _energies(storage, tensor)
    yield "Bandwidth Consumption Scale", decimal(storage.bandwidth_scale[index])
    for name, value in _bandwidths(traffic).items():
        yield f"{name} Bandwidth (per-instance)", f"{decimal(value)} {_WORDS}"
        yield f"{name} Bandwidth (total)", f"{decimal(value * tensor.instances_used)} {_WORDS}"


def _bandwidths(traffic: Bandwidth) -> Mapping[str, float]:
    return {
        "Shared": traffic.reads + traffic.writes,
        "Read": traffic.reads,
        "Write": traffic.writes,
    }


def _sparse_tensor(
    storage: StorageLevel, tensor: TensorStats, traffic: Bandwidth, index: int
) -> Iterator[str]:
    held = tensor.metadata

    def lines(*pairs: Line) -> Iterator[str]:
        return aligned(pairs, 2 * INDENT, 60)

    yield from lines(
        ("Partition size", whole(tensor.partition)),
        ("Tile density distribution", tensor.density or "fixed_structured"),
        ("Data tile shape", whole(tensor.tile_shape or 0)),
        ("Max utilized data storage capacity", whole(tensor.capacity)),
        ("Representation format", "none" if held is None else " ".join(held.ranks)),
    )
    yield from _ranks(
        "Max utilized Repr format storage capacity",
        () if held is None else held.capacity,
        ", ",
    )
    yield from lines(
        ("Utilized instances (max)", whole(tensor.instances_used)),
        ("Utilized instances (average)", decimal(tensor.instances_used_average)),
        ("Utilized clusters (max)", whole(_clusters(storage, tensor))),
    )
    for event in _EVENTS:
        for kind in _KINDS:
            count = getattr(getattr(tensor, event), kind)
            yield from lines((f"{kind.capitalize()} scalar {event} (per-instance)", whole(count)))
    if held is not None:
        yield from _formats(held)
    yield from lines(
        ("Temporal reductions (per-instance)", whole(tensor.temporal_reductions)),
        ("Address generations (per-cluster)", whole(tensor.address_generations)),
        *_energies(storage, tensor),
        ("Bandwidth Consumption Scale", decimal(storage.bandwidth_scale[index])),
    )
    formats = (traffic.shared_format, traffic.read_format, traffic.write_format)
    for (name, value), part in zip(_bandwidths(traffic).items(), formats, strict=True):
        yield from lines((f"Average {name} Bandwidth (per-instance)", f"{decimal(value)} {_WORDS}"))
        # As Timeloop has it: one less the percentage, and a bracket that stays open.
        bracket = "" if name == "Shared" else ")"
        parts = f"({1 - 100 * part:.2f}%, {100 * part:.2f}%{bracket}"
        yield f"{3 * INDENT}Breakdown (Data, Format): {parts}"
        total = value * tensor.instances_used
        yield from lines((f"{name} Bandwidth (total)", f"{decimal(total)} {_WORDS}"))


def _formats(held: Metadata) -> Iterator[str]:
    for event in _EVENTS:
        for kind in _KINDS[1:]:
            ranks = getattr(getattr(held, event), kind)
            key = f"{kind.capitalize()} scalar format {event} (per-instance)"
            yield from _ranks(key, ranks, ",  ")


def _ranks(key: str, ranks: tuple[Rank, ...], between: str) -> Iterator[str]:
    if not ranks:
        yield f"{2 * INDENT}{key:<60}: 0"
        return
    yield f"{2 * INDENT}{key:<60}"
    for number, rank in zip(range(len(ranks) - 1, -1, -1), ranks, strict=True):
        words = f"{_words(rank.metadata)}{between}{_words(rank.payload)}"
        yield f"{3 * INDENT}Rank {number} (metadata, payload): ({words})"


def _words(count: float) -> str:
    return whole(count)
