"""Prosperity: product sparsity of tiles of 256 rows by 16 inputs (HPCA 2025, arXiv:2503.03379)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.components.component import Part
from loas_tl.components.spike_pes import ProductSparsityDetector
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import EXTENSION, Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.latency import in_lockstep, slowest_column
from loas_tl.models.published.machine import Machine
from loas_tl.models.simulated import Simulated, Timed
from loas_tl.workload.layer import Layer

POWER_MW = 446.5


@dataclass(frozen=True)
class ProductLatency:
    """A cycle for each one that is left of a tile, and for each row that equals its prefix.

    Looking for prefixes, a cycle for each row with two ones or more, runs under it.

    Attributes:
        popcounts: counters of ones; each takes a row a cycle.
        weight_aware: whether a column passes over ones that meet a zero weight.
    """

    popcounts: int
    weight_aware: bool

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles, and an addition for each one that is left and column (or match)."""
        from loas_tl.sparsity.product import product_sparsity, residual

        a, rows, columns = accelerator, spikes[0], layer.N
        found = product_sparsity(rows, a.tile_m, a.tile_k)
        exact = int(found.exact.sum()) * ceil(columns / a.tile_n)
        if self.weight_aware:
            left = residual(rows, a.tile_m, a.tile_k)
            cycles, additions = slowest_column(a, left[np.newaxis], layer.weights)
        else:
            cycles, additions = in_lockstep(a, int(found.residual.sum()), columns)
        search = int(found.searched.sum()) + len(rows) // self.popcounts
        return max(cycles + exact, search * ceil(columns / a.tile_n)), additions


@dataclass(frozen=True)
class ProsperityRules(Simulated):
    """Prosperity as its own simulator counts it, by the path that its results come from."""

    power_mW: ClassVar[float] = POWER_MW

    machine: Machine

    @property
    def pes(self) -> int:
        """The adders."""
        return self.machine.adders

    def timed(self, layer: Layer) -> Timed:
        """Cycles and traffic; neurons beside them."""
        from loas_tl.models.published.simulator import fast_path, lif

        cost = fast_path(layer, self.machine)
        behind = lif(layer.M * layer.N, layer.T, self.machine)
        rows, notes = layer.M * layer.T, []
        if rows > self.machine.tile_m:
            notes = ["weight reads hold the tiles of rows twice, as in its simulator's fast path"]
        return Timed(
            cost.cycles,
            behind.latency,
            {
                ("dram", "weights"): cost.weight_dram,
                ("dram", "spikes"): cost.spike_dram,
                ("sram_read", "weights"): cost.weight_reads,
                ("sram_read", "spikes"): cost.spike_reads,
                ("sram_write", "psums"): cost.psum_writes,
            },
            {"stall_cycles": cost.stall, "lif_dram_bits": behind.dram},
            tuple(notes),
        )

    def computes(self, layer: Layer) -> int:
        """Additions: one for each one that is left, and output channel."""
        from loas_tl.sparsity.product import product_sparsity
        from loas_tl.sparsity.words import unrolled

        machine = self.machine
        found = product_sparsity(unrolled(layer.spikes), machine.tile_m, machine.tile_k)
        return int(found.residual.sum()) * layer.N


@dataclass(frozen=True, kw_only=True)
class Prosperity(Later):
    """Prosperity: a row that contains another one starts from that one's sums."""

    spread: ClassVar[dict[str, str]] = {"pes": "N"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(power_mW={"total": POWER_MW})

    name: str = "Prosperity"
    about: str = "product sparsity: rows of a tile reuse the sums of rows they contain"

    pes: int = parameter(128, 1, 4096, "adders", about="side by side; each has a column of weights")
    tile_m: int = parameter(256, 1, 4096, "rows", about="rows (pixel, timestep) of a tile")
    tile_k: int = parameter(16, 1, 64, "inputs", about="inputs of a tile")
    popcounts: int = parameter(8, 1, 256, "counters", about="of a row's ones, in the detector")
    weight_aware: bool = parameter(False, about=EXTENSION)

    def dataflow(self) -> TiledAccelerator:
        """Tiles of spikes past the adders; partial sums of a tile of rows stay."""
        return self.walk(
            (self.tile_m, self.tile_k, self.pes), ProductLatency(self.popcounts, self.skips_weights)
        )

    def rules(self) -> ProsperityRules | None:
        """As its simulator has it; none for the extension."""
        if self.skips_weights:
            return None
        return ProsperityRules(
            Machine(self.pes, self.tile_m, self.tile_k, self.lif_cells, self.popcounts)
        )

    def parts(self) -> tuple[Part, ...]:
        """The detector besides."""
        detector = ProductSparsityDetector(
            rows=self.tile_m,
            width=self.tile_k,
            popcounts=self.popcounts,
            technology=self.technology,
        )
        return (*super().parts(), Part("detector", detector))


PROSPERITY = Prosperity()
