"""The dense SNN accelerators, PTB and Stellar: output-stationary systolic arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.baseline_pes import PtbPe, StellarPe
from loas_tl.components.component import Part
from loas_tl.designs.design import Design
from loas_tl.designs.figures import DenseRatio, PublishedFigures
from loas_tl.designs.parameter import parameter
from loas_tl.models.dataflow import OutputStationaryArray
from loas_tl.timeloop.rendering.form import Operand

# The published formula's terms, beside 124.5 mW of the cache: PTB's 64 PEs busy in every cycle of
# the array, Stellar's 16 (an output each, all timesteps) in half of those that skipping leaves.
PTB_BUSY, PTB_LEAKAGE_MW = 64 * 0.148, 125.5
STELLAR_BUSY, STELLAR_LEAKAGE_MW = 16 * 2.442 / 2, 127.3


@dataclass(frozen=True, kw_only=True)
class _Dense(Design):
    """An array of output pixels, channels and timesteps; K streams past."""

    dense_weights: ClassVar[bool] = True
    kept: ClassVar[float] = 1.0
    spikes_read: ClassVar[float] = 1.0

    rows: int = parameter(16, 1, 1024, "PEs", about="output pixels side by side")
    timesteps: int = parameter(4, 1, 64, "lanes", about="timesteps side by side")
    accumulator_bits: int = parameter(12, 4, 32, "bits", about="accumulator of a PE")

    @property
    def channels(self) -> int:
        """Output channels side by side."""
        return 1

    @property
    def pe_count(self) -> int:
        """An output in a timestep each."""
        return self.rows * self.channels * self.timesteps

    @property
    def lanes(self) -> int:
        """Outputs of which all timesteps are worked on at once."""
        return self.rows * self.channels

    def dataflow(self) -> OutputStationaryArray:
        """Folds of the array; a wave takes a cycle for each row and column it crosses."""
        return OutputStationaryArray(
            name=self.label,
            pixels=self.rows,
            channels=self.channels,
            timesteps=self.timesteps,
            skew=self.rows + self.channels - 2,
            kept=self.kept,
            spikes_read=self.spikes_read,
            on_chip_bytes=self.cache_KiB * 1024,
            weight_bits=self.weight_bits,
            system=self.system,
        )

    def left_out(self) -> tuple[Part, ...]:
        """The spec's outputs are sums, not yet spikes."""
        return (*self.neurons(), *self.crossbars())


@dataclass(frozen=True, kw_only=True)
class Ptb(_Dense):
    """PTB: parallel time batching on a dense systolic array (HPCA 2022)."""

    templates: ClassVar[str | None] = "ptb"
    operand: ClassVar[Operand] = "spikes"
    spread: ClassVar[dict[str, str]] = {"rows": "M", "timesteps": "T"}
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=0.0,
        busy=PTB_BUSY,
        leakage_mW=PTB_LEAKAGE_MW,
        over_loas_ft=DenseRatio(46.9, 5.97, 3.33, 11.8),
    )

    name: str = "PTB"
    about: str = "dense weights, 16 pixels by 4 timesteps on a systolic array"

    def pe(self) -> PtbPe:
        """A pixel in a timestep."""
        return PtbPe(
            accumulator_bits=self.accumulator_bits,
            weight_bits=self.weight_bits,
            technology=self.technology,
        )


@dataclass(frozen=True, kw_only=True)
class Stellar(_Dense):
    """Stellar: spike skipping with all timesteps of a neuron at once, dense weights (HPCA 2024)."""

    templates: ClassVar[str | None] = "stellar"
    operand: ClassVar[Operand] = "packed"
    spread: ClassVar[dict[str, str]] = {"rows": "M", "columns": "N", "timesteps": "T"}
    kept: ClassVar[float] = 0.2
    spikes_read: ClassVar[float] = 0.5
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=0.0,
        busy=STELLAR_BUSY,
        leakage_mW=STELLAR_LEAKAGE_MW,
        over_loas_ft=DenseRatio(7.13, 2.53, 2.82, 6.4),
    )

    name: str = "Stellar"
    about: str = "dense weights, 4 pixels by 4 channels, all timesteps at once, spikes skipped"

    rows: int = parameter(4, 1, 1024, "PEs", about="output pixels side by side")
    columns: int = parameter(4, 1, 1024, "PEs", about="output channels side by side")

    @property
    def channels(self) -> int:
        """The columns."""
        return self.columns

    def pe(self) -> StellarPe:
        """An output in a timestep."""
        return StellarPe(
            accumulator_bits=self.accumulator_bits,
            weight_bits=self.weight_bits,
            technology=self.technology,
        )


PTB = Ptb()
STELLAR = Stellar()
