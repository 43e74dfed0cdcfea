"""LoAS's temporal-parallel processing element (TPPE), as published: parts with counts.

``compute`` is an action of every part; ``buffers=0`` leaves out the PE's own storages, for specs
that have them as levels. Source: LoAS (MICRO 2024), sections IV and V.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar

from loas_tl.components.circuits import (
    CorrectionAccumulator,
    FastPrefixSum,
    LaggyPrefixSum,
    PopulationCount,
    PseudoAccumulator,
)
from loas_tl.components.component import Act, Component, Part, attribute
from loas_tl.components.primitives import Fifo, Register, Scratchpad

LOOKUP = "1 with a population count in place of the laggy prefix-sum"
BUFFERS = "1 with the PE's own buffers, 0 where they are storages of their own"


INPUT_WORDS = "packed words of the input data buffer; 0 leaves it out, as the published sums do"

NOT_DONE: dict[str, tuple[Act, ...]] = {"compute_skipped": (), "compute_gated": ()}
"""What Timeloop would charge as a compute, had the table no price for it."""


@dataclass(frozen=True, kw_only=True)
class Pe(Component):
    """A processing element, of which power counts a ``compute`` in every cycle."""

    busy: ClassVar[str | None] = "compute"

    def whole(self) -> tuple[Act, ...]:
        """Every part once (all instances of it), which is the published PE action."""
        return tuple(Act(part.name, part.component.busy or "", part.count) for part in self.parts())

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One action of every part, under two names."""
        return {"compute": self.whole(), "match": self.whole(), **NOT_DONE}


@dataclass(frozen=True, kw_only=True)
class _InnerJoin(Pe):
    """LoAS's inner join: what a TPPE is without its buffers.

    ``match`` is a matched position: its weight is found, added for all timesteps and queued.
    ``check`` is a cycle of the laggy prefix-sum, which finds its spikes. ``correct`` takes the
    weight back in one timestep. ``compute`` is a match, a check and T corrections.
    """

    timesteps: int = attribute(4, high=64, about="timesteps, of a correction accumulator each")
    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    weight_bits: int = attribute(8, high=64, about="bits of a weight")
    fifo_depth: int = attribute(8, high=65536, about="entries of each FIFO")
    laggy_adders: int = attribute(16, high=4096, about="adders of the laggy prefix-sum")
    accumulator_bits: int = attribute(12, high=64, about="bits of the pseudo-accumulator")
    correction_bits: int = attribute(10, high=64, about="bits of a correction accumulator")
    offset_buffers: int = attribute(1, high=1024, about="chunks whose offsets are held")
    lookup: int = attribute(0, low=0, high=1, about=LOOKUP)

    def parts(self) -> tuple[Part, ...]:
        """Prefix-sums, accumulators and FIFOs."""
        nm = self.technology
        laggy: Component = LaggyPrefixSum(
            chunk_bits=self.chunk_bits,
            adders=self.laggy_adders,
            buffers=self.offset_buffers,
            technology=nm,
        )
        if self.lookup:
            laggy = PopulationCount(chunk_bits=self.chunk_bits, technology=nm)
        position = Fifo(width=ceil(log2(self.chunk_bits)), depth=self.fifo_depth, technology=nm)
        weight = Fifo(width=self.weight_bits, depth=self.fifo_depth, technology=nm)
        pseudo = PseudoAccumulator(width=self.accumulator_bits, technology=nm)
        correction = CorrectionAccumulator(width=self.correction_bits, technology=nm)
        fast = FastPrefixSum(chunk_bits=self.chunk_bits, technology=nm)
        return (
            Part("fast_prefix_sum", fast),
            Part("laggy_prefix_sum", laggy),
            Part("pseudo_accumulator", pseudo),
            Part("correction_accumulator", correction, self.timesteps),
            Part("fifo_position", position),
            Part("fifo_weight", weight),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """The actions of a match and of its correction."""
        later = ("laggy_prefix_sum", "correction_accumulator")
        return {
            "compute": self.whole(),
            "match": tuple(act for act in self.whole() if act.part not in later),
            "check": (Act("laggy_prefix_sum", "count"),),
            "correct": (Act("correction_accumulator", "correct"),),
            **NOT_DONE,
        }


@dataclass(frozen=True, kw_only=True)
class InnerJoinUnit(_InnerJoin):
    """LoAS's inner join by itself."""

    kind: ClassVar[str] = "inner_join_unit"


@dataclass(frozen=True, kw_only=True)
class Tppe(_InnerJoin):
    """LoAS's temporal-parallel PE: the inner join, the weight buffer and two bitmask buffers."""

    kind: ClassVar[str] = "loas_tppe"

    weight_buffer: int = attribute(0, low=0, high=65536, about="weights held; 0 is a chunk's")
    buffers: int = attribute(1, low=0, high=1, about=BUFFERS)
    input_words: int = attribute(0, low=0, high=4096, about=INPUT_WORDS)

    def parts(self) -> tuple[Part, ...]:
        """The inner join and, with ``buffers``, what it reads from."""
        if not self.buffers:
            return super().parts()
        held = self.weight_buffer or self.chunk_bits
        weights = Scratchpad(bits=held * self.weight_bits, technology=self.technology)
        bitmask = Register(width=self.chunk_bits, technology=self.technology)
        parts = (
            *super().parts(),
            Part("weight_buffer", weights),
            Part("bitmask_buffer", bitmask, 2),
        )
        if not self.input_words:
            return parts
        inputs = Register(width=self.input_words * self.timesteps, technology=self.technology)
        return (*parts, Part("input_buffer", inputs))

    def whole(self) -> tuple[Act, ...]:
        """Every part once; of the input buffer one word is written."""
        return tuple(
            Act(act.part, act.action, 1 / self.input_words) if act.part == "input_buffer" else act
            for act in super().whole()
        )
