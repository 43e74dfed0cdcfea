"""GoSPA-SNN: GoSPA's outer-product-like intersection (ISCA 2021) on spikes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from loas_tl.components.baseline_pes import GospaSnnPe
from loas_tl.components.component import Part
from loas_tl.designs.design import Design
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.parameter import Value, parameter
from loas_tl.designs.readings import Reading
from loas_tl.models.dataflow import DRAM, FILL, READ, Charge, TiledAccelerator
from loas_tl.models.machine import IdBroadcast
from loas_tl.timeloop.rendering.form import Operand

COLUMNS_A_FIFO = 4
"""A FIFO of IDs feeds four columns: the published array has four FIFOs for 16."""


@dataclass(frozen=True, kw_only=True)
class GospaSnn(Design):
    """GoSPA-SNN: K outermost, so that partial sums of every timestep travel to DRAM and back."""

    templates: ClassVar[str | None] = "gospa_snn"
    operand: ClassVar[Operand] = "spikes"
    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(3, 8),
        Fraction(1, 2),
        Fraction(1, 8),
    )
    spread: ClassVar[dict[str, str]] = {"pes": "N"}
    unpriced: ClassVar[dict[str, str]] = {
        **Design.unpriced,
        "overlapped": "the second set of accumulators costs nothing",
    }
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {"claimed": {"overlapped": True}}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=1.742, leakage_mW=179.0, loas_speedup=5.99
    )

    name: str = "GoSPA-SNN"
    about: str = "K outermost, so partial sums of every timestep travel to DRAM and back"

    pes: int = parameter(16, 1, 1024, "PEs", about="side by side; each has a column of weights")
    accumulated_timesteps: int = parameter(
        4, 1, 64, "timesteps", about="of whose accumulators a match works one each"
    )
    tile_m: int = parameter(
        64, 1, 4096, "rows", about="rows of spikes that an array of accumulators serves"
    )
    tile_k: int = parameter(
        256, 1, 4096, "positions", about="of K that are worked off before the partial sums leave"
    )
    accumulator_bits: int = parameter(12, 4, 32, "bits", about="accumulator")
    psum_bits: int = parameter(8, 4, 32, "bits", about="a partial sum in the cache and in HBM")
    coordinate_bits: int = parameter(8, 1, 32, "bits", about="coordinate of a spike")
    overlapped: bool = parameter(
        False, about="whether partial sums travel and tiles start while others accumulate"
    )

    def dataflow(self) -> TiledAccelerator:
        """Spikes as coordinates past columns of weights behind bitmasks."""
        coordinate, weight = self.coordinate_bits, self.weight_bits
        return TiledAccelerator(
            name=self.label,
            operand="per-timestep",
            loop_order="kntm",
            tile_m=self.tile_m,
            tile_k=self.tile_k,
            tile_n=self.pes,
            lanes="n",
            x_buffer=self.holds(174_080, "input", coordinate, 8),
            w_buffer=self.holds(16_384, "weight", weight, 8),
            once=(Charge("metadata", coordinate, DRAM, x="nnz"),),
            x_miss=(
                Charge("spikes", 1, FILL, x="nnz"),
                Charge("metadata", coordinate, FILL, x="nnz"),
            ),
            w_miss=(
                Charge("weights", weight, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            ),
            step=(
                Charge("spikes", 1, READ, x="nnz"),
                Charge("metadata", coordinate, READ, x="nnz"),
                Charge("weights", weight, READ, w="nnz"),
                Charge("metadata", 1, READ, w="numel"),
                # One partial sum in and one out for each row and column of the pair.
                Charge("psums", 2 * self.psum_bits, DRAM, x="rows", w="cols"),
            ),
            weight_bits=weight,
            machine=IdBroadcast(
                fifos=-(-self.pes // COLUMNS_A_FIFO),
                overlapped=self.overlapped,
                coordinate_bits=coordinate,
                psum_bits=self.psum_bits,
            ),
            system=self.system,
        )

    def pe(self) -> GospaSnnPe:
        """A column of accumulators and its share of the FIFOs."""
        return GospaSnnPe(
            accumulators=self.tile_m,
            accumulator_bits=self.accumulator_bits,
            timesteps=self.accumulated_timesteps,
            weight_bits=self.weight_bits,
            coordinate_bits=self.coordinate_bits,
            technology=self.technology,
        )

    def left_out(self) -> tuple[Part, ...]:
        """The spec's outputs are sums, not yet spikes."""
        return (*self.neurons(), *self.crossbars())


GOSPA_SNN = GospaSnn()
