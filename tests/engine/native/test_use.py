"""How much of the hardware a mapping uses, and what the rest of it leaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loas_tl.designs.naming import design
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.prices import prices
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import load_spec, parse_spec
from tests.engine.native.examples import PARTLY_USED, partly_used

LEAKS = {
    "OffChip": {"read": 1.0, "write": 1.0, "leak": 3.0},
    "Reg": {"read": 1.0, "write": 1.0, "leak": 0.5},
    "mac": {"compute": 1.0, "leak": 0.25},
}


def test_three_of_eight_instances_are_in_use() -> None:
    result = evaluate(parse_spec(PARTLY_USED))
    register = result.levels["Reg"]
    assert (register.instances, register.instances_used) == (8, 3)
    assert (result.compute.instances, result.compute.instances_used) == (8, 3)
    assert register.instances_used_average == result.compute.instances_used_average == 3
    assert result.utilization == 0.375
    operand = register.tensors["X"]
    assert operand.reads.actual * register.instances_used == result.computes.actual == 60
    assert operand.energy_pj == (20 + 5) * 3


# A register holds 2 K + 1 words of 16.
sizes = st.integers(1, 7)


@given(m=sizes, n=sizes, k=sizes, spare=st.integers(0, 9))
def test_counts_per_instance_times_those_in_use_are_the_totals(
    m: int, n: int, k: int, spare: int
) -> None:
    result = evaluate(parse_spec(partly_used(m, n, k, m + spare)))
    register = result.levels["Reg"]
    assert register.instances == m + spare
    assert result.computes.actual == m * n * k
    for operand in ("X", "W"):
        reads = register.tensors[operand].reads.actual
        assert reads * register.instances_used == m * n * k
    assert register.tensors["X"].fills.actual * register.instances_used == m * k
    assert result.utilization == pytest.approx(m / (m + spare))


@given(m=sizes, spare=st.integers(0, 9))
def test_the_area_is_of_all_instances(m: int, spare: int) -> None:
    areas = {"OffChip": 1000.0, "Reg": 10.0, "mac": 1.0}
    result = evaluate(parse_spec(partly_used(m, 2, 3, m + spare)), areas=areas)
    assert result.area_um2 == 1000 + (m + spare) * 11
    assert result.levels["Reg"].area_um2 == (m + spare) * 10
    assert result.compute.area_um2 == m + spare


@given(m=sizes, n=sizes, k=sizes, spare=st.integers(0, 9))
def test_instances_that_are_not_in_use_leak_beside_timeloops_energy(
    m: int, n: int, k: int, spare: int
) -> None:
    fewest = evaluate(parse_spec(partly_used(m, n, k, m)), LEAKS)
    result = evaluate(parse_spec(partly_used(m, n, k, m + spare)), LEAKS)
    assert result.energy_pj == fewest.energy_pj
    cycles = n * k
    # Compute units are charged nothing, registers where they are in use, the one OffChip always.
    idle = cycles * (spare * 0.5 + (m + spare) * 0.25)
    assert result.idle_leakage_pj == pytest.approx(idle)
    assert result.energy_all_leaking_pj == pytest.approx(result.energy_pj + idle)
    charged = {name: level.leakage_pj for name, level in result.levels.items()}
    assert charged == pytest.approx({"OffChip": 3.0 * cycles, "Reg": 0.5 * m * cycles})


def test_cycles_of_networks_leak_too() -> None:
    latency = "attributes: {depth: 16, network_fill_latency: 7, "
    spec = PARTLY_USED.replace("attributes: {depth: 16, ", latency)
    result, without = (evaluate(parse_spec(text), LEAKS) for text in (spec, PARTLY_USED))
    assert result.cycles == without.cycles + 7
    assert result.energy_pj == without.energy_pj
    assert without.idle_leakage_pj == 20 * (5 * 0.5 + 8 * 0.25)
    assert result.idle_leakage_pj == without.idle_leakage_pj + 7 * (3.0 + 8 * 0.5 + 8 * 0.25)
    # Nothing is computed in them, either.
    assert result.utilization == 60 / (8 * 27)


GATED = """
  - !Component
    name: Gate
    class: regfile
    spatial: {meshX: 4}
    attributes: {depth: 16, width: 8, datawidth: 8, has_power_gating: true}
  - !Component
    name: Reg
    class: regfile
    spatial: {meshX: 2}
    attributes: {depth: 16, width: 8, datawidth: 8}
"""
GATED_LOOPS = """
- {target: Gate, type: spatial, factors: [M=3], permutation: [M, N, K]}
- {target: Gate, type: temporal, factors: [], permutation: [M, N, K]}
- {target: Reg, type: spatial, factors: [], permutation: [M, N, K]}
"""


def test_what_shares_a_power_gate_is_charged_and_not_idle() -> None:
    def between(text: str, start: str, end: str, new: str) -> str:
        at = text.index(start)
        return text[:at] + new.strip("\n") + "\n" + text[text.index(end, at) :]

    # In a container nothing shares a gate.
    text = between(PARTLY_USED, "  - !Container\n    name: sys", "  - !Component", "")
    text = between(text, "  - !Container\n    name: PE", "  - !Component\n    name: mac", GATED)
    text = between(text, "- {target: PE", "- {target: Reg", GATED_LOOPS)
    table = {**LEAKS, "Gate": {"read": 1.0, "write": 1.0}}
    result = evaluate(parse_spec(text), table)
    register = result.levels["Reg"]
    assert (register.instances, register.instances_used) == (8, 3)
    # Each of three gates in use opens both of its registers.
    assert register.leakage_pj == 6 * 0.5 * result.cycles
    assert result.idle_leakage_pj == (2 * 0.5 + 8 * 0.25) * result.cycles


def test_gating_saves_energy_and_keeps_the_utilization() -> None:
    def run(optimization: str) -> Result:
        sparse = f"""
sparse_optimizations:
  targets:
  - {{target: mac, compute_optimization: [{{type: {optimization}}}]}}
"""
        dense = "instance: {M: 3, N: 4, K: 5"
        text = PARTLY_USED.replace(dense, dense + ", densities: {X: 0.5, W: 0.5}")
        return evaluate(parse_spec(text + (sparse if optimization else "")))

    plain, gated = run(""), run("gating")
    assert gated.computes.gated > 30
    assert gated.computes.actual + gated.computes.gated == 60
    assert gated.compute.energy_pj == plain.compute.energy_pj
    assert gated.utilization == plain.utilization == 0.375


def small(cycles: int, **more: Any) -> Result:
    """A result of the example, made over."""
    return replace(evaluate(parse_spec(PARTLY_USED), LEAKS), cycles=cycles, **more)


def test_a_run_without_cycles_uses_nothing() -> None:
    result = small(0)
    assert result.utilization == 0
    assert result.idle_leakage_pj == 0


def test_levels_that_are_left_out_leak() -> None:
    whole = small(20)
    levels = {"OffChip": whole.levels["OffChip"]}
    result = small(20, levels=levels)
    assert whole.idle_leakage_pj == 20 * (5 * 0.5 + 8 * 0.25)
    assert result.idle_leakage_pj == 20 * (8 * 0.5 + 8 * 0.25)
    unknown = small(20, levels=levels, instances={})
    assert unknown.idle_leakage_pj == 20 * 8 * 0.25


def test_without_energies_nobody_knows_what_leaks() -> None:
    result = small(20, ert={})
    assert result.idle_leakage_pj is None
    assert result.energy_all_leaking_pj is None


def test_pes_without_work_leak(tmp_path: Path) -> None:
    results = {}
    whole = {}
    for pes in (1, 2, 4, 8, 16, 32, 64):
        rendered = design("LoAS", pes=pes).spec(Measured(4, 16, 32, 128, 0.25, 0.1, 0.2))
        path = tmp_path / f"{pes}.yaml"
        path.write_text(rendered.model_spec)
        spec = load_spec([path])
        cost = prices(spec)
        assert not cost.unpriced
        results[pes] = evaluate(spec, cost.energies, cost.areas)
        energy = results[pes].energy_all_leaking_pj
        assert energy is not None
        whole[pes] = energy
    # M is 16: more PEs have nothing to do.
    assert results[64].compute.instances_used == results[16].compute.instances_used
    assert results[64].utilization == pytest.approx(results[16].utilization / 4)
    assert results[16].energy_pj == results[32].energy_pj == results[64].energy_pj
    assert whole[16] < whole[32] < whole[64]
    # Each idle PE leaks as much as any other.
    assert whole[64] - whole[32] == pytest.approx(2 * (whole[32] - whole[16]))
    # Up to there less time means less leakage, whoever counts it.
    for fewer, more in ((1, 2), (2, 4), (4, 8), (8, 16)):
        assert results[more].energy_pj < results[fewer].energy_pj
        assert whole[more] < whole[fewer]
