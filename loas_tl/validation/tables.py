"""Predicted and exact counts as flat tables with the same keys.

Counts are over all instances: Timeloop's per-instance figure times the instances that are used
(on average, where empty tiles are never sent).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from loas_tl.exact.result import ExactResult, ExactTensor
from loas_tl.timeloop.result import Accesses, FormatAccesses, Rank, Result, TensorStats
from loas_tl.timeloop.spec.problem import Problem

KINDS = ("algorithmic", "actual", "gated", "skipped")
METADATA_KINDS = ("actual", "gated", "skipped")
ACTIONS = ("reads", "fills", "updates")


class Key(NamedTuple):
    """Which count.

    Attributes:
        level: storage level, or the compute component.
        tensor: empty for computes.
        action: ``computes``, ``reads``, ``fills``, ``updates``; ``metadata_reads[0]`` and so on
            by rank, outermost first, words of metadata and payload together; ``capacity``.
        kind: ``algorithmic``, ``actual``, ``gated``, ``skipped``; of ``capacity`` ``mean`` and
            ``max`` over tiles.
    """

    level: str
    tensor: str
    action: str
    kind: str


Table = dict[Key, float]


def predicted_table(result: Result, problem: Problem) -> Table:
    """An engine's counts."""
    table: Table = {}
    _add(table, result.compute.name, "", "computes", result.computes, 1.0, 1.0)
    for name, level in result.levels.items():
        for tensor, stats in level.tensors.items():
            _predicted_tensor(table, name, tensor, stats, problem.densities[tensor].density)
    return table


def exact_table(result: ExactResult, compute: str) -> Table:
    """Exact counts; ``compute`` is the compute component's name."""
    table: Table = {}
    _add(table, compute, "", "computes", result.computes, 1.0, 1.0)
    for name, level in result.levels.items():
        for tensor, counted in level.tensors.items():
            _exact_tensor(table, name, tensor, counted)
    return table


def _add(
    table: Table,
    level: str,
    tensor: str,
    action: str,
    accesses: Accesses,
    instances: float,
    average: float,
) -> None:
    for kind in KINDS:
        copies = instances if kind == "algorithmic" else average
        table[Key(level, tensor, action, kind)] = getattr(accesses, kind) * copies


def _add_metadata(
    table: Table,
    level: str,
    tensor: str,
    action: str,
    accesses: FormatAccesses,
    ranks: int,
    instances: float,
) -> None:
    for kind in METADATA_KINDS:
        words: tuple[Rank, ...] = getattr(accesses, kind) or (Rank(),) * ranks
        for number, rank in enumerate(words):
            key = Key(level, tensor, f"metadata_{action}[{number}]", kind)
            table[key] = (rank.metadata + rank.payload) * instances


def _predicted_tensor(
    table: Table, level: str, tensor: str, stats: TensorStats, density: float
) -> None:
    # A run without sparse optimizations says how many instances are used once only.
    used = stats.instances_used
    average = stats.instances_used_average
    for action in ACTIONS:
        _add(table, level, tensor, action, getattr(stats, action), used, average)
        if stats.metadata is not None:
            accesses = getattr(stats.metadata, action)
            ranks = len(stats.metadata.ranks)
            _add_metadata(table, level, tensor, action, accesses, ranks, average)
    table[Key(level, tensor, "capacity", "max")] = stats.capacity
    size = stats.tile_shape if stats.tile_shape is not None else stats.capacity
    # An engine tells no mean: the density's, of the tiles that are held at all.
    mean = float(size)
    if stats.metadata is not None and average:
        mean = size * density * used / average
    table[Key(level, tensor, "capacity", "mean")] = mean


def _exact_tensor(table: Table, level: str, tensor: str, counted: ExactTensor) -> None:
    for action in ACTIONS:
        _add(table, level, tensor, action, getattr(counted, action), 1.0, 1.0)
        if counted.metadata is not None:
            accesses = getattr(counted.metadata, action)
            ranks = len(counted.metadata.ranks)
            _add_metadata(table, level, tensor, action, accesses, ranks, 1.0)
    table[Key(level, tensor, "capacity", "max")] = counted.capacity_max
    table[Key(level, tensor, "capacity", "mean")] = counted.capacity_mean


def joined(*tables: Mapping[Key, float]) -> list[tuple[Key, tuple[float, ...]]]:
    """Keys that any table has, with each table's count; those that are zero in all left out."""
    keys = dict.fromkeys(key for table in tables for key in table)
    rows = [(key, tuple(table.get(key, 0.0) for table in tables)) for key in keys]
    return [(key, values) for key, values in rows if any(values)]
