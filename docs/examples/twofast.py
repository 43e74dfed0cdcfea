"""An accelerator in one file: LoAS's dataflow with two fast prefix-sums and no corrections.

A match adds its weight to the sums of the timesteps that fired, so that a PE has an accumulator a
timestep and needs no pseudo-sum. Its templates lie beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl import Charge, Design, TiledAccelerator, parameter
from loas_tl.components.circuits import FastPrefixSum
from loas_tl.components.component import Act, Part
from loas_tl.components.pes import Pe
from loas_tl.components.primitives import Accumulator, Register
from loas_tl.designs.parameter import Value
from loas_tl.designs.readings import FETCH_CYCLES, TO_FETCH, UNDER, Reading
from loas_tl.models.dataflow import DRAM, FILL, READ
from loas_tl.models.machine import InnerJoin


@dataclass(frozen=True, kw_only=True)
class TwoFastPe(Pe):
    """Two prefix-sums, an accumulator a timestep, and the weights' bitmask."""

    kind: ClassVar[str] = "two_fast_pe"

    chunk_bits: int
    timesteps: int
    accumulator_bits: int

    def __post_init__(self) -> None:
        """The design has checked the values."""

    def parts(self) -> tuple[Part, ...]:
        """One of each, but for the accumulators."""
        nm = self.technology
        return (
            Part("prefix_sum", FastPrefixSum(chunk_bits=self.chunk_bits, technology=nm), 2),
            Part(
                "accumulator",
                Accumulator(width=self.accumulator_bits, technology=nm),
                self.timesteps,
            ),
            Part("bitmask", Register(width=self.chunk_bits, technology=nm)),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """A match makes every part act."""
        return {"compute": self.whole()}


@dataclass(frozen=True, kw_only=True)
class TwoFast(Design):
    """Rows of packed spikes on the PEs, columns of weights passing by."""

    templates: ClassVar[str | None] = "twofast"
    spread: ClassVar[dict[str, str]] = {"pes": "M", "timesteps": "T"}
    unpriced: ClassVar[dict[str, str]] = {
        **Design.unpriced,
        "overlapped": "the second buffer for each bitmask costs nothing",
    }
    # What the defaults leave open, as strict as for the bitmask machines it stands beside.
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {
        "claimed": {"fetch_cycles": 1, "overlapped": True},
        "literal": {"fetch_cycles": 1},
    }

    name: str = "TwoFast"
    about: str = "packed spikes, an inner join with two fast prefix-sums"

    pes: int = parameter(16, 1, 1024, "PEs", about="side by side; each has a row of spikes")
    timesteps: int = parameter(4, 1, 64, "lanes", about="timesteps that a PE accumulates at once")
    chunk_bits: int = parameter(128, 8, 1024, "bits", about="of a bitmask, seen at once")
    tile_n: int = parameter(32, 1, 4096, "columns", about="weight columns at a time")
    accumulator_bits: int = parameter(12, 4, 32, "bits", about="accumulator of a timestep")
    fetch_cycles: int = parameter(FETCH_CYCLES, 1, 64, "cycles", about=TO_FETCH)
    overlapped: bool = parameter(False, about=UNDER)

    def dataflow(self) -> TiledAccelerator:
        """What moves when: the published and the detailed model."""
        return TiledAccelerator(
            name=self.label,
            operand="packed",
            loop_order="mntk",
            tile_m=self.pes,
            tile_k=self.chunk_bits,
            tile_n=self.tile_n,
            lanes="m",
            x_buffer=self.holds(131_072, "input", self.timesteps, 4),
            w_buffer=self.chunk_bits * self.tile_n,
            once=(Charge("spikes", "T", DRAM, x="nnz"), Charge("metadata", 1, DRAM, x="numel")),
            x_miss=(Charge("spikes", "T", FILL, x="nnz"), Charge("metadata", 1, FILL, x="numel")),
            w_miss=(
                Charge("weights", self.weight_bits, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            ),
            step=(
                Charge("weights", self.weight_bits, READ, w="nnz"),
                Charge("metadata", 1, READ, w="numel"),
            ),
            match=(Charge("spikes", "T", READ),),
            timesteps=self.timesteps,
            weight_bits=self.weight_bits,
            pointer_bits=self.pointer_bits,
            machine=InnerJoin(
                chunk=self.chunk_bits,
                fetch_cycles=self.fetch_cycles,
                overlapped=self.overlapped,
            ),
            system=self.system,
        )

    def pe(self) -> TwoFastPe:
        """What a PE is made of: energy, area and leakage."""
        return TwoFastPe(
            chunk_bits=self.chunk_bits,
            timesteps=self.timesteps,
            accumulator_bits=self.accumulator_bits,
            technology=self.technology,
        )

    def left_out(self) -> tuple[Part, ...]:
        """The spec's outputs are sums, not yet spikes."""
        return (*self.neurons(), *self.crossbars())


TWO_FAST = TwoFast()
