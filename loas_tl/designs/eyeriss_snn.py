"""Eyeriss with spikes, the dense baseline of Prosperity and Phi, as Prosperity's simulator has."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

from numpy.typing import NDArray

from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import READ, Charge, TiledAccelerator
from loas_tl.models.simulated import Simulated, Timed
from loas_tl.workload.layer import Layer

POWER_MW = 1410.5


@dataclass(frozen=True)
class DenseLatency:
    """A weight-stationary array without sparsity: every position of K for every row."""

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles, and an operation for each row, input and column."""
        a, n = accelerator, layer.N
        return ceil(n / a.tile_n) * (spikes.size // a.tile_k), spikes.size * n


@dataclass(frozen=True)
class EyerissRules(Simulated):
    """A weight-stationary array of 14 by 12, without sparsity."""

    power_mW: ClassVar[float] = POWER_MW
    traffic: ClassVar[float] = 5.47
    notes: ClassVar[tuple[str, ...]] = (
        "DRAM traffic is 5.47 times Prosperity's, as its simulator has it; no SRAM traffic",
    )

    rows: int = 14
    columns: int = 12

    @property
    def pes(self) -> int:
        """All of the array."""
        return self.rows * self.columns

    def timed(self, layer: Layer) -> Timed:
        """Cycles; the neurons' are 0 for fewer timesteps than columns."""
        from loas_tl.models.published.neighbours import eyeriss_cycles, eyeriss_lif

        cycles = eyeriss_cycles(layer, self.rows, self.columns)
        return Timed(cycles, eyeriss_lif(layer, self.rows, self.columns))

    def computes(self, layer: Layer) -> int:
        """An operation for each row, input and column."""
        return layer.spikes.size * layer.N


@dataclass(frozen=True, kw_only=True)
class EyerissSnn(Later):
    """Eyeriss with spikes: dense."""

    spread: ClassVar[dict[str, str]] = {"columns": "N"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(power_mW={"total": POWER_MW})

    name: str = "Eyeriss-SNN"
    about: str = "a weight-stationary array of 14 by 12 without sparsity"

    rows: int = parameter(14, 1, 1024, "PEs", about="inputs side by side")
    columns: int = parameter(12, 1, 1024, "PEs", about="output channels side by side")
    tile_m: int = parameter(256, 1, 4096, "rows", about="rows (pixel, timestep) of a tile (ours)")

    @property
    def pe_count(self) -> int:
        """All of the array."""
        return self.rows * self.columns

    def dataflow(self) -> TiledAccelerator:
        """A tile of weights stays in the array while all rows pass; partial sums come and go."""
        return self.walk(
            (self.tile_m, self.rows, self.columns),
            DenseLatency(),
            loop_order="tnkm",
            step=(Charge("weights", self.weight_bits, READ, w="numel"),),
            match=(),
            units=self.pe_count,
        )

    def rules(self) -> EyerissRules:
        """As Prosperity's simulator has it."""
        return EyerissRules(self.rows, self.columns)


EYERISS_SNN = EyerissSnn()
