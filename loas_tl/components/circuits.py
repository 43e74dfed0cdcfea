"""The circuits of an inner join, of a spiking neuron and of the compression of spikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar

from loas_tl.components.component import Act, Component, Own, Part, attribute
from loas_tl.components.primitives import Accumulator, Adder, Comparator, Multiplier, Register

# SparTen's Table 4 (MICRO 2019): a 128-wide prefix-sum against an 8-bit multiplier with a 24-bit
# accumulator. The LoAS evaluation (MICRO 2024) sizes its fast prefix-sum by these ratios.
FAST_POWER_RATIO = 3.94
FAST_AREA_RATIO = 11.125
FAST_WIDTH = 128


@dataclass(frozen=True, kw_only=True)
class FastPrefixSum(Component):
    """A tree that counts the ones before each position of a bitmask chunk in one cycle.

    Another width than 128 scales with ``n log2 n``, the nodes of a parallel-prefix network.
    """

    kind: ClassVar[str] = "fast_prefix_sum"
    busy: ClassVar[str | None] = "count"
    source: ClassVar[str] = "SparTen, MICRO 2019, Table 4, on the synthesised primitives"

    chunk_bits: int = attribute(FAST_WIDTH, low=2, high=4096, about="bits of a bitmask chunk")

    def own(self) -> Own:
        """The published ratios times a multiplier and an accumulator."""
        nodes = self.chunk_bits * log2(self.chunk_bits) / (FAST_WIDTH * log2(FAST_WIDTH))
        multiplier = Multiplier(width=8, technology=self.technology)
        accumulator = Accumulator(width=24, technology=self.technology)
        dynamic = multiplier.energy("access") + accumulator.energy("access")
        return Own(
            area=(multiplier.area + accumulator.area) * (FAST_AREA_RATIO * nodes),
            leakage=(multiplier.leakage + accumulator.leakage) * (FAST_POWER_RATIO * nodes),
            energy={"count": dynamic * (FAST_POWER_RATIO * nodes)},
        )


@dataclass(frozen=True, kw_only=True)
class LaggyPrefixSum(Component):
    """A few small adders that go over a buffered chunk in ``chunk_bits / adders`` cycles.

    An adder counts up to the positions it is handed, 8 of 128 bits for each of 16: 3 bits. One
    ``count`` is what all adders and the buffer do in a cycle.
    """

    kind: ClassVar[str] = "laggy_prefix_sum"
    busy: ClassVar[str | None] = "count"

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    adders: int = attribute(16, high=4096, about="adders side by side")
    buffers: int = attribute(1, high=1024, about="chunks whose offsets are held")

    @property
    def cycles(self) -> int:
        """Cycles for a chunk."""
        return ceil(self.chunk_bits / self.adders)

    def parts(self) -> tuple[Part, ...]:
        """Adders and the buffer of the chunk."""
        width = max(1, ceil(log2(max(self.cycles, 2))))
        return (
            Part("adder", Adder(width=width, technology=self.technology), self.adders),
            Part(
                "buffer", Register(width=self.chunk_bits, technology=self.technology), self.buffers
            ),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One cycle of counting."""
        return {"count": (Act("adder", "access", self.adders), Act("buffer", "access"))}


@dataclass(frozen=True, kw_only=True)
class PopulationCount(Component):
    """A tree of adders that counts the ones before one position of a bitmask chunk in a cycle.

    The chunk is held beside it. Its first adders take two bits each, the next two sums, and so on:
    half of the chunk's bits of adders one bit wide, a quarter two bits wide. It is no published
    circuit.
    """

    kind: ClassVar[str] = "population_count"
    busy: ClassVar[str | None] = "count"
    source: ClassVar[str] = "a tree of the synthesised adders; no published circuit"
    accuracy: ClassVar[int] = 50

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")

    def parts(self) -> tuple[Part, ...]:
        """The levels of the tree, and the buffer of the chunk."""
        levels: list[Part] = []
        sums = self.chunk_bits
        while sums > 1:
            adders = sums // 2
            width = len(levels) + 1
            levels.append(
                Part(f"adders_{width}", Adder(width=width, technology=self.technology), adders)
            )
            sums -= adders
        chunk = Register(width=self.chunk_bits, technology=self.technology)
        return (*levels, Part("buffer", chunk))

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One position."""
        return {"count": tuple(Act(part.name, "access", part.count) for part in self.parts())}


@dataclass(frozen=True, kw_only=True)
class PseudoAccumulator(Component):
    """Adds a matched weight as if the neuron fired in every timestep."""

    kind: ClassVar[str] = "pseudo_accumulator"
    busy: ClassVar[str | None] = "accumulate"

    width: int = attribute(12, high=64, about="bits of the sum")

    def parts(self) -> tuple[Part, ...]:
        """One accumulator."""
        return (Part("accumulator", Accumulator(width=self.width, technology=self.technology)),)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One addition."""
        return {"accumulate": (Act("accumulator", "access"),)}


@dataclass(frozen=True, kw_only=True)
class CorrectionAccumulator(Component):
    """Adds up the weights of one timestep in which matched neurons did not fire."""

    kind: ClassVar[str] = "correction_accumulator"
    busy: ClassVar[str | None] = "correct"

    width: int = attribute(10, high=64, about="bits of the sum")

    def parts(self) -> tuple[Part, ...]:
        """One accumulator."""
        return (Part("accumulator", Accumulator(width=self.width, technology=self.technology)),)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One addition in one timestep."""
        return {"correct": (Act("accumulator", "access"),)}


@dataclass(frozen=True, kw_only=True)
class PLifUnit(Component):
    """A parallel leaky integrate-and-fire neuron, unrolled over the timesteps.

    Of each timestep: the subtraction of the correction from the pseudo-sum, the addition of the
    membrane potential of the step before, the comparison with the threshold, and the register of
    the potential. The leak is a shift (tau a power of two) and the hard reset a gate, no adders.
    Structure: LoAS (MICRO 2024), section IV; the primitives are the synthesised ones.
    """

    kind: ClassVar[str] = "p_lif_unit"
    busy: ClassVar[str | None] = "fire"
    source: ClassVar[str] = "structure of LoAS, MICRO 2024, on the synthesised primitives"
    accuracy: ClassVar[int] = 70

    timesteps: int = attribute(4, high=64, about="timesteps that come out at once")
    width: int = attribute(12, high=64, about="bits of a membrane potential")

    def parts(self) -> tuple[Part, ...]:
        """Two adders, a comparator and a register for each timestep."""
        width, nm = self.width, self.technology
        return (
            Part("subtractor", Adder(width=width, technology=nm), self.timesteps),
            Part("adder", Adder(width=width, technology=nm), self.timesteps),
            Part("comparator", Comparator(width=width, technology=nm), self.timesteps),
            Part("potential", Register(width=width, technology=nm), self.timesteps),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """All timesteps of one neuron; ``compute`` is the same under Timeloop's name."""
        all_steps = tuple(Act(part.name, "access", self.timesteps) for part in self.parts())
        return {"fire": all_steps, "compute": all_steps}


@dataclass(frozen=True, kw_only=True)
class SpikeCompressor(Component):
    """An inverted laggy prefix-sum that packs output spikes into a fiber again.

    The chunk's new bitmask lies in the prefix-sum's buffer; a word of T spikes is on its way.
    Structure: LoAS (MICRO 2024), section IV.
    """

    kind: ClassVar[str] = "spike_compressor"
    busy: ClassVar[str | None] = "cycle"
    source: ClassVar[str] = "structure of LoAS, MICRO 2024, on the synthesised primitives"
    accuracy: ClassVar[int] = 70

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    adders: int = attribute(16, high=4096, about="adders side by side")
    timesteps: int = attribute(4, high=64, about="bits of a packed word")

    def parts(self) -> tuple[Part, ...]:
        """The prefix-sum and the register of a packed word."""
        laggy = LaggyPrefixSum(
            chunk_bits=self.chunk_bits, adders=self.adders, technology=self.technology
        )
        return (
            Part("laggy_prefix_sum", laggy),
            Part("word", Register(width=self.timesteps, technology=self.technology)),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """A chunk with all timesteps of its neurons, and one of the cycles it takes."""
        cycles = ceil(self.chunk_bits / self.adders)
        return {
            "compress": (
                Act("laggy_prefix_sum", "count", cycles),
                Act("word", "access", cycles),
            ),
            "cycle": (Act("laggy_prefix_sum", "count"), Act("word", "access")),
        }
