"""Two results beside each other: every count, by a readable name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loas_tl.timeloop.result import Accesses, FormatAccesses, LevelStats, Result

KINDS = ("reads", "fills", "updates")
WAYS = ("algorithmic", "actual", "gated", "skipped")


def figures(result: Result) -> dict[str, Any]:
    """All figures of a result; energies and averages apart, which are printed rounded."""
    found: dict[str, Any] = {"cycles": result.cycles}
    found |= _accesses("computes", result.computes)
    for name in ("cycles", "instances", "instances_used"):
        found[f"compute.{name}"] = getattr(result.compute, name)
    for name, level in result.levels.items():
        found |= _level(name, level)
    return found


def rounded(result: Result) -> dict[str, float]:
    """Figures that Timeloop prints with two decimals."""
    found = {"compute.energy": result.compute.energy_pj}
    found["compute.used"] = result.compute.instances_used_average
    for name, level in result.levels.items():
        for tensor, stats in level.tensors.items():
            found[f"{name}.{tensor}.energy"] = stats.energy_pj
            found[f"{name}.{tensor}.used"] = stats.instances_used_average
    return found


def _accesses(name: str, accesses: Accesses) -> dict[str, Any]:
    return {f"{name}.{way}": getattr(accesses, way) for way in WAYS}


def _level(name: str, level: LevelStats) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{name}.cycles": level.cycles,
        f"{name}.instances": level.instances,
        f"{name}.capacity": level.capacity,
    }
    for tensor, stats in level.tensors.items():
        where = f"{name}.{tensor}"
        for kind in KINDS:
            found |= _accesses(f"{where}.{kind}", getattr(stats, kind))
        for field in (
            "capacity",
            "temporal_reductions",
            "address_generations",
            "partition",
            "tile_shape",
            "density",
            "instances_used",
        ):
            found[f"{where}.{field}"] = getattr(stats, field)
        if stats.metadata is not None:
            found[f"{where}.ranks"] = stats.metadata.ranks
            for index, rank in enumerate(stats.metadata.capacity):
                found[f"{where}.held[{index}]"] = rank.metadata + rank.payload
            for kind in KINDS:
                found |= dict(_format(f"{where}.{kind}", getattr(stats.metadata, kind)))
    return found


def _format(where: str, accesses: FormatAccesses) -> Iterator[tuple[str, Any]]:
    for way in ("actual", "gated", "skipped"):
        for index, rank in enumerate(getattr(accesses, way)):
            yield f"{where}.{way}[{index}].metadata", rank.metadata
            yield f"{where}.{way}[{index}].payload", rank.payload


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Figures that differ by more than 0.1 % and more than 1."""

    def same(a: Any, b: Any) -> bool:
        if a == b:
            return True
        numbers = isinstance(a, int | float) and isinstance(b, int | float)
        return numbers and abs(a - b) <= max(1, 0.001 * abs(b))

    names = list(dict.fromkeys([*theirs, *ours]))
    return [
        f"{name}: {ours.get(name)}, expected {theirs.get(name)}"
        for name in names
        if not same(ours.get(name), theirs.get(name))
    ]
