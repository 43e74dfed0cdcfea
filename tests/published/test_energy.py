"""The two energy accountings: the published formula as it stands, and one with units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from loas_tl.designs.reference import Published, published_totals
from loas_tl.designs.registry import find
from loas_tl.models.accounting import (
    Energy,
    EnergyConstants,
    SramBit,
    physical_energy,
    published_energy,
)
from loas_tl.models.dataflow import Kind, Memory
from loas_tl.models.published.counts import Counts
from loas_tl.workload.statistics import NETWORKS

Account = Callable[[Counts, EnergyConstants], Energy]

BITS: dict[tuple[Memory, Kind], int] = {
    ("dram", "spikes"): 800,
    ("dram", "psums"): 1_600,
    ("sram_read", "weights"): 2_560,
    ("sram_write", "metadata"): 512,
}
COUNTS = Counts(cycles=1_600, computes=1_000, bits=BITS, hits={}, misses={})
CONSTANTS = EnergyConstants(published_compute=6.0, leakage_mW=125.0, action_pJ=5.0)

# Compute and leakage of the published formula.
PUBLISHED_CONSTANTS = {
    "LoAS": (5.8, 124.98),
    "LoAS-FT": (5.8, 124.98),
    "SparTen-SNN": (6.15, 124.98),
    "GoSPA-SNN": (1.742, 179.0),
    "Gamma-SNN": (3.735, 148.32),
}


@pytest.mark.parametrize("accelerator", PUBLISHED_CONSTANTS)
def test_a_design_has_the_published_constants(accelerator: str) -> None:
    compute, leakage = PUBLISHED_CONSTANTS[accelerator]
    constants = find(accelerator).constants
    assert (constants.published_compute, constants.leakage_mW) == (compute, leakage)
    # The published formula knows neither another clock nor another cache.
    assert (constants.clock_hz, constants.dram_pJ_per_bit) == (800e6, 3.92)


def formula(totals: Published, compute: float, leakage: float) -> float:
    """The published formula on published totals, in one line."""
    microseconds = totals.cycles / 800
    return (
        microseconds * leakage
        + 2.9 * totals.dram_KiB * 1024
        + 0.0681 * totals.sram_KiB * 1024
        + compute * totals.computes
    )


def test_the_published_energy_ratio_comes_out_of_the_published_totals() -> None:
    totals = published_totals()
    sparten, loas = totals["SparTen-SNN", "alexnet"], totals["LoAS-FT", "alexnet"]
    assert sparten.energy_published / loas.energy_published == pytest.approx(3.68, rel=0.005)


def test_the_published_speedup_comes_out_of_the_published_totals() -> None:
    totals = published_totals()
    sparten, loas = totals["SparTen-SNN", "resnet19"], totals["LoAS", "resnet19"]
    assert sparten.cycles / loas.cycles == pytest.approx(8.51, rel=0.005)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("accelerator", PUBLISHED_CONSTANTS)
def test_published_totals_are_priced_with_the_published_constants(
    accelerator: str, network: str
) -> None:
    totals = published_totals()[accelerator, network]
    # The traffic is rounded to whole bits on the way: half a bit each, of 2.9 + 0.0681 a byte.
    expected = formula(totals, *PUBLISHED_CONSTANTS[accelerator])
    assert totals.energy_published == pytest.approx(expected, rel=0, abs=0.19)


def test_loas_n_major_has_the_constants_of_loas() -> None:
    assert find("LoAS N-major").constants == find("LoAS").constants


def test_published_energy_by_hand() -> None:
    # 1,600 cycles at 800 MHz are 2 us; 2,400 DRAM bits are 300 bytes, 3,072 SRAM bits 384 bytes.
    energy = published_energy(COUNTS, CONSTANTS)
    assert energy.leakage == pytest.approx(2 * 125)
    assert energy.dram == pytest.approx(2.9 * 300)
    assert energy.sram == pytest.approx(0.0681 * 384)
    assert energy.compute == pytest.approx(6 * 1_000)
    assert energy.total == pytest.approx(250 + 870 + 26.1504 + 6_000)


def test_physical_energy_by_hand_in_picojoules() -> None:
    energy = physical_energy(COUNTS, CONSTANTS)
    # 125 mW for 2 us are 250 nJ.
    assert energy.leakage == pytest.approx(250_000)
    # HBM at 3.92 pJ/bit.
    assert energy.dram == pytest.approx(3.92 * 2_400)
    # 2,560 bits are 10 reads of 32 bytes at 64.8472 pJ, 512 bits two writes at 71.2 pJ.
    assert energy.sram == pytest.approx(10 * 64.8472 + 2 * 71.2)
    assert energy.compute == pytest.approx(5 * 1_000)
    assert energy.total == pytest.approx(250_000 + 9_408 + 790.872 + 5_000)


def test_what_a_design_sets_itself_is_physical_energy_alone() -> None:
    own = replace(
        CONSTANTS, static_mW=250.0, sram_bit=SramBit(1.0, 10.0), dram_pJ_per_bit=7.0, clock_hz=400e6
    )
    assert published_energy(COUNTS, own) == published_energy(COUNTS, CONSTANTS)
    energy = physical_energy(COUNTS, own)
    assert energy.leakage == pytest.approx(250_000 * 2 * 2)  # twice the power for twice the time
    assert energy.dram == pytest.approx(7 * 2_400)
    assert energy.sram == pytest.approx(2_560 + 10 * 512)
    assert energy.compute == pytest.approx(5 * 1_000)


def test_a_32_byte_access_costs_what_the_published_constant_says_in_nanojoules() -> None:
    # 0.0681 is the mean of a read and a write, to the digits it was given with.
    bits: dict[tuple[Memory, Kind], int] = {
        ("sram_read", "weights"): 256,
        ("sram_write", "weights"): 256,
    }
    energy = physical_energy(Counts(0, 0, bits, {}, {}), CONSTANTS)
    assert energy.sram / 2 / 1_000 == pytest.approx(0.0681, abs=0.0001)


def test_the_parts_sum_to_the_total() -> None:
    assert Energy(leakage=1.0, dram=20.0, sram=300.0, compute=4_000.0).total == 4_321.0


def test_energies_add_up_part_by_part() -> None:
    one = Energy(leakage=1.0, dram=2.0, sram=3.0, compute=4.0)
    other = Energy(leakage=10.0, dram=20.0, sram=30.0, compute=40.0)
    assert one + other == Energy(leakage=11.0, dram=22.0, sram=33.0, compute=44.0)


@pytest.mark.parametrize("account", [published_energy, physical_energy])
def test_the_energy_of_two_layers_is_that_of_their_counts_together(account: Account) -> None:
    once, twice = account(COUNTS, CONSTANTS), account(COUNTS + COUNTS, CONSTANTS)
    assert twice.total == pytest.approx((once + once).total)


@pytest.mark.parametrize("account", [published_energy, physical_energy])
def test_nothing_costs_nothing(account: Account) -> None:
    assert account(Counts(0, 0, {}, {}, {}), CONSTANTS).total == 0.0
