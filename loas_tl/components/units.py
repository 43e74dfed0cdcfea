"""Numbers that know their unit: joules, watts, square metres, seconds."""

from __future__ import annotations

from typing import ClassVar, TypeVar

Q = TypeVar("Q", bound="Quantity")


class Quantity(float):
    """A float in an SI unit; sums and multiples keep the unit, sums of two units are refused.

    Class attributes:
        unit: symbol of the unit.
    """

    unit: ClassVar[str] = ""

    __slots__ = ()

    def __add__(self: Q, other: float) -> Q:
        """Sum of two values of one unit (a plain number counts as being of this unit).

        Raises:
            TypeError: where the other value is of another unit.
        """
        if isinstance(other, Quantity) and other.unit != self.unit:
            raise TypeError(f"cannot add {other.unit} to {self.unit}")
        return type(self)(float(self) + float(other))

    __radd__ = __add__

    def __mul__(self: Q, factor: float) -> Q:
        """This many times the value.

        Raises:
            TypeError: where the factor has a unit of its own.
        """
        if isinstance(factor, Quantity):
            raise TypeError(f"cannot multiply {self.unit} by {factor.unit}")
        return type(self)(float(self) * float(factor))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"{float(self)!r} {self.unit}"


class Joules(Quantity):
    """Energy in joules."""

    unit = "J"


class Watts(Quantity):
    """Power in watts."""

    unit = "W"

    def during(self, seconds: float) -> Joules:
        """Energy of this power over a time.

        Args:
            seconds: the time.

        Returns:
            The energy in joules.
        """
        return Joules(float(self) * float(seconds))


class SquareMetres(Quantity):
    """Area in square metres."""

    unit = "m2"


class Seconds(Quantity):
    """Time in seconds."""

    unit = "s"


JOULES_PER_PICOJOULE = 1e-12
WATTS_PER_MILLIWATT = 1e-3
SQUARE_METRES_PER_SQUARE_MILLIMETRE = 1e-6
SQUARE_METRES_PER_SQUARE_MICROMETRE = 1e-12


def in_pJ(energy: Joules) -> float:  # noqa: N802 - the unit as it is written
    """Energy in picojoules."""
    return float(energy) / JOULES_PER_PICOJOULE


def in_mW(power: Watts) -> float:  # noqa: N802
    """Power in milliwatts."""
    return float(power) / WATTS_PER_MILLIWATT


def in_mm2(area: SquareMetres) -> float:
    """Area in square millimetres."""
    return float(area) / SQUARE_METRES_PER_SQUARE_MILLIMETRE


def in_um2(area: SquareMetres) -> float:
    """Area in square micrometres."""
    return float(area) / SQUARE_METRES_PER_SQUARE_MICROMETRE
