"""Registers, register files, FIFOs, counters and comparators, from Aladdin's table."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar

from loas_tl.components.component import Own, attribute, nothing
from loas_tl.components.usual.aladdin import Clocked
from loas_tl.components.usual.arithmetic import TABLE_BITS, scaled


@dataclass(frozen=True, kw_only=True)
class _OfWidth(Clocked):
    width: int = attribute(low=0, high=2**20, about="bits", also=("datawidth",))


@dataclass(frozen=True, kw_only=True)
class Reg(_OfWidth):
    """A register; an action moves all of it."""

    kind: ClassVar[str] = "reg"

    def own(self) -> Own:
        """Linear in the width; the table's is one bit wide."""
        return scaled(self.figures("register"), self.width)


@dataclass(frozen=True, kw_only=True)
class Counter(_OfWidth):
    """A counter."""

    kind: ClassVar[str] = "counter"

    def own(self) -> Own:
        """Linear in the width."""
        return scaled(self.figures("counter"), self.width / TABLE_BITS)


@dataclass(frozen=True, kw_only=True)
class Comparator(_OfWidth):
    """A comparator."""

    kind: ClassVar[str] = "comparator"

    def own(self) -> Own:
        """Linear in the width."""
        return scaled(self.figures("comparator"), self.width / TABLE_BITS)


@dataclass(frozen=True, kw_only=True)
class RegisterFile(_OfWidth):
    """A register file, as Accelergy's Aladdin plug-in prices one.

    That is one bit of register, whatever the width, and a comparator of the address for each of
    the entries.
    """

    kind: ClassVar[str] = "regfile"

    depth: int = attribute(low=0, high=2**32, about="entries")

    def own(self) -> Own:
        """A register and ``depth`` comparators of ``log2(depth)`` bits."""
        if not self.depth:
            return Own(energy=nothing("access"))
        address = self.depth * ceil(log2(self.depth)) / TABLE_BITS
        bit, compare = self.figures("register"), self.figures("comparator")
        return Own(
            bit.area + compare.area * address,
            bit.idle + compare.idle * address,
            {"access": bit.action + compare.action * address},
        )

    def remarks(self) -> tuple[str, ...]:
        """That the width does not count."""
        if self.width == 1:
            return ()
        return (
            "regfile costs one bit of register an action, whatever its width, as in Accelergy's "
            "Aladdin plug-in",
        )


@dataclass(frozen=True, kw_only=True)
class Fifo(_OfWidth):
    """A FIFO: a register of its width and a comparator of its address."""

    kind: ClassVar[str] = "FIFO"

    depth: int = attribute(low=0, high=2**32, about="entries")

    def own(self) -> Own:
        """A register, and a comparator of ``log2(depth)`` bits."""
        if not self.depth:
            return Own(energy=nothing("access"))
        word = scaled(self.figures("register"), self.width)
        address = scaled(self.figures("comparator"), log2(self.depth) / TABLE_BITS)
        return Own(
            word.area + address.area,
            word.leakage + address.leakage,
            {"access": word.energy["access"] + address.energy["access"]},
        )
