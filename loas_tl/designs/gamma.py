"""Gamma: its row-wise (Gustavson) dataflow (ASPLOS 2021) on spikes, and on activations."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2
from typing import ClassVar

from loas_tl.components.baseline_pes import GammaAnnPe, GammaSnnPe
from loas_tl.components.component import Part
from loas_tl.designs.design import Design
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.parameter import Value, parameter
from loas_tl.designs.readings import Reading
from loas_tl.models.dataflow import DRAM, FILL, READ, UPDATE, Charge, TiledAccelerator
from loas_tl.models.dataflow import Operand as Spikes
from loas_tl.models.machine import Merger
from loas_tl.timeloop.rendering.form import Operand


@dataclass(frozen=True, kw_only=True)
class _Gamma(Design):
    """What Gamma is whatever its inputs are: a row of them a PE, rows of weights merged."""

    spike_operand: ClassVar[Spikes] = "per-timestep"
    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(1, 8),
        Fraction(1, 2),
        Fraction(3, 8),
    )
    spread: ClassVar[dict[str, str]] = {"pes": "M"}
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {"claimed": {"overlapped": True}}

    pes: int = parameter(
        16, 1, 1024, "PEs", about="side by side; each has a row of inputs and a merger"
    )
    tile_k: int = parameter(
        64, 1, 4096, "rows", about="weight rows that a merger takes at once: its radix"
    )
    tile_n: int = parameter(64, 1, 4096, "columns", about="columns of weights at a time")
    accumulator_bits: int = parameter(24, 4, 64, "bits", about="accumulator of a PE")
    coordinate_bits: int = parameter(
        6, 1, 32, "bits", about="coordinate of an input or of a weight"
    )
    psum_bits: int = parameter(8, 4, 32, "bits", about="a partial sum in the cache")
    overlapped: bool = parameter(
        False, about="whether a pass of the merger starts while the one before is in it"
    )

    @property
    def input_bits(self) -> int:
        """Of an input beside its coordinate."""
        return 1

    @property
    def values_back(self) -> tuple[Charge, ...]:
        """What goes back to DRAM beside coordinates; a spike is its coordinate."""
        return ()

    def dataflow(self) -> TiledAccelerator:
        """Rows of inputs on the PEs; partial rows of every timestep spill."""
        coordinate, weight, value = self.coordinate_bits, self.weight_bits, self.input_bits
        return TiledAccelerator(
            name=self.label,
            operand=self.spike_operand,
            loop_order="mktn",
            tile_m=self.pes,
            tile_k=self.tile_k,
            tile_n=self.tile_n,
            lanes="m",
            x_buffer=self.holds(8_192, "input"),
            w_buffer=self.holds(131_072, "weight", weight, 8),
            once=(*self.values_back, Charge("metadata", coordinate, DRAM, x="nnz")),
            x_miss=(
                Charge("spikes", value, FILL, x="nnz"),
                Charge("metadata", coordinate, FILL, x="nnz"),
            ),
            w_miss=(
                Charge("weights", weight, FILL, w="nnz"),
                Charge("metadata", coordinate, FILL, w="nnz"),
            ),
            step=(
                # Every row of the spike tile streams the weight tile's non-zeros.
                Charge("weights", weight, READ, x="rows", w="nnz"),
                Charge("metadata", coordinate, READ, x="rows", w="nnz"),
                Charge("spikes", value, READ, x="nnz"),
                Charge("metadata", coordinate, READ, x="nnz"),
                Charge("psums", self.psum_bits, UPDATE, x="rows", w="nonzero_cols"),
                # Two partial sums, of which the published model lets a quarter reach DRAM.
                Charge("psums", 2 * self.psum_bits // 4, DRAM, x="rows", w="nonzero_cols"),
            ),
            weight_bits=weight,
            machine=Merger(
                radix=self.tile_k,
                overlapped=self.overlapped,
                startup_cycles=max(ceil(log2(self.tile_k)), 1),
                coordinate_bits=coordinate,
                psum_bits=self.psum_bits,
                spike_value_bits=value,
            ),
            system=self.system,
        )


@dataclass(frozen=True, kw_only=True)
class GammaSnn(_Gamma):
    """Gamma-SNN: timesteps in sequence, inside the tile of weights."""

    templates: ClassVar[str | None] = "gamma_snn"
    operand: ClassVar[Operand] = "spikes"
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=3.735, leakage_mW=148.32, loas_speedup=3.25
    )

    name: str = "Gamma-SNN"
    about: str = "rows on PEs with mergers; partial rows of every timestep spill"

    def pe(self) -> GammaSnnPe:
        """A PE with a merger."""
        return GammaSnnPe(
            radix=self.tile_k,
            weight_bits=self.weight_bits,
            coordinate_bits=self.coordinate_bits,
            accumulator_bits=self.accumulator_bits,
            technology=self.technology,
        )

    def left_out(self) -> tuple[Part, ...]:
        """The spec's outputs are sums, not yet spikes."""
        return (*self.neurons(), *self.crossbars())


@dataclass(frozen=True, kw_only=True)
class GammaAnn(_Gamma):
    """Gamma as it was built, for activations of several bits; an active neuron is one."""

    spike_operand: ClassVar[Spikes] = "packed"
    templates: ClassVar[str | None] = "gamma_ann"
    operand: ClassVar[Operand] = "activations"
    compared: ClassVar[bool] = False

    name: str = "Gamma"
    about: str = "Gamma for ANNs: a multiplier scales the rows; an active neuron is one activation"

    activation_bits: int = parameter(8, 1, 16, "bits", about="an activation")
    psum_bits: int = parameter(24, 4, 32, "bits", about="a partial sum in the cache")

    @property
    def input_bits(self) -> int:
        """An activation's."""
        return self.activation_bits

    @property
    def values_back(self) -> tuple[Charge, ...]:
        """The activations."""
        return (Charge("spikes", self.activation_bits, DRAM, x="nnz"),)

    def pe(self) -> GammaAnnPe:
        """A PE with a merger and a multiplier."""
        return GammaAnnPe(
            radix=self.tile_k,
            accumulator_bits=self.accumulator_bits,
            weight_bits=self.weight_bits,
            coordinate_bits=self.coordinate_bits,
            activation_bits=self.activation_bits,
            technology=self.technology,
        )

    def neurons(self) -> tuple[Part, ...]:
        """None; a rectifier is a gate."""
        return ()


GAMMA_SNN = GammaSnn()
GAMMA_ANN = GammaAnn()
