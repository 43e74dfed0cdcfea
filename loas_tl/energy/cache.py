"""The FiberCache: banks of SRAM that hold fibers, bitmask and pointer in the lines of the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.energy import sram
from loas_tl.energy.component import Act, Component, Own, Part, attribute, nothing
from loas_tl.energy.units import Joules


@dataclass(frozen=True, kw_only=True)
class _Lines(Component):
    """Attributes of lines that values and metadata share."""

    busy: ClassVar[str | None] = None
    source: ClassVar[str] = "CACTI 7, itrs-lop, 360 K"

    width: int = attribute(low=8, high=8192, about="bits of a line, and of an access")
    depth: int = attribute(high=2**32, about="lines over all banks")
    n_banks: int = attribute(16, high=1024, about="banks")
    metadata_storage_width: int = attribute(
        0, low=0, high=65536, about="bits of a metadata access"
    )
    metadata_storage_depth: int = attribute(0, low=0, high=2**32, about="entries of metadata")

    @property
    def size_bytes(self) -> float:
        """Capacity of all banks, values and metadata, in bytes."""
        metadata = self.metadata_storage_width * self.metadata_storage_depth
        return (self.width * self.depth + metadata) / 8

    def _sram(self) -> sram.Estimate:
        return sram.estimate(
            technology_nm=self.technology,
            size_bytes=self.size_bytes,
            banks=self.n_banks,
            block_bytes=self.width / 8,
        )


@dataclass(frozen=True, kw_only=True)
class FiberCacheBank(_Lines):
    """One bank of the cache its attributes describe.

    An access is one line. Metadata lie in the same lines, so an access of theirs costs its share
    of a line, by bits; a fiber's lines are read one after the other, none twice.
    """

    kind: ClassVar[str] = "fiber_cache_bank"

    def own(self) -> Own:
        """A bank's share of the area, its leakage, and an access."""
        array = self._sram()
        share = self.metadata_storage_width / self.width
        energy: dict[str, Joules] = {
            "read": array.read,
            "write": array.write,
            "update": array.write,
            "metadata_read": array.read * share,
            "metadata_write": array.write * share,
            "metadata_update": array.write * share,
        }
        # Spikes are packed before they arrive and unpacked in the PEs.
        energy |= nothing("compress", "decompress", "compression_count", "decompression_count")
        return Own(array.area * (1 / self.n_banks), array.leakage_per_bank, energy)

    def outside(self) -> tuple[str, ...]:
        """Where CACTI's table ends."""
        return tuple(f"{self.kind}: {line}" for line in self._sram().outside)


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
        )
        return (Part("bank", bank, self.n_banks),)

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """An access goes to one bank."""
        return {name: (Act("bank", name),) for name in self.parts()[0].component.actions()}
