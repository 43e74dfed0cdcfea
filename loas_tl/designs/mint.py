"""MINT: low-precision weights, a spike a cycle (ASP-DAC 2024), as Prosperity's simulator has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import EXTENSION, Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.latency import Ones
from loas_tl.models.simulated import Simulated, Timed
from loas_tl.workload.layer import Layer

POWER_MW = 396.3


@dataclass(frozen=True)
class MintRules(Simulated):
    """A spike a cycle for all columns at once, in perfect balance."""

    power_mW: ClassVar[float] = POWER_MW
    traffic: ClassVar[float] = 3.12
    notes: ClassVar[tuple[str, ...]] = (
        "DRAM traffic is 3.12 times Prosperity's, as its simulator has it; no SRAM traffic",
    )

    columns: int = 128

    @property
    def pes(self) -> int:
        """An adder a column."""
        return self.columns

    def timed(self, layer: Layer) -> Timed:
        """Cycles; neurons as PTB's."""
        from loas_tl.models.published.neighbours import array_lif, mint_cycles

        return Timed(mint_cycles(layer, self.columns), array_lif(layer))


@dataclass(frozen=True, kw_only=True)
class Mint(Later):
    """MINT: adders of few bits, a spike a cycle."""

    spread: ClassVar[dict[str, str]] = {"pes": "N"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(power_mW={"total": POWER_MW})

    name: str = "MINT"
    about: str = "weights and sums of 2 bits; a spike a cycle for 128 columns"

    pes: int = parameter(128, 1, 4096, "adders", about="side by side; each has a column of weights")
    tile_m: int = parameter(128, 1, 4096, "rows", about="rows (pixel, timestep) of a tile (ours)")
    tile_k: int = parameter(128, 1, 4096, "inputs", about="inputs of a tile (ours)")
    weight_bits: int = parameter(2, 1, 16, "bits", about="a weight")
    weight_aware: bool = parameter(False, about=EXTENSION)

    def dataflow(self) -> TiledAccelerator:
        """Spikes past the adders."""
        return self.walk((self.tile_m, self.tile_k, self.pes), Ones(self.skips_weights))

    def rules(self) -> MintRules | None:
        """As Prosperity's simulator has it; none for the extension."""
        return None if self.skips_weights else MintRules(self.pes)


MINT = Mint()
