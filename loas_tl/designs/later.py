"""What the accelerators published beside or after LoAS have in common as designs.

Each has two accountings: as it was published (``rules()``), and ours: its own latency and a stated
traffic model in the walk, with the cache, HBM, technology and clock that all designs have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from loas_tl.components.circuits import PLifUnit
from loas_tl.components.component import Component, Part
from loas_tl.components.spike_pes import SpikeAdderPe
from loas_tl.designs.design import Design
from loas_tl.designs.parameter import parameter
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.models.dataflow import (
    DRAM,
    FILL,
    READ,
    UPDATE,
    Charge,
    Held,
    Latency,
    Operand,
    TiledAccelerator,
)
from loas_tl.workload.layer import Layer

EXTENSION = "an extension, not as published: zero weights are skipped, and stored behind a bitmask"


@dataclass(frozen=True, kw_only=True)
class Later(Design):
    """An accelerator of raw spikes and dense weights: partial sums stay on the chip.

    Traffic, ours: im2col rows of raw spikes and weights come from HBM whenever a tile is not in its
    partition of the cache; spikes go back once; tiles are read whole, and each addition reads its
    weight; partial sums are read and written at every tile of K.
    """

    compared: ClassVar[bool] = False
    counted_by: ClassVar[str] = "ours"
    dense_weights: ClassVar[bool] = True
    shares: ClassVar[tuple[Fraction, Fraction, Fraction]] = (
        Fraction(1, 8),
        Fraction(1, 2),
        Fraction(3, 8),
    )
    lif_cells: int = parameter(32, 1, 1024, "cells", about="LIF neurons side by side")
    psum_bits: int = parameter(8, 2, 32, "bits", about="a partial sum")

    @property
    def lanes(self) -> int:
        """The LIF cells."""
        return self.lif_cells

    @property
    def ports(self) -> int:
        """As many as a bank each gives a cycle: 128 weights of 8 bits in the usual cache."""
        return self.cache_banks

    @property
    def skips_weights(self) -> bool:
        """Whether zero weights are skipped."""
        return bool(getattr(self, "weight_aware", False))

    def said_of(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002
        """That zero weights are skipped, which is not theirs."""
        return (f"weight_aware=1: {EXTENSION}",) if self.skips_weights else ()

    def walk(
        self,
        tile: tuple[int, int, int],
        latency: Latency,
        *,
        loop_order: str = "tmnk",
        lanes: Literal["m", "n"] = "n",
        operand: Operand = "unrolled",
        step: Iterable[Charge] = (),
        match: Iterable[Charge] | None = None,
        units: int | None = None,
    ) -> TiledAccelerator:
        """The dataflow: its tiles (m, k, n), its latency, what moves besides at each step."""
        weight, aware = self.weight_bits, self.skips_weights
        weights: tuple[Charge, ...] = (Charge("weights", weight, FILL, w="numel"),)
        held: Held = "numel"
        if aware:
            held = "nnz"
            weights = (
                Charge("weights", weight, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            )
        reads = (Charge("weights", weight, READ),) if match is None else tuple(match)
        return TiledAccelerator(
            name=self.label,
            operand=operand,
            loop_order=loop_order,
            tile_m=tile[0],
            tile_k=tile[1],
            tile_n=tile[2],
            lanes=lanes,
            x_buffer=int(self.input_KiB * BITS_PER_KIB),
            w_buffer=int(self.weight_KiB * BITS_PER_KIB) // weight,
            x_held="numel",
            w_held=held,
            once=(Charge("spikes", 1, DRAM, x="numel"),),
            x_miss=(Charge("spikes", 1, FILL, x="numel"),),
            w_miss=weights,
            step=(
                Charge("spikes", 1, READ, x="numel"),
                Charge("psums", self.psum_bits, UPDATE, x="rows", w="cols"),
                *step,
            ),
            match=reads,
            weight_bits=weight,
            pointer_bits=self.pointer_bits,
            system=self.system,
            latency=latency,
            units=units,
        )

    def pe(self) -> Component:
        """An adder of weights onto a partial sum."""
        return SpikeAdderPe(
            accumulator_bits=self.psum_bits,
            weight_bits=self.weight_bits,
            technology=self.technology,
        )

    def neurons(self) -> tuple[Part, ...]:
        """LIF cells, a timestep after the other."""
        cell = PLifUnit(timesteps=1, width=self.psum_bits, technology=self.technology)
        return (Part("lif_unit", cell, self.lif_cells),)
