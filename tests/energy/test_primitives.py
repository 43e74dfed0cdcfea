"""The synthesised primitives: the two points come back, and the laws between them hold."""

from __future__ import annotations

import pytest

from loas_tl.components.component import Component
from loas_tl.components.primitives import (
    Accumulator,
    Adder,
    Comparator,
    Fifo,
    Multiplier,
    Register,
    Scratchpad,
)
from loas_tl.components.units import in_mm2, in_mW, in_pJ

# Area in mm2, dynamic and leakage power in mW, as synthesised.
POINTS: list[tuple[Component, float, float, float]] = [
    (Multiplier(width=16), 0.0024563018, 0.239484, 0.057968),
    (Multiplier(width=32), 0.0049126, 0.239484, 0.057968),
    (Accumulator(width=16), 0.00048761, 0.03889335, 0.00973555),
    (Accumulator(width=32), 0.000975218492, 0.0777867, 0.0194711),
    (Adder(width=16), 0.00030571, 0.00966525, 0.00495076),
    (Adder(width=32), 0.00061142997, 0.0193305, 0.00990153),
    (Register(width=16), 0.000176418486, 0.0300831, 0.0045801),
    (Register(width=32), 0.00035284, 0.0601662, 0.0091602),
    (Fifo(width=16), 0.00329954, 0.46247605, 0.06577855),
    (Fifo(width=32), 0.006599070138, 0.9249521, 0.1315571),
    (Comparator(width=16), 0.00012285, 0.00308686, 0.00192189),
    (Comparator(width=32), 0.00024570937, 0.00617372, 0.003843776),
    (Scratchpad(bits=16384), 0.00882304, 0.860834, 0.3516209),
    (Scratchpad(bits=32768), 0.01764608036, 1.721668, 0.70324181),
]


@pytest.mark.parametrize(("component", "area", "dynamic", "leakage"), POINTS)
def test_the_synthesised_points_come_back(
    component: Component, area: float, dynamic: float, leakage: float
) -> None:
    assert in_mm2(component.area) == pytest.approx(area)
    assert in_mW(component.leakage) == pytest.approx(leakage)
    assert in_pJ(component.energy("access")) == pytest.approx(dynamic * 2.5)
    assert in_mW(component.power) == pytest.approx(dynamic + leakage)


def test_the_multiplier_goes_with_the_square_of_its_width() -> None:
    at_16, at_24, at_32 = (in_mm2(Multiplier(width=width).area) for width in (16, 24, 32))
    share = (24**2 - 16**2) / (32**2 - 16**2)
    assert at_24 == pytest.approx(at_16 + share * (at_32 - at_16))


@pytest.mark.parametrize("kind", [Accumulator, Adder, Register, Comparator, Fifo])
def test_the_others_go_with_their_width(kind: type[Component]) -> None:
    narrow, wide = kind(width=16), kind(width=32)  # type: ignore[call-arg]
    middle = kind(width=24)  # type: ignore[call-arg]
    for what in ("area", "leakage", "power"):
        mean = (getattr(narrow, what) + getattr(wide, what)) / 2
        assert getattr(middle, what) == pytest.approx(mean)


def test_a_fifo_goes_with_its_depth() -> None:
    shallow, deep = Fifo(width=8, depth=8), Fifo(width=8, depth=64)
    assert deep.area == pytest.approx(8 * shallow.area)
    assert deep.energy("access") == pytest.approx(8 * shallow.energy("access"))


def test_a_large_scratchpad_says_that_it_is_extrapolated() -> None:
    assert Scratchpad(bits=65536).outside() == ()
    (line,) = Scratchpad(bits=2**20).outside()
    assert "1048576" in line
    assert "32768" in line
