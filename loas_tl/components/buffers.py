"""Buffers inside a PE: registers, scratchpads, packed spikes, partial sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.circuits import LaggyPrefixSum
from loas_tl.components.component import Act, Component, Part, attribute
from loas_tl.components.primitives import Accumulator, Register, Scratchpad

VALUE_ACTIONS = ("read", "write", "update")
METADATA_ACTIONS = ("metadata_read", "metadata_write", "metadata_update")
IDLE: tuple[Act, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _PeBuffer(Component):
    """Attributes of a buffer of values with metadata beside them."""

    busy: ClassVar[str | None] = "read"

    width: int = attribute(high=65536, about="bits of a value access")
    depth: int = attribute(high=2**20, about="entries of values")
    metadata_storage_width: int = attribute(0, low=0, high=4096, about="bits of a metadata access")
    metadata_storage_depth: int = attribute(0, low=0, high=2**20, about="entries of metadata")

    def _metadata(self) -> tuple[Part, ...]:
        """Registers of the metadata, where there are any."""
        if not self.metadata_storage_width * self.metadata_storage_depth:
            return ()
        register = Register(width=self.metadata_storage_width, technology=self.technology)
        return (Part("metadata", register, self.metadata_storage_depth),)

    def _accesses(self, values: str) -> dict[str, tuple[Act, ...]]:
        """Reads, writes and updates of the values, and of the metadata where there are any."""
        metadata = (Act("metadata", "access"),) if self._metadata() else IDLE
        return {
            **dict.fromkeys(VALUE_ACTIONS, (Act(values, "access"),)),
            **dict.fromkeys(METADATA_ACTIONS, metadata),
        }


@dataclass(frozen=True, kw_only=True)
class PeRegisterFile(_PeBuffer):
    """Registers of a PE; an access moves one of them."""

    kind: ClassVar[str] = "pe_register_file"

    width: int = attribute(high=4096, about="bits of a register")

    def parts(self) -> tuple[Part, ...]:
        """As many registers as entries."""
        register = Register(width=self.width, technology=self.technology)
        return (Part("register", register, self.depth), *self._metadata())

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One register."""
        return self._accesses("register")


@dataclass(frozen=True, kw_only=True)
class PeScratchpad(_PeBuffer):
    """A scratchpad of a PE; an access goes with its capacity, as synthesised."""

    kind: ClassVar[str] = "pe_scratchpad"

    def parts(self) -> tuple[Part, ...]:
        """One scratchpad of ``width * depth`` bits."""
        scratchpad = Scratchpad(bits=self.width * self.depth, technology=self.technology)
        return (Part("scratchpad", scratchpad), *self._metadata())

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One access."""
        return self._accesses("scratchpad")


@dataclass(frozen=True, kw_only=True)
class PackedSpikeBuffer(_PeBuffer):
    """A buffer of one compressed operand: bitmask, pointer and values, each priced apart.

    Values lie in a scratchpad, bitmasks and pointers in registers. To compress is to write a
    bitmask, a pointer and a value, to decompress is to read them; with ``prefix_sum`` the buffer
    has a laggy prefix-sum of its own that finds the offset, a cycle of which belongs to each.
    """

    kind: ClassVar[str] = "packed_spike_buffer"

    pointer_width: int = attribute(0, low=0, high=64, about="bits of a pointer; 0 is none")
    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    prefix_sum: int = attribute(0, low=0, high=1, about="1 with a laggy prefix-sum of its own")

    def parts(self) -> tuple[Part, ...]:
        """The scratchpad of the values and the registers beside it."""
        scratchpad = Scratchpad(bits=self.width * self.depth, technology=self.technology)
        parts = [Part("values", scratchpad), *self._metadata()]
        if self.pointer_width:
            pointer = Register(width=self.pointer_width, technology=self.technology)
            parts.append(Part("pointer", pointer, max(self.metadata_storage_depth, 1)))
        if self.prefix_sum:
            laggy = LaggyPrefixSum(chunk_bits=self.chunk_bits, technology=self.technology)
            parts.append(Part("prefix_sum", laggy))
        return tuple(parts)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """Accesses of each kind; (de)compression under plain names and under Timeloop's."""
        accesses = self._accesses("values")
        pointer = (Act("pointer", "access"),) if self.pointer_width else IDLE
        offset = (Act("prefix_sum", "count"),) if self.prefix_sum else IDLE
        whole = (*accesses["read"], *accesses["metadata_read"], *pointer, *offset)
        accesses |= {"pointer_read": pointer, "pointer_write": pointer}
        names = ("compress", "decompress", "compression_count", "decompression_count")
        return accesses | dict.fromkeys(names, whole)


@dataclass(frozen=True, kw_only=True)
class AccumulatorBank(Component):
    """Partial sums that stay in a PE's accumulators, seen as a storage by Timeloop.

    A write or an update is an addition; a read is a wire to the adder beside the register, free.
    """

    kind: ClassVar[str] = "accumulator_bank"
    busy: ClassVar[str | None] = "update"

    width: int = attribute(12, high=64, about="bits of a sum")
    depth: int = attribute(1, high=2**20, about="sums")

    def parts(self) -> tuple[Part, ...]:
        """As many accumulators as sums."""
        accumulator = Accumulator(width=self.width, technology=self.technology)
        return (Part("accumulator", accumulator, self.depth),)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """One sum."""
        addition = (Act("accumulator", "access"),)
        return {
            "read": IDLE,
            "write": addition,
            "update": addition,
            **dict.fromkeys(METADATA_ACTIONS, IDLE),
        }
