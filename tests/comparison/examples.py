"""Networks that comparisons are tested on."""

from __future__ import annotations

from typing import Any

from loas_tl import Layer, Network
from loas_tl.designs import registry
from loas_tl.models.dataflow import KINDS
from tests.workload.examples import W, X, spikes, weights

COLUMNS = [
    *("network", "layer", "accelerator", "cycles", "computes", "dram_KiB", "sram_KiB"),
    *("energy_published", "energy_pJ", "leakage_pJ", "dram_pJ", "sram_pJ", "compute_pJ"),
    *(f"{memory}_{kind}_KiB" for memory in ("dram", "sram") for kind in KINDS),
    *("spike_hits", "spike_misses", "weight_hits", "weight_misses"),
    *("utilization", "notes"),
]
NUMBERS = COLUMNS[3:-1]
SUMS = NUMBERS[:-1]


FIRST = Network("first", (Layer("a", X, W), Layer("b", spikes(4, 9, 40), weights(40, 16))))
SECOND = Network("second", (Layer("a", spikes(2, 5, 200), weights(200, 3)),))


def compared() -> list[str]:
    """Names of those that run where none is named."""
    return [one.label for one in registry.compared()]


def by_key(comparison: Any) -> dict[tuple[str, str | None, str], dict[str, Any]]:
    """Every row, of layers and totals, by what it is of."""
    rows = (*comparison.layers, *comparison.totals)
    return {(row.network, row.layer, row.accelerator): row.record() for row in rows}
