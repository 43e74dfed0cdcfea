"""The processing elements of LoAS's baselines, as the LoAS evaluation composes them.

``compute`` is an action of every part, except in GoSPA-SNN's array, of which one accumulation moves
little; ``buffers=0`` leaves out the PE's own storages, for specs that have them as levels.
Source: the LoAS evaluation (MICRO 2024, section V) and its figures of each PE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.circuits import FastPrefixSum
from loas_tl.components.component import Act, Own, Part, attribute
from loas_tl.components.pes import BUFFERS, NOT_DONE, Pe
from loas_tl.components.primitives import Accumulator, Fifo, Multiplier, Register, Scratchpad
from loas_tl.components.units import Joules
from loas_tl.ground.sums import in_order


@dataclass(frozen=True, kw_only=True)
class SpartenSnnPe(Pe):
    """SparTen's PE (MICRO 2019) for spikes, which are their own bitmask: one prefix-sum is left."""

    kind: ClassVar[str] = "sparten_snn_pe"

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    accumulator_bits: int = attribute(12, high=64, about="bits of the accumulator")
    timesteps: int = attribute(4, high=64, about="timesteps whose spikes of a chunk are held")
    weight_bits: int = attribute(8, high=64, about="bits of a weight")
    buffers: int = attribute(1, low=0, high=1, about=BUFFERS)

    def parts(self) -> tuple[Part, ...]:
        """Prefix-sum and accumulator; registers of spikes (T chunks) and bitmask, weight buffer."""
        nm = self.technology
        parts = (
            Part("fast_prefix_sum", FastPrefixSum(chunk_bits=self.chunk_bits, technology=nm)),
            Part("accumulator", Accumulator(width=self.accumulator_bits, technology=nm)),
        )
        if not self.buffers:
            return parts
        spikes = Register(width=self.timesteps * self.chunk_bits, technology=nm)
        return (
            *parts,
            Part("spike_register", spikes),
            Part("bitmask_register", Register(width=self.chunk_bits, technology=nm)),
            Part(
                "weight_buffer", Scratchpad(bits=self.weight_bits * self.chunk_bits, technology=nm)
            ),
        )


@dataclass(frozen=True, kw_only=True)
class SpartenAnnPe(Pe):
    """SparTen's PE (MICRO 2019) for activations of several bits: two prefix-sums, a multiplier."""

    kind: ClassVar[str] = "sparten_ann_pe"

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    accumulator_bits: int = attribute(24, high=64, about="bits of the accumulator")
    weight_bits: int = attribute(8, high=64, about="bits of an operand of the multiplier")
    activation_bits: int = attribute(8, high=64, about="bits of an activation, the other operand")
    buffers: int = attribute(1, low=0, high=1, about=BUFFERS)

    def parts(self) -> tuple[Part, ...]:
        """Prefix-sums, multiplier and accumulator; two bitmask registers and a scratchpad."""
        nm = self.technology
        fast = FastPrefixSum(chunk_bits=self.chunk_bits, technology=nm)
        width = max(self.weight_bits, self.activation_bits)
        parts = (
            Part("fast_prefix_sum", fast, 2),
            Part("accumulator", Accumulator(width=self.accumulator_bits, technology=nm)),
            Part(
                "multiplier",
                Multiplier(width=width, technology=nm),
            ),
        )
        if not self.buffers:
            return parts
        return (
            *parts,
            Part("bitmask_register", Register(width=self.chunk_bits, technology=nm), 2),
            Part(
                "value_buffer",
                Scratchpad(bits=self.activation_bits * self.chunk_bits, technology=nm),
            ),
        )


ID_GENERATOR_SHARE = 0.3
"""What GoSPA's ID generator adds to the energy of an accumulation."""

ROW_BITS = 6
"""Of an entry of GoSPA's FIFOs, beside a coordinate of 8 bits: 14 as published, for 64 rows."""

MERGER_SHARE = 0.55
"""Gamma's 64-way merger as a share of a 64-bit multiplier."""


@dataclass(frozen=True, kw_only=True)
class GospaSnnArray(Pe):
    """GoSPA's accumulators (ISCA 2021) with the FIFOs and registers that feed them.

    The published sums of the array hold 64 FIFO entries in all, four FIFOs of 16. An accumulation
    is one of the neuron's T accumulators each, a weight register and a FIFO: 1.341 pJ, for which
    1.34 was published without saying what acts; the ID generator adds 30 % (published: 1.742).
    Power counts everything once a cycle, as published, so that its busy action is ``cycle``.
    """

    kind: ClassVar[str] = "gospa_snn_array"
    busy: ClassVar[str | None] = "cycle"

    accumulators: int = attribute(1024, high=2**20, about="partial sums")
    accumulator_bits: int = attribute(12, high=64, about="bits of a partial sum")
    timesteps: int = attribute(4, high=64, about="accumulators that a match adds to")
    weight_bits: int = attribute(8, high=64, about="bits of a weight")
    coordinate_bits: int = attribute(8, high=64, about="bits of a spike's coordinate")
    share: float = attribute(1.0, low=1 / 1024, high=1, about="of the array's FIFOs and registers")

    def parts(self) -> tuple[Part, ...]:
        """Accumulators, two weight registers, four FIFOs of coordinates."""
        nm = self.technology
        entry = self.coordinate_bits + ROW_BITS
        accumulator = Accumulator(width=self.accumulator_bits, technology=nm)
        return (
            Part("accumulator", accumulator, self.accumulators),
            Part("register", Register(width=self.weight_bits, technology=nm), 2 * self.share),
            Part("fifo", Fifo(width=entry, depth=16, technology=nm), 4 * self.share),
        )

    def own(self) -> Own:
        """The ID generator, which is known by its energy alone."""
        inside = {part.name: part.component.energy("access") for part in self.parts()}
        added = in_order(float(inside[act.part]) * act.times for act in self._accumulation())
        generator = Joules(ID_GENERATOR_SHARE * added)
        return Own(energy={"compute": generator, "match": generator})

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One accumulation, and everything at once."""
        accumulation = self._accumulation()
        return {
            "compute": accumulation,
            "match": accumulation,
            "cycle": self.whole(),
            **NOT_DONE,
        }

    def _accumulation(self) -> tuple[Act, ...]:
        return (
            Act("accumulator", "access", self.timesteps),
            Act("register", "access"),
            Act("fifo", "access"),
        )


@dataclass(frozen=True, kw_only=True)
class GospaSnnPe(GospaSnnArray):
    """A sixteenth of GoSPA's array: the partial sums of one column."""

    kind: ClassVar[str] = "gospa_snn_pe"

    accumulators: int = attribute(64, high=2**20, about="partial sums")
    share: float = attribute(
        1 / 16, low=1 / 1024, high=1, about="of the array's FIFOs and registers"
    )


@dataclass(frozen=True, kw_only=True)
class GammaSnnPe(Pe):
    """Gamma's PE (ASPLOS 2021): a merger of weighted rows, its buffers and an accumulator.

    The merger of 64 rows is 0.55 of a 64-bit multiplier, the ratio of Gamma's own table; one of
    another radix is as many times as large.
    """

    kind: ClassVar[str] = "gamma_snn_pe"

    accumulator_bits: int = attribute(24, high=64, about="bits of the accumulator")
    radix: int = attribute(64, high=4096, about="rows that the merger takes at once")
    weight_bits: int = attribute(8, high=64, about="bits of a weight")
    coordinate_bits: int = attribute(6, high=64, about="bits of a coordinate")
    buffers: int = attribute(1, low=0, high=1, about=BUFFERS)

    def parts(self) -> tuple[Part, ...]:
        """Merger and accumulator; registers of the spikes, the rows and the coordinates."""
        nm = self.technology
        parts = (
            Part("merger", Multiplier(width=64, technology=nm), MERGER_SHARE * self.radix / 64),
            Part("accumulator", Accumulator(width=self.accumulator_bits, technology=nm)),
        )
        if not self.buffers:
            return parts
        return (
            *parts,
            Part("spike_register", Register(width=self.radix, technology=nm)),
            Part("row_register", Register(width=self.radix * self.weight_bits, technology=nm)),
            Part(
                "coordinate_register",
                Register(width=self.radix * self.coordinate_bits, technology=nm),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class GammaAnnPe(GammaSnnPe):
    """Gamma's PE for values of several bits: a multiplier scales the rows before they merge."""

    kind: ClassVar[str] = "gamma_ann_pe"
    accuracy: ClassVar[int] = 80

    activation_bits: int = attribute(8, high=64, about="bits of an activation, the other operand")

    def parts(self) -> tuple[Part, ...]:
        """The parts of the PE for spikes, and a multiplier."""
        width = max(self.weight_bits, self.activation_bits)
        multiplier = Multiplier(width=width, technology=self.technology)
        return (*super().parts(), Part("multiplier", multiplier))


PTB_REGISTERS = 4
"""8-bit registers of PTB's PE, two of which a cycle clocks."""

STELLAR_REGISTER_BITS = (72 + 144 + 288) // 4
"""Of Stellar's registers of 72, 144 and 288 bits, what is a timestep's of four."""


@dataclass(frozen=True, kw_only=True)
class PtbPe(Pe):
    """A PE of PTB's array (HPCA 2022): one pixel in one timestep.

    An accumulator and four registers as wide as a weight; a cycle clocks the accumulator and two
    registers, for which 0.148 pJ was published.
    """

    kind: ClassVar[str] = "ptb_pe"
    source: ClassVar[str] = "the PE that the LoAS evaluation states, on the synthesised primitives"
    accuracy: ClassVar[int] = 70

    accumulator_bits: int = attribute(12, high=64, about="bits of the accumulator")
    weight_bits: int = attribute(8, high=64, about="bits of the weight register")

    def parts(self) -> tuple[Part, ...]:
        """The accumulator and the registers."""
        nm = self.technology
        accumulator = Accumulator(width=self.accumulator_bits, technology=nm)
        register = Register(width=self.weight_bits, technology=nm)
        return (Part("accumulator", accumulator), Part("register", register, PTB_REGISTERS))

    def whole(self) -> tuple[Act, ...]:
        """A cycle's work."""
        return (Act("accumulator", "access"), Act("register", "access", PTB_REGISTERS / 2))


@dataclass(frozen=True, kw_only=True)
class StellarPe(Pe):
    """A PE of Stellar's array (HPCA 2024): one output in one timestep.

    An accumulator, and a quarter of the registers of 72, 144 and 288 bits that an output has for
    its four timesteps. For those and one of four accumulators 2.442 pJ was published, an output.
    """

    kind: ClassVar[str] = "stellar_pe"
    source: ClassVar[str] = "the PE that the LoAS evaluation states, on the synthesised primitives"
    accuracy: ClassVar[int] = 70

    accumulator_bits: int = attribute(12, high=64, about="bits of the accumulator")
    weight_bits: int = attribute(8, high=64, about="bits of a weight; the registers go with it")

    def parts(self) -> tuple[Part, ...]:
        """The accumulator and the registers."""
        nm = self.technology
        bits = STELLAR_REGISTER_BITS * self.weight_bits // 8
        accumulator = Accumulator(width=self.accumulator_bits, technology=nm)
        return (
            Part("accumulator", accumulator),
            Part("registers", Register(width=bits, technology=nm)),
        )
