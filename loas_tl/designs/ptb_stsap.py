"""PTB with StSAP packing (HPCA 2022), as Prosperity's simulator has it; LoAS's PTB is another."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import EXTENSION, Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import READ, Charge, TiledAccelerator
from loas_tl.models.simulated import Simulated, Timed
from loas_tl.workload.layer import Layer

POWER_MW = 982.0


@dataclass(frozen=True)
class PackedLatency:
    """Packed rows of inputs through an array of channels by pixels, a window of timesteps at once.

    Pixels that do not fill the columns, and timesteps that do not fill a window, are filled up.

    Attributes:
        rows, columns: of the array.
        weight_aware: whether inputs without a weight in the rows' channels vanish as well.
    """

    rows: int
    columns: int
    weight_aware: bool

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles, and an addition for each spike and column (or match)."""
        del accelerator
        from loas_tl.models.published.neighbours import WINDOW, stsap_rows

        n, weights = layer.N, layer.weights
        filled = 2 * self.rows * spikes.shape[1]
        if not self.weight_aware:
            left = stsap_rows(layer, self.columns, pad=True)
            ones = int(np.count_nonzero(spikes))
            return left * ceil(n / self.rows) * WINDOW + filled, ones * n
        cycles = 0
        for first in range(0, n, self.rows):
            there = (weights[:, first : first + self.rows] != 0).any(axis=1)
            if there.any():
                kept = Layer("", spikes[:, :, there], weights[there], taps=layer.taps)
                cycles += stsap_rows(kept, self.columns, pad=True) * WINDOW
        per_input = np.count_nonzero(spikes, axis=(0, 1))
        return cycles + filled, int(per_input @ np.count_nonzero(weights, axis=1))


@dataclass(frozen=True)
class StsapRules(Simulated):
    """An array of 16 channels by 8 pixels that takes windows of four timesteps."""

    power_mW: ClassVar[float] = POWER_MW
    traffic: ClassVar[float] = 2.53
    notes: ClassVar[tuple[str, ...]] = (
        "DRAM traffic is what its stalls are counted of; its energy takes 2.53 times Prosperity's",
        "no SRAM traffic",
    )

    rows: int = 16
    columns: int = 8

    @property
    def pes(self) -> int:
        """A channel of a pixel each."""
        return self.rows * self.columns

    def timed(self, layer: Layer) -> Timed:
        """Cycles and DRAM traffic; UndefinedError where the columns do not divide the pixels."""
        from loas_tl.models.published.neighbours import array_lif, stsap_cycles

        compute, cycles = stsap_cycles(layer, self.rows, self.columns)
        return Timed(
            cycles,
            array_lif(layer),
            {
                ("dram", "spikes"): layer.T * layer.M * (layer.K + layer.N),
                ("dram", "weights"): 8 * layer.K * layer.N,
            },
            {"stall_cycles": cycles - compute},
        )


@dataclass(frozen=True, kw_only=True)
class PtbStsap(Later):
    """PTB with StSAP: rows of inputs that do not overlap share a slot of the array."""

    spread: ClassVar[dict[str, str]] = {"rows": "N", "columns": "M"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(power_mW={"total": POWER_MW})

    name: str = "PTB-StSAP"
    about: str = "16 channels by 8 pixels, windows of 4 timesteps; rows without overlap are packed"

    rows: int = parameter(16, 1, 256, "PEs", about="output channels side by side")
    columns: int = parameter(8, 1, 16, "PEs", about="output pixels side by side")
    tile_k: int = parameter(128, 1, 4096, "inputs", about="inputs of a tile (ours)")
    weight_aware: bool = parameter(False, about=EXTENSION)

    @property
    def pe_count(self) -> int:
        """A channel of a pixel each."""
        return self.rows * self.columns

    def dataflow(self) -> TiledAccelerator:
        """Weights of the rows' channels stay in the cache; they pass once a timestep and tile."""
        return self.walk(
            (self.columns, self.tile_k, self.rows),
            PackedLatency(self.rows, self.columns, self.skips_weights),
            operand="per-timestep",
            loop_order="nmkt",
            step=(
                Charge(
                    "weights", self.weight_bits, READ, w="nnz" if self.skips_weights else "numel"
                ),
            ),
            match=(),
            units=self.pe_count,
        )

    def rules(self) -> StsapRules | None:
        """As Prosperity's simulator has it; none for the extension."""
        return None if self.skips_weights else StsapRules(self.rows, self.columns)


PTB_STSAP = PtbStsap()
