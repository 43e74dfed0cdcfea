"""SATO: rows of spikes dealt out to PEs (DAC 2022), as Prosperity's simulator has it.

Its bucket sort of rows is approximated there by dealing each to the PE that has least to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import EXTENSION, Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.simulated import Simulated, Timed
from loas_tl.workload.layer import Layer

POWER_MW = 319.5


@dataclass(frozen=True)
class DealtLatency:
    """Rows dealt out over the whole layer; each PE does its rows' spikes for every column.

    Attributes:
        weight_aware: whether a PE passes over spikes that meet a zero weight.
    """

    weight_aware: bool

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles of the fullest PE, and an addition for each spike and column (or match)."""
        from loas_tl.sparsity.dealing import deal

        rows, columns = spikes.reshape(-1, spikes.shape[-1]), layer.N
        if self.weight_aware:
            of_input = np.count_nonzero(layer.weights, axis=1).astype(np.float64)
            work = (rows.astype(np.float32) @ of_input).astype(np.int64)
        else:
            work = np.count_nonzero(rows, axis=1) * columns
        return int(deal(work, accelerator.pes).max()), int(work.sum())


@dataclass(frozen=True)
class SatoRules(Simulated):
    """Rows, timestep by timestep, each to the first PE with least to do."""

    power_mW: ClassVar[float] = POWER_MW
    traffic: ClassVar[float] = 4.85
    notes: ClassVar[tuple[str, ...]] = (
        "DRAM traffic is 4.85 times Prosperity's, as its simulator has it; no SRAM traffic",
        "its bucket sort is approximated by greedy dealing",
    )

    rows: int = 128

    @property
    def pes(self) -> int:
        """A row each."""
        return self.rows

    def timed(self, layer: Layer) -> Timed:
        """Cycles; its neurons take log2 T + 1 each."""
        from loas_tl.models.published.neighbours import sato_cycles, sato_lif

        return Timed(sato_cycles(layer, self.rows), sato_lif(layer))


@dataclass(frozen=True, kw_only=True)
class Sato(Later):
    """SATO: rows on PEs, dealt out by their spikes."""

    spread: ClassVar[dict[str, str]] = {"pes": "M"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        area_mm2={"total": 1.13}, power_mW={"total": POWER_MW}
    )

    name: str = "SATO"
    about: str = "rows of spikes dealt to the PE with least to do; a spike and column a cycle"

    pes: int = parameter(128, 1, 4096, "PEs", about="side by side; each has rows of spikes")
    tile_k: int = parameter(128, 1, 4096, "inputs", about="inputs of a tile (ours)")
    tile_n: int = parameter(64, 1, 4096, "columns", about="columns of a tile (ours)")
    weight_aware: bool = parameter(False, about=EXTENSION)

    def dataflow(self) -> TiledAccelerator:
        """A row of spikes a PE; rows come pixel by pixel."""
        tile = (self.pes, self.tile_k, self.tile_n)
        latency = DealtLatency(self.skips_weights)
        return self.walk(tile, latency, lanes="m")

    def rules(self) -> SatoRules | None:
        """As Prosperity's simulator has it; none for the extension."""
        return None if self.skips_weights else SatoRules(self.pes)


SATO = Sato()
