"""The published figures that ours stand beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from loas_tl.designs.registry import designs, find
from loas_tl.ground.data import read_data
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.models.accounting import published_energy
from loas_tl.models.dataflow import Kind, Memory
from loas_tl.models.published.counts import Counts

MEAN_SPEEDUP = {
    one.name: one.published.loas_speedup
    for one in designs()
    if one.published is not None and one.published.loas_speedup is not None
}
"""Of LoAS over each baseline, mean of AlexNet, VGG16 and ResNet19 (MICRO 2024, section VI)."""

DENSE_RATIOS = {
    one.name: one.published.over_loas_ft
    for one in designs()
    if one.published is not None and one.published.over_loas_ft is not None
}
"""Dense baselines against LoAS-FT."""


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
    dram_KiB: float
    sram_KiB: float
    energy_published: float


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
    energy = published_energy(counts, find(row["accelerator"]).constants)
    return Published(cycles, computes, dram, sram, energy.total)
