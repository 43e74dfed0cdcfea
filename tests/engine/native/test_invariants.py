"""What holds for every specification, whatever its numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from loas_tl.timeloop.errors import EngineError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.result import Accesses, Result
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.generate import random_spec, text

SPECS = 200
BATCH = 50


def evaluated(spec: dict[str, Any]) -> Result | None:
    """The result, None where the mapping is refused."""
    try:
        return evaluate(parse_spec(text(spec)))
    except EngineError:
        return None


def parts(accesses: Accesses) -> float:
    """What was done, gated and skipped together."""
    return accesses.actual + accesses.gated + accesses.skipped


def batches() -> Any:
    return pytest.mark.parametrize("first", range(0, SPECS, BATCH))


@batches()
def test_density_one_is_dense(first: int) -> None:
    compared = 0
    for seed in range(first, first + BATCH):
        spec = random_spec(seed)
        for density in spec["problem"]["instance"]["densities"].values():
            density["density"] = 1.0
        full = evaluated(spec)
        dense = evaluated({k: v for k, v in spec.items() if k != "sparse_optimizations"})
        if full is None or dense is None:
            continue
        compared += 1
        assert full.computes == Accesses.dense(dense.computes.actual)
        for name, level in dense.levels.items():
            for tensor, stats in level.tensors.items():
                there = full.levels[name].tensors[tensor]
                assert (there.reads, there.fills, there.updates) == (
                    stats.reads,
                    stats.fills,
                    stats.updates,
                ), (seed, name, tensor)
    assert compared > BATCH // 4


@batches()
def test_actual_gated_and_skipped_add_up(first: int) -> None:
    looked_at = 0
    for seed in range(first, first + BATCH):
        spec = random_spec(seed)
        result = evaluated(spec)
        if result is None:
            continue
        looked_at += 1
        ruled = rules(spec)
        assert parts(result.computes) <= result.computes.algorithmic
        for name, level in result.levels.items():
            outer = list(result.levels)[: list(result.levels).index(name)]
            for tensor, stats in level.tensors.items():
                for kind in (stats.reads, stats.updates):
                    assert min(kind.actual, kind.gated, kind.skipped) >= 0
                    assert parts(kind) <= kind.algorithmic, (seed, name, tensor)
                    outermost = not any((o, tensor) in ruled for o in outer)
                    if stats.metadata is None and outermost:
                        assert parts(kind) == kind.algorithmic, (seed, name, tensor)
    assert looked_at > BATCH // 4


def rules(spec: dict[str, Any]) -> set[tuple[str, str]]:
    """(level, tensor) that a rule may save at: a target's own level, or the next outer one."""
    order = ["DRAM", "Cache", "Buffer"]
    keep = {
        node["name"]: node.get("constraints", {}).get("dataspace", {}).get("keep", ["A", "B", "Z"])
        for node in spec["architecture"]["nodes"]
    }
    found = set()
    for target in spec["sparse_optimizations"]["targets"]:
        for action in target.get("action_optimization", []):
            tensor = action["options"][0]["target"]
            at = order.index(target["target"])
            source = max(i for i in range(at + 1) if tensor in keep[order[i]])
            found.add((order[source], tensor))
    return found


@batches()
def test_totals_are_the_sums_of_their_parts(first: int) -> None:
    for seed in range(first, first + BATCH):
        result = evaluated(random_spec(seed))
        if result is None:
            continue
        energy = sum(level.energy_pj for level in result.levels.values())
        assert result.energy_pj == pytest.approx(energy + result.compute.energy_pj)
        slowest = max(level.cycles for level in result.levels.values())
        assert result.cycles == max(slowest, result.compute.cycles)
        sizes = random_spec(seed)["problem"]["instance"]
        loops = math.prod(n for n in sizes.values() if isinstance(n, int))
        assert result.computes.algorithmic == loops


@batches()
def test_denser_tensors_never_mean_fewer_computes(first: int) -> None:
    for seed in range(first, first + BATCH, 5):
        spec = random_spec(seed)
        counts = []
        for density in (0.1, 0.4, 0.8, 1.0):
            for one in spec["problem"]["instance"]["densities"].values():
                one["density"] = density
            result = evaluated(spec)
            if result is not None:
                counts.append(result.computes.actual)
        assert counts == sorted(counts), seed
