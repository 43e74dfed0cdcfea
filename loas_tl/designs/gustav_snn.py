"""GustavSNN: Gustavson's dataflow on columns of pixels (HPCA 2026), a reading of the paper.

No simulator of it is public. What is read: an output channel a tile, eight pixels a PE, timesteps
in sequence; rows of a slice of spikes are skipped, and so are zero weights; PEs that have one slice
wait for each other, here at each timestep and group of channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.components.spike_pes import ColumnPe
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import DRAM, FILL, READ, Charge, TiledAccelerator
from loas_tl.models.rules import READING
from loas_tl.workload.layer import Layer


@dataclass(frozen=True)
class SliceLatency:
    """An addition or a row of the slice a cycle, whichever is more; a barrier at each slice.

    Attributes:
        tiles: output channels at once.
        pes: slices of pixels at once.
        pixels: of a slice.
        two_pointer: whether rows whose weight is zero are not fetched.
    """

    tiles: int
    pes: int
    pixels: int
    two_pointer: bool

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles, and all matches."""
        from loas_tl.sparsity.slices import slice_work, with_barrier

        del accelerator
        additions, rows = slice_work(spikes, layer.weights, self.pixels, self.two_pointer)
        cycles = with_barrier(np.maximum(additions, rows), self.tiles, self.pes)
        return cycles, int(additions.sum())


@dataclass(frozen=True, kw_only=True)
class GustavSnn(Later):
    """GustavSNN: an output channel a tile, a slice of pixels a PE."""

    counted_by: ClassVar[str] = f"ours, {READING}"
    dense_weights: ClassVar[bool] = False
    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(1, 4),
        Fraction(1, 2),
        Fraction(1, 4),
    )
    spread: ClassVar[dict[str, str]] = {"tiles": "N"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(area_mm2={"total": 1.34})

    name: str = "GustavSNN"
    about: str = "sparse spikes and weights, a channel a tile, 8 pixels a PE (read from the paper)"

    tiles: int = parameter(8, 1, 256, "tiles", about="an output channel each")
    tile_pes: int = parameter(8, 1, 256, "PEs", about="of a tile; each has slices of pixels")
    pixels: int = parameter(8, 1, 64, "pixels", about="of a slice, side by side in a PE")
    tile_k: int = parameter(128, 1, 4096, "inputs", about="inputs of a tile (ours)")
    two_pointer: bool = parameter(
        False, about="whether rows of a slice whose weight is zero are not fetched"
    )

    @property
    def pe_count(self) -> int:
        """Of all tiles; an addition a cycle each."""
        return self.tiles * self.tile_pes

    def dataflow(self) -> TiledAccelerator:
        """Weights of a group of channels stay; slices pass, sums stay in the PEs."""
        weight = self.weight_bits
        return TiledAccelerator(
            name=self.label,
            operand="per-timestep",
            loop_order="nmtk",
            tile_m=self.tile_pes * self.pixels,
            tile_k=self.tile_k,
            tile_n=self.tiles,
            lanes="n",
            x_buffer=self.holds(524_288, "input"),
            w_buffer=self.holds(131_072, "weight", weight, 8),
            x_held="numel",
            once=(Charge("spikes", 1, DRAM, x="numel"),),
            x_miss=(Charge("spikes", 1, FILL, x="numel"),),
            w_miss=(
                Charge("weights", weight, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            ),
            step=(
                Charge("spikes", 1, READ, x="numel"),
                Charge("weights", weight, READ, w="nnz"),
                Charge("metadata", 1, READ, w="numel"),
            ),
            weight_bits=weight,
            pointer_bits=self.pointer_bits,
            system=self.system,
            latency=SliceLatency(self.tiles, self.tile_pes, self.pixels, self.two_pointer),
            units=self.pe_count,
        )

    def pe(self) -> ColumnPe:
        """An adder with the sums of its pixels, and the merger of rows."""
        return ColumnPe(
            accumulator_bits=self.psum_bits,
            weight_bits=self.weight_bits,
            pixels=self.pixels,
            technology=self.technology,
        )


GUSTAV_SNN = GustavSnn()
