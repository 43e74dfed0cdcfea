from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.components.technology import NODES, area_factor, energy_factor, supply

NODE = st.floats(7, 90)


def test_the_anchor_is_1() -> None:
    assert area_factor(32) == 1
    assert energy_factor(32) == 1


def test_figures_of_the_published_table() -> None:
    # Stillmaker and Baas, table of areas: 32 nm in units of 65 nm, 45 nm and so on.
    assert area_factor(65) == 3.3
    assert area_factor(7) == 0.13
    assert area_factor(65, 45) == pytest.approx(3.3 / 2.2)


PUBLISHED = [
    # nm, area over that at 32 nm, V, coefficients of the energy
    (90, 6.1, 1.2, (4.762, -4.781, 2.092)),
    (65, 3.3, 1.1, (3.755, -4.398, 1.975)),
    (45, 2.2, 1.0, (1.018, -0.3107, 0.1539)),
    (32, 1.0, 0.9, (0.8367, -0.4341, 0.1701)),
    (20, 0.46, 0.9, (0.373, -0.1582, 0.04104)),
    (16, 0.41, 0.85, (0.2958, -0.1241, 0.03024)),
    (14, 0.38, 0.8, (0.2363, -0.09675, 0.02239)),
    (10, 0.22, 0.75, (0.2068, -0.09311, 0.02375)),
    (7, 0.13, 0.7, (0.1776, -0.09097, 0.02447)),
]


@pytest.mark.parametrize(("nm", "area", "volts", "energy"), PUBLISHED)
def test_nodes_are_those_of_the_published_tables(
    nm: float, area: float, volts: float, energy: tuple[float, float, float]
) -> None:
    at_32 = 0.8367 * 0.9**2 - 0.4341 * 0.9 + 0.1701
    a, b, c = energy
    assert area_factor(nm) == pytest.approx(area)
    assert supply(nm) == volts
    assert energy_factor(nm) == pytest.approx((a * volts**2 + b * volts + c) / at_32)
    assert energy_factor(nm, supply=0.8) == pytest.approx((a * 0.64 + b * 0.8 + c) / at_32)


def test_the_quadratic_by_hand() -> None:
    # 45 nm at 1.1 V: 1.018 x 1.21 - 0.3107 x 1.1 + 0.1539; 32 nm at 0.9 V: 0.4571.
    at_45 = 1.018 * 1.21 - 0.3107 * 1.1 + 0.1539
    at_32 = 0.8367 * 0.81 - 0.4341 * 0.9 + 0.1701
    assert energy_factor(32, 45, anchor_supply=1.1) == pytest.approx(at_32 / at_45)


@settings(deadline=None)
@given(NODE, NODE)
def test_a_smaller_node_is_never_larger_nor_dearer(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert area_factor(small) <= area_factor(large)
    assert energy_factor(small) <= energy_factor(large)


@settings(deadline=None)
@given(NODE, NODE)
def test_there_and_back_is_1(one: float, other: float) -> None:
    assert area_factor(one, other) * area_factor(other, one) == pytest.approx(1)
    assert energy_factor(one, other) * energy_factor(other, one) == pytest.approx(1)


def test_a_lower_supply_takes_less() -> None:
    assert energy_factor(16, supply=0.7) < energy_factor(16)


def test_between_nodes_lies_between() -> None:
    for smaller, larger in zip(sorted(NODES), sorted(NODES)[1:], strict=False):
        between = (smaller * larger) ** 0.5
        assert area_factor(between) == pytest.approx(
            (area_factor(smaller) * area_factor(larger)) ** 0.5
        )


@pytest.mark.parametrize("node", [0, 6.9, 90.1, 180, -32])
def test_nodes_outside_the_table_are_refused(node: float) -> None:
    with pytest.raises(ValueError, match="expected 7 to 90"):
        area_factor(node)
    with pytest.raises(ValueError, match="expected 7 to 90"):
        energy_factor(node)
