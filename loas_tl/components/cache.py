"""The FiberCache: banks of SRAM that hold fibers, metadata and values in the same lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components import sram
from loas_tl.components.component import Act, Component, Own, Part, attribute, nothing
from loas_tl.components.units import Joules


@dataclass(frozen=True, kw_only=True)
class _Lines(Component):
    """Attributes of lines that values and metadata share."""

    busy: ClassVar[str | None] = None
    source: ClassVar[str] = "CACTI 7, itrs-lop, 360 K"

    width: int = attribute(high=8192, about="bits of an access")
    depth: int = attribute(high=2**32, about="accesses that fit, over all banks")
    n_banks: int = attribute(16, high=1024, about="banks")
    metadata_storage_width: int = attribute(0, low=0, high=65536, about="bits of a metadata access")
    metadata_storage_depth: int = attribute(0, low=0, high=2**32, about="entries of metadata")
    line_bits: int = attribute(0, low=0, high=8192, about="bits of a line; 0 is width")
    cache_bytes: int = attribute(
        0, low=0, high=2**40, about="bytes of the cache this is a partition of; 0 is its own"
    )

    @property
    def size_bytes(self) -> float:
        """Capacity of all banks, values and metadata, in bytes."""
        metadata = self.metadata_storage_width * self.metadata_storage_depth
        return (self.width * self.depth + metadata) / 8

    @property
    def line(self) -> int:
        """Bits of a line."""
        return self.line_bits or self.width

    @property
    def share(self) -> float:
        """Share of the whole cache that this is."""
        return self.size_bytes / self.cache_bytes if self.cache_bytes else 1.0

    def _asked(self) -> sram.Query:
        """The whole cache, as CACTI sees it."""
        return {
            "technology_nm": self.technology,
            "size_bytes": self.cache_bytes or self.size_bytes,
            "banks": self.n_banks,
            "block_bytes": self.line / 8,
        }

    def _sram(self) -> sram.Estimate:
        return sram.estimate(**self._asked())


@dataclass(frozen=True, kw_only=True)
class FiberCacheBank(_Lines):
    """One bank of the cache its attributes describe.

    Values and metadata lie in the same lines, and a fiber's lines are read one after the other,
    none twice: an access costs its share of a line's, by bits. A spec whose levels hold a tensor
    each describes a partition of the cache: its accesses are those of the whole cache
    (``cache_bytes``), its area and leakage the partition's share.

    Raises:
        InputError: naming class and attribute, where a value cannot be used.
    """

    kind: ClassVar[str] = "fiber_cache_bank"

    def own(self) -> Own:
        """A bank's share of the area, its leakage, and an access."""
        array = self._sram()
        values, metadata = self.width / self.line, self.metadata_storage_width / self.line
        energy: dict[str, Joules] = {
            "read": array.read * values,
            "write": array.write * values,
            "update": array.write * values,
            "metadata_read": array.read * metadata,
            "metadata_write": array.write * metadata,
            "metadata_update": array.write * metadata,
        }
        # Spikes are packed before they arrive and unpacked in the PEs.
        energy |= nothing("compress", "decompress", "compression_count", "decompression_count")
        area = array.area * (self.share / self.n_banks)
        return Own(area, array.leakage_per_bank * self.share, energy)

    def outside(self) -> tuple[str, ...]:
        """Where CACTI's table ends."""
        return tuple(f"{self.kind}: {line}" for line in self._sram().outside)

    def remarks(self) -> tuple[str, ...]:
        """Where CACTI's leakage jumps from one node to the next."""
        return tuple(f"{self.kind}: {line}" for line in sram.remarks(**self._asked()))


@dataclass(frozen=True, kw_only=True)
class FiberCache(_Lines):
    """The whole cache, all banks; power is leakage, as published."""

    kind: ClassVar[str] = "fiber_cache"

    def parts(self) -> tuple[Part, ...]:
        """The banks."""
        bank = FiberCacheBank(
            technology=self.technology,
            width=self.width,
            depth=self.depth,
            n_banks=self.n_banks,
            metadata_storage_width=self.metadata_storage_width,
            metadata_storage_depth=self.metadata_storage_depth,
            line_bits=self.line_bits,
            cache_bytes=self.cache_bytes,
        )
        return (Part("bank", bank, self.n_banks),)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """An access goes to one bank."""
        return {name: (Act("bank", name),) for name in self.parts()[0].component.actions()}
