"""What the counts of a layer cost: the published accounting and a physical one."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from loas_tl.components.cache import FiberCacheBank
from loas_tl.components.fabric import HBM_PJ_PER_BIT
from loas_tl.components.units import in_pJ
from loas_tl.models.declaration import EnergyConstants
from loas_tl.models.published.counts import Counts

CLOCK_HZ = 800e6

# The published formula's weights of a byte. 0.0681 is CACTI's nJ for one 32-byte access (the mean
# of a read and a write), yet multiplies bytes; kept as published.
PUBLISHED_PER_DRAM_BYTE = 2.9
PUBLISHED_PER_SRAM_BYTE = 0.0681

# A line of the global cache: CACTI 7, 256 KB in 16 banks, 32-byte accesses, 32 nm.
_LINE = FiberCacheBank(width=256, depth=8192)
SRAM_READ_PJ_PER_BIT = in_pJ(_LINE.energy("read")) / _LINE.width
SRAM_WRITE_PJ_PER_BIT = in_pJ(_LINE.energy("write")) / _LINE.width


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
    static = constants.leakage_mW if constants.static_mW is None else constants.static_mW
    return Energy(
        leakage=static * 1e-3 * seconds * 1e12,
        dram=HBM_PJ_PER_BIT * counts.moved("dram"),
        sram=SRAM_READ_PJ_PER_BIT * counts.moved("sram_read")
        + SRAM_WRITE_PJ_PER_BIT * counts.moved("sram_write"),
        compute=constants.action_pJ * counts.computes,
    )
