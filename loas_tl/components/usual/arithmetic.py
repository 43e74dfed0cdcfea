"""Adders, multipliers, multiply-accumulates and bitwise operators, from Aladdin's table.

An adder goes with its width, a multiplier with the square of it; a multiply-accumulate is an
adder and a multiplier. Of floats the width is that of exponent and mantissa; up to 32 bits it is
measured against single precision, beyond against double.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.component import Own, attribute
from loas_tl.components.units import Joules
from loas_tl.components.usual.aladdin import Clocked, Figures
from loas_tl.ground.errors import InputError

TABLE_BITS = 32
DOUBLE_BITS = 64
REUSED = 0.85
"""Energy of a multiplication with an operand of the one before, over that of any other."""


def scaled(figures: Figures, times: float) -> Own:
    """Area, leakage and energy of an action, of a circuit this many times the table's."""
    return Own(figures.area * times, figures.idle * times, {"access": figures.action * times})


@dataclass(frozen=True, kw_only=True)
class _Integer(Clocked):
    width: int = attribute(low=0, high=2**20, about="bits", also=("datawidth", "multiplier_width"))


@dataclass(frozen=True, kw_only=True)
class IntAdder(_Integer):
    """An integer adder."""

    kind: ClassVar[str] = "intadder"

    def own(self) -> Own:
        """Linear in the width."""
        return scaled(self.figures("adder"), self.width / TABLE_BITS)


@dataclass(frozen=True, kw_only=True)
class IntMultiplier(_Integer):
    """An integer multiplier."""

    kind: ClassVar[str] = "intmultiplier"

    def own(self) -> Own:
        """Quadratic in the width; gated it is idle."""
        times = (self.width / TABLE_BITS) ** 2
        return _multiplier(scaled(self.figures("multiplier"), times), self.global_cycle_seconds)


@dataclass(frozen=True, kw_only=True)
class IntMac(_Integer):
    """An integer multiplier with an adder of the same width."""

    kind: ClassVar[str] = "intmac"

    def own(self) -> Own:
        """Multiplier and adder; gating stops the multiplier alone."""
        times = (self.width / TABLE_BITS) ** 2
        product = _multiplier(scaled(self.figures("multiplier"), times), self.global_cycle_seconds)
        return _mac(product, scaled(self.figures("adder"), self.width / TABLE_BITS))


@dataclass(frozen=True, kw_only=True)
class _Float(Clocked):
    exponent: int = attribute(0, low=0, high=64, about="bits of the exponent")
    mantissa: int = attribute(0, low=0, high=1024, about="bits of the mantissa")
    width: int = attribute(0, low=0, high=1088, about="bits of both", also=("datawidth",))

    @property
    def bits(self) -> int:
        """Exponent and mantissa; where neither is given, the width."""
        bits = self.exponent + self.mantissa or self.width
        if not bits:
            raise InputError("is missing; expected bits, and mantissa", key=f"{self.kind}.exponent")
        return bits

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.bits  # complain now

    def precise(self, circuit: str, power: int) -> Own:
        """An adder (power 1) or a multiplier (2) of single or double precision."""
        single = self.bits <= TABLE_BITS
        table = TABLE_BITS if single else DOUBLE_BITS
        figures = self.figures(f"{'single' if single else 'double'}_{circuit}")
        return scaled(figures, (self.bits / table) ** power)


@dataclass(frozen=True, kw_only=True)
class FpAdder(_Float):
    """A floating-point adder."""

    kind: ClassVar[str] = "fpadder"

    def own(self) -> Own:
        """Linear in exponent and mantissa."""
        return self.precise("adder", 1)


@dataclass(frozen=True, kw_only=True)
class FpMultiplier(_Float):
    """A floating-point multiplier."""

    kind: ClassVar[str] = "fpmultiplier"

    def own(self) -> Own:
        """Quadratic in exponent and mantissa; gated it is idle."""
        return _multiplier(self.precise("multiplier", 2), self.global_cycle_seconds)


@dataclass(frozen=True, kw_only=True)
class FpMac(_Float):
    """A floating-point multiplier with an adder."""

    kind: ClassVar[str] = "fpmac"

    def own(self) -> Own:
        """Multiplier and adder; gating stops the multiplier alone."""
        product = _multiplier(self.precise("multiplier", 2), self.global_cycle_seconds)
        return _mac(product, self.precise("adder", 1))


@dataclass(frozen=True, kw_only=True)
class Bitwise(_Integer):
    """A bitwise operator."""

    kind: ClassVar[str] = "bitwise"

    def own(self) -> Own:
        """Linear in the width; the table's is one bit wide."""
        return scaled(self.figures("bitwise"), self.width)


def _multiplier(whole: Own, cycle: float) -> Own:
    access = whole.energy["access"]
    return Own(
        whole.area,
        whole.leakage,
        {
            "access": access,
            "mult_gated": whole.leakage.during(cycle),
            "mult_reused": access * REUSED,
        },
    )


def _mac(multiplier: Own, adder: Own) -> Own:
    def with_adder(action: str) -> Joules:
        return multiplier.energy[action] + adder.energy["access"]

    return Own(
        multiplier.area + adder.area,
        multiplier.leakage + adder.leakage,
        {
            "access": with_adder("access"),
            "mac_gated": with_adder("mult_gated"),
            "mac_reused": with_adder("mult_reused"),
        },
    )
