"""Phi: patterns of spikes and what differs from them (ISCA 2025), a reading of the paper.

No simulator of it is public. Cycles and traffic are read; densities can be checked against the
paper's. Patterns are calibrated on other inputs where there are several, else on the one that
runs, which is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from loas_tl.components.component import Part
from loas_tl.components.spike_pes import PatternMatcher, SpikeAdderPe
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.later import Later
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import DRAM, FILL, READ, UPDATE, Charge, TiledAccelerator
from loas_tl.models.published.counts import Counts
from loas_tl.models.rules import READING, Accounted, Rules, power_energy
from loas_tl.workload.layer import Layer

if TYPE_CHECKING:
    from loas_tl.sparsity.patterns import Assigned

POWER_MW = 346.6
DRAM_PJ_PER_BIT = 12.45
BUS_BITS = 1024
VALUE_BITS = 8
USED_SHARE = 0.2773
"""Of its patterns a tile uses so many on average, as published."""
UNIT_BITS = 8 + 4 + 1
"""A difference: its row in the tile, its input in the run, its sign; the first is assumed."""
WEIGHT_BUFFER = 16 * 1024


@dataclass(frozen=True)
class Shape:
    """Phi's extents: rows, inputs and columns of a tile, patterns of a run, channels of adders."""

    tile_m: int = 256
    tile_k: int = 16
    tile_n: int = 32
    patterns: int = 128
    channels: int = 8

    def assigned(self, layer: Layer) -> Assigned:
        """A layer's rows as patterns, calibrated on its siblings where it has some."""
        from loas_tl.sparsity.patterns import assigned_of

        return assigned_of(layer, self.tile_k, self.patterns)

    def cycles(self, found: Assigned, columns: int) -> int:
        """A tile of outputs takes the longer of its two levels, over all of its runs."""
        from loas_tl.sparsity.patterns import level_one, level_two

        one = level_one(found, self.tile_m, self.channels)
        two = level_two(found, self.tile_m, self.channels)
        return int(np.maximum(one, two).sum()) * ceil(columns / self.tile_n)

    def additions(self, found: Assigned, columns: int) -> int:
        """A product for each pattern, a weight for each difference, in every column."""
        return int((found.pattern >= 0).sum() + found.differences.sum()) * columns


def calibrated_on(layer: Layer) -> str:
    """What is to be said of a layer's patterns."""
    if layer.siblings is None:
        return "its patterns are calibrated on the input that it runs: an upper bound"
    return f"its patterns are calibrated on {len(layer.siblings())} other inputs"


@dataclass(frozen=True)
class PatternLatency:
    """The two levels side by side; looking for patterns, a row a cycle and run, runs under them."""

    shape: Shape

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles and additions."""
        del accelerator, spikes
        found = self.shape.assigned(layer)
        return self.shape.cycles(found, layer.N), self.shape.additions(found, layer.N)


@dataclass(frozen=True)
class PhiRules(Rules):
    """Phi with its own buffers, DRAM and power, as its paper reads."""

    source: ClassVar[str] = READING
    notes: ClassVar[tuple[str, ...]] = (
        "read from the paper: no bank conflicts, no stalls for DRAM; products of 16 bits and "
        "differences of 13 are assumed",
    )

    shape: Shape
    product_bits: int

    @property
    def pes(self) -> int:
        """Adders of both levels."""
        return 2 * self.shape.channels * self.shape.tile_n

    def account(self, layer: Layer) -> Accounted:
        """Cycles; weights, products of the patterns that a tile uses, indices and differences."""
        from loas_tl.sparsity.patterns import used_patterns

        shape, found = self.shape, self.shape.assigned(layer)
        rows, columns = layer.M * layer.T, ceil(layer.N / shape.tile_n)
        # Weights of a tile of columns come once where they fit the buffer.
        fits = layer.K * min(shape.tile_n, layer.N) * VALUE_BITS <= 8 * WEIGHT_BUFFER
        weights = layer.K * layer.N * VALUE_BITS * (1 if fits else ceil(rows / shape.tile_m))
        used = used_patterns(found, shape.tile_m)
        index = (shape.patterns - 1).bit_length()
        activations = index * found.pattern.size + UNIT_BITS * int(found.differences.sum())
        bits = {
            ("dram", "weights"): weights + used * layer.N * self.product_bits,
            ("dram", "metadata"): activations * columns,
            ("dram", "spikes"): layer.T * layer.M * layer.N,
        }
        moved = sum(bits.values())
        cycles = shape.cycles(found, layer.N)
        counts = Counts(cycles, shape.additions(found, layer.N), bits, {}, {})  # type: ignore[arg-type]
        energy = power_energy(cycles, self.clock_MHz, POWER_MW, DRAM_PJ_PER_BIT * moved)
        return Accounted(
            counts, energy, {"dram_alone_cycles": moved // BUS_BITS}, (calibrated_on(layer),)
        )


@dataclass(frozen=True, kw_only=True)
class Phi(Later):
    """Phi: a run of inputs as one of 128 patterns, and the bits by which it differs."""

    counted_by: ClassVar[str] = f"ours, {READING}"
    spread: ClassVar[dict[str, str]] = {}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        area_mm2={"total": 0.662}, power_mW={"total": POWER_MW}
    )

    name: str = "Phi"
    about: str = "patterns with products made beforehand, and differences (read from the paper)"

    tile_m: int = parameter(256, 1, 4096, "rows", about="rows (pixel, timestep) of a tile")
    tile_k: int = parameter(16, 2, 64, "inputs", about="inputs of a run")
    tile_n: int = parameter(32, 1, 1024, "columns", about="adders of a channel, a column each")
    patterns: int = parameter(128, 1, 4096, "patterns", about="of a run")
    channels: int = parameter(8, 1, 256, "channels", about="of adders, in each of two levels")
    psum_bits: int = parameter(16, 2, 32, "bits", about="a partial sum, and a pattern's product")

    @property
    def shape(self) -> Shape:
        """Its extents."""
        return Shape(self.tile_m, self.tile_k, self.tile_n, self.patterns, self.channels)

    @property
    def pe_count(self) -> int:
        """Adders of both levels."""
        return 2 * self.channels * self.tile_n

    def dataflow(self) -> TiledAccelerator:
        """Weights and the products of used patterns come with a tile; partial sums stay."""
        # Per weight: of 128 products for 16 inputs those that a tile uses.
        product = ceil(USED_SHARE * self.patterns * self.psum_bits / self.tile_k)
        held = int(self.weight_KiB * 8192) // (self.weight_bits + product)
        tile = self.tile_k * self.tile_n
        return TiledAccelerator(
            name=self.label,
            operand="unrolled",
            loop_order="tmnk",
            tile_m=self.tile_m,
            tile_k=self.tile_k,
            tile_n=self.tile_n,
            lanes="n",
            x_buffer=int(self.input_KiB * 8192),
            w_buffer=max(held, tile),
            x_held="numel",
            w_held="numel",
            once=(Charge("spikes", 1, DRAM, x="numel"),),
            x_miss=(Charge("spikes", 1, FILL, x="numel"),),
            w_miss=(Charge("weights", self.weight_bits + product, FILL, w="numel"),),
            step=(
                Charge("spikes", 1, READ, x="numel"),
                Charge("psums", self.psum_bits, UPDATE, x="rows", w="cols"),
            ),
            # A product for a pattern is wider than a weight for a difference.
            match=(Charge("weights", self.psum_bits, READ),),
            weight_bits=self.weight_bits,
            pointer_bits=self.pointer_bits,
            system=self.system,
            latency=PatternLatency(self.shape),
            units=self.pe_count,
        )

    def rules(self) -> PhiRules:
        """Its own machine, as the paper reads."""
        return PhiRules(self.shape, self.psum_bits)

    def said_of(self, layer: Layer) -> tuple[str, ...]:
        """What its patterns are calibrated on."""
        return (calibrated_on(layer),)

    def pe(self) -> SpikeAdderPe:
        """An adder of products or of weights."""
        return SpikeAdderPe(
            accumulator_bits=self.psum_bits,
            weight_bits=self.psum_bits,
            technology=self.technology,
        )

    def parts(self) -> tuple[Part, ...]:
        """The matcher of patterns besides."""
        matcher = PatternMatcher(
            patterns=self.patterns, width=self.tile_k, technology=self.technology
        )
        return (*super().parts(), Part("pattern_matcher", matcher))


PHI = Phi()
