from __future__ import annotations

import pytest

from loas_tl.components.units import (
    Joules,
    Quantity,
    Seconds,
    SquareMetres,
    Watts,
    in_mm2,
    in_mW,
    in_pJ,
    in_um2,
)


@pytest.mark.parametrize(
    ("kind", "unit"), [(Joules, "J"), (Watts, "W"), (SquareMetres, "m2"), (Seconds, "s")]
)
def test_a_quantity_knows_its_unit_and_keeps_it(kind: type[Quantity], unit: str) -> None:
    one = kind(2.0)
    assert one.unit == unit
    for kept in (one + kind(1.0), 3 * one, one * 3, sum([one, one])):
        assert type(kept) is kind
    assert one + kind(1.0) == 3.0
    assert repr(one) == f"2.0 {unit}"


def test_two_units_do_not_add_up() -> None:
    with pytest.raises(TypeError, match="cannot add W to J"):
        Joules(1.0) + Watts(1.0)


def test_two_units_do_not_multiply() -> None:
    with pytest.raises(TypeError, match="cannot multiply W by s"):
        Watts(1.0) * Seconds(1.0)


def test_power_during_a_time_is_energy() -> None:
    energy = Watts(0.1).during(Seconds(2e-9))
    assert type(energy) is Joules
    assert energy == pytest.approx(2e-10)


def test_outside_units() -> None:
    assert in_pJ(Joules(3e-12)) == pytest.approx(3)
    assert in_mW(Watts(3e-3)) == pytest.approx(3)
    assert in_mm2(SquareMetres(3e-6)) == pytest.approx(3)
    assert in_um2(SquareMetres(3e-12)) == pytest.approx(3)
