"""The buffers of Timeloop's exercises, for specs that name them without their declaration.

A storage with two address generators; those with metadata have a second such storage and two
counters. A specification that declares a class of the name is priced by its own parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar

from loas_tl.components.component import GLOBAL_CYCLE_SECONDS, Act, Component, Part, attribute
from loas_tl.components.technology import LARGEST_NM, SMALLEST_NM
from loas_tl.components.units import Watts
from loas_tl.components.usual.arithmetic import IntAdder
from loas_tl.components.usual.library import LibraryComparator, LibraryRegister
from loas_tl.components.usual.memories import DEPTH_POWER, LEAST_BITS, LEAST_ENTRIES, Sram
from loas_tl.ground.sums import in_order

_METADATA = ("metadata_read", "metadata_write", "metadata_update")


@dataclass(frozen=True, kw_only=True)
class _Buffer(Component):
    source: ClassVar[str] = "the parts that Timeloop's exercises give it"
    accuracy: ClassVar[int] = 70

    technology: float = attribute(low=SMALLEST_NM, high=LARGEST_NM, about="node in nm")
    width: int = attribute(low=0, high=2**20, about="bits of an access")
    depth: int = attribute(low=0, high=2**40, about="entries")
    global_cycle_seconds: float = attribute(GLOBAL_CYCLE_SECONDS, low=1e-12, about="s of a cycle")

    def adder(self, width: int) -> IntAdder:
        """An adder at this node and cycle."""
        return IntAdder(
            width=width,
            technology=self.technology,
            global_cycle_seconds=self.global_cycle_seconds,
        )

    def generators(self) -> Part:
        """One for reading, one for writing."""
        return Part("address_generators", self.adder(max(1, ceil(log2(self.depth or 1)))), 2)


@dataclass(frozen=True, kw_only=True)
class SmartbufferSram(_Buffer):
    """An SRAM with address generators."""

    kind: ClassVar[str] = "smartbuffer_SRAM"

    n_rw_ports: int = attribute(1, high=64, about="ports")

    def parts(self) -> tuple[Part, ...]:
        """The SRAM, of one bank, and the generators."""
        storage = Sram(
            technology=self.technology,
            width=self.width,
            depth=self.depth,
            n_rw_ports=self.n_rw_ports,
        )
        return Part("storage", storage), self.generators()

    def actions(self) -> dict[str, tuple[Act, ...]]:
        """An access, and an address for it."""
        address = Act("address_generators", "add")
        return {name: (Act("storage", name), address) for name in ("read", "write", "update")}


@dataclass(frozen=True, kw_only=True)
class SmartbufferRf(_Buffer):
    """A file of registers with address generators, scaled down from at least 64 of 32 bits."""

    kind: ClassVar[str] = "smartbuffer_RF"

    def _whole(self) -> tuple[int, int, float, float]:
        """Width and depth of what is scaled down, and the shares of both that are wanted."""
        width, depth = max(LEAST_BITS, self.width), max(LEAST_ENTRIES, self.depth)
        return width, depth, self.width / width, self.depth / depth

    def parts(self) -> tuple[Part, ...]:
        """Registers, a comparator of 32 bits for each entry, and the generators."""
        width, depth, narrow, shallow = self._whole()
        register = LibraryRegister(technology=self.technology)
        comparator = LibraryComparator(technology=self.technology)
        return (
            Part("registers", register, width * depth * narrow * shallow),
            Part("comparators", comparator, depth * narrow * shallow),
            self.generators(),
        )

    def actions(self) -> dict[str, tuple[Act, ...]]:
        """A word, all comparators, and an address; writing to a register costs nothing."""
        width, depth, narrow, shallow = self._whole()
        scale = narrow * shallow**DEPTH_POWER

        def access(action: str) -> tuple[Act, ...]:
            return (
                Act("registers", action, width * scale),
                Act("comparators", "compare", depth * scale),
                Act("address_generators", "add"),
            )

        return {"read": access("read"), "write": access("write"), "update": access("write")}


@dataclass(frozen=True, kw_only=True)
class _WithMetadata(_Buffer):
    metadata_storage_width: int = attribute(
        low=0, high=2**20, about="bits of an access to metadata"
    )
    metadata_storage_depth: int = attribute(low=0, high=2**40, about="entries of metadata")
    metadata_counter_width: int = attribute(0, low=0, high=2**20, about="bits of a counter")
    buffer: ClassVar[type[_Buffer]]

    def parts(self) -> tuple[Part, ...]:
        """Two storages and, where they have a width, two counters."""

        def storage(width: int, depth: int) -> Component:
            return self.buffer(
                technology=self.technology,
                width=width,
                depth=depth,
                global_cycle_seconds=self.global_cycle_seconds,
            )

        metadata = storage(self.metadata_storage_width, self.metadata_storage_depth)
        whole = (
            Part("storage", storage(self.width, self.depth)),
            Part("metadata_storage", metadata),
        )
        if not self.metadata_counter_width:
            return whole
        return (*whole, Part("metadata_counters", self.adder(self.metadata_counter_width), 2))

    @property
    def leakage(self) -> Watts:
        """That of the storages alone, as the exercises have it."""
        storages = (part.component.leakage for part in self.parts()[:2])
        return Watts(in_order(map(float, storages)))

    def actions(self) -> dict[str, tuple[Act, ...]]:
        """Accesses to either storage; compression and decompression count."""
        counting = (Act("metadata_counters", "add"),) if self.metadata_counter_width else ()
        return {
            **{name: (Act("storage", name),) for name in ("read", "write", "update")},
            **{
                name: (Act("metadata_storage", name.removeprefix("metadata_")),)
                for name in _METADATA
            },
            "decompression_count": counting,
            "compression_count": counting,
        }


@dataclass(frozen=True, kw_only=True)
class SmartbufferMetadata(_WithMetadata):
    """Two SRAMs, of data and of metadata."""

    kind: ClassVar[str] = "smartbuffer_metadata"
    buffer: ClassVar[type[_Buffer]] = SmartbufferSram


@dataclass(frozen=True, kw_only=True)
class RegfileMetadata(_WithMetadata):
    """Two files of registers, of data and of metadata."""

    kind: ClassVar[str] = "regfile_metadata"
    buffer: ClassVar[type[_Buffer]] = SmartbufferRf
