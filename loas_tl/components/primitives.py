"""The synthesised primitives: two points each, 32 nm, 2.5 ns cycle.

The multiplier goes with the square of its width, the others with their width; a FIFO goes with
its depth as well. Source: the synthesis behind the LoAS evaluation (MICRO 2024, section V).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import CYCLE, Component, Own, attribute
from loas_tl.components.technology import area_factor, energy_factor
from loas_tl.components.units import (
    SQUARE_METRES_PER_SQUARE_MILLIMETRE,
    WATTS_PER_MILLIWATT,
    Joules,
    SquareMetres,
    Watts,
)


@dataclass(frozen=True)
class Point:
    """One synthesis result: bits, area in mm², dynamic power at an action a cycle and leakage."""

    bits: int
    area_mm2: float
    dynamic_mW: float  # noqa: N815 - the unit as it is written
    leakage_mW: float  # noqa: N815


MULTIPLIER = (
    Point(16, 0.0024563018, 0.239484, 0.057968),
    Point(32, 0.0049126, 0.239484, 0.057968),
)
ACCUMULATOR = (
    Point(16, 0.00048761, 0.03889335, 0.00973555),
    Point(32, 0.000975218492, 0.0777867, 0.0194711),
)
ADDER = (
    Point(16, 0.00030571, 0.00966525, 0.00495076),
    Point(32, 0.00061142997, 0.0193305, 0.00990153),
)
REGISTER = (
    Point(16, 0.000176418486, 0.0300831, 0.0045801),
    Point(32, 0.00035284, 0.0601662, 0.0091602),
)
FIFO = (
    Point(16, 0.00329954, 0.46247605, 0.06577855),
    Point(32, 0.006599070138, 0.9249521, 0.1315571),
)
COMPARATOR = (
    Point(16, 0.00012285, 0.00308686, 0.00192189),
    Point(32, 0.00024570937, 0.00617372, 0.003843776),
)
SCRATCHPAD = (
    Point(16384, 0.00882304, 0.860834, 0.3516209),
    Point(32768, 0.01764608036, 1.721668, 0.70324181),
)
FIFO_DEPTH = 16
"""Entries of the synthesised FIFO."""


def synthesised(
    points: tuple[Point, Point],
    bits: float,
    technology: float,
    *,
    exponent: int = 1,
    times: float = 1,
) -> Own:
    """Area, leakage and energy of an ``access`` on the line through two points.

    Args:
        points: the two synthesis results.
        bits: width (capacity of a scratchpad).
        technology: node in nm.
        exponent: 2 where cost goes with the square of the width.
        times: this many of it (depth of a FIFO over the synthesised depth).
    """
    first, second = points
    share = (bits**exponent - first.bits**exponent) / (second.bits**exponent - first.bits**exponent)

    def line(low: float, high: float) -> float:
        return times * (low + share * (high - low))

    # Two points round differently, so that a line may cross zero a hair above zero bits.
    area = max(line(first.area_mm2, second.area_mm2), 0.0)
    leakage = max(line(first.leakage_mW, second.leakage_mW), 0.0)
    dynamic = max(line(first.dynamic_mW, second.dynamic_mW), 0.0)
    to_node = energy_factor(technology)
    return Own(
        area=SquareMetres(area * SQUARE_METRES_PER_SQUARE_MILLIMETRE * area_factor(technology)),
        leakage=Watts(leakage * WATTS_PER_MILLIWATT * to_node),
        energy={"access": Joules(dynamic * WATTS_PER_MILLIWATT * float(CYCLE) * to_node)},
    )


@dataclass(frozen=True, kw_only=True)
class _OfWidth(Component):
    busy: ClassVar[str | None] = "access"
    points: ClassVar[tuple[Point, Point]]
    exponent: ClassVar[int] = 1

    width: int = attribute(high=2**20, about="bits")

    def own(self) -> Own:
        """The line through the two synthesised points at this width."""
        return synthesised(self.points, self.width, self.technology, exponent=self.exponent)


@dataclass(frozen=True, kw_only=True)
class Multiplier(_OfWidth):
    """An integer multiplier."""

    kind: ClassVar[str] = "synthesized_multiplier"
    points: ClassVar[tuple[Point, Point]] = MULTIPLIER
    exponent: ClassVar[int] = 2


@dataclass(frozen=True, kw_only=True)
class Accumulator(_OfWidth):
    """An adder with its register."""

    kind: ClassVar[str] = "synthesized_accumulator"
    points: ClassVar[tuple[Point, Point]] = ACCUMULATOR


@dataclass(frozen=True, kw_only=True)
class Adder(_OfWidth):
    """An integer adder (or subtractor)."""

    kind: ClassVar[str] = "synthesized_adder"
    points: ClassVar[tuple[Point, Point]] = ADDER


@dataclass(frozen=True, kw_only=True)
class Register(_OfWidth):
    """A register; an access moves all of it."""

    kind: ClassVar[str] = "synthesized_register"
    points: ClassVar[tuple[Point, Point]] = REGISTER


@dataclass(frozen=True, kw_only=True)
class Comparator(_OfWidth):
    """An integer comparator."""

    kind: ClassVar[str] = "synthesized_comparator"
    points: ClassVar[tuple[Point, Point]] = COMPARATOR


@dataclass(frozen=True, kw_only=True)
class Fifo(Component):
    """A FIFO; an access is one entry in and one out."""

    kind: ClassVar[str] = "synthesized_fifo"
    busy: ClassVar[str | None] = "access"

    width: int = attribute(high=4096, about="bits of an entry")
    depth: int = attribute(FIFO_DEPTH, high=65536, about="entries")

    def own(self) -> Own:
        """Linear in width and depth."""
        return synthesised(FIFO, self.width, self.technology, times=self.depth / FIFO_DEPTH)


@dataclass(frozen=True, kw_only=True)
class Scratchpad(Component):
    """A small memory; an access goes with its capacity, as the two synthesised points have it."""

    kind: ClassVar[str] = "synthesized_scratchpad"
    busy: ClassVar[str | None] = "access"

    bits: int = attribute(high=2**24, about="capacity in bits")

    def own(self) -> Own:
        """Linear in capacity."""
        return synthesised(SCRATCHPAD, self.bits, self.technology)

    def outside(self) -> tuple[str, ...]:
        """Beyond twice the larger synthesised point a scratchpad is an extrapolation."""
        if self.bits <= 2 * SCRATCHPAD[1].bits:
            return ()
        return (f"{self.kind}: {self.bits} bits; synthesised up to {SCRATCHPAD[1].bits}",)
