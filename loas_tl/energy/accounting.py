"""What the counts of a layer cost: the published accounting and a physical one."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from loas_tl.accelerators.declaration import EnergyConstants
from loas_tl.published.counts import Counts

CLOCK_HZ = 800e6

# The published formula's weights of a byte. 0.0681 is CACTI's nJ for one 32-byte access (the mean
# of a read and a write), yet multiplies bytes; kept as published.
PUBLISHED_PER_DRAM_BYTE = 2.9
PUBLISHED_PER_SRAM_BYTE = 0.0681

# CACTI 7, 256 KB in 16 banks, 32-byte accesses, 32 nm: 0.0648 nJ a read, 0.0712 nJ a write.
SRAM_READ_PJ_PER_BIT = 64.8 / (32 * 8)
SRAM_WRITE_PJ_PER_BIT = 71.2 / (32 * 8)

# HBM2, all of DRAM core, data movement and I/O: M. O'Connor et al., "Fine-Grained DRAM:
# Energy-Efficient DRAM for Extreme Bandwidth Systems", MICRO 2017, doi 10.1145/3123939.3124545.
HBM_PJ_PER_BIT = 3.92


@dataclass(frozen=True)
class Energy:
    """Energy of a layer by where it goes; in pJ, or in the published formula's own unit."""

    leakage: float
    dram: float
    sram: float
    compute: float

    @property
    def total(self) -> float:
        """All four parts."""
        return self.leakage + self.dram + self.sram + self.compute

    def __add__(self, other: Energy) -> Energy:
        return Energy(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def published_energy(counts: Counts, constants: EnergyConstants) -> Energy:
    """Energy by the published formula, whose terms are of different units (nJ, pJ, nJ x bytes).

    Only ratios of it mean something. Source: the published evaluation of LoAS (MICRO 2024).
    """
    microseconds = counts.cycles / CLOCK_HZ * 1e6
    return Energy(
        leakage=microseconds * constants.leakage_mW,
        dram=PUBLISHED_PER_DRAM_BYTE * counts.moved("dram") / 8,
        sram=PUBLISHED_PER_SRAM_BYTE * counts.moved("sram_read", "sram_write") / 8,
        compute=constants.published_compute * counts.computes,
    )


def physical_energy(counts: Counts, constants: EnergyConstants) -> Energy:
    """Energy in pJ: each action times its own energy, and leakage as power times time."""
    seconds = counts.cycles / CLOCK_HZ
    return Energy(
        leakage=constants.leakage_mW * 1e-3 * seconds * 1e12,
        dram=HBM_PJ_PER_BIT * counts.moved("dram"),
        sram=SRAM_READ_PJ_PER_BIT * counts.moved("sram_read")
        + SRAM_WRITE_PJ_PER_BIT * counts.moved("sram_write"),
        compute=constants.action_pJ * counts.computes,
    )
