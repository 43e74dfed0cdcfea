"""What a model counts for one layer on one accelerator.

Source: the published evaluation of LoAS (MICRO 2024), section VI, for what is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from loas_tl.ground.errors import InputError
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.models.dataflow import KINDS, Kind, Memory

MEMORY_NAMES: dict[str, tuple[Memory, ...]] = {
    "dram": ("dram",),
    "sram": ("sram_read", "sram_write"),
}
"""What columns call the memories."""

Key = TypeVar("Key")


class UndefinedError(InputError):
    """A layer that published rules have no answer for; the message says why."""


@dataclass(frozen=True)
class Counts:
    """Cycles, computes and traffic of a layer, or of several added up.

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

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.cycles + other.cycles,
            self.computes + other.computes,
            _sum(self.bits, other.bits),
            _sum(self.hits, other.hits),
            _sum(self.misses, other.misses),
        )

    @classmethod
    def mean(cls, counts: Sequence[Counts]) -> Counts:
        """The mean of several.

        Args:
            counts: at least one.

        Returns:
            Their mean, each figure rounded to a whole number.
        """
        total = counts[0]
        for one in counts[1:]:
            total = total + one
        return Counts(
            round(total.cycles / len(counts)),
            round(total.computes / len(counts)),
            _shared(total.bits, len(counts)),
            _shared(total.hits, len(counts)),
            _shared(total.misses, len(counts)),
        )

    def moved(self, *memories: Memory, kind: Kind | None = None) -> int:
        """Traffic of some memories.

        Args:
            memories: ``"dram"``, ``"sram_read"`` and ``"sram_write"``.
            kind: of data; None is all.

        Returns:
            Bits, added up.
        """
        return sum(
            bits
            for (memory, what), bits in self.bits.items()
            if memory in memories and kind in (None, what)
        )

    def by_kind(self) -> dict[str, float | int]:
        """Traffic in KiB by memory and kind, and what the buffers hit and missed, by column.

        Hits are elements, misses tiles, as the published evaluation counts them.
        """
        traffic = {
            f"{name}_{kind}_KiB": self.moved(*memories, kind=kind) / BITS_PER_KIB
            for name, memories in MEMORY_NAMES.items()
            for kind in KINDS
        }
        buffers = {
            f"{operand}_{what}": counts.get(side, 0)
            for side, operand in (("x", "spike"), ("w", "weight"))
            for what, counts in (("hits", self.hits), ("misses", self.misses))
        }
        return traffic | buffers

    @property
    def dram_kib(self) -> float:
        """Off-chip traffic in KiB."""
        return self.moved("dram") / BITS_PER_KIB

    @property
    def sram_kib(self) -> float:
        """On-chip traffic, reads and writes, in KiB."""
        return self.moved("sram_read", "sram_write") / BITS_PER_KIB


def _sum(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    return dict(Counter(one) + Counter(other))


def _shared(total: dict[Key, int], among: int) -> dict[Key, int]:
    return {key: round(value / among) for key, value in total.items()}
