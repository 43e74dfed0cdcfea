"""SparTen: its inner join (MICRO 2019) on spikes, and as it was built, on activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from loas_tl.components.baseline_pes import SpartenAnnPe, SpartenSnnPe
from loas_tl.components.component import Part
from loas_tl.components.primitives import Register, Scratchpad
from loas_tl.designs.design import Design
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.parameter import Value, parameter
from loas_tl.designs.readings import FETCH_CYCLES, TO_FETCH, UNDER, Reading
from loas_tl.models.dataflow import DRAM, FILL, READ, Charge, TiledAccelerator
from loas_tl.models.machine import InnerJoin
from loas_tl.timeloop.rendering.form import Operand


@dataclass(frozen=True, kw_only=True)
class _Sparten(Design):
    """What SparTen is whatever its inputs are: columns of weights on the PEs, inputs passing."""

    spread: ClassVar[dict[str, str]] = {"pes": "N"}
    unpriced: ClassVar[dict[str, str]] = {
        **Design.unpriced,
        "overlapped": "the second buffer for each bitmask costs nothing",
    }
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {
        "claimed": {"fetch_cycles": 1, "overlapped": True},
        "literal": {"fetch_cycles": 1},
    }

    pes: int = parameter(16, 1, 1024, "PEs", about="side by side; each has a column of weights")
    chunk_bits: int = parameter(
        128, 8, 1024, "bits", about="positions of a bitmask that the prefix-sum sees at once"
    )
    tile_m: int = parameter(32, 1, 4096, "rows", about="rows of inputs in the cache at a time")
    fetch_cycles: int = parameter(FETCH_CYCLES, 1, 64, "cycles", about=TO_FETCH)
    overlapped: bool = parameter(False, about=UNDER)

    def machine(self, value_bits: int) -> InnerJoin:
        """The inner-join unit of a PE, for inputs with values of so many bits.

        Its buffers keep a chunk of the weights, bitmask and values, while inputs pass (MICRO 2019,
        section 3).
        """
        return InnerJoin(
            chunk=self.chunk_bits,
            fetch_cycles=self.fetch_cycles,
            overlapped=self.overlapped,
            keeps_chunk=True,
            spike_value_bits=value_bits,
        )

    def _dataflow(self, **own: Any) -> TiledAccelerator:
        """The dataflow with what spikes and activations have in common."""
        return TiledAccelerator(
            name=self.label,
            loop_order="nmtk",
            tile_m=self.tile_m,
            tile_k=self.chunk_bits,
            tile_n=self.pes,
            lanes="n",
            x_buffer=self.holds(16_384, "input"),
            w_buffer=self.holds(131_072, "weight", self.weight_bits, 8),
            w_miss=(
                Charge("weights", self.weight_bits, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            ),
            w_change=(Charge("metadata", 1, READ, w="numel"),),
            match=(Charge("weights", self.weight_bits, READ),),
            weight_bits=self.weight_bits,
            pointer_bits=self.pointer_bits,
            system=self.system,
            **own,
        )


@dataclass(frozen=True, kw_only=True)
class SpartenSnn(_Sparten):
    """SparTen-SNN: raw spikes are their own bitmask; timesteps one after the other."""

    templates: ClassVar[str | None] = "sparten_snn"
    operand: ClassVar[Operand] = "spikes"
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=6.15, leakage_mW=124.98, loas_speedup=6.79
    )

    name: str = "SparTen-SNN"
    about: str = "inner join, timesteps in sequence; raw spikes are their own bitmask"

    held_timesteps: int = parameter(
        4, 1, 64, "timesteps", about="whose spikes of a chunk a PE's register holds"
    )
    accumulator_bits: int = parameter(12, 4, 32, "bits", about="accumulator of a PE")

    def dataflow(self) -> TiledAccelerator:
        """Raw spikes past the PEs, once a timestep."""
        return self._dataflow(
            operand="per-timestep",
            once=(Charge("spikes", 1, DRAM, x="numel"),),
            x_miss=(Charge("spikes", 1, FILL, x="numel"),),
            step=(Charge("spikes", 1, READ, x="numel"),),
            machine=self.machine(0),
        )

    def pe(self) -> SpartenSnnPe:
        """A PE with one prefix-sum."""
        return SpartenSnnPe(
            chunk_bits=self.chunk_bits,
            weight_bits=self.weight_bits,
            accumulator_bits=self.accumulator_bits,
            timesteps=self.held_timesteps,
            technology=self.technology,
        )

    def left_out(self) -> tuple[Part, ...]:
        """The spec's PE holds one timestep's spikes, and no weights; spikes stay single sums."""
        nm, chunk = self.technology, self.chunk_bits
        spikes = "pe.spike_register beyond a timestep's bits"
        return (
            Part(spikes, Register(width=chunk * self.held_timesteps, technology=nm), self.pes),
            Part(spikes, Register(width=1, technology=nm), -self.pes * chunk),
            Part("pe.bitmask_register", Register(width=chunk, technology=nm), self.pes),
            Part(
                "pe.weight_buffer",
                Scratchpad(bits=self.weight_bits * chunk, technology=nm),
                self.pes,
            ),
            *self.neurons(),
            *self.crossbars(),
        )


@dataclass(frozen=True, kw_only=True)
class SpartenAnn(_Sparten):
    """SparTen as it was built, for activations of several bits; an active neuron is one."""

    templates: ClassVar[str | None] = "sparten_ann"
    operand: ClassVar[Operand] = "activations"
    # Only the PE's energy is published; leakage is taken to be SparTen-SNN's.
    published: ClassVar[PublishedFigures | None] = PublishedFigures(compute=7.95, leakage_mW=124.98)
    compared: ClassVar[bool] = False

    name: str = "SparTen"
    about: str = "SparTen for ANNs: two fast prefix-sums; an active neuron is one activation"

    activation_bits: int = parameter(8, 1, 16, "bits", about="an activation")
    accumulator_bits: int = parameter(24, 4, 64, "bits", about="accumulator of a PE")

    def dataflow(self) -> TiledAccelerator:
        """Activations behind bitmasks past the PEs."""
        values, mask = self.activation_bits, 1
        return self._dataflow(
            operand="packed",
            once=(
                Charge("spikes", values, DRAM, x="nnz"),
                Charge("metadata", mask, DRAM, x="numel"),
            ),
            x_miss=(
                Charge("spikes", values, FILL, x="nnz"),
                Charge("metadata", mask, FILL, x="numel"),
            ),
            step=(
                Charge("spikes", values, READ, x="nnz"),
                Charge("metadata", mask, READ, x="numel"),
            ),
            machine=self.machine(values),
        )

    def pe(self) -> SpartenAnnPe:
        """A PE with two prefix-sums and a multiplier."""
        return SpartenAnnPe(
            chunk_bits=self.chunk_bits,
            accumulator_bits=self.accumulator_bits,
            weight_bits=self.weight_bits,
            activation_bits=self.activation_bits,
            technology=self.technology,
        )

    def neurons(self) -> tuple[Part, ...]:
        """None; a rectifier is a gate."""
        return ()

    def left_out(self) -> tuple[Part, ...]:
        """The weights' bitmask lies in the cache of the spec, and not in the PEs as well."""
        mask = Register(width=self.chunk_bits, technology=self.technology)
        return (Part("pe.bitmask_register of weights", mask, self.pes), *self.crossbars())


SPARTEN_SNN = SpartenSnn()
SPARTEN_ANN = SpartenAnn()
