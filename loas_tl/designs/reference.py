"""The published figures that ours stand beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from loas_tl.designs.registry import find
from loas_tl.ground.data import read_data
from loas_tl.models.accounting import published_energy
from loas_tl.models.declaration import Kind, Memory
from loas_tl.models.published.counts import BITS_PER_KIB, Counts

MEAN_SPEEDUP = {"SparTen-SNN": 6.79, "GoSPA-SNN": 5.99, "Gamma-SNN": 3.25}
"""Of LoAS over each baseline, mean of AlexNet, VGG16 and ResNet19 (MICRO 2024, section VI)."""


@dataclass(frozen=True)
class Published:
    """Published figures of a network (or a layer) on an accelerator.

    Attributes:
        cycles, computes: counts.
        dram_KiB, sram_KiB: traffic.
        energy_published: by the published formula, from these figures.
    """

    cycles: int
    computes: int
    dram_KiB: float  # noqa: N815 - the unit as it is written
    sram_KiB: float  # noqa: N815
    energy_published: float


@dataclass(frozen=True)
class DenseRatio:
    """A dense baseline's layers 2 to 12 of VGG16 over LoAS-FT's twelve layers."""

    cycles: float
    energy: float
    dram: float


DENSE_RATIOS = {"PTB": DenseRatio(46.9, 5.97, 3.33), "Stellar": DenseRatio(7.13, 2.53, 2.82)}


@cache
def published_totals() -> dict[tuple[str, str], Published]:
    """By (accelerator, network)."""
    return {
        (row["accelerator"], row["network"]): _parse(row)
        for row in read_data("published_totals.csv")
    }


@cache
def published_layers() -> dict[tuple[str, str, str], Published]:
    """By (accelerator, network, layer); not every network has every accelerator's."""
    return {
        (row["accelerator"], row["network"], row["layer"]): _parse(row)
        for row in read_data("published_layers.csv")
    }


def _parse(row: dict[str, str]) -> Published:
    cycles, computes = int(row["cycles"]), int(row["computes"])
    dram, sram = float(row["dram_KiB"]), float(row["sram_KiB"])
    dram_bits, sram_bits = (round(kib * BITS_PER_KIB) for kib in (dram, sram))
    # The formula prices SRAM reads and writes alike, so that it does not matter which these are.
    bits: dict[tuple[Memory, Kind], int] = {
        ("dram", "spikes"): dram_bits,
        ("sram_read", "spikes"): sram_bits,
    }
    counts = Counts(cycles, computes, bits, {}, {})
    energy = published_energy(counts, find(row["accelerator"]).energy)
    return Published(cycles, computes, dram, sram, energy.total)
