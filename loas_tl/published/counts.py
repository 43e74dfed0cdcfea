"""What a model counts for one layer on one accelerator."""

from __future__ import annotations

from dataclasses import dataclass

from loas_tl.accelerators.declaration import Kind, Memory

BITS_PER_KIB = 8 * 1024


@dataclass(frozen=True)
class Counts:
    """Cycles, computes and traffic of a layer.

    Attributes:
        cycles: clock cycles.
        computes: PE actions; for LoAS one serves all T timesteps.
        bits: traffic in bits by memory and by what moved.
        hits, misses: of the buffers, by operand ``"x"`` and ``"w"``; hits are elements, misses
            are tiles. Empty for dense arrays.
    """

    cycles: int
    computes: int
    bits: dict[tuple[Memory, Kind], int]
    hits: dict[str, int]
    misses: dict[str, int]

    def kib(self, *memories: Memory) -> float:
        """Traffic of these memories in KiB."""
        return sum(b for (memory, _), b in self.bits.items() if memory in memories) / BITS_PER_KIB

    @property
    def dram_kib(self) -> float:
        """Off-chip traffic in KiB."""
        return self.kib("dram")

    @property
    def sram_kib(self) -> float:
        """On-chip traffic, reads and writes, in KiB."""
        return self.kib("sram_read", "sram_write")
