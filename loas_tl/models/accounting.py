"""What the counts of a layer cost: the published accounting and a physical one.

Source: LoAS (MICRO 2024), section V, and its published evaluation; CACTI 7 for the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache

from loas_tl.components.cache import FiberCacheBank
from loas_tl.components.fabric import HBM_PJ_PER_BIT
from loas_tl.components.units import in_pJ
from loas_tl.models.published.counts import Counts

CLOCK_HZ = 800e6
"""The published clock; the published formula knows no other."""

# The published formula's weights of a byte. 0.0681 is CACTI's nJ for one 32-byte access (the mean
# of a read and a write), yet multiplies bytes; kept as published.
PUBLISHED_PER_DRAM_BYTE = 2.9
PUBLISHED_PER_SRAM_BYTE = 0.0681


@dataclass(frozen=True)
class SramBit:
    """Energy of a bit of an access to the global cache.

    Attributes:
        read, write: in pJ.
    """

    read: float
    write: float

    @classmethod
    def of(cls, bank: FiberCacheBank) -> SramBit:
        """A bit of a line of a cache.

        Args:
            bank: the cache.

        Returns:
            Energy of an access over the bits of it.
        """
        return cls(
            read=in_pJ(bank.energy("read")) / bank.width,
            write=in_pJ(bank.energy("write")) / bank.width,
        )


@cache
def published_sram_bit() -> SramBit:
    """A line of the published cache: CACTI 7, 256 KB in 16 banks, 32-byte accesses, 32 nm."""
    return SramBit.of(FiberCacheBank(width=256, depth=8192))


@dataclass(frozen=True)
class EnergyConstants:
    """What one accelerator's energy is made of, in both accountings.

    Attributes:
        published_compute: the published formula's weight of a compute (no coherent unit).
        published_busy: what the published formula adds for each cycle, where it counts busy PEs.
        leakage_mW: static power, of the published accounting.
        action_pJ: physical dynamic energy of one PE action.
        static_mW: physical static power; None is ``leakage_mW``.
        sram_bit: a bit of an access to the cache; None is that of the published cache.
        dram_pJ_per_bit: a bit to or from the HBM.
        clock_hz: of the chip, in the physical accounting.

    >>> import loas_tl
    >>> constants = loas_tl.EnergyConstants(
    ...     published_compute=1.0, leakage_mW=10.0, action_pJ=2.5
    ... )
    >>> constants.clock_hz, constants.dram_pJ_per_bit
    (800000000.0, 3.92)
    """

    published_compute: float
    leakage_mW: float  # noqa: N815 - the unit as it is written
    action_pJ: float  # noqa: N815
    static_mW: float | None = None  # noqa: N815
    sram_bit: SramBit | None = None
    dram_pJ_per_bit: float = HBM_PJ_PER_BIT  # noqa: N815
    clock_hz: float = CLOCK_HZ
    published_busy: float = 0.0


@dataclass(frozen=True)
class Energy:
    """Energy of a layer by where it goes; in pJ, or in the published formula's own unit.

    Attributes:
        leakage, dram, sram, compute: in pJ, or in that unit.
    """

    leakage: float
    dram: float
    sram: float
    compute: float

    @property
    def total(self) -> float:
        """All four parts, in the unit of each."""
        return self.leakage + self.dram + self.sram + self.compute

    def __add__(self, other: Energy) -> Energy:
        return Energy(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def mean(cls, energies: Sequence[Energy]) -> Energy:
        """The mean of several, part by part.

        Args:
            energies: at least one.

        Returns:
            Their mean, in the same unit.
        """
        return cls(
            *(sum(part) / len(energies) for part in zip(*map(astuple, energies), strict=True))
        )


def add(one: Energy | None, other: Energy | None) -> Energy | None:
    """The sum of two, None where either is not known."""
    return None if one is None or other is None else one + other


def mean(energies: Sequence[Energy | None]) -> Energy | None:
    """The mean of several, None where one is not known."""
    known = [one for one in energies if one is not None]
    return Energy.mean(known) if len(known) == len(energies) else None


def published_energy(counts: Counts, constants: EnergyConstants) -> Energy:
    """Energy by the published formula, whose terms are of different units (nJ, pJ, nJ x bytes).

    Only ratios of it mean something. Source: the published evaluation of LoAS (MICRO 2024).
    """
    microseconds = counts.cycles / CLOCK_HZ * 1e6
    return Energy(
        leakage=microseconds * constants.leakage_mW,
        dram=PUBLISHED_PER_DRAM_BYTE * counts.moved("dram") / 8,
        sram=PUBLISHED_PER_SRAM_BYTE * counts.moved("sram_read", "sram_write") / 8,
        compute=constants.published_compute * counts.computes
        + constants.published_busy * counts.cycles,
    )


def physical_energy(counts: Counts, constants: EnergyConstants) -> Energy:
    """Energy in pJ: each action times its own energy, and leakage as power times time.

    All of the hardware leaks for all of the cycles, whether it is in use or not.
    """
    seconds = counts.cycles / constants.clock_hz
    static = constants.leakage_mW if constants.static_mW is None else constants.static_mW
    sram_bit = constants.sram_bit or published_sram_bit()
    return Energy(
        leakage=static * 1e-3 * seconds * 1e12,
        dram=constants.dram_pJ_per_bit * counts.moved("dram"),
        sram=sram_bit.read * counts.moved("sram_read")
        + sram_bit.write * counts.moved("sram_write"),
        compute=constants.action_pJ * counts.computes,
    )
